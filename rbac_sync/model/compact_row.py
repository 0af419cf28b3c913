"""The holdings in one scope, stored in little memory."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from itertools import chain, groupby
from typing import cast

from .address import Address
from .resources import Holdings
from .row_indexes import Row

MOST = 512
"""The most principals of a compact row: each look-up goes through all of them."""


def compact(row: Row) -> Row:
    """Return *row*, which must not change any more, as a ``CompactRow`` if it is short."""
    return cast("Row", CompactRow(row)) if len(row) <= MOST else row


class CompactRow(Mapping[Address, Holdings]):
    """The holdings of each principal in one scope, in the order given.

    *Why* not a dict: it takes five times the memory, and an account has a million holdings.
    """

    __slots__ = ("_groups",)

    def __init__(self, row: Mapping[Address, Holdings]) -> None:
        """Copy the holdings of *row*."""
        runs = groupby(row, row.__getitem__)
        self._groups: tuple[tuple[Holdings, tuple[Address, ...]], ...] = tuple(
            (held, tuple(principals)) for held, principals in runs
        )

    def __getitem__(self, principal: Address) -> Holdings:
        for held, principals in self._groups:
            if principal in principals:
                return held
        raise KeyError(principal)

    def __iter__(self) -> Iterator[Address]:
        return chain.from_iterable(principals for _, principals in self._groups)

    def __len__(self) -> int:
        return sum(len(principals) for _, principals in self._groups)

    def __contains__(self, principal: object) -> bool:
        return any(principal in principals for _, principals in self._groups)

    def items(self) -> ItemsView[Address, Holdings]:
        return self._as_dict().items()

    def values(self) -> ValuesView[Holdings]:
        return self._as_dict().values()

    def __eq__(self, other: object) -> bool:
        return self is other or self._as_dict() == other

    __hash__ = None  # type: ignore[assignment]

    def _as_dict(self) -> dict[Address, Holdings]:
        row: dict[Address, Holdings] = {}
        for held, principals in self._groups:
            row |= dict.fromkeys(principals, held)
        return row
