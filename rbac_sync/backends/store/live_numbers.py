"""The numbers of what is live in an account; see ``model.live_numbers``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import cast

from sqlalchemy import bindparam, func, select

from ...model import Address, Status, Workspace
from . import tables as t
from .account import Account
from .handlers import Workspaces
from .handlers.bindings import OF_SCOPES
from .names import batched


class StoreNumbers:
    """The numbers in one account, read when they are asked for; see ``LiveNumbers``."""

    def __init__(self, account: Account, workspaces: Workspaces) -> None:
        self._account, self._handler = account, workspaces

    def users(self) -> dict[str, int] | None:
        """Return the users by e-mail address; None if one is not active or has another form."""
        a, u = t.address.c, t.user.c
        mine = a.account == bindparam("account")
        plain = (u.status == Status.ACTIVE, u.expires.is_(None), u.email == a.key)
        join = (u.account == a.account) & (u.number == a.number)
        cursor = self._account.execute(
            select(a.key, a.number).join(t.user, join).where(mine, *plain)
        )
        assert cursor.cursor is not None, "a select has a cursor"
        users = dict(cast("Iterable[tuple[str, int]]", cursor.cursor))
        count = select(func.count()).where(u.account == bindparam("account"))
        return users if self._account.rows(count) == [(len(users),)] else None

    def number(self, address: Address) -> int | None:
        """Return the number of *address*; None if it is not live."""
        return self._account.names.find(address)

    @cached_property
    def workspaces(self) -> Mapping[Address, Workspace]:
        """The live workspaces."""
        return {workspace.address: workspace for workspace in self._handler.read()}

    def rows(self, scopes: Collection[Address]) -> dict[Address, dict[int, int]]:
        """Return the holdings in those of *scopes* that are live and have only plain holdings."""
        addresses = {n: scope for scope, n in self._account.names.known(scopes).items()}
        rows = dict[Address, dict[int, int]]((scope, {}) for scope in addresses.values())
        for part in batched([*addresses]):
            for scope, principals, roles, count, more in self._account.rows(OF_SCOPES, scopes=part):
                numbers = (map(int, text.split(",")) for text in (principals, roles))
                row = dict(zip(*numbers, strict=True))
                if more or len(row) != count:
                    del rows[addresses[scope]]
                else:
                    rows[addresses[scope]] = row
        return rows
