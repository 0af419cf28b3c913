"""Bindings in the store: a row for each role held."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, ClassVar

from sqlalchemy import Select, bindparam, select

from ....model import Action, Address, Binding, Holding, Kind, Row, held
from ...database.columns import explained
from ...verbs import Verbs, takes_after, takes_before, takes_both
from .. import tables as t
from ..account import statement
from ..batch import deleting, updating
from .handler import Handler

PLACE = ("scope", "principal")
COLUMNS = (*PLACE, "role", "position", "since", "until", "reason")


def _of_principal() -> Select[Any]:
    """Return the statement for all that one principal holds.

    *Why* its scopes by themselves: an index answers that, and asked for whole rows, SQLite would
    rather go through all rows of the account.
    """
    at, mine = {"principal": 0}, t.binding.alias().c
    scopes = select(mine.scope).where(
        mine.account == bindparam("account"), mine.principal == bindparam("principal")
    )
    return statement(t.binding, COLUMNS, at).where(t.binding.c.scope.in_(scopes))


OF_PRINCIPAL = _of_principal()


class Bindings(Handler[Binding]):
    """A row per role held; nearly always one."""

    kind: ClassVar = Kind.BINDING

    def read(self, **at: int | list[int]) -> dict[Address, Row]:
        """Return what everybody holds, or what is held *at* these columns, by scope and principal.

        *At* is as in ``Account.find``.

        *Why* no resource per row: see ``model.state``. A binding of one role
        without a term and a reason is one entry in a dict, and shares its value.
        """
        names = self.account.names
        plain = {n: held(a) for a, n in names.of(Kind.ROLE).items()}
        one = at.keys() == {"principal"}
        query = OF_PRINCIPAL if one else statement(t.binding, COLUMNS, at)
        rows = self.account.rows(query, **at)
        held_by_scope: dict[int, Row] = defaultdict(dict)
        others = []
        name = self.names({n for row in rows for n in row[:3]} if at else None)
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
