"""Authority: a map from scope and permission to an end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from ..model import ANYWHERE, Address, Instant, Kind
from ..model.instant import earlier, outlasts
from .bitsets import Mask, union

Grant = tuple[Address, Mask, Instant | None]
"""Permissions in one scope until an end."""


class Authority:
    """The permissions that a principal may hand out. Never changed.

    A permission in a workspace is covered by itself there or in every
    workspace; one in every workspace only by itself there, so that owning all
    workspaces of today does not reach those of tomorrow.
    """

    def __init__(self, grants: Iterable[Grant] = ()) -> None:
        self._terms: dict[Address, dict[Instant | None, Mask]] = {}
        for scope, mask, until in grants:
            if mask:
                terms = self._terms.setdefault(scope, {})
                terms[until] = terms.get(until, 0) | mask
        self._all = {scope: union(terms.values()) for scope, terms in self._terms.items()}

    def __bool__(self) -> bool:
        return bool(self._terms)

    def mask(self, scope: Address) -> Mask:
        """Return all permissions held in *scope*, terms ignored."""
        held = self._all.get(scope, 0)
        return held | self._all.get(ANYWHERE, 0) if scope.kind is Kind.WORKSPACE else held

    def lasting(self, scope: Address, until: Instant | None) -> Mask:
        """Return the permissions held in *scope* at least until *until*."""
        return union(m for end, m in self._here(scope) if not outlasts(until, end))

    def scopes(self) -> Iterable[Address]:
        return self._terms.keys()

    def meet(self, other: Authority) -> Authority:
        """Return the permissions that both hold, until the earlier end."""
        scopes = self._terms.keys() | other._terms.keys()
        return Authority(grant for scope in scopes for grant in self._common(scope, other))

    def meet_in(self, workspace: Address, other: Authority) -> Authority:
        """Return this authority, and in *workspace* the ``meet`` with *other*."""
        here = Authority(self._common(workspace, other))
        here._terms |= {at: terms for at, terms in self._terms.items() if at != workspace}
        here._all |= {at: mask for at, mask in self._all.items() if at != workspace}
        return here

    def _common(self, scope: Address, other: Authority) -> Iterator[Grant]:
        for end, mine in self._here(scope):
            for other_end, theirs in other._here(scope):
                yield scope, mine & theirs, earlier(end, other_end)

    def joined(self, other: Authority) -> Authority:
        """Return the permissions that either of the two holds."""
        return Authority(chain(self._grants(), other._grants()))

    def _grants(self) -> Iterator[Grant]:
        for scope, terms in self._terms.items():
            yield from ((scope, mask, end) for end, mask in terms.items())

    def reaches(self, other: Authority) -> bool:
        """Say whether this covers all of *other*, for as long."""
        return not any(self.missing(other))

    def missing(self, other: Authority) -> Iterator[tuple[Address, Mask]]:
        """Yield what this does not cover of *other*, or not for as long, with the scope."""
        for scope, mask, end in other._grants():
            if lacking := mask & ~self.lasting(scope, end):
                yield scope, lacking

    def moved(self, old: Address, new: Address) -> Authority:
        """Return the same authority after scope *old* has been renamed."""
        return Authority(
            (new if scope == old else scope, mask, end) for scope, mask, end in self._grants()
        )

    def _here(self, scope: Address) -> Iterator[tuple[Instant | None, Mask]]:
        yield from self._terms.get(scope, {}).items()
        if scope.kind is Kind.WORKSPACE and scope != ANYWHERE:
            yield from self._terms.get(ANYWHERE, {}).items()


Value = tuple[tuple[Address, Mask], ...]
"""A value: permissions by scope, each scope once."""


def valued(grants: Iterable[Grant]) -> Value:
    """Return *grants* summed up by scope, empty ones left out."""
    masks: defaultdict[Address, Mask] = defaultdict(int)
    for scope, mask, _ in grants:
        masks[scope] |= mask
    return tuple((scope, mask) for scope, mask in masks.items() if mask)


def uncovered(value: Value, bound: Authority) -> Value:
    """Return the part of *value* that *bound* does not cover, terms ignored."""
    return tuple((scope, beyond) for scope, mask in value if (beyond := mask & ~bound.mask(scope)))
