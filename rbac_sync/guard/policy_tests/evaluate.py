"""The evaluation of ``[[test]]`` tables in one state: every failure of a test.

*Why* two measures: ``can`` counts the access of now; ``cannot`` also counts access that comes
without another plan, when an invitation is accepted or a term begins. ``can`` is not tested for
an invited person until the invitation is accepted, or nobody could be invited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import assert_never

from ...model import (
    ACCOUNT,
    ACTORS,
    ANYWHERE,
    EVERYONE,
    Address,
    Instant,
    Kind,
    User,
    Workspace,
    is_invited,
)
from ...model.expectation import Ability, Asset, Circle, Expectation, Separation
from ..access import Access, Path
from ..affected import Affected
from ..bitsets import Mask, union
from .failures import (
    ALSO,
    BEYOND,
    COULD,
    COULD_NOT,
    Failure,
    ability_failure,
    circle_failure,
    crowd_failure,
    scarcity_failure,
    separation_failure,
)
from .holder_index import HolderIndex, gives, implied

Question = tuple[Address, Address | None]
"""A principal, and the scope in which a test asks about it; None: anywhere."""

TWO = 2


class Evaluator:
    """The evaluation of tests on one state, which may change underneath.

    ``measure`` returns the permissions of a role that ``at_most`` names, ``floor`` those of one
    that ``at_least`` names; without them a role counts as the state has it.
    """

    def __init__(
        self,
        expectations: Iterable[Expectation],
        access: Access,
        now: Instant,
        measure: Callable[[Address], Mask] | None = None,
        floor: Callable[[Address], Mask] | None = None,
    ) -> None:
        self._expectations, self._access, self._now = tuple(expectations), access, now
        self._measure = measure or access.roles.here
        self._floor = floor or access.roles.here
        self._able: dict[Expectation, dict[Address, set[Address]]] = {}
        self._holders: dict[Expectation, dict[Address, set[Address]]] = {}
        self._indexes: dict[Expectation, HolderIndex] = {}

    def failures(self) -> Iterator[Failure]:
        """Yield every failure, test by test."""
        for expected in self._expectations:
            self._holders[expected], self._able[expected] = {}, {}
            if isinstance(expected, Separation) and expected.scope is None:
                self._indexes[expected] = HolderIndex(expected.assets, self._access)
            scopes = self._scopes(expected.scope) if isinstance(expected, Circle) else ()
            yield from self._check(expected, self._all(expected), scopes)

    def failures_at(self, affected: Sequence[Affected]) -> Iterator[Failure]:
        """Yield the failures that a change of the *affected* access may have caused.

        Counts continue from those that ``failures`` made.
        """
        for index in self._indexes.values():
            index.touch(affected)
        for expected in self._expectations:
            yield from self._check(expected, self._affected_questions(expected, affected))

    def _check(
        self,
        expected: Expectation,
        questions: Iterable[Question],
        counted: Iterable[Address | None] = (),
    ) -> Iterator[Failure]:
        """Yield the failures at *questions*; holders are counted there and in *counted*."""
        scopes: dict[Address, None] = dict.fromkeys(filter(None, counted))
        for principal, scope in dict.fromkeys(questions):
            match expected:
                case Ability():
                    yield from self._ability(expected, scope or ACCOUNT)
                case Separation():
                    yield from self._separation(expected, principal, scope)
                case Circle():
                    scopes[scope or ACCOUNT] = None
                    yield from self._circle(expected, principal, scope or ACCOUNT)
                case _ as never:
                    assert_never(never)
        if isinstance(expected, Circle):
            for scope in scopes:
                yield from self._counts(expected, scope)

    def _all(self, expected: Expectation) -> Iterator[Question]:
        for scope in self._scopes(expected.scope):
            if isinstance(expected, Ability):
                yield expected.who, scope
                continue
            # A test about all workspaces checks holders of a role in every workspace only once.
            asks_above = scope == expected.scope and scope not in (None, ACCOUNT)
            above = self._above() if asks_above else frozenset()
            yield from ((who, scope) for who in self._holding(expected, scope, above))

    def _scopes(self, scope: Address | None) -> Iterable[Address | None]:
        """Return the scopes of a test about *scope*; for all workspaces, also each of them."""
        workspaces = self._access.state.of(Workspace) if scope == ANYWHERE else ()
        return (scope, *sorted(workspaces))

    def _holding(
        self, expected: Circle | Separation, scope: Address | None, above: frozenset[Address]
    ) -> list[Address]:
        """Return the possible holders of the test's assets in *scope*, sorted, without teams."""
        if scope is None:
            return self._indexes[expected].suspects(self._behind)
        giving = self._giving_roles(expected, scope)
        row = self._access.state.row(scope).items()
        holders = above.union(who for who, held in row if any(giving(h.role) for h in held))
        return sorted({who for holder in holders for who in self._behind(holder)})

    def _giving_roles(
        self, expected: Circle | Separation, scope: Address
    ) -> Callable[[Address], bool]:
        assets = (expected.asset,) if isinstance(expected, Circle) else expected.assets
        return cache(lambda role: any(gives(role, scope, asset, self._access) for asset in assets))

    def _above(self) -> frozenset[Address]:
        below, row = self._access.roles.below, self._access.state.row(ACCOUNT)
        return frozenset(who for who, roles in row.items() if any(below(h.role) for h in roles))

    def _behind(self, holder: Address) -> Iterable[Address]:
        state = self._access.state
        return state.of(User) if holder == EVERYONE else state.behind(holder)

    def _affected_questions(
        self, expected: Expectation, affected: Sequence[Affected]
    ) -> Iterator[Question]:
        for principal, scope in affected:
            places = tuple(self._places(expected.scope, scope))
            for who in self._people(expected, principal) if places else ():
                yield from ((who, where) for where in places)

    def _people(self, expected: Expectation, principal: Address) -> Iterable[Address]:
        if isinstance(expected, Ability):
            of_all = principal == EVERYONE and expected.who.kind is Kind.USER
            return (expected.who,) if of_all or principal == expected.who else ()
        if principal == EVERYONE:
            return self._access.state.of(User)
        return (principal,) if principal.kind in ACTORS else ()

    def _places(self, scope: Address | None, affected: Address) -> Iterable[Address | None]:
        """Return the scopes in which a test about *scope* must be repeated."""
        if scope is None or scope == affected:
            return self._scopes(scope)
        if ACCOUNT in (scope, affected):
            return ()
        if affected == ANYWHERE:
            return (scope,)
        exists = self._access.state.knows(affected)  # a deleted workspace is not tested
        return (affected,) if scope == ANYWHERE and exists else ()

    def _ability(self, expected: Ability, scope: Address) -> Iterator[Failure]:
        who, access = expected.who, self._access
        floor = access.alphabet.names(self._floor(expected.at_least) if expected.at_least else 0)
        missing = (expected.can | floor) - access.may(who, scope, self._now)
        if missing and scope != ANYWHERE and not is_invited(access.state.get(who)):
            yield ability_failure(expected, COULD_NOT, scope, missing, ())
        paths = self._paths(who, scope)
        could = union(path.permissions for path in paths)
        reported = union(path.permissions for path in paths if _is_reported(path, expected))
        for verb, beyond in self._beyond(expected, could):
            if beyond & ~reported:
                names = access.alphabet.names(beyond & ~reported)
                giving = (path for path in paths if path.permissions & beyond & ~reported)
                yield ability_failure(expected, verb, scope, names, giving)

    def _beyond(self, expected: Ability, could: Mask) -> Iterator[tuple[str, Mask]]:
        roles = self._access.roles
        yield COULD, could & self._access.alphabet.mask(expected.cannot)
        if expected.only is not None:
            yield ALSO, could & ~roles.closed(expected.only)
        if expected.at_most is not None:
            yield BEYOND, could & ~self._measure(expected.at_most)

    def _circle(self, expected: Circle, principal: Address, scope: Address) -> Iterator[Failure]:
        giving = self._giving(expected.asset, self._paths(principal, scope))
        counts = giving if not any(_is_reported(path, expected) for path in giving) else ()
        able = self._access.acts(principal) and any(path.holds(self._now) for path in counts)
        _keep(principal, self._able[expected].setdefault(scope, set()), holds=able)
        _keep(principal, self._holders[expected].setdefault(scope, set()), holds=bool(counts))
        if not counts:
            return
        if expected.only is not None and not self._is_among(principal, expected.only):
            yield circle_failure(expected, principal, scope, giving)

    def _counts(self, expected: Circle, scope: Address) -> Iterator[Failure]:
        """Yield a failure if too many could hold the asset in *scope*, or too few can."""
        holders, most = self._holders[expected], expected.at_most
        here, above = holders.get(scope, set()), holders.get(ANYWHERE, set())
        is_reported = most is not None and len(above) > most and scope != ANYWHERE
        if most is not None and len(here | above) > most and not is_reported:
            yield crowd_failure(expected, scope, len(here | above))
        if expected.at_least is not None and scope != ANYWHERE:
            able = self._able[expected]
            count = len(able.get(scope, set()) | able.get(ANYWHERE, set()))
            if count < expected.at_least:
                yield scarcity_failure(expected, scope, count)

    def _separation(
        self, expected: Separation, principal: Address, scope: Address | None
    ) -> Iterator[Failure]:
        index = self._indexes.get(expected)
        if index is not None and len(index.of(principal)) < TWO:
            return
        if self._is_among(principal, expected.exempt):
            return
        paths = self._paths(principal, scope)
        giving = {asset: self._giving(asset, paths) for asset in expected.assets}
        held = [asset for asset, ways in giving.items() if ways]
        reported = [a for a in held if any(_is_reported(path, expected) for path in giving[a])]
        if len(held) >= TWO and held != reported:
            ways = dict.fromkeys(path for asset in held for path in giving[asset])
            yield separation_failure(expected, principal, scope, held, ways)

    def _is_among(self, principal: Address, named: frozenset[Address]) -> bool:
        if principal in named or (principal.kind is Kind.USER and EVERYONE in named):
            return True
        teams = self._access.state.memberships_of(principal) if named else {}
        return not named.isdisjoint(teams)

    def _paths(self, principal: Address, scope: Address | None) -> tuple[Path, ...]:
        """Return the paths that have not ended, including those that have not begun."""
        access, now = self._access, self._now
        paths = access.paths(principal, scope) if scope else access.everywhere(principal)
        return tuple(path for path in paths if path.until is None or now < path.until)

    def _giving(self, asset: Asset, paths: Iterable[Path]) -> tuple[Path, ...]:
        if asset.permission is not None:
            bit = self._access.alphabet.mask((asset.permission,))
            return tuple(path for path in paths if path.permissions & bit)
        return tuple(
            path
            for path in paths
            if not asset.roles.isdisjoint(
                {path.role} if path.bound == path.scope else implied(path.role, self._access)
            )
        )


def _keep(principal: Address, people: set[Address], *, holds: bool) -> None:
    (people.add if holds else people.discard)(principal)


def _is_reported(path: Path, expected: Expectation) -> bool:
    """Say whether *path* reaches every workspace, so that the test of all reports it once."""
    return expected.scope == ANYWHERE and path.scope != ANYWHERE and path.bound == ACCOUNT
