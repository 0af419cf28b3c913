"""The selection of rows of a trail between two times, and the ways to count them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    Text,
    and_,
    case,
    cast,
    column,
    extract,
    func,
    literal,
    or_,
    table,
)
from sqlalchemy.dialects import postgresql, sqlite

from ...model import Address, Instant, Kind
from ...model.kind import SPECS
from ..database.columns import stored
from . import tables as t

NUMBERS = ("account", "seq")
audit = table(
    "audit", *(column(n, BigInteger() if n in NUMBERS else Text()) for n in t.audit.columns)
)
"""The table of the trail, for queries that SQLAlchemy builds."""

KEY, USER, ROLE = (SPECS[kind].table for kind in (Kind.KEY, Kind.USER, Kind.ROLE))
WORKSPACE, ACCESS, OBJECT = (
    SPECS[kind].table for kind in (Kind.WORKSPACE, Kind.BINDING, Kind.OBJECT)
)
ACCOUNT_ROLE = "/account_role"
"""The end of the address of a binding in the account; see ``model.address``."""

PENDING, OF_ACCOUNT = '"status":"pending"', '"level":"account"'
"""Texts in the canonical form of a resource, where quotes inside of values are escaped."""

SECOND = 1_000_000


class By(Enum):
    """The property by which the rows of a span are grouped and counted.

    ``SHAPE`` decides the name of an event: the table, the sides that a row has, and the sort of
    its object. ``THING`` is the shape and the address, ``PLACE`` the workspace of the object.
    """

    SHAPE = auto()
    THING = auto()
    ACTOR = auto()
    PLACE = auto()


class Interval(NamedTuple):
    """Groups rows by time: intervals of *width* microseconds from *since* on."""

    since: Instant
    width: int


class Span(NamedTuple):
    """The rows of a trail from one time to another, both included.

    *tables* are the only tables of its rows, if there are any, and *without* the excluded ones.
    *shapes*, *appliers*, *objects*, which are addresses as text, and *places*, which are
    workspaces, leave other rows out unless they are None. *objects* leave no rows of keys
    out: two adjacent ones may be one event.
    """

    since: Instant
    until: Instant
    tables: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    shapes: frozenset[str] | None = None
    appliers: frozenset[str] | None = None
    objects: frozenset[str] | None = None
    places: frozenset[Address] | None = None

    def conditions(self, *, is_file: bool) -> Iterator[ColumnElement[bool]]:
        """Yield the conditions that a row of the span meets."""
        c = audit.c
        yield c.timestamp.between(stored(self.since), stored(self.until))
        if self.tables:
            yield c.object_table.in_(self.tables)
        if self.without:
            yield c.object_table.not_in(self.without)
        if self.shapes is not None:
            yield _shape().in_(sorted(self.shapes))
        if self.appliers is not None:
            yield c.applier.in_(sorted(self.appliers))
        if self.objects is not None:
            yield or_(c.object_id.in_(sorted(self.objects)), c.object_table == KEY)
        if self.places is not None:
            yield _place(is_file=is_file).in_(sorted(map(str, self.places)))


def compiled(query: Select[Any], *, is_file: bool) -> tuple[str, dict[str, Any]]:
    """Return *query* as text, and the values that it names."""
    kind: Any = sqlite if is_file else postgresql
    made = query.compile(
        dialect=kind.dialect(paramstyle="named"), compile_kwargs={"render_postcompile": True}
    )
    return str(made), dict(made.params)


def grouping(by: By | Interval, *, is_file: bool) -> ColumnElement[Any]:
    """Return the expression that is equal for the rows of one group."""
    c = audit.c
    match by:
        case By.SHAPE:
            return _shape()
        case By.THING:
            return _shape() + "/" + c.object_id
        case By.ACTOR:
            return c.applier
        case By.PLACE:
            return _place(is_file=is_file)
        case Interval(since, width):
            past = _microseconds(is_file=is_file) - literal(_since(since), BigInteger)
            return past // literal(width, BigInteger)


def _shape() -> ColumnElement[str]:
    """Return the shape of a row: its table, its sides, and the sort of its object."""
    c = audit.c
    sides = case(
        (and_(c.before.is_(None), c.after.is_(None)), "."),
        (c.before.is_(None), "+"),
        (c.after.is_(None), "-"),
        else_="=",
    )
    return (
        c.object_table
        + sides
        + case(
            (c.object_table == ACCESS, _ending()),
            (c.object_table == ROLE, _has(func.coalesce(c.after, c.before), OF_ACCOUNT)),
            (c.object_table == USER, _has(c.before, PENDING) + _has(c.after, PENDING)),
            else_="",
        )
    )


def _ending() -> ColumnElement[str]:
    """Return the sort of a binding: ``a`` for an account role, ``d`` a default role, else empty."""
    name = audit.c.object_id
    end = func.substr(name, func.length(name) - len(ACCOUNT_ROLE) + 1)
    return case((name.contains("/access/"), ""), (end == ACCOUNT_ROLE, "a"), else_="d")


def _has(side: ColumnElement[Any], part: str) -> ColumnElement[str]:
    return case((side.contains(part), "1"), else_="0")


def _place(*, is_file: bool) -> ColumnElement[str]:
    """Return the address of the workspace that a row changes, or in which it changes access."""
    c = audit.c
    slash = (func.instr if is_file else func.strpos)(c.object_id, "/")
    is_access = and_(c.object_table == ACCESS, _ending() != "a")
    is_inside = or_(is_access, c.object_table == OBJECT)
    return case(
        (and_(c.before.is_(None), c.after.is_(None)), ""),
        (c.object_table == WORKSPACE, c.object_id),
        (is_inside, func.substr(c.object_id, 1, slash - 1)),
        else_="",
    )


def _microseconds(*, is_file: bool) -> ColumnElement[int]:
    """Return the time of a row in microseconds; its text has a fixed width, see ``sortable``."""
    time = audit.c.timestamp
    second, rest = func.substr(time, 1, 19), cast(func.substr(time, 21, 6), BigInteger)
    if is_file:
        seconds: ColumnElement[Any] = func.strftime("%s", second)
    else:
        seconds = extract("epoch", cast(second + "Z", DateTime(timezone=True)))
    return cast(seconds, BigInteger) * SECOND + rest


def _since(moment: Instant) -> int:
    seconds = moment.replace(microsecond=0).timestamp()
    return int(seconds) * SECOND + moment.microsecond
