"""Values and rows in parts: a query takes so many values, and a caller few of many rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from .sql import Row

V = TypeVar("V")

MOST_NAMED = 500
"""The most values in one query: a database limits the parameters of a statement."""

FAR = 2**63 - 1
"""The largest integer of a database."""

FIRST_PART, LATER_PARTS = 64, 1_000
"""The number of rows of the first part that is read, and of each later one."""


def batched(values: Sequence[V], most: int = MOST_NAMED) -> Iterator[list[V]]:
    """Yield *values* in lists of at most *most*."""
    for start in range(0, len(values), most):
        yield list(values[start : start + most])


def newest_first(select: Callable[[int, int], Sequence[Row]], column: int) -> Iterator[Row]:
    """Yield rows by falling number, which is in *column*, in parts that are read as needed.

    *select* is given the largest number and how many rows to return at most.
    """
    last, most = FAR, FIRST_PART
    while rows := select(last, most):
        yield from rows
        last, most = rows[-1][column] - 1, LATER_PARTS
