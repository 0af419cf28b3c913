"""Roles: custom ones as rows, built-in ones as the catalogue says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from sqlalchemy import Table

from ....model import Kind, Level, Permission, Role
from .. import tables as t
from ..batch import deleting
from .handler import Named


class Roles(Named[Role]):
    """Custom roles, and a row for each built-in one to be referred to."""

    kind: ClassVar = Kind.ROLE
    table: ClassVar = t.role

    def read(self, numbers: Collection[int] | None = None) -> Iterator[Role]:  # noqa: ARG002
        """Yield the built-in roles of the world, then the custom ones; all permissions closed.

        *Why* all: there are few, and each may build on others.
        """
        yield from self.account.catalogue.roles.values()
        addresses = {number: a for a, number in self.account.names.of(Kind.ROLE).items()}
        custom = self.account.find(t.role, "number", "base", "description", builtin=False)
        if not custom:
            return
        permissions = self._gathered(t.role_permission, "permission")
        implied = self._gathered(t.role_implied, "implied")
        for number, base, description in custom:
            level, _, name = addresses[number].key.partition("/")
            yield Role(
                Level(level),
                name,
                self.account.catalogue.closed(map(Permission, permissions[number])),
                frozenset({addresses[base]} if base else ()),
                frozenset(addresses[n] for n in implied[number]),
                description,
            )

    def details(self, role: Role) -> dict[str, Any]:
        """Return its columns; its permissions and what it implies have tables of their own."""
        base = next((self.number(address) for address in role.base), None)
        return {"base": base, "description": role.description, "builtin": role.builtin}

    def create(self, after: Role) -> str | None:
        """Create *after* with its permissions."""
        self._turn(self.insert(after, **self.details(after)), after)
        return None

    def update(self, before: Role, after: Role) -> None:
        """Bring the role and its permissions from *before* to *after*."""
        super().update(before, after)
        self._turn(self.number(after.address), after)

    def rename(self, before: Role, after: Role) -> None:
        """Rename the role; who holds it, holds it under its new name."""
        super().rename(before, after)
        self._turn(self.number(after.address), after)

    def seat(self) -> None:
        """Give a row to every built-in role that has none yet, as when the catalogue has grown."""
        known = self.account.names.of(Kind.ROLE)
        for address, role in self.account.catalogue.roles.items():
            if address not in known:
                self.insert(role, base=None, description="", builtin=True)

    def shift(self, number: int) -> None:
        """Bindings and roles that mention this one by name change with it."""
        self.batch.touch(t.binding, "role", number)
        self.batch.touch(t.role, "base", number)
        self.batch.settle("delete")
        for (role,) in self.account.find(t.role_implied, "role", implied=number):
            self.batch.touch(t.role, "number", role)

    def _gathered(self, table: Table, column: str) -> dict[int, list[Any]]:
        values: dict[int, list[Any]] = defaultdict(list)
        for role, value in self.account.find(table, "role", column):
            values[role].append(value)
        return values

    def _turn(self, number: int, role: Role) -> None:
        """Give the role its permissions, with all that they include, and what it implies."""
        permissions = self.account.catalogue.closed(role.permissions)
        self._replace(t.role_permission, "permission", number, set(permissions))
        self._replace(t.role_implied, "implied", number, {self.number(a) for a in role.implies})

    def _replace(self, table: Table, column: str, role: int, values: set[Any]) -> None:
        self.batch.settle("insert")
        kept = {value for (value,) in self.account.find(table, column, role=role)}
        for value in sorted(kept - values):
            self.batch.delete(
                deleting(table, "role", column),
                **{f"at_{column}": value},
                at_role=role,
            )
        for value in sorted(values - kept):
            self.batch.insert(table, role=role, **{column: value})
