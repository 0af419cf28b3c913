"""The common part of two versions of a resource: the access that both of them grant.

*Why*: an update that both takes and gives is cut at this point, so that at no
moment anybody holds access that neither version allows. That only works if
every attribute that grants has a meet; ``ATTRIBUTES`` names them all, and a
test walks the fields of every resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any, TypeVar

from .address import EVERYONE, Address
from .instant import earlier, later
from .kind import Kind
from .resources import CLASSES, Binding, Resource, Status

R = TypeVar("R", bound=Resource)

LESSER = (Status.SUSPENDED, Status.PENDING, Status.ACTIVE)


def _both(one: frozenset[Any], other: frozenset[Any]) -> frozenset[Any]:
    return one & other


def _listed(one: frozenset[Address], other: frozenset[Address]) -> frozenset[Address]:
    """Return the principals on both access lists; a list with everyone includes every principal."""
    if EVERYONE in one:
        return other
    return one if EVERYONE in other else one & other


def _terms(
    name: Callable[[Any], object],
) -> Callable[[frozenset[Any], frozenset[Any]], frozenset[Any]]:
    """Return the meet of two sets of elements with terms, paired by *name*.

    A reason grants nothing: that of the later version is kept.
    """

    def meet_of(one: frozenset[Any], other: frozenset[Any]) -> frozenset[Any]:
        theirs = {name(element): element for element in other}
        shared = ((mine, theirs[name(mine)]) for mine in one if name(mine) in theirs)
        met = (
            b
            if (a.since, a.until) == (b.since, b.until)
            else replace(b, since=later(a.since, b.since), until=earlier(a.until, b.until))
            for a, b in shared
        )
        return frozenset(e for e in met if not (e.since and e.until and e.until <= e.since))

    return meet_of


ATTRIBUTES: Mapping[str, Callable[[Any, Any], Any]] = {
    "permissions": _both,
    "base": _both,
    "implies": _both,
    "members": _terms(lambda m: m.principal),
    "roles": _terms(lambda h: h.role),
    "status": lambda one, other: min(one, other, key=LESSER.index),
    "until": earlier,
    "expires": earlier,
    "view": _listed,
    "run": _listed,
    "manage": _listed,
    "public": lambda one, other: one and other,
}
"""The meet of each attribute that grants, by its name. Every other attribute grants nothing."""


def meet(before: R, after: R) -> R | None:
    """Return *after* with each attribute that grants reduced to its meet with *before*.

    None if nothing remains: a binding without roles is no binding.
    """
    common: R = replace(after, **_shared(before, after))
    return None if isinstance(common, Binding) and not common.roles else common


def is_within(less: Resource | None, more: Resource | None) -> bool:
    """Say whether *less* grants nothing that *more*, another version of it, does not grant."""
    if less is None or more is None:
        return False
    return all(getattr(less, name) == met for name, met in _shared(more, less).items())


def _shared(one: Resource, other: Resource) -> dict[str, Any]:
    """Return the meet of each attribute that grants."""
    names = _granting(other.kind)
    return {name: ATTRIBUTES[name](getattr(one, name), getattr(other, name)) for name in names}


@cache
def _granting(kind: Kind) -> tuple[str, ...]:
    return tuple(f.name for f in fields(CLASSES[kind]) if f.name in ATTRIBUTES)
