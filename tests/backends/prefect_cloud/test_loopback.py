"""A service that is wrong, over real HTTP: nothing is believed, and no file is written over."""

from __future__ import annotations

import gzip
from itertools import count

import httpx
import pytest

from ...cli.running import bare, run
from .cloud import KEY, Cloud
from .loopback import MISSING, RAW, loopback

CONFIGURATION = """
[backend]
type = "prefect-cloud"
account = "acme"
"""
BETWEEN = "check the URL, and what may answer in place of the service: a proxy, a log-in page"


def packed(answer, change):
    raw = change(gzip.compress(answer.content))
    return httpx.Response(200, headers={"content-encoding": "gzip"}, extensions={RAW: raw})


def cut(answer):
    return httpx.Response(200, content=answer.content[:-9], extensions={MISSING: 9})


def year_9999(answer):
    answer.headers["date"] = "Fri, 31 Dec 9999 23:59:59 GMT"
    return answer


FAULTS = {
    "a log-in page": (lambda a: httpx.Response(200, html="<html>"), "expected JSON", BETWEEN),
    "nothing": (lambda a: httpx.Response(204), "is not what was asked for", BETWEEN),
    "a part": (
        lambda a: httpx.Response(206, content=a.content),
        "this API has no such answer",
        BETWEEN,
    ),
    "damaged": (lambda a: packed(a, lambda z: z[:10] + b"xx" + z[12:]), "damaged", BETWEEN),
    "cut off": (lambda a: packed(a, lambda z: z[:-9]), "is cut off", BETWEEN),
    "broken off": (cut, "broke off", BETWEEN),
    "too deep": (lambda a: httpx.Response(200, content=b"[" * 100_000), "expected JSON", BETWEEN),
    "wait for ever": (
        lambda a: httpx.Response(429, headers={"retry-after": "9" * 30}),
        "too many requests",
        "try again later",
    ),
    "an end of time": (year_9999, "does not say what time it is", BETWEEN),
}


@pytest.fixture(scope="module")
def service():
    """A server that answers for the account that a test gives it."""
    accounts = []

    def answer(request):
        return accounts[-1].answer(request)

    with loopback(answer) as root:
        yield root, accounts


@pytest.fixture
def company(service, tmp_path, monkeypatch, at_once):
    """An account with something of each kind, which the current folder declares as it is."""
    root, accounts = service
    cloud = Cloud()
    prod = cloud.workspace("prod", name="Production")
    bo, ci = cloud.member("Bo.Olsen@Example.org", "Admin"), cloud.bot("ci")
    ops = cloud.team("ops", bo, ci)
    for each in (bo, ci, ops):
        cloud.grant(prod, each, "Viewer")
    accounts.append(cloud)
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RBAC_SYNC_URL", f"{root}/api")
    monkeypatch.setenv("RBAC_SYNC_API_KEY", KEY)
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "rbac.toml").write_text(CONFIGURATION)
    assert run("pull . --overwrite").code == 0
    return cloud


def files(folder):
    return {each: each.read_bytes() for each in folder.rglob("*.toml")}


def test_what_is_pulled_is_what_is_live(company):
    assert run("plan").out.startswith("No changes")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_answer_is_named_with_a_remedy_and_no_file_is_written_over(
    company, tmp_path, fault
):
    change, message, hint = FAULTS[fault]
    whole = files(tmp_path)
    is_time = fault == "an end of time"
    company.after = lambda _, path, answer: (
        change(answer) if is_time or path == "bots/filter" else answer
    )
    pulled = run("pull . --overwrite")

    assert pulled.code == 1
    assert message in pulled.err
    assert f"help: {hint}" in pulled.err
    assert files(tmp_path) == whole


