"""The users who own the account, and those of them with a key."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator
from operator import itemgetter
from typing import NamedTuple, assert_never

from ..model import (
    ACCOUNT,
    Address,
    Binding,
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
from ..planning import Change

Term = tuple[Address, Instant | None, Instant | None]
"""A person with the start and the end of what makes an owner of that person."""

Counts = tuple[tuple[Instant, int], ...]
"""The number of owners from now on, and from each later start or end of a term on."""


def counts(terms: Collection[Term], now: Instant) -> Counts:
    """Return the number of people with one of *terms*, now and later."""
    moves: dict[Instant, list[tuple[Address, int]]] = {now: []}
    for who, since, until in terms:
        begin = max(since or now, now)
        if until is None or begin < until:
            moves.setdefault(begin, []).append((who, 1))
        if until is not None and begin < until:
            moves.setdefault(until, []).append((who, -1))
    open_, numbers = Counter[Address](), []
    for at in sorted(moves):
        for who, more in moves[at]:
            open_[who] += more
            if not open_[who]:
                del open_[who]
        numbers.append((at, len(open_)))
    return tuple(numbers)


def shortfall(before: Counts, after: Counts, floor: int) -> tuple[int, Instant | None] | None:
    """Return the first number of *after* below *floor* that is lower than *before* at that time.

    With the number is the time from which it holds; None is now.
    """
    for at in sorted({at for at, _ in (*before, *after)}):
        was, number = (
            each[bisect_right(each, at, key=itemgetter(0)) - 1][1] for each in (before, after)
        )
        if number < min(was, floor):
            return number, None if at == after[0][0] else at
    return None


class OwnerCount(NamedTuple):
    """The numbers of owners of an account.

    ``active`` counts the active owners who are people, now and later. ``with_key`` counts those
    with a key that has not ended now; *why* its end does not count: every key has one. It is 0 if
    the target does not show the keys of people.
    """

    active: Counts = ()
    with_key: Counts = ()


class Owners:
    """The active owners who are people in one state; follows a draft as it changes."""

    def __init__(self, state: State, role: Address, now: Instant) -> None:
        self._state, self._role, self._now = state, role, now
        self._terms: dict[Address, Term] = {}
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
            if holding.role == self._role:
                self._terms[user], self._count = (user, holding.since, holding.until), None

    def _counted(self) -> OwnerCount:
        terms, now = self._terms.values(), self._now
        with_key = [term for term in terms if self._has_key(term[0])]
        return OwnerCount(counts(terms, now), counts(with_key, now))

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
