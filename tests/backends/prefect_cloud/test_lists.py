"""The lists of an account, page after page: however large the rows are."""

from __future__ import annotations

from collections import Counter

import httpx
import pytest

from rbac_sync.backends.remote.connections import LARGEST
from rbac_sync.backends.remote.response import MOST_VALUES, STRANGE
from rbac_sync.errors import BadResponse
from rbac_sync.model import ServiceAccount
from rbac_sync.testing.account import live as read

LIMIT = {"loc": ["body", "limit"], "msg": "too many rows", "type": "value_error"}


def too_many_rows(_rows):
    return httpx.Response(422, json={"detail": [LIMIT]})


def too_long(_rows):
    return httpx.Response(200, content=b"[" + b" " * LARGEST + b"]")


def too_many_values(_rows):
    return httpx.Response(200, content=b"[" + b"0," * (MOST_VALUES + 1) + b"0]")


def large(size_of, most, answer):
    """Answer a page whose rows have together more than *most*, and are several, with *answer*."""

    def after(_method, path, given):
        rows = given.json() if path.endswith("/filter") else []
        is_large = len(rows) > 1 and sum(map(size_of(path), rows)) > most
        return answer(rows) if is_large else given

    return after


def one_each(_path):
    return lambda _row: 1


def members(path):
    return lambda row: 1 + len(row["memberships"]) if path == "teams/filter" else 0


def of_many_pages(cloud):
    """Make so many that no list fits into a page of 20 rows."""
    prod = cloud.workspace("prod")
    for number in range(25):
        who = cloud.member(f"u{number}@example.org"), cloud.bot(f"bot-{number}")
        team = cloud.team(f"team-{number}", *who)
        cloud.custom_role(f"role-{number}", "see_flows")
        cloud.invitation(f"i{number}@example.org")
        cloud.workspace(f"w{number}")
        for each in (*who, team):
            cloud.grant(prod, each, "Viewer")


@pytest.mark.parametrize("answer", [too_many_rows, too_long, too_many_values])
@pytest.mark.parametrize("most", [1, 20])
def test_pages_that_are_too_large_are_requested_with_fewer_rows_until_they_are_not(
    cloud, backend, answer, most
):
    of_many_pages(cloud)
    whole = read(backend)
    cloud.after = large(one_each, most, answer)

    assert read(backend) == whole


def test_one_large_team_among_many_is_read(cloud, backend):
    of_many_pages(cloud)
    team = cloud.rows["teams"][12]
    team["memberships"] = [cloud._member(row) for row in cloud.rows["account_memberships"]]
    whole = read(backend)
    asked = [path for _, path, _ in cloud.requests]
    cloud.requests.clear()
    cloud.after = large(members, len(team["memberships"]) + 4, too_many_rows)

    assert read(backend) == whole
    more = Counter(path for _, path, _ in cloud.requests) - Counter(asked)
    assert set(more) == {"teams/filter"}


def test_a_list_that_comes_in_smaller_pages_than_were_requested_first_is_read_twice(cloud, backend):
    """A row that moves from a page to the one before it, which was read already, is not lost."""
    for number in range(30):
        cloud.bot(f"bot-{number:02}")
    bots, pages = cloud.rows["bots"], Counter()
    limited = large(one_each, 20, too_many_rows)

    def after(method, path, given):
        answer = limited(method, path, given)
        if path == "bots/filter" and answer.status_code == 200:
            pages[path] += 1
            if pages[path] == 1:
                bots.pop(0)
        return answer

    cloud.after = after
    names = {account.name for account in read(backend).of(ServiceAccount).values()}
    assert names == {f"bot-{number:02}" for number in range(1, 30)}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (too_many_rows, r"/teams/filter: 422 \(too many rows\)"),
        (too_long, "an answer is longer than 16 MiB"),
        (too_many_values, "/teams/filter: an answer has more than 524,288 values"),
    ],
)
def test_a_row_that_is_too_large_alone_is_refused(cloud, backend, answer, message):
    cloud.before = lambda _, path: answer([]) if path == "teams/filter" else None

    with pytest.raises(BadResponse, match=message) as refused:
        read(backend)

    limits = [body["limit"] for _, path, body in cloud.requests if path == "teams/filter"]
    assert limits == [200, 100, 50, 25, 12, 6, 3, 1]
    assert refused.value.hint in (STRANGE, "the service does not accept this request")
