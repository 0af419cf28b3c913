"""The live holdings of an account in little memory: principals and roles are numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from .address import Address
from .resources import Workspace

Numbers = Mapping[int, int]
"""The number of the role that each principal holds, by number, in one scope."""


class LiveNumbers(Protocol):
    """The numbers of what is live, as one session sees it."""

    def users(self) -> dict[str, int] | None:
        """Return the users by e-mail address; None if one is not active or has another form."""
        ...

    def number(self, address: Address) -> int | None:
        """Return the number of *address*; None if it is not live."""
        ...

    @property
    def workspaces(self) -> Mapping[Address, Workspace]:
        """The live workspaces."""
        ...

    def scopes(self, holders: Collection[Address]) -> set[Address]:
        """Return the scopes of the bindings of *holders*: principals, and roles in the bindings."""
        ...

    def rows(self, scopes: Collection[Address]) -> Mapping[Address, Numbers]:
        """Return the holdings in those of *scopes* that are live and have only plain holdings.

        A plain holding has no term and no reason, and its principal no other one there.
        """
        ...
