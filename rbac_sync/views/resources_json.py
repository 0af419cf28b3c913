"""Each kind of resource as JSON, by human name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from ..model import (
    ACCOUNT,
    EVERYONE,
    Holding,
    Key,
    Membership,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
    label,
)
from ..model.address import listed_name
from ..model.plain import plain

R = TypeVar("R", bound=Resource)

JsonObject = dict[str, Any]


def in_order(state: State, kind: type[R]) -> list[R]:
    """Return the resources of *kind* in *state*, sorted by address."""
    return [resource for _, resource in sorted(state.of(kind).items())]


def member(of: User, state: State) -> JsonObject:
    """Return a user with its account roles."""
    return {
        "email": of.email,
        "status": str(of.status),
        "expires": plain(of.expires),
        "account_roles": roles(state.holdings(of.address, ACCOUNT)),
    }


def service_account(of: ServiceAccount, state: State) -> JsonObject:
    """Return a service account with its account roles and keys."""
    return {
        "name": of.name,
        "description": of.description,
        "account_roles": roles(state.holdings(of.address, ACCOUNT)),
        "keys": [key(each) for each in sorted(state.keys_of(of.address), key=lambda k: k.name)],
    }


def key(of: Key) -> JsonObject:
    """Return an API key without its secret."""
    return {"name": of.name, "until": plain(of.until)}


def team(of: Team) -> JsonObject:
    """Return a team with its members."""
    return {
        "name": of.name,
        "description": of.description,
        "managed_by": of.managed_by,
        "members": [
            {"principal": label(m.principal), **_term(m)}
            for m in sorted(of.members, key=lambda m: m.principal)
        ],
    }


def role(of: Role) -> JsonObject:
    """Return a role with its own permissions, base roles and implied roles."""
    return {
        "name": of.name,
        "level": str(of.level),
        "description": of.description,
        "base": sorted(role.name for role in of.base),
        "implies": sorted(role.name for role in of.implies),
        "permissions": sorted(of.permissions),
    }


def workspace(of: Workspace, state: State) -> JsonObject:
    """Return a workspace with the access of all principals."""
    row = state.row(of.address)
    return {
        "handle": of.handle,
        "name": of.name,
        "description": of.description,
        "public": of.public,
        "default_roles": roles(row.get(EVERYONE, ())),
        "access": [
            {"principal": label(principal), "roles": roles(row[principal])}
            for principal in sorted(row)
            if principal != EVERYONE
        ],
    }


def access_list(of: ObjectAccess) -> JsonObject:
    """Return the access list of an object: the principals by level; ``*`` is everyone."""
    levels = {str(level): sorted(map(listed_name, of.at(level))) for level in of.levels}
    return {"object": of.name, **levels}


def roles(holdings: Iterable[Holding]) -> list[JsonObject]:
    """Return holdings with their terms and reasons."""
    held = sorted(holdings, key=lambda holding: holding.role)
    return [{"role": holding.role.name, **_term(holding)} for holding in held]


def _term(element: Holding | Membership) -> JsonObject:
    return {"since": plain(element.since), "until": plain(element.until), **why(element.reason)}


def why(reason: str) -> JsonObject:
    """Return the reason, empty if there is none."""
    return {"reason": reason} if reason else {}