def test_a_key_does_not_go_to_where_a_redirection_leads(company):
    came = []

    def elsewhere(request):
        came.append(request)
        return httpx.Response(200, json=[])

    with loopback(elsewhere) as other:
        location = {"location": f"{other}/api/bots/filter"}
        company.after = lambda _, path, answer: (
            httpx.Response(307, headers=location) if path == "bots/filter" else answer
        )
        pulled = run("pull . --overwrite")

    assert f"redirected to `{location['location']}`, which is not followed" in pulled.err
    assert "help: the API key goes to `127.0.0.1` alone; check the URL" in pulled.err
    assert came == []


def test_a_service_that_gives_a_row_at_a_time_hides_nothing(company):
    company.most = 1

    assert run("plan").out.startswith("No changes")


DECLARED = f"""{CONFIGURATION}
[members]
owner = ["olivia@example.org"]
member = ["new@example.org", "sa:etl"]

[service_accounts.etl]
keys.active = {{ until = 2027-03-01 }}

[roles.fresh]
base = "viewer"
permissions = ["run_flows"]

[teams.data]
members = ["sa:etl"]

[workspaces.third]
default_role = "viewer"
access = {{ fresh = ["sa:etl", "team:data"] }}
"""


def other(answer):
    """Answer about another object, if the answer is about one."""
    rows = answer.json() if answer.content else None
    changed = {"id": "99999999-9999-4999-8999-999999999999"}
    many = [row | changed for row in rows] if isinstance(rows, list) else rows and rows | changed
    return httpx.Response(answer.status_code, json=many) if many else answer


AFTER_WRITES = {
    "trouble": lambda _: httpx.Response(500),
    "too many": lambda _: httpx.Response(429),
    "a conflict": lambda _: httpx.Response(409, json={"detail": "it exists"}),
    "a refusal": lambda _: httpx.Response(403, json={"detail": "no"}),
    "another object": other,
    **{name: FAULTS[name][0] for name in ("a log-in page", "nothing", "a part", "broken off")},
}


def apply_past(cloud, fault, number):
    """Apply while the answer to the write with this *number* is wrong, and once more."""
    seen = count(1)

    def after(method, path, answer):
        is_write = method != "GET" and not path.endswith("/filter")
        return AFTER_WRITES[fault](answer) if is_write and next(seen) == number else answer

    cloud.after = after
    first = run(f"apply --auto-approve --keys-out first-{number}.json")
    cloud.after = lambda _method, _path, answer: answer
    again = run(f"apply --auto-approve --keys-out again-{number}.json")
    return first, again


def wrong_once(service, folder, monkeypatch, fault, number):
    """Check that the second apply ends as one apply would have; return the number of writes."""
    root, accounts = service
    accounts.append(cloud := Cloud())
    bare(monkeypatch)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("RBAC_SYNC_URL", f"{root}/api")
    monkeypatch.setenv("RBAC_SYNC_API_KEY", KEY)
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(folder / f"state-{number}"))
    (folder / "rbac.toml").write_text(DECLARED)
    first, again = apply_past(cloud, fault, number)

    assert first.code in (0, 6), (number, first.err)
    assert again.code == 0, (number, again.err)
    assert run("plan").out.startswith("No changes"), number
    assert run("audit verify").code == 0, number
    names = [
        (kind, row.get("name", row.get("email")))
        for kind in ("bots", "teams", "workspaces", "workspace_roles", "invitations")
        for row in cloud.rows[kind]
        if row.get("status", "PENDING") == "PENDING"
    ]
    assert len(names) == len(set(names)), number
    return len(cloud.writes())


def test_the_answer_to_a_write_may_be_wrong_and_the_next_apply_goes_on(
    service, tmp_path, monkeypatch, at_once
):
    wrong_once(service, tmp_path, monkeypatch, "another object", 4)


@pytest.mark.long
@pytest.mark.parametrize("fault", AFTER_WRITES)
def test_the_answer_to_any_write_may_be_wrong_and_the_next_apply_goes_on(
    service, tmp_path, monkeypatch, at_once, fault
):
    number = 1
    while number <= wrong_once(service, tmp_path, monkeypatch, fault, number):
        number += 1
    assert number > 10
