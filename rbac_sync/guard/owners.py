"""The people who own the account or a workspace, and those owners of the account with a key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import chain, product
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
from ..planning import Change, make
from .owner_counts import Owner, OwnerChange, OwnerCount, OwnerTally

SOON = timedelta(hours=12)
"""The time within which the end of a key counts.

*Why* not a later end: every key has one. *Why* no more than this: a policy may allow keys of one
day at most, and a new one has to do in place of any other.
"""


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


def _by_scope(places: Iterable[tuple[Address, Address]]) -> dict[Address, set[Address]]:
    """Return the people in *places* by scope."""
    people: defaultdict[Address, set[Address]] = defaultdict(set)
    for scope, person in places:
        people[scope].add(person)
    return people


class Owners:
    """The owners of the account and of workspaces in one state; follows a draft as it changes.

    An owner is an active person who holds the owner role of the account there, or in a workspace,
    directly or by a team, the role that it implies in every workspace. Owners of the account do not
    count in a workspace, since they own every workspace.

    *Why* only the owners of places that change are counted: each of many teams may own many.
    """

    def __init__(
        self, state: Draft, catalogue: Catalogue, floors: Mapping[Address, int], now: Instant
    ) -> None:
        """Begin to count the owners of the scopes in *floors*, which has their least numbers."""
        self._state, self._now, self.floors = state, now, dict(floors)
        owner = catalogue.roles.get(catalogue.owner)
        self._above, self._below = {catalogue.owner}, owner.implies if owner else frozenset()
        self._tallies: dict[Address, OwnerTally] = {}
        self._places: set[tuple[Address, Address]] | None = None

    def counts_in(self, scope: Address) -> bool:
        """Say whether the owners of *scope* are counted."""
        return scope in self.floors

    def count(self, scope: Address = ACCOUNT) -> OwnerCount:
        return self._tally(scope).count()

    def touched_by(self, changes: Iterable[Change]) -> set[tuple[Address, Address]]:
        """Return the scopes and people where *changes* may make or end an owner in this state."""
        sides = ((change.before, change.after) for change in changes)
        both = chain.from_iterable((each, each[::-1]) for each in sides)
        return {pair for each in both for pair in self._touched(*each)}

    def only(self, places: set[tuple[Address, Address]]) -> None:
        """Count only the people in *places*, each in the scope beside it, whatever is made later.

        The numbers then still differ as the numbers of all owners do if nobody else changes.
        """
        self._places = places
        self._tallies = {
            scope: OwnerTally(floor, self._now) for scope, floor in self.floors.items()
        }
        for scope, person in places:
            self._tallies[scope].put(person, self._owner(person, scope))

    def make(self, change: Change) -> tuple[OwnerChange, ...]:
        """Make *change* in the state; return the numbers of owners that it changes, by scope.

        A workspace that it deletes needs no owner, but one that it creates again needs as many as
        before. A workspace that it renames keeps its owners. One where enough others are owners
        for good is left out.
        """
        if not self.floors:
            make(self._state, change)
            return ()
        touched = self.touched_by([change])
        for scope, people in _by_scope(touched).items():
            if scope not in self._tallies and not self._has_enough(scope, people):
                self._tally(scope)
        make(self._state, change)
        old = change.before.address if change.before else None
        if change.action is Action.RENAME and old in self.floors:
            self.floors[change.address] = self.floors.pop(old)
            if old in self._tallies:
                self._tallies[change.address] = self._tallies.pop(old)
        touched.update(self._touched(change.after, change.before))
        if self._places is not None:
            touched &= self._places
        changes = [
            self._counted(scope, people)
            for scope, people in sorted(_by_scope(touched).items())
            # a renamed workspace has its new name now, and a deleted one keeps its numbers
            if scope in self._tallies and self._state.knows(scope)
        ]
        return tuple(each for each in changes if each.before != each.after)

    def _tally(self, scope: Address) -> OwnerTally:
        if scope not in self._tallies:
            tally = self._tallies[scope] = OwnerTally(self.floors[scope], self._now)
            for person in set(self._people(scope)):
                tally.put(person, self._owner(person, scope))
        return self._tallies[scope]

    def _people(self, scope: Address) -> Iterator[Address]:
        """Yield the people who may own *scope*, some of them several times."""
        holders = (who for role in self._roles(scope) for who in self._state.holders(role, scope))
        return chain.from_iterable(map(self._state.behind, holders))

    def _has_enough(self, scope: Address, touched: Collection[Address]) -> bool:
        """Say whether enough people who are not *touched* own the workspace *scope* for good."""
        floor, lasting = self.floors[scope], set[Address]()
        for person in self._people(scope) if scope != ACCOUNT else ():
            owner = self._owner(person, scope) if person not in touched else None
            if owner and (None, None) in owner[0]:
                lasting.add(person)
            if len(lasting) >= floor:
                return True
        return False

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
                scopes, people = {address}, tally.owners if tally else self._people(address)
            case ServiceAccount() | Role() | ObjectAccess() | None:
                return  # only people own something, by built-in roles
            case _ as never:
                assert_never(never)
        yield from product(scopes & self.floors.keys(), people)

    def _held_by(self, holder: Address) -> set[Address]:
        """Return the scopes in which *holder*, or a team of it, holds something.

        *Why* none where only the account has a minimum: teams own no account.
        """
        if self.floors.keys() == {ACCOUNT}:
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
