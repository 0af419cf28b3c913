"""The numbers of owners of one scope, now and at each later time at which a term begins or ends."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from operator import itemgetter

from ..model import Address, Instant
from ..named_tuples import NamedTuple

Spans = frozenset[tuple[Instant | None, Instant | None]]
"""The starts and the ends of all that makes an owner of a person."""

Owner = tuple[Spans, Spans]
"""The spans of one person, and the parts of them in which that person has a key."""

Counts = tuple[tuple[Instant, int], ...]
"""The number of owners from now on, and from each later start or end of a term on."""


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
    open_, number, numbers = Counter[Spans](), 0, []
    for at in sorted(moves):
        for spans, more in moves[at]:
            was, open_[spans] = open_[spans] > 0, open_[spans] + more
            number += people[spans] * ((open_[spans] > 0) - was)
        numbers.append((at, number))
    return tuple(numbers)


def shortfall(before: Counts, after: Counts, *least: Counts) -> tuple[int, Instant | None] | None:
    """Return the first number of *after* below each of *least* and *before* at that time.

    With the number is the time from which it holds; None is now.
    """
    for at in sorted({at for at, _ in chain(before, after, *least)}):
        number, *others = (
            each[bisect_right(each, at, key=itemgetter(0)) - 1][1]
            for each in (after, before, *least)
        )
        if number < min(others):
            return number, None if at == after[0][0] else at
    return None


class OwnerCount(NamedTuple):
    """The numbers of owners of one scope.

    ``active`` counts the active owners who are people, now and later. ``with_key`` counts those
    of the account with a key; it is 0 if the target does not show the keys of people.
    """

    active: Counts
    with_key: Counts


class OwnerChange(NamedTuple):
    """The numbers of owners of a scope before and after a step, and their minimum."""

    scope: Address
    floor: int
    before: OwnerCount
    after: OwnerCount


class OwnerTally:
    """The owners of one scope, and their numbers.

    *Why* only numbers of people with the same spans are added up: a scope may have many owners.
    """

    def __init__(self, floor: int, now: Instant) -> None:
        self.floor, self._now = floor, now
        self.owners: dict[Address, Owner] = {}
        self._numbers: tuple[Counter[Spans], Counter[Spans]] = Counter(), Counter()
        self._count: OwnerCount | None = None

    def count(self) -> OwnerCount:
        if self._count is None:
            self._count = OwnerCount(*(counts(numbers, self._now) for numbers in self._numbers))
        return self._count

    def put(self, person: Address, owner: Owner | None) -> None:
        """Store *owner* for *person*; None if the person owns nothing here."""
        if was := self.owners.pop(person, None):
            self._add(was, -1)
        if owner is not None:
            self.owners[person] = owner
            self._add(owner, 1)

    def _add(self, owner: Owner, more: int) -> None:
        self._count = None
        for numbers, spans in zip(self._numbers, owner, strict=True):
            numbers[spans] += more
            if not numbers[spans]:
                del numbers[spans]
