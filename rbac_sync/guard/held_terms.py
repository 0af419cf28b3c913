"""The permissions that principals hold, each with its terms, as plain sets.

The check of ``gains`` alone uses them: it shares no code with the other rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
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
from ..model.instant import is_open

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
        """Return what *who* holds in *scopes* at any time, itself, by teams and access lists.

        If *as_everyone*, a user also holds default roles.
        """
        principal = self.state.get(who)
        if isinstance(principal, User) and self._is_shut_out(principal):
            return Held()
        ways = self.ways(who, self.state)
        lists = self.state.lists_naming(*(holder for holder, _ in ways))
        held = by_lists([each for each in lists if scopes is None or each.address in scopes], ways)
        if as_everyone and who.kind is Kind.USER:
            ways.append((EVERYONE, FOREVER))
        return held | self._by_bindings(ways, scopes, self.state)

    def open_of(self, who: Address, scopes: Scopes, state: State) -> Ends:
        """Return what *who* holds now in *scopes* of *state*, but for access lists.

        A user holds default roles, too.
        """
        ways = self.ways(who, state, self.is_open)
        if who.kind is Kind.USER:
            ways.append((EVERYONE, FOREVER))
        return ends(self._by_bindings(ways, scopes, state, self.is_open))

    def ways(
        self,
        who: Address,
        state: State,
        counts: Callable[[Holding | Membership], bool] = lambda _: True,
    ) -> list[tuple[Address, Term]]:
        """Return *who*, and the teams of *who* in *state* by memberships that count."""
        places = state.memberships_of(who).items()
        return [(who, FOREVER), *((team, _term(m)) for team, m in places if counts(m))]

    def is_open(self, element: Holding | Membership) -> bool:
        return is_open(element.since, element.until, self.now)

    def _by_bindings(
        self,
        ways: Collection[tuple[Address, Term]],
        scopes: Scopes,
        state: State,
        counts: Callable[[Holding | Membership], bool] = lambda _: True,
    ) -> Held:
        """Return what the holders in *ways* hold in *scopes* of *state* by holdings that count."""
        held = Held()
        if scopes is None:
            scopes = state.scopes_of(*(holder for holder, _ in ways))
        for scope in scopes:
            for holder, place in ways:
                for holding in filter(counts, state.holdings(holder, scope)):
                    term = frozenset({_both(place, _term(holding))})
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


def by_lists(lists: Iterable[ObjectAccess], ways: Collection[tuple[Address, Term]]) -> Held:
    """Return the permissions that access lists give to the holders in *ways*, with the terms."""
    held = Held()
    for listed in lists:
        for level in ObjectLevel:
            terms = frozenset(term for holder, term in ways if holder in listed.at(level))
            if terms:
                held[listed.address, level.permission] = terms
    return held


def _term(element: Holding | Membership) -> Term:
    return element.since or NEVER, element.until or FOR_GOOD


def _both(one: Term, other: Term) -> Term:
    """Return the common part of two terms."""
    return max(one[0], other[0]), min(one[1], other[1])


def ends(held: Held) -> Ends:
    """Return the last end of each permission."""
    return {grant: max(end for _, end in terms) for grant, terms in held.items()}


def end(held: Ends, scope: Address, permission: Permission) -> Instant:
    """Return the end of a permission in *scope*, ``NEVER`` if it is not held."""
    here = held.get((scope, permission), NEVER)
    if scope.kind is Kind.WORKSPACE:
        return max(here, held.get((ANYWHERE, permission), NEVER))
    return here
