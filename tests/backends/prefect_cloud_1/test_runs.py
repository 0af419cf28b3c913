"""Runs that end in the middle of what this API does in steps."""

from __future__ import annotations

import pytest

from rbac_sync.model import Key, address
from rbac_sync.planning import Change
from rbac_sync.testing.account import live

from ..remote.runs import Killed, applied, told
from .verbs import (
    ADMIN,
    CI,
    NEXT_YEAR,
    USER,
    Names,
    bound,
    invited,
)

HOST = Key(CI.address, "host", NEXT_YEAR)


def killed(company, backend, change, name, *, done):
    """Apply *change* in a process that ends at the mutation *name*, before or after it is done."""
    company.before = lambda asked: Killed() if asked == name and not done else None
    company.after = lambda asked, answer: Killed() if asked == name else answer
    with pytest.raises(Killed):
        applied(backend, change)
    company.before, company.after = (lambda name: None), (lambda name, answer: answer)


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
