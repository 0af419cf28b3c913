"""The numbers of what is live in an account; see ``model.live_numbers``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import cast

from ...model import Address, Status, Workspace
from . import tables as t
from .account import Account
from .handlers import Workspaces
from .handlers.bindings import by_scope
from .names import batched

USERS = """
    SELECT a.key, a.number FROM address a
    JOIN "user" u ON u.account = a.account AND u.number = a.number
    WHERE a.account = :account AND u.status = :active AND u.expires IS NULL AND u.email = a.key
"""


class StoreNumbers:
    """The numbers in one account, read when they are asked for; see ``LiveNumbers``."""

    def __init__(self, account: Account, workspaces: Workspaces) -> None:
        self._account, self._handler = account, workspaces

    def users(self) -> dict[str, int] | None:
        """Return the users by e-mail address; None if one is not active or has another form."""
        plain = self._account.stream(USERS, active=str(Status.ACTIVE))
        users = dict(cast("Iterable[tuple[str, int]]", plain))
        count = """SELECT count(*) FROM "user" WHERE account = :account"""
        return users if self._account.rows(count) == [(len(users),)] else None

    def number(self, address: Address) -> int | None:
        """Return the number of *address*; None if it is not live."""
        return self._account.names.find(address)

    @cached_property
    def workspaces(self) -> Mapping[Address, Workspace]:
        """The live workspaces."""
        return {workspace.address: workspace for workspace in self._handler.read()}

    def scopes(self, holders: Collection[Address]) -> set[Address]:
        """Return the scopes of the bindings of *holders*: principals, and roles in the bindings."""
        names = self._account.names
        scopes = set[int]()
        for part in batched([*names.known(holders).values()]):
            for column in ("principal", "role"):
                rows = self._account.find(t.binding, "scope", **{column: part})
                scopes.update(scope for (scope,) in rows)
        names.know(scopes)
        return {*map(names.address, scopes)}

    def rows(self, scopes: Collection[Address]) -> dict[Address, dict[int, int]]:
        """Return the holdings in those of *scopes* that are live and have only plain holdings."""
        addresses = {n: scope for scope, n in self._account.names.known(scopes).items()}
        rows = dict[Address, dict[int, int]]((scope, {}) for scope in addresses.values())
        for part in batched([*addresses]):
            rows_by_scope = by_scope(self._account, "IN (:scopes)", scopes=part)
            for scope, principals, roles, count, more in rows_by_scope:
                numbers = (map(int, text.split(",")) for text in (principals, roles))
                row = dict(zip(*numbers, strict=True))
                if more or len(row) != count:
                    del rows[addresses[scope]]
                else:
                    rows[addresses[scope]] = row
        return rows
