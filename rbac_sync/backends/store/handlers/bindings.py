"""Bindings in the store: a row for each role held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, ClassVar, cast

from sqlalchemy import Select, Text, bindparam, case, func, or_, select, tuple_

from ....model import ACCOUNT, Action, Address, Binding, Holding, Holdings, Kind, Row, State, held
from ...database.columns import explained
from ...verbs import Verbs, takes_after, takes_before, takes_both
from .. import tables as t
from ..account import statement
from ..batch import deleting, updating
from .handler import Handler

PLACE = ("scope", "principal")
COLUMNS = (*PLACE, "role", "position", "since", "until", "reason")


def _by(column: str) -> Select[Any]:
    """Return the statement for all that one principal holds, or all who hold one role.

    *Why* their places by themselves: an index answers that, and asked for whole rows, SQLite would
    rather go through all rows of the account.
    """
    c, mine = t.binding.c, t.binding.alias().c
    places = select(mine.scope, mine.principal).where(
        mine.account == bindparam("account"), mine[column] == bindparam(column)
    )
    here = tuple_(c.scope, c.principal)
    return statement(t.binding, COLUMNS, {column: 0}).where(here.in_(places))


BY = {column: _by(column) for column in ("principal", "role")}
"""The statements for the values of one column that is not the first of the key."""

STRETCH = 50
"""The rows of how many workspaces are held at once where all are read."""


def _of_stretch() -> Select[Any]:
    """Return the statement for the scopes of a stretch.

    Each comes with the numbers of its principals and those of their roles, in one order, and
    with the count of all its rows and of those with more than one role, a term or a reason.
    *Why*: to fetch a row for each binding takes several times as long.
    """
    c = t.binding.c
    more = or_(c.position != 0, *(c[name].is_not(None) for name in ("since", "until", "reason")))
    lists = (func.aggregate_strings(c[name].cast(Text), ",") for name in ("principal", "role"))
    counts = (func.count(), func.sum(case((more, 1), else_=0)))
    mine = select(c.scope, *lists, *counts).where(c.account == bindparam("account"))
    return mine.where(c.scope.between(bindparam("first"), bindparam("last"))).group_by(c.scope)


OF_STRETCH = _of_stretch()
FIRST, LAST = -(2**63), 2**63 - 1
"""The numbers between which a database has every other."""


class Bindings(Handler[Binding]):
    """A row per role held; nearly always one."""

    kind: ClassVar = Kind.BINDING

    def whole(self, like: State, without: Collection[Address] = ()) -> dict[Address, Row]:
        """Return what everybody holds, by scope and principal, *without* some workspaces.

        A row that is as in *like* is the one of *like*, and rows are read some workspaces at a
        time: what is as it was declared is held once.
        """
        gathered = dict[Address, Row]()
        for scope, row in self._all(without):
            other = cast("Row", like.row(scope))
            gathered[scope] = other if other == row else row
        return gathered

    def _all(self, without: Collection[Address]) -> Iterator[tuple[Address, Row]]:
        """Yield the row of each scope but *without*: where there are such, they are most."""
        plain = self._plain()
        for first, last in self._others(without) if without else self._stretches():
            yield from self._stretch(first, last, plain)

    def _others(self, without: Collection[Address]) -> Iterator[tuple[int, int]]:
        """Yield each scope but *without* as a stretch of its own."""
        names = self.account.names
        scopes = {ACCOUNT: names.number(ACCOUNT), **names.of(Kind.WORKSPACE)}
        yield from ((number, number) for scope, number in scopes.items() if scope not in without)

    def _stretch(
        self, first: int, last: int, plain: Mapping[int, Holdings]
    ) -> Iterator[tuple[Address, Row]]:
        """Yield the row of each scope from number *first* to number *last*."""
        name, others = self.names(None), list[int]()
        for scope, *lists, count, more in self.account.rows(OF_STRETCH, first=first, last=last):
            principals, roles = (text.split(",") for text in lists)
            if more or not len(principals) == len(roles) == count:
                others.append(scope)
                continue
            holdings = map(plain.__getitem__, map(int, roles))
            yield name(scope), dict(zip(map(name, map(int, principals)), holdings, strict=True))
        if others:
            yield from self.read(scope=others).items()

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """Yield the first and the last scope of each stretch; every number is in one of them."""
        starts = sorted(self.account.names.of(Kind.WORKSPACE).values())[::STRETCH]
        for first, behind in pairwise((FIRST, *starts)):
            yield first, behind - 1
        yield (FIRST, *starts)[-1], LAST

    def read(self, **at: int | list[int]) -> dict[Address, Row]:
        """Return what is held *at* these columns, by scope and principal.

        *At* is as in ``Account.find``.
        """
        (column, *others) = at
        is_one = column in BY and not others
        query = BY[column] if is_one else statement(t.binding, COLUMNS, at)
        rows = self.account.rows(query, **at)
        return _gathered(rows, self.names({n for row in rows for n in row[:3]}), self._plain())

    def _plain(self) -> dict[int, Holdings]:
        """Return what is held where a row names a role and no more, by the number of the role."""
        return {n: held(a) for a, n in self.account.names.of(Kind.ROLE).items()}

    @property
    def verbs(self) -> Verbs:
        """The verbs by action; see ``Handler``."""
        return {
            Action.CREATE: takes_after(self.create),
            Action.UPDATE: takes_both(self.update),
            Action.DELETE: takes_before(self.delete),
        }

    def create(self, after: Binding) -> str | None:
        """Let the principal hold the roles of *after*."""
        self._hold(after, self._ordered(after), 0)
        return None

    def update(self, before: Binding, after: Binding) -> None:
        """Bring the roles held from *before* to *after*; a row that stays keeps its id."""
        place, count = self._place(after), len(before.roles)
        holdings = self._ordered(after)
        for position, holding in enumerate(holdings[:count]):
            self.batch.update(
                updating(t.binding, "role", "since", "until", "reason", key=(*PLACE, "position")),
                **place,
                at_position=position,
                **self._columns(holding),
            )
        for position in range(len(holdings), count):
            statement = deleting(t.binding, *PLACE, "position")
            self.batch.delete(statement, **place, at_position=position)
        self._hold(after, holdings[count:], count)

    def delete(self, before: Binding) -> None:
        """Take away all that the principal holds in the scope."""
        statement = deleting(t.binding, *PLACE)
        self.batch.delete(statement, len(before.roles), **self._place(before))

    def _hold(self, binding: Binding, holdings: list[Holding], first: int) -> None:
        scope, principal = self.number(binding.scope), self.number(binding.principal)
        for position, holding in enumerate(holdings, first):
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

    @staticmethod
    def _ordered(binding: Binding) -> list[Holding]:
        return sorted(binding.roles, key=lambda holding: holding.role)


def _gathered(
    rows: Iterable[tuple[Any, ...]], name: Callable[[int], Address], plain: Mapping[int, Holdings]
) -> dict[Address, Row]:
    """Return *rows* by scope and principal.

    *Why* no resource per row: see ``model.state``. A binding of one role
    without a term and a reason is one entry in a dict, and shares its value.
    """
    held_by_scope: dict[int, Row] = defaultdict(dict)
    others = []
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
