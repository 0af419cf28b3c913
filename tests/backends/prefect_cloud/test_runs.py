"""Runs: what one leaves open the next one settles."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.errors import BackendError, NoAnswer
from rbac_sync.model import ACCOUNT, Key, Membership, Team, User, address
from rbac_sync.planning import Change
from rbac_sync.testing.account import live

from ..remote.runs import DIGEST, Killed, applied, told
from .cloud import KEY
from .test_writing import (
    ADMIN,
    BO,
    CI,
    MEMBER,
    NEXT_YEAR,
    PROD,
    RUNNER,
    VIEWER,
    bound,
    company,
    cut,
    invited,
    new_bot,
)

__all__ = ["company"]


def test_work_that_refuses_before_the_first_write_leaves_no_trace(company, backend):
    with pytest.raises(ZeroDivisionError):
        backend.transact("edit", lambda _: 1 / 0)
    assert told(backend) == []
    assert backend.transact("edit", lambda _: "still to be made")


def test_a_change_that_the_service_refuses_is_on_record_as_failed(company, backend):
    company.instead("teams/", httpx.Response(409, json={"detail": "name taken"}))
    with pytest.raises(BackendError, match="name taken"):
        applied(backend, bound(BO.address, VIEWER, RUNNER), Change(None, Team("new")))
    assert told(backend)[1] == ("failed", "team.new")
    with backend.open() as session:
        assert not session.applied(DIGEST)
        assert session.made(DIGEST) == (bound(BO.address, VIEWER, RUNNER),)


def test_a_change_of_which_a_part_is_made_is_told_so(company, backend):
    """The team comes, and its members are refused."""
    company.instead("/members", httpx.Response(403, json={"detail": "no"}))
    team = Team("new", frozenset({Membership(BO.address)}))
    part = "of the requests for this change, 1 had been done before"
    with pytest.raises(BackendError, match=f"no.*; {part}") as told_so:
        applied(backend, bound(address.team("ops"), VIEWER, RUNNER), Change(None, team))

    assert "use the key of somebody who may" in told_so.value.hint
    with backend.open() as session:
        record = next(session.trail.latest()).record
        assert address.team("new") in session.read().of(Team)
    assert record.result == "failed"
    assert record.info["reason"] == str(told_so.value)


DANGEROUS = {
    "a service account": (new_bot("etl"), "bots/"),
    "an invitation": (invited("new@example.org"), "invitations/"),
    "an invitation again": (
        replace(invited("eve@example.org"), before=User("eve@example.org")),
        "invitations/",
    ),
    "an account role of the invited": (
        bound(address.user("eve@example.org"), MEMBER, ADMIN, ACCOUNT),
        "invitations/",
    ),
    "a team": (Change(None, Team("new")), "teams/"),
    "a user's access": (
        bound(BO.address, VIEWER, RUNNER),
        "workspaces/{prod}/user_access/",
    ),
    "a default role": (bound(address.EVERYONE, None, RUNNER), "workspaces/{prod}"),
    "a workspace with access is renamed": (
        Change(PROD, replace(PROD, handle="live")),
        "workspaces/{prod}",
    ),
    "a deletion": (Change(CI, None), "bots/{ci}"),
}


def path_of(company, path):
    return path.format(prod=company.rows["workspaces"][0]["id"], ci=company.rows["bots"][0]["id"])


def killed(company, backend, change, path, *, done):
    """Apply *change* in a process that ends at its request, before or after it is *done*."""
    path = path_of(company, path)

    def before(method, asked):
        return Killed() if asked == path and method != "GET" and not done else None

    def after(method, asked, answer):
        return Killed() if asked == path and method != "GET" else answer

    company.before, company.after = before, after
    with pytest.raises(Killed):
        applied(backend, bound(address.team("ops"), VIEWER, RUNNER), change)
    company.before, company.after = (lambda m, p: None), (lambda m, p, a: a)


@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
@pytest.mark.parametrize("what", DANGEROUS)
def test_the_next_run_finds_out_what_became_of_an_interrupted_change(company, backend, what, done):
    change, path = DANGEROUS[what]
    killed(company, backend, change, path, done=done)
    before = len(company.writes())

    backend.transact("next", lambda _: None)

    assert len(company.writes()) == before
    outcome = "done" if done else "failed"
    assert told(backend) == [
        ("done", "workspace.prod/access/team:ops"),
        (outcome, str(change.address)),
    ]
    with backend.open() as session:
        assert session.made(DIGEST)[1:] == ((change,) if done else ())
        record = next(session.trail.latest()).record
    assert (record.applier, record.plan_digest) == ("olivia@example.org", DIGEST)
    assert record.info["reason"] == (
        "found live" if done else "it is not live, or only a part of it"
    )


def test_a_key_made_by_a_process_that_ended_is_as_good_as_none(company, backend):
    key = Key(CI.address, "active", NEXT_YEAR)
    killed(company, backend, Change(None, key), "bots/{ci}/rotate_api_key", done=True)
    backend.transact("next", lambda _: None)

    assert told(backend)[-1] == ("failed", str(key.address))
    assert live(backend).get(key.address) is None
    applied(backend, Change(None, key))
    assert live(backend).get(key.address) == key


def test_the_run_that_finds_a_secret_lost_takes_the_key_for_none(company, backend):
    key = Key(CI.address, "active", NEXT_YEAR)
    killed(company, backend, Change(None, key), "bots/{ci}/rotate_api_key", done=True)
    assert backend.transact("next", lambda writer: writer.read().get(key.address)) is None


def test_a_change_that_was_made_and_not_yet_recorded_is_recorded_by_the_next_run(company, backend):
    def work(writer):
        writer.begin(Authorship(writer.applier(), "first"))
        writer.make(new_bot("etl"))
        raise Killed

    with pytest.raises(Killed):
        backend.transact("first", work)
    requests = len(company.requests)
    with backend.open():
        assert told(backend) == []
    backend.transact("next", lambda _: None)
    assert told(backend) == [("done", "service-account.etl")]
    assert len(company.requests) > requests


def test_a_write_that_nobody_answered_is_settled_by_the_next_run(company, backend):
    company.instead("bots/", httpx.ReadTimeout(""))
    with pytest.raises(NoAnswer):
        applied(backend, new_bot("etl"))
    company.before = lambda method, path: None
    company.bot("etl")
    backend.transact("next", lambda _: None)
    assert told(backend) == [("done", "service-account.etl")]


def test_a_write_that_was_made_and_refused_to_the_end_is_settled_by_the_next_run(
    company, backend, at_once
):
    company.after = lambda method, path, answer: (
        httpx.Response(429) if path.endswith("user_access/") else answer
    )
    with pytest.raises(NoAnswer, match="429"):
        applied(backend, bound(BO.address, VIEWER, RUNNER))
    company.after = lambda method, path, answer: answer
    backend.transact("next", lambda _: None)
    assert told(backend) == [("done", "workspace.prod/access/bo@example.org")]


def test_what_the_next_run_is_not_shown_stays_open_for_one_that_is(company, backend):
    company.instead("bots/", httpx.ReadTimeout(""))
    with pytest.raises(NoAnswer):
        applied(backend, new_bot("etl"))
    company.bot("etl")
    company.instead("bots/filter", httpx.Response(403, json={}))
    backend.transact("blind", lambda _: None)
    assert told(backend) == []

    company.before = lambda method, path: None
    backend.transact("next", lambda _: None)
    assert told(backend) == [("done", "service-account.etl")]


def test_no_secret_is_on_the_disk(company, backend, tmp_path):
    ci = company.rows["bots"][0]
    cut(company, f"bots/{ci['id']}/rotate_api_key")
    applied(backend, new_bot("etl"), Change(None, Key(CI.address, "active", NEXT_YEAR)))
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert KEY.encode() not in content
        assert b"pnb_" not in content
