"""Pairs of two lists of cases: some in the usual run, every one in the long one."""

from __future__ import annotations

from collections.abc import Iterable

import pytest


def pairs(first: Iterable[object], second: Iterable[object]) -> list:
    """Return all pairs as parameters; the usual run has each case of either list at least once.

    *Why*: where two cases have nothing to do with each other, a pair proves what each proves.
    """
    ones, others = list(first), list(second)
    return [
        pytest.param(one, other, marks=() if _usual(n, m, ones, others) else pytest.mark.long)
        for n, one in enumerate(ones)
        for m, other in enumerate(others)
    ]


def _usual(n: int, m: int, ones: list, others: list) -> bool:
    return n % len(others) == m or m % len(ones) == n
