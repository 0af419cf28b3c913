"""The order of roles and other names in the files that rbac-sync writes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from itertools import pairwise

from ..catalogues import catalogue, worlds


@cache
def role_order() -> tuple[str, ...]:
    """Return the names of all built-in roles, those of each world in the order of its catalogue."""
    roles = (catalogue(world).roles.values() for world in worlds())
    return merged_order([role.name for role in of_world] for of_world in roles)


def role_rank(role: str) -> tuple[int, str]:
    """Return the sort key of the role of this name: built-in roles come first."""
    known = role_order()
    return (known.index(role) if role in known else len(known), role)


def merged_order(orders: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return each text of *orders* once, in an order that agrees with all of them.

    Raises:
        CycleError: no such order exists.
    """
    graph: TopologicalSorter[str] = TopologicalSorter()
    for order in orders:
        texts = list(dict.fromkeys(order))
        for text in texts[:1]:
            graph.add(text)
        for before, after in pairwise(texts):
            graph.add(after, before)
    return tuple(graph.static_order())
