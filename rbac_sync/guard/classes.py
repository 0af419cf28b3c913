"""Classes of principals whose access a plan changes in the same way.

*Why*: a team of thousands in hundreds of workspaces, or as many people with a default role, are
a few equal cases. Each case is computed once.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Holdings,
    Kind,
    ObjectAccess,
    ObjectLevel,
    State,
    User,
    Workspace,
)
from ..model.address import object_name, object_workspace
from .risk import is_outsider

Group = tuple[Address, ...]
"""Principals of one class."""

Case = tuple[Hashable, ...]
"""All facts that decide the access of a principal in a scope, except their names."""

Rows = tuple[Mapping[Address, Holdings], Mapping[Address, Holdings]]
"""The holdings of each principal in one scope, in two states."""

NOTHING: Holdings = frozenset()

Piece = tuple[Case, Group, Address]
"""Principals in one scope with equal access."""


class Classes:
    """The division of principals by equal changes of access, and of scopes for each class.

    Principals of one class are of one kind and status, hold the same in the account, and are in
    the same teams for the same time and reason. Their own holdings in workspaces may differ.
    With *home*, a class has either outsiders or people of those domains, not both.
    """

    def __init__(self, before: State, after: State, home: frozenset[str] = frozenset()) -> None:
        self._states, self._home = (before, after), home
        self._numbers: dict[Hashable, int] = {}
        self._of: dict[Address, int] = {}
        self._holders: list[tuple[Address, ...]] = []
        self._divided: dict[Group, dict[int, Group]] = {}
        self._scopes: dict[tuple[int, Address], Hashable] = {}
        self._rows: dict[Address, Rows] = {}

    def of(self, principal: Address) -> int:
        """Return the number of the class of *principal*."""
        if principal not in self._of:
            sides = (_standing(principal, state) for state in self._states)
            kind = principal.kind, is_outsider(principal, self._home)
            number = self._numbers.setdefault((*kind, *sides), len(self._numbers))
            if number == len(self._holders):
                self._holders.append(tuple(self._behind(principal)))
            self._of[principal] = number
        return self._of[principal]

    def divided(self, principals: Group) -> dict[int, Group]:
        """Return *principals* by the number of their class."""
        if principals not in self._divided:
            groups: dict[int, list[Address]] = {}
            for principal in principals:
                groups.setdefault(self.of(principal), []).append(principal)
            self._divided[principals] = {number: tuple(group) for number, group in groups.items()}
        return self._divided[principals]

    def pieces(self, principals: Group, scopes: Iterable[Address]) -> Iterator[Piece]:
        """Yield *principals* in *scopes* by case; each pair is in one piece."""
        for number, group in self.divided(principals).items():
            for scope in scopes:
                apart = self.apart(group, scope)
                rest = tuple(who for who in group if who not in apart) if apart else group
                if rest:
                    yield self.case(number, scope), rest, scope
                for case, alike in self._alike(number, scope, (w for w in group if w in apart)):
                    yield case, tuple(alike), scope

    def _alike(
        self, number: int, scope: Address, apart: Iterable[Address]
    ) -> Iterable[tuple[Case, list[Address]]]:
        """Return principals with holdings of their own in *scope* by case."""
        by_holdings: dict[Hashable, list[Address]] = {}
        for who in apart:
            by_holdings.setdefault(self._held(who, scope), []).append(who)
        return [(self.case(number, scope, alike[0]), alike) for alike in by_holdings.values()]

    def behind(self, number: int) -> tuple[Address, ...]:
        """Return the holders through which class *number* has access: teams, and everyone."""
        return self._holders[number]

    def apart(self, principals: Iterable[Address], scope: Address) -> set[Address]:
        """Return the *principals* with holdings in *scope* that their class does not have.

        Account roles are the same for the whole class.
        """
        if scope in (ACCOUNT, ANYWHERE):
            return set()
        if scope.kind is Kind.OBJECT:
            one, other = (_holding(scope, state) for state in self._states)
        else:
            one, other = self._searchable(scope)
        return {who for who in principals if who in one or who in other}

    def _searchable(self, scope: Address) -> Rows:
        """Return the holdings in *scope* in both states. *Why* a dict: a compact row is slow."""
        if scope not in self._rows:
            one, other = (state.row(scope) for state in self._states)
            before = _as_dict(one)
            self._rows[scope] = before, before if other is one else _as_dict(other)
        return self._rows[scope]

    def case(self, number: int, scope: Address, principal: Address | None = None) -> Case:
        """Return a key for the access of class *number* in *scope*.

        *principal* is one of the class that holds something there itself.
        """
        if (number, scope) not in self._scopes:
            self._scopes[number, scope] = self._shared(number, scope)
        own = None if principal is None else self._held(principal, scope)
        return number, self._scopes[number, scope], own

    def _shared(self, number: int, scope: Address) -> Hashable:
        holders = self._holders[number]
        held = tuple(self._held(holder, scope) for holder in holders)
        public = tuple(is_public(state, scope) for state in self._states)
        if scope.kind is Kind.OBJECT:
            everyone = self._held(EVERYONE, scope)
            return (object_workspace(scope), object_name(scope).partition(":")[0], held, everyone)
        return scope if scope in (ACCOUNT, ANYWHERE) else None, held, public

    def _held(self, holder: Address, scope: Address) -> tuple[Hashable, ...]:
        if scope.kind is Kind.OBJECT:
            return tuple(_listed(holder, scope, state) for state in self._states)
        if rows := self._rows.get(scope):
            return rows[0].get(holder, NOTHING), rows[1].get(holder, NOTHING)
        return tuple(state.holdings(holder, scope) for state in self._states)

    def _behind(self, principal: Address) -> Iterator[Address]:
        """Yield the other holders through which *principal* has access, in either state."""
        if principal.kind in (Kind.USER, Kind.SERVICE_ACCOUNT):
            yield from dict.fromkeys(t for s in self._states for t in s.memberships_of(principal))
        if principal.kind is Kind.USER:
            yield EVERYONE


def _standing(principal: Address, state: State) -> Hashable:
    resource = state.get(principal)
    status = resource.status if isinstance(resource, User) else resource is not None
    places = state.memberships_of(principal).items()
    terms = tuple((team, place.since, place.until, place.reason) for team, place in places)
    return status, state.holdings(principal, ACCOUNT), terms


def _as_dict(row: Mapping[Address, Holdings]) -> Mapping[Address, Holdings]:
    return row if isinstance(row, dict) else dict(row.items())


def _holding(scope: Address, state: State) -> Collection[Address]:
    """Return the holders of a role in the workspace of an object, and those on its list."""
    listed = state.get(scope)
    on_list = listed.principals if isinstance(listed, ObjectAccess) else frozenset()
    return state.row(object_workspace(scope)).keys() | on_list


def _listed(holder: Address, scope: Address, state: State) -> Hashable:
    """Return the roles of *holder* in the workspace of an object, and its levels on the list."""
    listed = state.get(scope)
    levels = ObjectLevel if isinstance(listed, ObjectAccess) else ()
    named = tuple(isinstance(listed, ObjectAccess) and holder in listed.at(e) for e in levels)
    return state.holdings(holder, object_workspace(scope)), named


def is_public(state: State, scope: Address) -> bool:
    """Say whether *scope* is a public workspace in *state*."""
    resource = state.get(scope)
    return isinstance(resource, Workspace) and resource.public
