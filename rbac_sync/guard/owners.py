"""The users who own the account, and those of them with a key."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
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

Spans = frozenset[tuple[Instant | None, Instant | None]]
"""The starts and the ends of all that makes an owner of a person."""

Owner = tuple[Spans, bool]
"""The spans of one person, and whether that person has a key."""

Counts = tuple[tuple[Instant, int], ...]
"""The number of owners from now on, and from each later start or end of a term on."""


def spans_by_person(terms: Iterable[Term]) -> dict[Address, Spans]:
    """Return *terms* by person."""
    spans: defaultdict[Address, set[tuple[Instant | None, Instant | None]]] = defaultdict(set)
    for who, since, until in terms:
        spans[who].add((since, until))
    return {who: frozenset(each) for who, each in spans.items()}


def counts(people: Mapping[Spans, int], now: Instant) -> Counts:
    """Return the number of people who own, now and later, from the number with the same spans."""
    moves: dict[Instant, list[tuple[Spans, int]]] = {now: []}
    for spans in people:
        for since, until in spans:
            begin = max(since or now, now)
            if until is None or begin < until:
                moves.setdefault(begin, []).append((spans, 1))
            if until is not None and begin < until:
                moves.setdefault(until, []).append((spans, -1))
    open_, numbers = Counter[Spans](), []
    for at in sorted(moves):
        for spans, more in moves[at]:
            open_[spans] += more
            if not open_[spans]:
                del open_[spans]
        numbers.append((at, sum(people[spans] for spans in open_)))
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
    """The active owners who are people in one state; follows a draft as it changes.

    *Why* only numbers of people with the same spans are added up: an account may have many owners.
    """

    def __init__(self, state: State, role: Address, now: Instant) -> None:
        self._state, self._role, self._now = state, role, now
        self._owners: dict[Address, Owner] = {}
        self._numbers: tuple[Counter[Spans], Counter[Spans]] = Counter(), Counter()
        self._count: OwnerCount | None = None
        for user in state.holders(role, ACCOUNT):
            self._note(user)

    def count(self) -> OwnerCount:
        if self._count is None:
            self._count = OwnerCount(*(counts(numbers, self._now) for numbers in self._numbers))
        return self._count

    def follow(self, change: Change) -> None:
        """Update the owners that *change*, which has been made, affects."""
        for person in _people(change):
            if owner := self._owners.pop(person, None):
                self._add(owner, -1)
            self._note(person)

    def _note(self, user: Address) -> None:
        """Store the spans in which *user* is, or will be, an active owner."""
        resource = self._state.get(user) if user.kind is Kind.USER else None
        if not isinstance(resource, User) or resource.status is not Status.ACTIVE:
            return
        held = self._state.holdings(user, ACCOUNT)
        spans = frozenset((h.since, h.until) for h in held if h.role == self._role)
        if spans and user not in self._owners:
            self._owners[user] = spans, self._has_key(user)
            self._add(self._owners[user], 1)

    def _add(self, owner: Owner, more: int) -> None:
        (spans, has_key), self._count = owner, None
        for numbers in self._numbers if has_key else self._numbers[:1]:
            numbers[spans] += more
            if not numbers[spans]:
                del numbers[spans]

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
