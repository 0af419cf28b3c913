"""The effects of a plan on people: gains and losses, by scope and path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import Place
from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Kind,
    Permission,
    State,
    Status,
    User,
    Workspace,
)
from ..planning import Change
from .access import Access, Path
from .affected import Affected, affected_by, passers
from .bitsets import Mask, union
from .context import GuardContext
from .risk import RANKS, WIDE, Ranking, Risk
from .terms import extended

Paths = tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """The permissions that one principal gains, loses and keeps in one scope.

    ``gained``, ``lost`` and ``kept`` are sorted by risk; ``kept`` is what remains in a
    workspace to somebody who loses as much in every workspace. ``by`` are the
    paths that give what is gained or kept, ``through`` those that gave what is
    lost; ``places`` is where the configuration says so, sorted, empty for what
    it no longer mentions. ``grave`` are those of ``gained`` that are a risk wherever they
    are held; ``roles_before`` are the roles that applied there before, sorted. ``opened`` says
    that the workspace becomes public. ``extended`` is what the principal has and keeps, from
    earlier on or until later than before, by the paths ``extended_by``; ``grave`` counts it too.
    A suspended user holds nothing.
    """

    principal: Address
    scope: Address
    gained: tuple[Permission, ...]
    lost: tuple[Permission, ...]
    by: tuple[Path, ...]
    through: tuple[Path, ...]
    places: tuple[Place, ...]
    kept: tuple[Permission, ...] = ()
    risk: Risk = Risk.LOSS
    grave: tuple[Permission, ...] = ()
    roles_before: tuple[Address, ...] = ()
    opened: bool = False
    extended: tuple[Permission, ...] = ()
    extended_by: tuple[Path, ...] = ()


def effects(context: GuardContext) -> list[Effect]:
    """Return what the sound changes of a plan mean, in the order of ``by_risk``.

    What comes or goes in every workspace is said once, not again for each.
    """
    comparison = _AccessComparison(context)
    causes = _causes(context)
    found = [
        comparison.effect(affected, changes)
        for affected, changes in sorted(causes.items(), key=_spot)
    ]
    kept = [comparison.kept(who) for who, scope in causes if scope == ANYWHERE]
    together = [*filter(None, found), *(effect for effects in kept for effect in effects)]
    return sorted(together, key=by_risk)


Rank = tuple[int, bool, int, int, Address, Address]


def by_risk(effect: Effect) -> Rank:
    """Order effects: the gravest gains first, of these the widest, then the largest."""
    wide = effect.scope in WIDE or effect.principal == EVERYONE
    size = max(len(effect.gained), len(effect.extended), len(effect.lost))
    rank = RANKS[effect.risk]
    return rank, not wide, -len(effect.grave), -size, effect.principal, effect.scope


def _spot(item: tuple[Affected, list[Change]]) -> Affected:
    return item[0]


class _AccessComparison:
    """Access before a plan, beside access after it."""

    def __init__(self, context: GuardContext) -> None:
        self._inquiry = context
        self._before, self._after = context.before, context.outcome
        self._ranking = Ranking(context.catalogue)
        self._sorted: dict[Mask, tuple[Permission, ...]] = {}

    def effect(self, affected: Affected, changes: list[Change]) -> Effect | None:
        """Return what *changes* mean at *affected*, None if nothing."""
        principal, scope = affected
        was, will = self._paths(principal, scope)
        gained, lost = _differences(was, will)
        if scope.kind is Kind.WORKSPACE and scope != ANYWHERE:
            everywhere, nowhere = _differences(*self._paths(principal, ANYWHERE))
            gained, lost = gained & ~everywhere, lost & ~nowhere
        longer = extended(was, will, self._inquiry.now)
        opened = principal == EVERYONE and self._opens(scope)
        if not gained and not lost and not longer and not opened:
            return None
        places = {p for c in changes if (p := self._inquiry.plan.place(c))}
        names, more = self._names(gained), self._names(gained | longer)
        risk = self._ranking.gain(principal, scope, more)
        return Effect(
            principal,
            scope,
            names,
            self._names(lost),
            _giving(will, gained),
            _giving(was, lost),
            tuple(sorted(places)),
            risk=Risk.REACH if opened and not risk.grave else risk,
            grave=self._ranking.grave(more),
            roles_before=tuple(sorted({path.role for path in was})),
            opened=opened,
            extended=self._names(longer),
            extended_by=_giving(will, longer),
        )

    def _opens(self, scope: Address) -> bool:
        was, will = (side.state.get(scope) for side in (self._before, self._after))
        return _public(will) and not _public(was)

    def _names(self, mask: Mask) -> tuple[Permission, ...]:
        if mask not in self._sorted:
            self._sorted[mask] = self._ranking.sorted(self._inquiry.names(mask))
        return self._sorted[mask]

    def kept(self, principal: Address) -> Iterator[Effect]:
        """Yield the workspaces in which *principal* keeps what it loses in every one."""
        _, lost = _differences(*self._paths(principal, ANYWHERE))
        for binding in self._after.state.bindings_of(principal) if lost else ():
            scope = binding.scope
            _, paths = self._paths(principal, scope)
            kept = lost & union(path.permissions for path in paths)
            if kept and scope != ACCOUNT:
                by = _giving(paths, kept)
                yield Effect(principal, scope, (), (), by, (), (), self._names(kept))

    def _paths(self, principal: Address, scope: Address) -> tuple[Paths, Paths]:
        """Return the paths of *principal* to *scope* before the plan and after it."""
        return _held(self._before, principal, scope), _held(self._after, principal, scope)


def _differences(was: Paths, will: Paths) -> tuple[Mask, Mask]:
    before, after = (union(path.permissions for path in side) for side in (was, will))
    return after & ~before, before & ~after


def _causes(context: GuardContext) -> dict[Affected, list[Change]]:
    first, last = context.start, context.outcome.state
    passing = passers(first, last)
    causes: defaultdict[Affected, list[Change]] = defaultdict(list)
    for step in context.sound:
        change = step.change
        for side, other, state in (
            (change.after, change.before, last),
            (change.before, change.after, first),
        ):
            for affected in affected_by(side, other, state, passing):
                causes[affected].append(change)
        for affected in _woken(change, first):
            causes[affected].append(change)
        if isinstance(change.after, Workspace) and change.after.public:
            causes[EVERYONE, change.after.address].append(change)
    return causes


def _woken(change: Change, state: State) -> Iterator[Affected]:
    """Yield where a user who comes to be suspended, or back, holds something not by itself."""
    before, after = change.before, change.after
    if not isinstance(before, User) or not isinstance(after, User):
        return
    if (before.status is Status.SUSPENDED) == (after.status is Status.SUSPENDED):
        return
    yield from ((after.address, scope) for scope in state.scopes_of(EVERYONE))
    for team in state.teams_of(after.address):
        yield from ((after.address, held.scope) for held in state.bindings_of(team.address))


def _held(access: Access, principal: Address, scope: Address) -> Paths:
    """Return the paths of *principal* to *scope*; a suspended user has none."""
    found = access.state.get(principal)
    if isinstance(found, User) and found.status is Status.SUSPENDED:
        return ()
    return tuple(access.paths(principal, scope))


def _public(found: object) -> bool:
    return isinstance(found, Workspace) and found.public


def _giving(paths: Paths, mask: Mask) -> Paths:
    """Return the paths that give something of *mask*."""
    return tuple(path for path in paths if path.permissions & mask)
