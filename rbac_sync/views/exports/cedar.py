"""Access as entities and policies of Cedar.

A request for a grant with a term needs ``now``, a datetime, in its context. Source:
docs.cedarpolicy.com, "Entities" and "Policy syntax".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...guard import Access
from ...model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Kind,
    Permission,
    ServiceAccount,
    Team,
    User,
    Workspace,
)
from ...model.instant import Instant, rfc3339
from .grants import Grant, grants, lasting_members

TYPES = {
    Kind.USER: "User",
    Kind.SERVICE_ACCOUNT: "ServiceAccount",
    Kind.TEAM: "Team",
    Kind.WORKSPACE: "Workspace",
}
HERE, EVERYWHERE = "here:", "everywhere:"
"""The prefixes of the actions that a role allows in its own scope, and in every workspace."""

Uid = dict[str, str]


def cedar_files(account: str, access: Access) -> Mapping[str, str]:
    """Return the text of each file, by its name."""
    return {
        "entities.json": json.dumps(list(_entities(account, access)), indent=1) + "\n",
        "policies.cedar": "\n".join(_policies(account, access)),
    }


def _entities(account: str, access: Access) -> Iterator[dict[str, Any]]:
    whole, everyone = _uid("Account", account), _uid("Everyone", account)
    state = access.state
    teams: dict[Address, list[Uid]] = {}
    for address, team in sorted(state.of(Team).items()):
        for member in lasting_members(team, access):
            teams.setdefault(member, []).append(_of(address))
    yield _entity(whole)
    yield _entity(everyone)
    yield from (_entity(_of(team)) for team in sorted(state.of(Team)))
    yield from (_entity(_of(each), whole) for each in sorted(state.of(Workspace)))
    for user in filter(access.acts, sorted(state.of(User))):
        yield _entity(_of(user), everyone, *teams.get(user, ()))
    yield from (_entity(_of(a), *teams.get(a, ())) for a in sorted(state.of(ServiceAccount)))
    yield from _actions(access)


def _actions(access: Access) -> Iterator[dict[str, Any]]:
    """Yield the permissions as actions, in groups by the roles that allow them."""
    groups: dict[Permission, list[Uid]] = {}
    for role in sorted({grant.role for grant in grants(access)}):
        here, below = access.roles.here(role), access.roles.below(role)
        for group, mask in ((HERE + role.key, here), (EVERYWHERE + role.key, below)):
            yield _entity(_uid("Action", group))
            for permission in access.alphabet.names(mask):
                groups.setdefault(permission, []).append(_uid("Action", group))
    for permission, parents in sorted(groups.items()):
        yield _entity(_uid("Action", permission), *parents)


def _policies(account: str, access: Access) -> Iterator[str]:
    whole, everyone = _reference("Account", account), _reference("Everyone", account)
    for grant in sorted(grants(access), key=lambda g: (str(g.scope), str(g.role), str(g.holder))):
        holder = f"in {everyone}" if grant.holder == EVERYONE else _principal(grant.holder)
        here, everywhere = HERE + grant.role.key, EVERYWHERE + grant.role.key
        if grant.scope != ACCOUNT:
            resource = f"resource == {_reference_of(grant.scope)}"
            yield _policy(holder, here, resource, grant)
            continue
        yield _policy(holder, here, f"resource == {whole}", grant)
        if access.roles.below(grant.role):
            yield _policy(holder, everywhere, f"resource is Workspace in {whole}", grant)


def _policy(holder: str, actions: str, resource: str, grant: Grant) -> str:
    head = f"principal {holder},\n  action in {_reference('Action', actions)},\n  {resource}"
    ends = [f"context.now >= {_datetime(grant.since)}"] if grant.since else []
    ends += [f"context.now < {_datetime(grant.until)}"] if grant.until else []
    when = f" when {{ {' && '.join(ends)} }}" if ends else ""
    return f"permit (\n  {head}\n){when};\n"


def _principal(holder: Address) -> str:
    return f"{'in' if holder.kind is Kind.TEAM else '=='} {_reference_of(holder)}"


def _datetime(instant: Instant) -> str:
    return f'datetime("{rfc3339(instant)}")'


def _entity(uid: Uid, *parents: Uid) -> dict[str, Any]:
    return {"uid": uid, "attrs": {}, "parents": list(parents)}


def _uid(kind: str, name: str) -> Uid:
    return {"type": kind, "id": name}


def _of(address: Address) -> Uid:
    return _uid(TYPES[address.kind], address.key)


def _reference_of(address: Address) -> str:
    return _reference(TYPES[address.kind], address.key)


def _reference(kind: str, name: str) -> str:
    return f'{kind}::"{"".join(map(_escaped, name))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"
