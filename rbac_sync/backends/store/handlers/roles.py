"""Roles: custom ones from rows, built-in ones from the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from ....model import Address, Kind, Level, Permission, Role
from .. import tables as t
from ..account import statement
from ..bulk import deleting
from ..table import StoreTable
from .handler import Named, among


class Roles(Named[Role]):
    """Custom roles, and one row for each built-in role as a target of references."""

    kind: ClassVar = Kind.ROLE
    table: ClassVar = t.role

    def read(self, numbers: Collection[int] | None = None) -> Iterator[Role]:
        """Yield the built-in roles of the world, then the custom ones; or custom ones of *numbers*.

        Custom ones are in order of creation, which PostgreSQL does not keep by itself.

        Their permissions are with all included ones.
        """
        if numbers is None:
            yield from self.account.catalogue.roles.values()
        at, own = among("number", numbers), self.own_names(numbers)
        columns = ("number", "base", "description")
        text = statement(t.role, columns, {"builtin": 0, **at}, ("number",))
        custom = self.account.rows(text, builtin=0, **at)
        if not custom:
            return
        permissions = self._gathered(t.role_permission, "permission", numbers)
        implied = self._gathered(t.role_implied, "implied", numbers)
        bases = {base for _, base, _ in custom if base}
        names = self.names(bases.union(*implied.values()))
        for number, base, description in custom:
            level, _, name = own(number).key.partition("/")
            yield Role(
                Level(level),
                name,
                self.account.catalogue.closed(map(Permission, permissions[number])),
                frozenset({names(base)} if base else ()),
                frozenset(map(names, implied[number])),
                description,
            )

    def on(self, role: Address) -> Iterator[Role]:
        """Yield the roles that are based on *role* or imply it."""
        yield from (r for r in self.account.catalogue.roles.values() if role in r.references)
        number = self.account.names.find(role)
        based = self.account.find(t.role, "number", base=number)
        implying = self.account.find(t.role_implied, "role", implied=number)
        if based or implying:
            yield from self.read([n for (n,) in (*based, *implying)])

    def details(self, role: Role) -> dict[str, Any]:
        """Return the columns of the role; permissions and base roles have tables of their own."""
        base = next((self.number(address) for address in role.base), None)
        return {"base": base, "description": role.description, "builtin": role.builtin}

    def insert_builtin(self) -> None:
        """Insert a row for every built-in role without one, as when the catalogue has grown."""
        known = self.account.names.known(self.account.catalogue.roles)
        for address, role in self.account.catalogue.roles.items():
            if address not in known:
                self.insert(role, base=None, description="", builtin=True)

    def shift(self, number: int) -> None:
        """Give a new version to the bindings and roles that contain the name of this role."""
        self.batch.touch(t.binding, "role", number)
        self.batch.touch(t.role, "base", number)
        self.batch.settle("delete")
        for (role,) in self.account.find(t.role_implied, "role", implied=number):
            self.batch.touch(t.role, "number", role)

    def _gathered(
        self, table: StoreTable, column: str, numbers: Collection[int] | None
    ) -> dict[int, list[Any]]:
        values: dict[int, list[Any]] = defaultdict(list)
        for role, value in self.account.find(table, "role", column, **among("role", numbers)):
            values[role].append(value)
        return values

    def write_parts(self, number: int, role: Role) -> None:
        """Write the permissions of the role, with all included ones, and the roles it implies."""
        permissions = self.account.catalogue.closed(role.permissions)
        self._replace(t.role_permission, "permission", number, set(permissions))
        self._replace(t.role_implied, "implied", number, {self.number(a) for a in role.implies})

    def _replace(self, table: StoreTable, column: str, role: int, values: set[Any]) -> None:
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
