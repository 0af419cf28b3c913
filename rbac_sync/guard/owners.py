"""The people who own the account or a workspace, and those owners of the account with a key."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import chain, product
from operator import itemgetter
from typing import assert_never

from ..model import (
    ACCOUNT,
    Action,
    Address,
    Binding,
    Catalogue,
    Draft,
    Instant,
    Key,
    Membership,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
)
from ..model.instant import earlier, later
from ..model.meet import is_within
from ..named_tuples import NamedTuple
from ..planning import Change, make

Spans = frozenset[tuple[Instant | None, Instant | None]]
"""The starts and the ends of all that makes an owner of a person."""

Owner = tuple[Spans, Spans]
"""The spans of one person, and the parts of them in which that person has a key."""

SOON = timedelta(hours=12)
"""The time within which the end of a key counts.

*Why* not a later end: every key has one. *Why* no more than this: a policy may allow keys of one
day at most, and a new one has to do in place of any other.
"""

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


def key_ends(state: State, owner: Address, now: Instant) -> set[Instant | None]:
    """Return the ends of the keys of *owner* that have not ended, None for one that is not near."""
    ends = {key.until for key in state.keys_of(owner)}
    return {end if end and end - now <= SOON else None for end in ends if end is None or now < end}


def owned_before(
    changes: Iterable[Change], state: State, catalogue: Catalogue
) -> dict[Address, int]:
    """Return the places in *state* from which *changes* may take an owner, each with no minimum."""
    owner = catalogue.roles.get(catalogue.owner)
    roles = {catalogue.owner, *(owner.implies if owner else ())}
    held = chain.from_iterable(_at_stake(c, state) for c in changes if c.before is not None)
    return {b.scope: 0 for b in held if any(h.role in roles for h in b.roles)}


def _at_stake(change: Change, state: State) -> Iterator[Binding]:
    """Yield bindings that *change* may take from somebody, by itself or with their holder."""
    before = change.before
    if isinstance(before, Binding):
        yield before
    elif isinstance(before, User | Team | Key) and not is_within(before, change.after):
        who = before.owner if isinstance(before, Key) else before.address
        for holder in (who, *state.memberships_of(who)):
            yield from state.bindings_of(holder)


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


class _Tally:
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


class Owners:
    """The owners of the account and of workspaces in one state; follows a draft as it changes.

    An owner is an active person who holds the owner role of the account there, or in a workspace,
    directly or by a team, the role that it implies in every workspace. Owners of the account do not
    count in a workspace, since they own every workspace.
    """

    def __init__(
        self, state: Draft, catalogue: Catalogue, floors: Mapping[Address, int], now: Instant
    ) -> None:
        """Count the owners of the scopes in *floors*, which has their least numbers."""
        self._state, self._now, self.floors = state, now, floors
        owner = catalogue.roles.get(catalogue.owner)
        self._above, self._below = {catalogue.owner}, owner.implies if owner else frozenset()
        self._tallies = {scope: _Tally(floor, now) for scope, floor in floors.items()}
        for scope, tally in self._tallies.items():
            holders = {who for role in self._roles(scope) for who in state.holders(role, scope)}
            for person in chain.from_iterable(map(state.behind, holders)):
                tally.put(person, self._owner(person, scope))

    def counts_in(self, scope: Address) -> bool:
        """Say whether the owners of *scope* are counted."""
        return scope in self._tallies

    def count(self, scope: Address = ACCOUNT) -> OwnerCount:
        return self._tallies[scope].count()

    def make(self, change: Change) -> tuple[OwnerChange, ...]:
        """Make *change* in the state; return the numbers of owners that it changes, by scope.

        A workspace that it deletes needs no owner, but one that it creates again needs as many as
        before. A workspace that it renames keeps its owners.
        """
        if not self._tallies:
            make(self._state, change)
            return ()
        touched = {*self._touched(change.before, change.after)}
        make(self._state, change)
        old = change.before.address if change.before else None
        if change.action is Action.RENAME and old in self._tallies:
            self._tallies[change.address] = self._tallies.pop(old)
        touched.update(self._touched(change.after, change.before))
        people: defaultdict[Address, list[Address]] = defaultdict(list)
        for scope, person in touched:
            # a renamed workspace has its new name now, and a deleted one keeps its numbers
            if scope in self._tallies and self._state.knows(scope):
                people[scope].append(person)
        changes = (self._counted(scope, people[scope]) for scope in sorted(people))
        return tuple(each for each in changes if each.before != each.after)

    def _counted(self, scope: Address, people: Iterable[Address]) -> OwnerChange:
        """Look again at *people*; return the numbers of owners of *scope* before and after."""
        tally = self._tallies[scope]
        before = tally.count()
        for person in people:
            tally.put(person, self._owner(person, scope))
        return OwnerChange(scope, tally.floor, before, tally.count())

    def _touched(
        self, side: Resource | None, other: Resource | None
    ) -> Iterator[tuple[Address, Address]]:
        """Yield the scopes and people where *side* of a change may make or end an owner.

        Members whom the *other* side of a team has, too, are none of them.
        """
        people: Iterable[Address]
        match side:
            case Binding(holder, scope):
                scopes, people = {scope}, self._state.behind(holder)
            case User(address=address):
                scopes, people = self._held_by(address) | {ACCOUNT}, (address,)
            case Key(owner):
                scopes, people = {ACCOUNT}, (owner,)
            case Team():
                others = side.members - (other.members if isinstance(other, Team) else set())
                scopes, people = self._held_by(side.address), {m.principal for m in others}
            case Workspace(address=address):
                tally = self._tallies.get(address)
                scopes, people = {address}, tally.owners if tally else ()
            case ServiceAccount() | Role() | ObjectAccess() | None:
                return  # only people own something, by built-in roles
            case _ as never:
                assert_never(never)
        yield from product(scopes & self._tallies.keys(), people)

    def _held_by(self, holder: Address) -> set[Address]:
        """Return the scopes in which *holder*, or a team of it, holds something.

        *Why* none where only the account has a minimum: teams own no account.
        """
        if self._tallies.keys() == {ACCOUNT}:
            return set()
        return set(self._state.scopes_of(holder, *self._state.memberships_of(holder)))

    def _owner(self, person: Address, scope: Address) -> Owner | None:
        """Return the spans in which *person* is, or will be, an active owner of *scope*, if any."""
        user = self._state.get(person)
        if not isinstance(user, User) or user.status is not Status.ACTIVE:
            return None
        is_account, places = scope == ACCOUNT, {person: Membership(person)}
        if not is_account:
            places |= self._state.memberships_of(person)
        spans = frozenset(
            (later(place.since, held.since), earlier(place.until, held.until))
            for holder, place in places.items()
            for held in self._state.holdings(holder, scope)
            if held.role in self._roles(scope)
        )
        ends = key_ends(self._state, person, self._now) if is_account else ()
        with_key = frozenset((since, earlier(until, end)) for since, until in spans for end in ends)
        return (spans, with_key) if spans else None

    def _roles(self, scope: Address) -> Collection[Address]:
        return self._above if scope == ACCOUNT else self._below
