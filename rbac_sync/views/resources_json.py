"""Each kind of thing in JSON's own types, by human name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..model import (
    ACCOUNT,
    EVERYONE,
    Holding,
    Key,
    Membership,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
    label,
)
from ..model.plain import plain
from .words import role_name

Shown = dict[str, Any]


def member(of: User, found: State) -> Shown:
    """Return a person with its account roles."""
    return {
        "email": of.email,
        "status": str(of.status),
        "expires": plain(of.expires),
        "account_roles": roles(found.holdings(of.address, ACCOUNT)),
    }


def service_account(of: ServiceAccount, found: State) -> Shown:
    """Return a service account with its account roles and keys."""
    return {
        "name": of.name,
        "description": of.description,
        "account_roles": roles(found.holdings(of.address, ACCOUNT)),
        "keys": [key(each) for each in sorted(found.keys_of(of.address), key=_name)],
    }


def key(of: Key) -> Shown:
    """Return an API key, but for its secret."""
    return {"name": of.name, "until": plain(of.until)}


def _name(of: Key) -> str:
    return of.name


def team(of: Team) -> Shown:
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


def role(of: Role) -> Shown:
    """Return a role with what it holds by itself."""
    return {
        "name": of.name,
        "level": str(of.level),
        "description": of.description,
        "base": sorted(map(role_name, of.base)),
        "implies": sorted(map(role_name, of.implies)),
        "permissions": sorted(of.permissions),
    }


def workspace(of: Workspace, found: State) -> Shown:
    """Return a workspace with everybody who has access."""
    row = found.row(of.address)
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


def roles(holdings: Iterable[Holding]) -> list[Shown]:
    """Return roles held, with their terms and reasons."""
    held = sorted(holdings, key=lambda holding: holding.role)
    return [{"role": role_name(holding.role), **_term(holding)} for holding in held]


def _term(element: Holding | Membership) -> Shown:
    return {
        "since": plain(element.since),
        "until": plain(element.until),
        **why(element.reason),
    }


def why(reason: str) -> Shown:
    """Return a reason, where there is one."""
    return {"reason": reason} if reason else {}
