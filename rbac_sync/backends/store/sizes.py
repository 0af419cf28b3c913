"""The number of things in an account, counted by the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ...model import (
    ACCOUNT,
    ACTORS,
    Address,
    Binding,
    Instant,
    Key,
    Kind,
    ObjectAccess,
    Resource,
    State,
    Status,
)
from ...model.resources import is_removable
from ...model.state import Part
from ..database.columns import stored
from ..database.parts import batched
from . import tables as t
from .account import Account

BINDINGS = "FROM binding AS c WHERE c.account = :account AND c.position + 0 = 0"
"""The first rows of bindings. *Why* ``+ 0``: SQLite may search them all by position otherwise."""

OF_ACTORS = """
    EXISTS (
        SELECT 1 FROM address AS a
        WHERE a.account = c.account AND a.number = c.principal AND a.kind IN (:actors)
    )
"""
SUCH: Mapping[Kind | Part, Sequence[str]] = {
    Kind.USER: ["""FROM "user" AS c WHERE c.account = :account AND c.status <> :pending"""],
    Kind.SERVICE_ACCOUNT: ["FROM service_account AS c WHERE c.account = :account"],
    Kind.KEY: [
        """
        FROM api_key AS c JOIN service_account AS s ON s.account = c.account AND s.number = c.owner
        WHERE c.account = :account
        """
    ],
    Kind.TEAM: ["FROM team AS c WHERE c.account = :account AND c.managed_by = ''"],
    Kind.WORKSPACE: ["FROM workspace AS c WHERE c.account = :account"],
    Kind.ROLE: ["FROM role AS c WHERE c.account = :account AND c.builtin = 0"],
    Kind.BINDING: [f"{BINDINGS} AND c.scope < :scope", f"{BINDINGS} AND c.scope > :scope"],
    Part.MEMBERS: ["FROM team_member AS c WHERE c.account = :account"],
    Part.ACCOUNT_ROLES: [f"{BINDINGS} AND c.scope = :scope"],
    Part.OWN_ROLES: [f"{BINDINGS} AND {OF_ACTORS}"],
}
"""The rows of the things of a kind or part, see ``State.count``, in parts that share no row.

*Why* bindings of workspaces are two parts: whoever counts a few reads none of the account then.
"""

NUMBER, PLACE = "c.number", "c.scope, c.principal"
AT: Mapping[Kind | Part, str] = {
    Kind.USER: NUMBER,
    Kind.SERVICE_ACCOUNT: NUMBER,
    Kind.KEY: "c.owner, c.name",
    Kind.TEAM: NUMBER,
    Kind.WORKSPACE: NUMBER,
    Kind.ROLE: NUMBER,
    Kind.BINDING: PLACE,
    Part.MEMBERS: "c.team",
    Part.ACCOUNT_ROLES: PLACE,
}
"""The columns of these rows that say of which thing one is."""


def size(account: Account, things: Kind | Part, most: int | None = None) -> int | None:
    """Return the number of *things* in *account*, at most *most*; None: no table has them."""
    return _count(account, things, most) if things in SUCH else None


def older(
    account: Account,
    live: State,
    things: Kind | Part,
    since: Instant,
    besides: Sequence[Resource],
    most: int | None = None,
) -> int:
    """Return the number of *things* in *account* made before *since*, at most *most*.

    Those at the addresses of *besides*, or parts of these, do not count. What no table has is
    counted in *live*.
    """
    if things not in SUCH:
        known = {each.address for each in besides}
        lists = (each for at, each in live.of(ObjectAccess).items() if at not in known)
        return sum(map(is_removable, lists))
    places, such = sorted(_places(account, besides)), "AND c.created < :since"
    limit = None if most is None else most + len(places)
    number = _count(account, things, limit, such, since=stored(since))
    there = f"{such} AND ({AT[things]}) IN (:places)"
    return number - sum(
        _count(account, things, None, there, since=stored(since), places=part)
        for part in batched(places)
    )


def _places(account: Account, things: Sequence[Resource]) -> Iterator[tuple[Any, ...]]:
    """Yield the values of the columns of ``AT`` for each of *things* that *account* has."""
    numbers = account.names.known({part for each in things for part in _parts(each)})
    for thing in things:
        parts = [numbers[part] for part in _parts(thing) if part in numbers]
        if len(parts) == len(_parts(thing)):
            yield (*parts, *([thing.name] if isinstance(thing, Key) else ()))


def _parts(thing: Resource) -> tuple[Address, ...]:
    match thing:
        case Binding():
            return thing.scope, thing.principal
        case Key():
            return (thing.owner,)
    return (thing.address,)


def new(account: Account, people: Collection[Address], since: Instant) -> set[Address]:
    """Return those of *people* that were made at *since* or later."""
    numbers = {number: who for who, number in account.names.known(people).items()}
    return {
        numbers[number]
        for table in (t.user, t.service_account)
        for part in batched(sorted(numbers))
        for number, created in account.find(table, "number", "created", number=part)
        if created >= stored(since)
    }


def _count(
    account: Account, things: Kind | Part, most: int | None, such: str = "", **values: object
) -> int:
    """Return the number of *things* that are *such*, a further condition; at most *most*."""
    limit = "" if most is None else f" LIMIT {most}"
    parts = " UNION ALL ".join(f"SELECT 1 AS one {part} {such}" for part in SUCH[things])
    text = f"SELECT count(*) FROM ({parts}{limit}) AS counted"  # noqa: S608
    named: dict[str, object] = {
        "pending": str(Status.PENDING),
        "actors": sorted(map(str, ACTORS)),
        "scope": account.names.number(ACCOUNT),
    }
    ((number,),) = account.rows(text, **named, **values)
    return int(number)
