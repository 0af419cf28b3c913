"""Access as a model and tuples of OpenFGA, in the form that ``fga store import`` reads.

A check of a grant with a term needs the context ``now``. Source: openfga.dev, "Store file format"
and "Configuration language".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ...guard import Access
from ...guard.bitsets import Mask
from ...model import ACCOUNT, EVERYONE, Address, Kind, Level, Permission, Team, User, Workspace
from ...model.instant import rfc3339
from .grants import Grant, grants, lasting_members

TYPES = {
    Kind.USER: "user",
    Kind.SERVICE_ACCOUNT: "service_account",
    Kind.TEAM: "team",
    Kind.WORKSPACE: "workspace",
}
HOLDERS = ("user", "service_account", "team#member", "account#member")
EVERYWHERE = "everywhere_"
FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)

CONDITION = """\
condition in_force(now: timestamp, begins: timestamp, ends: timestamp) {
  now >= begins && now < ends
}
"""

Tuple = dict[str, Any]


def relation(permission: Permission) -> str:
    """Return the name of the relation between a holder of *permission* and the scope."""
    return f"can_{re.sub('[^A-Za-z0-9_]', '_', permission)}"


def openfga_store(account: str, access: Access) -> str:
    """Return the store file of the account *account*: name, model and tuples, as YAML."""
    indented = "".join(f"  {line}".rstrip() + "\n" for line in _model(access).splitlines())
    tuples = "".join(f"  - {json.dumps(each)}\n" for each in _tuples(account, access))
    listed = f"\n{tuples}" if tuples else " []\n"  # a bare "tuples:" is null, not an empty list
    return f"name: {json.dumps(account)}\nmodel: |\n{indented}tuples:{listed}"


def _model(access: Access) -> str:
    in_workspaces = [relation(p) for p in _permissions(access, Level.WORKSPACE)]
    in_account = [relation(p) for p in _permissions(access, Level.ACCOUNT)]
    assignees = [*HOLDERS, *(f"{holder} with in_force" for holder in HOLDERS)]
    everywhere = [f"{EVERYWHERE}{name}" for name in in_workspaces]
    account = dict.fromkeys((*in_account, *everywhere), "[role#assignee]")
    workspace = {n: f"[role#assignee] or {EVERYWHERE}{n} from account" for n in in_workspaces}
    types = {
        "user": {},
        "service_account": {},
        "team": {"member": "[user, service_account]"},
        "role": {"assignee": f"[{', '.join(assignees)}]"},
        "account": {"member": "[user]", **account},
        "workspace": {"account": "[account]", **workspace},
    }
    blocks = (_type(name, relations) for name, relations in types.items())
    return "\n".join(("model\n  schema 1.1\n", *blocks, CONDITION))


def _type(name: str, relations: dict[str, str]) -> str:
    lines = (f"    define {key}: {value}\n" for key, value in relations.items())
    return "".join((f"type {name}\n", "  relations\n" if relations else "", *lines))


def _permissions(access: Access, level: Level) -> list[Permission]:
    """Return the permissions at *level*, also those of its roles that are not in the catalogue."""
    titles = access.catalogue.titles
    known = {permission for permission, title in titles.items() if title.level is level}
    held = (access.roles.here(grant.role) for grant in grants(access) if _level(grant) is level)
    return sorted(known.union(*(access.alphabet.names(mask) for mask in held)))


def _level(grant: Grant) -> Level:
    return Level.ACCOUNT if grant.scope == ACCOUNT else Level.WORKSPACE


def _tuples(account: str, access: Access) -> Iterator[Tuple]:
    whole = f"account:{_id(account)}"
    for user in sorted(access.state.of(User)):
        if access.acts(user):
            yield _tuple(_object(user), "member", whole)
    for address, team in sorted(access.state.of(Team).items()):
        for member in lasting_members(team, access):
            yield _tuple(_object(member), "member", _object(address))
    for workspace in sorted(access.state.of(Workspace)):
        yield _tuple(whole, "account", _object(workspace))
    yield from _of_grants(whole, access)


def _of_grants(whole: str, access: Access) -> Iterator[Tuple]:
    """Yield the tuples of the holders of each role, then those of each role's permissions."""
    roles: dict[str, Grant] = {}
    for grant in sorted(grants(access), key=lambda each: (_role(each), str(each.holder))):
        roles[_role(grant)] = grant
        yield _tuple(_holder(grant.holder, whole), "assignee", _role(grant)) | _condition(grant)
    for role, grant in roles.items():
        scope = whole if grant.scope == ACCOUNT else _object(grant.scope)
        here, below = access.roles.here(grant.role), access.roles.below(grant.role)
        yield from _rights(role, relations(here, access), scope)
        if grant.scope == ACCOUNT:
            everywhere = (f"{EVERYWHERE}{name}" for name in relations(below, access))
            yield from _rights(role, everywhere, scope)


def relations(mask: Mask, access: Access) -> list[str]:
    """Return the relations for the permissions of *mask*, sorted."""
    return sorted(map(relation, access.alphabet.names(mask)))


def _rights(role: str, names: Iterable[str], scope: str) -> Iterator[Tuple]:
    yield from (_tuple(f"{role}#assignee", name, scope) for name in names)


def _tuple(user: str, name: str, thing: str) -> Tuple:
    return {"user": user, "relation": name, "object": thing}


def _condition(grant: Grant) -> Tuple:
    if grant.since is None and grant.until is None:
        return {}
    context = {"begins": rfc3339(grant.since or FIRST), "ends": rfc3339(grant.until or LAST)}
    return {"condition": {"name": "in_force", "context": context}}


def _holder(holder: Address, whole: str) -> str:
    if holder == EVERYONE:
        return f"{whole}#member"
    return f"{_object(holder)}#member" if holder.kind is Kind.TEAM else _object(holder)


def _role(grant: Grant) -> str:
    """Return the object of the role in its scope; a membership for a time has its own object."""
    scope = "account" if grant.scope == ACCOUNT else f"workspace/{_id(grant.scope.key)}"
    team = f"/team/{_id(grant.team.key)}" if grant.team else ""
    return f"role:{scope}/{_id(grant.role.name)}{team}"


def _object(address: Address) -> str:
    return f"{TYPES[address.kind]}:{_id(address.key)}"


def _id(text: str) -> str:
    return quote(text, safe="@")
