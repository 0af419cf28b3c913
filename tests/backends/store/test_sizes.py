"""The database counts things as a state does that was read whole."""

from __future__ import annotations

import pytest

from rbac_sync.backends.store.handlers import Bindings, Users
from rbac_sync.backends.store.people import StateWithPeople
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Holding,
    Key,
    Kind,
    Level,
    Membership,
    Permission,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
)
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role
from rbac_sync.model.state import STORED, Part
from rbac_sync.planning import Change

from .stores import MEMBER, OWNER, VIEWER, founded

BOTS = [ServiceAccount(f"b{n}") for n in range(3)]
PROD, TEST = Workspace("prod"), Workspace("test")
OPS = Team("ops", frozenset(Membership(bot.address) for bot in BOTS))
TWO = frozenset({*VIEWER, Holding(role(Level.WORKSPACE, "owner"), parsed("2030-01-01T00:00:00Z"))})
THINGS = [
    User("pending@example.org", Status.PENDING),
    User("suspended@example.org", Status.SUSPENDED),
    *BOTS,
    PROD,
    TEST,
    OPS,
    Team("theirs", managed_by="directory"),
    Role(Level.WORKSPACE, "deployer", frozenset({Permission("run_deployments")})),
    Key(BOTS[0].address, "main"),
    Key(OWNER.address, "mine"),
    *(Binding(bot.address, ACCOUNT, MEMBER) for bot in BOTS[:2]),
    Binding(EVERYONE, PROD.address, VIEWER),
    Binding(OPS.address, PROD.address, VIEWER),
    Binding(BOTS[0].address, PROD.address, TWO),
    Binding(BOTS[1].address, TEST.address, VIEWER),
]


@pytest.mark.parametrize("things", [*STORED, Kind.BINDING, *Part])
def test_the_database_counts_as_many_as_a_whole_state(store_url, things):
    backend = founded(store_url)
    backend.transact("run", lambda writer: [writer.make(Change(None, each)) for each in THINGS])
    with backend.open() as session:
        number = session.read().count(things)
        assert session.state().count(things) == number
        assert number > 0 or things is Kind.OBJECT
        assert session.state().count(things, 1) == min(number, 1)


@pytest.mark.parametrize("things", [Kind.USER, Part.ACCOUNT_ROLES, Part.OWN_ROLES])
def test_a_state_of_a_part_counts_people_and_what_they_hold_without_reading_them(
    store_url, things, monkeypatch
):
    backend = founded(store_url)
    backend.transact("run", lambda writer: [writer.make(Change(None, each)) for each in THINGS])
    with backend.open() as session:
        number = session.read().count(things)
        part = StateWithPeople(session.people, (), {})
        monkeypatch.setattr(Bindings, "read", refused)
        monkeypatch.setattr(Users, "read", refused)
        assert part.count(things) == number


def refused(*_):
    raise AssertionError("nothing is read")
