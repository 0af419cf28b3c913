"""Runs: what one leaves open the next one settles."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from rbac_sync.errors import BackendError, NoAnswer
from rbac_sync.model import Key, ServiceAccount, User, address
from rbac_sync.planning import Change
from rbac_sync.testing.account import live

from ..remote.runs import DIGEST, Killed, applied, told
from .tenant import KEY, fault
from .test_writing import (
    ADMIN,
    BO,
    CI,
    EVERY_VERB,
    NEXT_YEAR,
    OPERATOR,
    USER,
    Names,
    bound,
    company,
    every_verb,
    invited,
    new,
)

__all__ = ["company"]

FIRST = bound(BO.address, USER, OPERATOR)
HOST = Key(CI.address, "host", NEXT_YEAR)


def test_a_change_that_the_service_refuses_is_on_record_as_failed(company, backend):
    refusal = httpx.Response(200, json=fault("INTERNAL_SERVER_ERROR", "Uniqueness violation."))
    company.before = lambda name: refusal if name == "create_service_account" else None
    with pytest.raises(BackendError, match="Uniqueness violation"):
        applied(backend, FIRST, new(ServiceAccount("etl")))
    assert told(backend)[1] == ("failed", "service-account.etl")
    with backend.open() as session:
        assert not session.applied(DIGEST)
        assert session.made(DIGEST) == (FIRST,)


def killed(company, backend, change, name, *, done):
    """Apply *change* in a process that ends at the mutation *name*, before or after it is done."""
    company.before = lambda asked: Killed() if asked == name and not done else None
    company.after = lambda asked, answer: Killed() if asked == name else answer
    with pytest.raises(Killed):
        applied(backend, change)
    company.before, company.after = (lambda name: None), (lambda name, answer: answer)


@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
@every_verb
def test_the_next_run_finds_out_what_became_of_an_interrupted_change(company, backend, verb, done):
    change, expected = EVERY_VERB[verb]
    killed(company, backend, change, expected(Names(company))[-1][0], done=done)
    before = len(company.writes())
    backend.transact("next", lambda _: None)

    assert len(company.writes()) == before
    is_lost_key = isinstance(change.after, Key)
    outcome = "done" if done and not is_lost_key else "failed"
    assert told(backend) == [(outcome, str(change.address))]
    with backend.open() as session:
        assert session.made(DIGEST) == ((change,) if outcome == "done" else ())
        record = next(session.trail.latest()).record
    assert (record.applier, record.plan_digest) == ("olivia@example.org", DIGEST)


def test_a_key_made_by_a_process_that_ended_is_none_and_goes_when_it_is_made_again(
    company, backend
):
    killed(company, backend, Change(None, HOST), "create_api_key", done=True)
    lost = company.rows["auth_api_key"][-1]["id"]
    backend.transact("next", lambda _: None)
    with backend.open() as session:
        assert next(session.trail.latest()).record.info["reason"] == ("made, and its secret lost")
    assert live(backend).get(HOST.address) is None

    applied(backend, Change(None, HOST))
    assert live(backend).get(HOST.address) == HOST
    (left,) = (row["id"] for row in company.rows["auth_api_key"] if row["name"] == "host")
    assert left != lost


def test_the_run_that_finds_a_secret_lost_takes_the_key_for_none(company, backend):
    killed(company, backend, Change(None, HOST), "create_api_key", done=True)
    assert backend.transact("next", lambda writer: writer.read().get(HOST.address)) is None


@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
def test_a_key_whose_owner_has_gone_meanwhile_is_gone_too(company, backend, done):
    killed(company, backend, Change(None, HOST), "create_api_key", done=done)
    company.drop("user_view_same_tenant", Names(company).ci)
    company.rows["auth_api_key"].clear()
    backend.transact("next", lambda _: None)
    assert told(backend) == [("failed", str(HOST.address))]


def test_an_invitation_between_withdrawing_and_sending_is_sent_by_the_next_plan(company, backend):
    eve = address.user("eve@example.org")
    change = bound(eve, USER, ADMIN)
    killed(company, backend, change, "create_membership_invitation", done=False)
    backend.transact("next", lambda _: None)
    assert told(backend) == [("failed", str(change.address))]
    assert live(backend).get(eve) is None
    applied(backend, invited("eve@example.org"))
    assert live(backend).get(eve).email == "eve@example.org"


def test_an_invitation_that_is_withdrawn_and_not_sent_again_is_told_so(company, backend):
    company.before = lambda asked: (
        httpx.Response(200, json=fault("FORBIDDEN"))
        if asked == "create_membership_invitation"
        else None
    )
    change = bound(address.user("eve@example.org"), USER, ADMIN)
    part = "of the requests for this change, 1 had been done before"
    with pytest.raises(BackendError, match=part) as told_so:
        applied(backend, change)

    assert live(backend).get(change.after.principal) is None
    with backend.open() as session:
        record = next(session.trail.latest()).record
    assert (record.result, record.info["reason"]) == ("failed", str(told_so.value))


@pytest.mark.parametrize("what", [new(ServiceAccount("etl")), invited("new@example.org")])
def test_a_mutation_that_nobody_answered_is_settled_by_the_next_run(company, backend, what):
    name = "create_service_account" if what.resource.kind == "service-account" else ""
    name = name or "create_membership_invitation"
    company.before = lambda asked: httpx.ReadTimeout("") if asked == name else None
    with pytest.raises(NoAnswer):
        applied(backend, what)
    company.before = lambda asked: None
    if isinstance(what.after, User):
        company.invitation("new@example.org", "TENANT_ADMIN")
    else:
        company.service_account("etl", "TENANT_ADMIN")
    backend.transact("next", lambda _: None)
    assert told(backend) == [("done", str(what.address))]


def test_no_secret_is_on_the_disk(company, backend, tmp_path):
    applied(backend, new(ServiceAccount("etl")), Change(None, replace(HOST, name="x")))
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert KEY.encode() not in content
        assert b"pcu_" not in content
