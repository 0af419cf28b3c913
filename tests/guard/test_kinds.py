"""Every kind of resource and every field of it has a worth for the guard, or a reason why not."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta

import pytest

from rbac_sync.guard.facts import Facts
from rbac_sync.guard.simulation import Simulation
from rbac_sync.model import ACCOUNT, Level, Resource, Status
from rbac_sync.model.resources import CLASSES
from rbac_sync.planning import Change

from ..build import (
    CATALOGUE,
    NOW,
    access_list,
    bind,
    key,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)

LIVE = state(
    user("ana", "owner"),
    user("bo", "admin"),
    user("sue", "admin", status="suspended"),
    user("inv", "admin", status="pending", expires="2026-12-01T00:00:00Z"),
    service_account("ci", "admin"),
    key("sa:ci", "k", "2026-12-01T00:00:00Z"),
    team("data", "bo"),
    team("ops", managed_by="directory"),
    workspace("prod", default="viewer"),
    role("reader", "see_flows"),
    role("boss", "see_account", level=Level.ACCOUNT),
    bind("team:data", "prod", "developer"),
    bind("bo", "prod", "reader"),
    access_list("deployment:etl/daily", "prod", manage="bo"),
)


@dataclass(frozen=True)
class Worthless:
    """A reason why something has no worth for the guard."""

    why: str


NAME = Worthless("a name gives nobody anything; a rename keeps all that is held")
WORDS = Worthless("it is for people to read and grants nothing")
POLICY = Worthless("who is no member holds nothing here; PUBLIC judges it")


def live(resource: Resource) -> Resource:
    found = LIVE.find(resource)
    assert found is not None
    return found


def changed(resource: Resource, **attributes) -> Change:
    return Change(live(resource), replace(live(resource), **attributes))


(BO, _), (SUE, _), (INV, _), (CI, _) = *map(user, ("bo", "sue", "inv")), service_account("ci")
(K,), (DATA,), (READER,) = key("sa:ci", "k"), team("data"), role("reader")
(DAILY,) = access_list("deployment:etl/daily", "prod")
(PROD,), (GRANT,) = workspace("prod"), bind("bo", "prod", "reader")
(DEE, DEES_ROLE), (ROBOT, ROBOTS_ROLE) = user("dee", "admin"), service_account("robot", "admin")

CREATED = {
    "User": Change(None, DEE, (DEES_ROLE,)),
    "ServiceAccount": Change(None, ROBOT, (ROBOTS_ROLE,)),
    "Key": Change(None, *key("sa:ci", "new", "2026-12-01T00:00:00Z")),
    "Team": Worthless("a new team holds nothing yet; what it gets later is judged with it"),
    "Workspace": Worthless("nobody holds anything in a new workspace but what ANYWHERE gives"),
    "Role": Change(None, *role("writer", "write_flows")),
    "Binding": Change(None, *bind("ana", "prod", "viewer")),
    "ObjectAccess": Worthless("objects are made by others: UNSUPPORTED refuses it"),
}
DELETED = {
    "User": Change(live(BO), None),
    "ServiceAccount": Change(live(CI), None),
    "Key": Change(live(K), None),
    "Team": Change(live(DATA), None),
    "Workspace": Change(live(PROD), None),
    "Role": Change(*role("boss", "see_account", level=Level.ACCOUNT), None),
    "Binding": Change(live(GRANT), None),
    "ObjectAccess": Worthless(
        "it goes with the object: no plan deletes one, so INVALID refuses it"
    ),
}
CHANGED = {
    "User.email": NAME,
    "User.status": changed(SUE, status=Status.ACTIVE),
    "User.expires": changed(INV, expires=NOW + timedelta(days=1)),
    "ServiceAccount.name": NAME,
    "ServiceAccount.description": WORDS,
    "Key.owner": Worthless("it is part of the address, so another owner is another key"),
    "Key.name": Worthless("it is part of the address, so another name is another key"),
    "Key.until": changed(K, until=None),
    "Team.name": NAME,
    "Team.members": changed(DATA, members=frozenset()),
    "Team.managed_by": Worthless("it says who writes the members; EXTERNAL judges it"),
    "Team.description": WORDS,
    "Workspace.handle": NAME,
    "Workspace.name": WORDS,
    "Workspace.description": WORDS,
    "Workspace.public": POLICY,
    "Role.level": Worthless("it is part of the address, so another level is another role"),
    "Role.name": NAME,
    "Role.permissions": changed(READER, permissions=frozenset({"run_flows", "see_flows"})),
    "Role.base": changed(READER, base=role("x", base="viewer")[0].base),
    "Role.implies": Change(
        *role("boss", "see_account", level=Level.ACCOUNT),
        replace(
            role("boss", "see_account", level=Level.ACCOUNT)[0],
            implies=role("x", base="owner")[0].base,
        ),
    ),
    "Role.description": WORDS,
    "Role.builtin": Worthless("no plan makes a built-in role: INVALID refuses it"),
    "Binding.principal": Worthless("it is part of the address, so it is another binding"),
    "Binding.scope": Worthless("it is part of the address, so it is another binding"),
    "Binding.roles": Change(live(GRANT), *bind("bo", "prod", "developer")),
    "ObjectAccess.workspace": Worthless("it is part of the address, so it is another object"),
    "ObjectAccess.name": Worthless("it is part of the address, so it is another object"),
    "ObjectAccess.view": changed(DAILY, view=frozenset({who("bo")})),
    "ObjectAccess.run": changed(DAILY, run=frozenset({who("bo")})),
    "ObjectAccess.manage": changed(DAILY, manage=frozenset()),
}


def facts(change: Change) -> Facts:
    walk = Simulation(LIVE, CATALOGUE, who("ana"), None, {ACCOUNT: 1}, NOW)
    return walk.step(change)


@pytest.mark.parametrize("table", [CREATED, DELETED], ids=["created", "deleted"])
def test_every_kind_is_listed(table):
    assert set(table) == {cls.__name__ for cls in CLASSES.values()}


def test_every_field_of_every_kind_is_listed():
    known = {f"{cls.__name__}.{f.name}" for cls in CLASSES.values() for f in fields(cls)}

    assert set(CHANGED) == known


@pytest.mark.parametrize(
    ("name", "change"), [(n, c) for n, c in CREATED.items() if isinstance(c, Change)]
)
def test_to_create_it_has_a_new_value(name, change):
    judged = facts(change)

    assert judged.fault is None
    assert judged.granted


@pytest.mark.parametrize(
    ("name", "change"), [(n, c) for n, c in DELETED.items() if isinstance(c, Change)]
)
def test_to_delete_it_has_an_old_value(name, change):
    judged = facts(change)

    assert judged.fault is None
    assert judged.revoked


@pytest.mark.parametrize(
    ("name", "change"), [(n, c) for n, c in CHANGED.items() if isinstance(c, Change)]
)
def test_to_change_it_has_a_value(name, change):
    judged = facts(change)

    assert judged.fault is None
    assert judged.granted or judged.revoked


@pytest.mark.parametrize(
    "table", [CREATED, DELETED, CHANGED], ids=["created", "deleted", "changed"]
)
def test_what_has_no_value_says_why(table):
    assert all(c.why for c in table.values() if isinstance(c, Worthless))
