"""The permissions that principals hold, each with its terms, as plain sets.

The check of ``gains`` alone uses them: it shares no code with the other rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Catalogue,
    Holding,
    Instant,
    Kind,
    Membership,
    ObjectAccess,
    ObjectLevel,
    Permission,
    Permissions,
    Role,
    State,
    Status,
    User,
)
from ..model.catalogue import opaque

FOR_GOOD = datetime.max.replace(tzinfo=UTC)
NEVER = datetime.min.replace(tzinfo=UTC)

Term = tuple[Instant, Instant]
"""A beginning and an end."""

FOREVER: Term = (NEVER, FOR_GOOD)

Grant = tuple[Address, Permission]
"""A scope and a permission in it."""

Held = dict[Grant, frozenset[Term]]
"""The terms of each permission that a principal holds."""

Ends = dict[Grant, Instant]
"""The last end of each permission that a principal holds."""

Scopes = Collection[Address] | None
"""The scopes to compare; None: all."""


class HeldTerms:
    """The reader of what principals hold, by the roles of *state*, which may change."""

    def __init__(self, state: State, catalogue: Catalogue, now: Instant) -> None:
        self.state, self.catalogue, self.now = state, catalogue, now
        self._expanded: dict[Address, Permissions] = {}

    def forget_roles(self) -> None:
        """Expand each role again, since one has changed."""
        self._expanded.clear()

    def of(self, who: Address, scopes: Scopes, *, as_everyone: bool = False) -> Held:
        """Return what *who* holds in *scopes*: itself, by teams and by access lists.

        If *as_everyone*, a user also holds default roles.
        """
        principal = self.state.get(who)
        if isinstance(principal, User) and self._is_shut_out(principal):
            return Held()
        holders = ways(who, self.state)
        lists = self.state.lists_naming(*(holder for holder, _ in holders))
        here = [each for each in lists if scopes is None or each.address in scopes]
        by_roles = self.by_roles(who, scopes, self.state, as_everyone=as_everyone)
        return by_lists(here, holders) | by_roles

    def by_roles(
        self, who: Address, scopes: Scopes, state: State, *, as_everyone: bool = True
    ) -> Held:
        """Return what *who* holds in *scopes* of *state*, but for access lists."""
        held, holders = Held(), ways(who, state)
        if as_everyone and who.kind is Kind.USER:
            holders.append((EVERYONE, FOREVER))
        if scopes is None:
            scopes = state.scopes_of(*(holder for holder, _ in holders))
        for scope in scopes:
            for holder, (begin, end) in holders:
                for holding in state.holdings(holder, scope):
                    since, until = _term(holding)
                    term = frozenset({(max(begin, since), min(end, until))})
                    for grant in self._granted(holding.role, scope):
                        held[grant] = held[grant] | term if grant in held else term
        return held

    def _is_shut_out(self, user: User) -> bool:
        """Say whether *user* is suspended, or has an invitation that has ended."""
        if user.status is Status.PENDING:
            return user.expires is not None and user.expires <= self.now
        return user.status is Status.SUSPENDED

    def _granted(self, role: Address, scope: Address) -> Iterator[Grant]:
        yield from ((scope, permission) for permission in self._permissions(role))
        known = self.state.get(role)
        if scope == ACCOUNT and isinstance(known, Role):
            for implied in known.implies:
                yield from ((ANYWHERE, p) for p in self._permissions(implied))

    def _permissions(self, role: Address) -> Permissions:
        if role not in self._expanded:
            known = self.state.get(role)
            self._expanded[role] = (
                self.catalogue.expanded(known, self.state.get)
                if isinstance(known, Role)
                else frozenset({opaque(role)})
            )
        return self._expanded[role]


def ways(who: Address, state: State) -> list[tuple[Address, Term]]:
    """Return *who* and the teams of *who* in *state*, each with the term of *who* in it."""
    places = state.memberships_of(who).items()
    return [(who, FOREVER), *((team, _term(place)) for team, place in places)]


def by_lists(lists: Iterable[ObjectAccess], holders: Collection[tuple[Address, Term]]) -> Held:
    """Return the permissions that access lists give to *holders*, with their terms."""
    held = Held()
    for listed in lists:
        for level in ObjectLevel:
            terms = frozenset(term for holder, term in holders if holder in listed.at(level))
            if terms:
                held[listed.address, level.permission] = terms
    return held


def _term(element: Holding | Membership) -> Term:
    return element.since or NEVER, element.until or FOR_GOOD


def open_ends(held: Held, now: Instant) -> Ends:
    """Return the last end of each permission that is held *now*."""
    terms = ((grant, term) for grant, terms in held.items() for term in terms)
    ends = Ends()
    for grant, (begin, end) in terms:
        if begin <= now < end:
            ends[grant] = max(end, ends.get(grant, NEVER))
    return ends


def end(held: Ends, scope: Address, permission: Permission) -> Instant:
    """Return the end of a permission in *scope*, ``NEVER`` if it is not held."""
    here = held.get((scope, permission), NEVER)
    if scope.kind is Kind.WORKSPACE:
        return max(here, held.get((ANYWHERE, permission), NEVER))
    return here
