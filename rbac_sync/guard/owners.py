"""The users who own the account, and those of them with a key."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple, assert_never

from ..model import (
    ACCOUNT,
    Address,
    Binding,
    Holding,
    Instant,
    Key,
    Kind,
    ObjectAccess,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
)
from ..model.instant import LONG_AGO, is_open
from ..planning import Change


class OwnerCount(NamedTuple):
    """The number of owners of an account.

    ``active`` counts the active owners who are people, ``with_key`` those of them with
    a key that has not ended; 0 if the target does not show the keys of people. ``coming`` counts
    those whose role begins later. ``fewest`` is the smallest number of active owners that the terms
    of their roles lead to, now or later, and ``since`` the time from which there are so few; None
    is now.
    """

    active: int = 0
    with_key: int = 0
    coming: int = 0
    fewest: int = 0
    since: Instant | None = None


class Owners:
    """The active owners who are people in one state; follows a draft as it changes."""

    def __init__(self, state: State, role: Address, now: Instant) -> None:
        self._state, self._role, self._now = state, role, now
        self._terms: dict[Address, Holding] = {}
        self._count: OwnerCount | None = None
        for user in state.holders(role, ACCOUNT):
            self._note(user)

    def count(self) -> OwnerCount:
        if self._count is None:
            self._count = self._counted()
        return self._count

    def follow(self, change: Change) -> None:
        """Update the owners that *change*, which has been made, affects."""
        for person in _people(change):
            if self._terms.pop(person, None):
                self._count = None
            self._note(person)

    def _note(self, user: Address) -> None:
        """Store the term for which *user* is, or will be, an active owner."""
        resource = self._state.get(user) if user.kind is Kind.USER else None
        if not isinstance(resource, User) or resource.status is not Status.ACTIVE:
            return
        for holding in self._state.holdings(resource.address, ACCOUNT):
            is_over = holding.until is not None and holding.until <= self._now
            if holding.role == self._role and not is_over:
                self._terms[resource.address], self._count = holding, None

    def _counted(self) -> OwnerCount:
        terms = self._terms.items()
        active = [who for who, term in terms if is_open(term.since, term.until, self._now)]
        starts = sorted(term.since or LONG_AGO for _, term in terms)
        ends = sorted(term.until for _, term in terms if term.until)
        later = ((bisect_right(starts, end) - bisect_right(ends, end), end) for end in ends)
        fewest, since = min(later, default=(len(active), None))
        if len(active) <= fewest:
            fewest, since = len(active), None
        with_key, coming = sum(map(self._has_key, active)), len(terms) - len(active)
        return OwnerCount(len(active), with_key, coming, fewest, since)

    def _has_key(self, user: Address) -> bool:
        ends = (key.until for key in self._state.keys_of(user))
        return any(end is None or self._now < end for end in ends)


def _people(change: Change) -> Iterator[Address]:
    """Yield the users whose ownership or keys *change* may begin or end."""
    for side in (change.before, change.after):
        match side:
            case Binding(principal, scope) if scope == ACCOUNT:
                yield principal
            case User():
                yield side.address
            case Key(owner):
                yield owner
            case Binding() | ServiceAccount() | Team() | Workspace() | Role():
                pass  # only people own an account, by its account roles
            case ObjectAccess() | None:
                pass
            case _ as never:
                assert_never(never)
