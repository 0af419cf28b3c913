"""Bindings in the store: one row for each holding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, ClassVar, cast

from ....model import ACCOUNT, Address, Binding, Holding, Holdings, Instant, Kind, Row, State, held
from ....model.instant import LONG_AGO, is_open
from ...database.columns import explained
from ...database.parts import batched
from ...handler import WRITTEN
from .. import tables as t
from ..account import Account, statement
from ..bulk import deleting, updating
from .handler import Handler

PLACE = ("scope", "principal")
KEPT = ("role", "since", "until", "reason")
"""The columns of a row that stays at its position; SQLite takes three times as long for a key."""

MOVED = (*KEPT, "position")
"""The columns of a row that moves to another position, which is first below 0, where none is."""

COLUMNS = (*PLACE, "role", "position", "since", "until", "reason")


BY = {column: statement(t.binding, COLUMNS, {column: 0}) for column in ("principal", "role")}
"""The statements for holdings by one column that is not the first of the primary key."""

STRETCH = 50
"""The number of workspaces whose rows are in memory together while all are read."""


IS_PLAIN = "(b.position = 0 AND b.since IS NULL AND b.until IS NULL AND b.reason IS NULL)"
"""The condition for a row of ``binding`` that is the first of its principal, without a term."""


def by_scope(
    account: Account,
    such: str,
    principal: str = "CAST(b.principal AS TEXT)",
    joined: str = "",
    **values: object,
) -> Iterator[tuple[int, list[str], list[str]]]:
    """Yield each scope of *account* that is *such*, with its principals and their roles.

    Both are in one order, and empty if not all rows of the scope are plain. *principal* is an
    expression, which may use *joined* tables; a role is its number. *Why* as text: to fetch a row
    for each binding takes several times as long.
    """
    together = "group_concat" if account.connection.is_file else "string_agg"
    lists = ", ".join(f"{together}({each}, ',')" for each in (principal, "CAST(b.role AS TEXT)"))
    rows = account.rows(
        f"""
        SELECT b.scope, {lists}, count(*), sum(CASE WHEN {IS_PLAIN} THEN 0 ELSE 1 END)
        FROM binding b {joined} WHERE b.account = :account AND b.scope {such} GROUP BY b.scope
        """,  # noqa: S608
        **values,
    )
    for scope, *texts, count, others in rows:
        principals, roles = (text.split(",") for text in texts)
        is_plain = not others and len(principals) == len(roles) == count
        yield (scope, principals, roles) if is_plain else (scope, [], [])


FIRST, LAST = -(2**63), 2**63 - 1
"""The least and the greatest number of a database."""


class Bindings(Handler[Binding]):
    """Bindings as one row for each holding; a binding has nearly always one."""

    kind: ClassVar = Kind.BINDING
    actions: ClassVar = WRITTEN

    def whole(self, like: State, without: Collection[Address] = ()) -> dict[Address, Row]:
        """Return all holdings, by scope and principal, *without* some workspaces.

        A row that equals that of *like* is the same object, and the rows of some workspaces are
        read at a time, so that the holdings that are as declared take memory once.
        """
        gathered = dict[Address, Row]()
        for scope, row in self._all(without):
            other = cast("Row", like.row(scope))
            gathered[scope] = other if other == row else row
        return gathered

    def _all(self, without: Collection[Address]) -> Iterator[tuple[Address, Row]]:
        """Yield the row of each scope except *without*, which is empty or has most scopes."""
        if without:
            for part in batched(self._others(without)):
                yield from self.read(scope=part).items()
            return
        plain = PlainHoldings(self.names(None))
        for first, last in self._stretches():
            yield from self._stretch(first, last, plain)

    def _others(self, without: Collection[Address]) -> list[int]:
        """Return the numbers of all scopes except *without*."""
        names = self.account.names
        scopes = {ACCOUNT: names.number(ACCOUNT), **names.of(Kind.WORKSPACE)}
        return [number for scope, number in scopes.items() if scope not in without]

    def _stretch(
        self, first: int, last: int, plain: Mapping[int, Holdings]
    ) -> Iterator[tuple[Address, Row]]:
        """Yield the row of each scope from number *first* to number *last*."""
        name, others = self.names(None), list[int]()
        between = "BETWEEN :first AND :last"
        for scope, principals, roles in by_scope(self.account, between, first=first, last=last):
            if not principals:
                others.append(scope)
                continue
            holdings = map(plain.__getitem__, map(int, roles))
            yield name(scope), dict(zip(map(name, map(int, principals)), holdings, strict=True))
        if others:
            yield from self.read(scope=others).items()

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """Yield the first and the last number of each range of scopes; together they have all."""
        starts = sorted(self.account.names.of(Kind.WORKSPACE).values())[::STRETCH]
        for first, behind in pairwise((FIRST, *starts)):
            yield first, behind - 1
        yield (FIRST, *starts)[-1], LAST

    def read(self, **at: int | list[int]) -> dict[Address, Row]:
        """Return the holdings whose columns have the values *at*, by scope and principal.

        *At* is as in ``Account.find``.
        """
        (column, *others) = at
        is_one = column in BY and not others
        query = BY[column] if is_one else statement(t.binding, COLUMNS, at)
        rows = self.account.rows(query, **at)
        return _gathered(rows, self.names({n for row in rows for n in row[:3]}))

    def create(self, after: Binding, *_brings: Binding) -> str | None:
        self._hold(after, enumerate(_ordered(after)))
        return None

    def update(self, before: Binding, after: Binding) -> None:
        """Change the holdings of *before* to those of *after*; a role that stays keeps its id."""
        place, key, holdings = self._place(after), (*PLACE, "position"), _ordered(after)
        moves = _moves(_ordered(before), holdings, self.account.now)
        for position in set(range(len(before.roles))) - moves.keys():
            self.batch.delete(deleting(t.binding, *key), **place, at_position=position)
        for old, new in moves.items():
            columns, position = (KEPT, new) if old == new else (MOVED, ~new)
            row = {"at_position": old, "position": position, **self._columns(holdings[new])}
            self.batch.update(updating(t.binding, *columns, key=key), **place, **row)
        moved = [new for old, new in moves.items() if old != new]
        for new in moved:
            row = {"at_position": ~new, "position": new}
            self.batch.update(updating(t.binding, "position", key=key), **place, **row)
        if moved:
            self.batch.flush()  # updates of other bindings name their rows by position, too
        filled = set(moves.values())
        self._hold(after, ((n, holding) for n, holding in enumerate(holdings) if n not in filled))

    def delete(self, before: Binding) -> None:
        statement = deleting(t.binding, *PLACE)
        self.batch.delete(statement, len(before.roles), **self._place(before))

    def _hold(self, binding: Binding, holdings: Iterable[tuple[int, Holding]]) -> None:
        scope, principal = self.number(binding.scope), self.number(binding.principal)
        for position, holding in holdings:
            self.batch.insert(
                t.binding,
                scope=scope,
                principal=principal,
                position=position,
                **self._columns(holding),
            )

    def _place(self, binding: Binding) -> dict[str, int]:
        return {
            "at_scope": self.number(binding.scope),
            "at_principal": self.number(binding.principal),
        }

    def _columns(self, holding: Holding) -> dict[str, Any]:
        return {
            "role": self.number(holding.role),
            "since": holding.since,
            "until": holding.until,
            "reason": holding.reason or None,
        }


def _ordered(binding: Binding) -> list[Holding]:
    """Return the holdings in the order of their rows, which is the same in every process."""

    def key(each: Holding) -> tuple[Address, Instant, Instant, str]:
        return each.role, each.since or LONG_AGO, each.until or LONG_AGO, each.reason

    return sorted(binding.roles, key=key)


def _moves(before: list[Holding], after: list[Holding], now: Instant) -> dict[int, int]:
    """Return the new position of each row that stays, by its old one.

    A row stays for what equals its holding, for its role, or else for another role: the id that
    a client was shown stays the id of what is in force, and of the same role if that is.
    """
    moves: dict[int, int] = {}

    def likeness(each: Holding) -> tuple[object, ...]:
        in_force = is_open(each.since, each.until, now)
        return each, (in_force, each.role), in_force, each.role, None

    there, here = list(map(likeness, before)), list(map(likeness, after))
    for rank in range(len(likeness(before[0]))):
        for new, like in enumerate(here):
            rows = (n for n, row in enumerate(there) if row[rank] == like[rank])
            old = next((n for n in rows if n not in moves), None)
            if old is not None and new not in moves.values():
                moves[old] = new
    return moves


class PlainHoldings(dict[int, Holdings]):
    """The holdings of a row without term and reason, by the number of its role."""

    def __init__(self, name: Callable[[int], Address]) -> None:
        self._name = name

    def __missing__(self, role: int) -> Holdings:
        self[role] = made = held(self._name(role))
        return made


def _gathered(
    rows: Iterable[tuple[Any, ...]], name: Callable[[int], Address]
) -> dict[Address, Row]:
    """Return the holdings of *rows*, by scope and principal.

    *Why* no resource per row: see ``model.state``. A binding of one role
    without a term and a reason is one entry in a dict, and shares its value.
    """
    held_by_scope: dict[int, Row] = defaultdict(dict)
    others, plain = [], PlainHoldings(name)
    for scope, principal, role, position, since, until, why in rows:
        if position or since or until or why:
            holding = Holding(name(role), *explained((since, until, why)))
            others.append((scope, principal, holding))
        else:
            held_by_scope[scope][name(principal)] = plain[role]
    for scope, principal, holding in others:
        row, who = held_by_scope[scope], name(principal)
        row[who] = row.get(who, frozenset()) | {holding}
    return {name(scope): row for scope, row in held_by_scope.items()}
