"""The live holdings of an account in little memory: principals are texts, roles are numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from .address import Address
from .kind import Kind
from .resources import Workspace

MARK = "\x1f"
"""Begins the text of a principal who is no user; a file with it is refused as hidden text."""

RolesByText = Mapping[str, int]
"""The number of the role that each principal holds in one scope, by the text of the principal."""


def text_of(principal: Address) -> str:
    """Return the text of *principal*: the e-mail address of a user, which a file can name."""
    key = principal.key
    return key if principal.kind is Kind.USER else f"{MARK}{principal.kind}{MARK}{key}"


class LiveHoldings(Protocol):
    """The live holdings, as one session sees them."""

    def account_roles(self) -> Iterable[tuple[str, int | None]]:
        """Yield the text of each holder of an account role, and the number of the role.

        It is None if the holding is not plain, or a user is not active or has another form. If a
        user holds no account role, the last text is empty, with None.
        """
        ...

    def role(self, address: Address) -> int | None:
        """Return the number of the live role at *address*; None if there is none."""
        ...

    @property
    def workspaces(self) -> Mapping[Address, Workspace]:
        """The live workspaces."""
        ...

    def scopes(self, holders: Collection[Address]) -> set[Address]:
        """Return the scopes of the bindings of *holders*: principals, and roles in the bindings."""
        ...

    def rows(self, scopes: Collection[Address]) -> Mapping[Address, RolesByText]:
        """Return the holdings in those of *scopes* that are live and have only plain holdings.

        A plain holding has no term and no reason, and its principal no other one there.
        """
        ...
