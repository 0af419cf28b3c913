"""Two owners at once, each at a server of its own: each alone may, both together may not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.model import ACCOUNT, Binding, Level, User, held
from rbac_sync.model.resources import role
from rbac_sync.planning import Change
from rbac_sync.server.guarded_store import GuardedStore

from .account import Account
from .serving import OWNER, served, serving

BO = "bo@example.org"
OWNS, MEMBER = (held(role(Level.ACCOUNT, name)) for name in ("owner", "member"))
ROUNDS = 3


@pytest.fixture
def owners(store_url):
    """The same account by each of two owners, who ask different servers; in each database."""
    with served(store_url) as first, serving(GuardedStore(Accounts(store_url))) as root:
        key = first.person(BO, "owner")
        second = type(first)(root, first.gate, key)
        with first.client() as here, second.client() as there:
            yield Account(first, here), Account(second, there)


def step_down(owner, email):
    """Give up being an owner."""
    member = owner.member(email)
    body = {"account_role_id": owner.account_role("Member")}
    return lambda: owner.call("PATCH", f"/account_memberships/{member['id']}", body)


def depose(owner, email):
    """Take the ownership of the other one."""
    other = owner.member(BO if email == OWNER else OWNER)
    body = {"account_role_id": owner.account_role("Member")}
    return lambda: owner.call("PATCH", f"/account_memberships/{other['id']}", body)


@pytest.mark.parametrize("move", [step_down, depose])
def test_of_two_owners_who_leave_no_owner_together_one_is_refused(owners, move):
    server = owners[0].server
    barrier = Barrier(2)

    def at_once(ask):
        barrier.wait(timeout=30)
        return ask()

    for _ in range(ROUNDS):
        moves = [move(owner, email) for owner, email in zip(owners, (OWNER, BO), strict=True)]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(at_once, moves))
        assert sorted(answer.status_code for answer in answers) == [204, 403]
        (refused,) = (answer for answer in answers if answer.status_code == 403)
        assert refused.json()["detail"]
        (demoted,) = _owners(server, MEMBER)
        assert len(_owners(server, OWNS)) == 1
        with server.backend.open() as session:
            assert list(flaws(session.trail.links())) == []
        server.add(Change(Binding(demoted, ACCOUNT, MEMBER), Binding(demoted, ACCOUNT, OWNS)))


def _owners(server, roles):
    with server.backend.open() as session:
        row = session.read().row(ACCOUNT)
    return [who for who, holdings in row.items() if who.kind is User.kind and holdings == roles]
