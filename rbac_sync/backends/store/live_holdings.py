"""The live holdings of an account in little memory; see ``model.live_holdings``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import cast

from ...model import ACCOUNT, Address, Kind, Status, Workspace
from ...model.live_holdings import MARK
from ..database.parts import batched
from . import tables as t
from .account import Account
from .handlers import Workspaces
from .handlers.bindings import IS_PLAIN, by_scope

TEXT = "CASE WHEN a.kind = :user THEN a.key ELSE :mark || a.kind || :mark || a.key END"
"""The expression for ``text_of`` the principal with the row *a* of ``address``."""

NAMED = "JOIN address a ON a.account = b.account AND a.number = b.principal"

ACCOUNT_ROLES = f"""
    SELECT {TEXT}, CASE
        WHEN {IS_PLAIN} AND (a.kind <> :user
            OR u.status = :active AND u.expires IS NULL AND u.email = a.key)
        THEN b.role END
    FROM binding b {NAMED}
    LEFT JOIN "user" u ON u.account = b.account AND u.number = b.principal
    WHERE b.account = :account AND b.scope = :root
    UNION ALL
    SELECT '', NULL WHERE (SELECT count(*) FROM "user" u WHERE u.account = :account) > (
        SELECT count(*) FROM binding b {NAMED}
        WHERE b.account = :account AND b.scope = :root AND a.kind = :user)
"""  # noqa: S608


class StoreHoldings:
    """The holdings in one account, read when they are asked for; see ``LiveHoldings``."""

    def __init__(self, account: Account, workspaces: Workspaces) -> None:
        self._account, self._handler = account, workspaces

    def account_roles(self) -> Iterable[tuple[str, int | None]]:
        """Yield each user and each holder of an account role, with the number of the role."""
        root, active = self._account.names.number(ACCOUNT), str(Status.ACTIVE)
        holders = self._account.stream(ACCOUNT_ROLES, root=root, active=active, **_TEXTS)
        return cast("Iterable[tuple[str, int | None]]", holders)

    def role(self, address: Address) -> int | None:
        """Return the number of the role at *address*; None if it is not live."""
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

    @cached_property
    def _roles(self) -> Mapping[str, int]:
        return {str(number): number for number in self._account.names.of(Kind.ROLE).values()}

    def rows(self, scopes: Collection[Address]) -> dict[Address, dict[str, int]]:
        """Return the holdings in those of *scopes* that are live and have only plain holdings."""
        addresses = {n: scope for scope, n in self._account.names.known(scopes).items()}
        rows = dict[Address, dict[str, int]]((scope, {}) for scope in addresses.values())
        for part in batched([*addresses]):
            such = {"scopes": part, **_TEXTS}
            live = by_scope(self._account, "IN (:scopes)", TEXT, NAMED, **such)
            for scope, principals, roles in live:
                row = dict(zip(principals, map(self._roles.__getitem__, roles), strict=True))
                if row and len(row) == len(principals):
                    rows[addresses[scope]] = row
                else:
                    del rows[addresses[scope]]
        return rows


_TEXTS = {"user": str(Kind.USER), "mark": MARK}
"""The values of ``TEXT``."""
