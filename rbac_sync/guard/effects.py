"""The effects of a plan on people: gains and losses, by scope and path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator

from ..dataclasses import replace
from ..errors import Place
from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Instant,
    Kind,
    Permission,
    Status,
    User,
)
from ..model.address import binding
from ..model.instant import LONG_AGO, outlasts
from .access import Access, Path
from .access_comparison import extended
from .bitsets import Mask, union
from .causes import Causes
from .classes import Case, Classes, Group, Piece, is_public
from .context import GuardContext
from .effect import SIDES, Effect, Single, by_risk
from .risk import WIDE, Ranking, Risk, home_domains

Paths = tuple[Path, ...]


def effects(context: GuardContext, *, backwards: bool = False) -> list[Effect]:
    """Return the effects of the sound changes of a plan, in the order of ``by_risk``.

    Equal effects on several principals, or on the same ones in several scopes, are joined into
    one. A change in every workspace is one effect, not one for each. With *backwards* the
    effects are those of reverting the plan: access that is live but not in its outcome is a gain.
    """
    comparison = AccessComparison(context, backwards=backwards)
    gathered: dict[Hashable, _Gathered] = {}
    comparison.gather(comparison.changing(), comparison.changed, gathered)
    comparison.gather(comparison.keeping(), comparison.kept, gathered)
    return sorted((e for each in gathered.values() for e in each.effects()), key=by_risk)


def _sign(effect: Effect) -> Hashable:
    """Return the parts of an effect that must be equal to join two effects."""
    ways = (tuple(_way_sign(path, effect) for path in getattr(effect, side)) for side in SIDES)
    before = effect.roles_before if effect.gained else ()
    what = (effect.gained, effect.extended, effect.lost, effect.shortened, effect.kept)
    return (effect.risk, effect.opened, *what, before, *ways)


def _way_sign(path: Path, effect: Effect) -> Hashable:
    holder = None if path.holder == effect.principal else path.holder
    return path.role, holder, path.bound == path.scope, path.since, path.until, path.reason


class _Gathered:
    """The principals with one effect, by scope."""

    def __init__(self, single: Single, causes: Causes) -> None:
        self._single, self._causes = single, causes
        self._groups: defaultdict[Address, list[Group]] = defaultdict(list)

    def add(self, principals: Group, scope: Address) -> None:
        self._groups[scope].append(principals)

    def effects(self) -> Iterator[Effect]:
        """Yield one effect for all scopes with the same principals."""
        scopes: defaultdict[Group, list[Address]] = defaultdict(list)
        joined: dict[tuple[int, ...], Group] = {}
        for scope, groups in self._groups.items():
            key = tuple(map(id, groups))
            if key not in joined:
                joined[key] = tuple(sorted(set().union(*groups)))
            scopes[joined[key]].append(scope)
        for principals, here in scopes.items():
            here.sort(key=lambda scope: (scope not in WIDE, scope))
            first = self._single(principals[0], here[0])
            assert first is not None, "what is gathered has the effect"
            places = () if first.kept else sorted(self._causes.places(principals, here))
            yield replace(
                first,
                principals=principals,
                scopes=tuple(here),
                places=tuple(places),
                single=self._single,
            )


class AccessComparison:
    """Access before and after a plan, or *backwards*; each case is computed once."""

    def __init__(self, context: GuardContext, *, backwards: bool = False) -> None:
        self._context, self._now = context, context.now
        sides = (context.before, context.outcome)
        self._before, self._after = reversed(sides) if backwards else sides
        home = home_domains(context.live, context.catalogue)
        self._ranking = Ranking(context.catalogue, home)
        self._sorted: dict[Mask, tuple[Permission, ...]] = {}
        self.causes = Causes(context)
        self.classes = Classes(self._before.state, self._after.state, home)
        self._changed: dict[Case, Effect | None] = {}
        self._everywhere: dict[int, tuple[Mask, Mask]] = {}

    def gather(
        self, pieces: Iterable[Piece], single: Single, into: dict[Hashable, _Gathered]
    ) -> None:
        """Group *pieces* by the effect that *single* returns for their case."""
        known: dict[Case, _Gathered | None] = {}
        for case, principals, scope in pieces:
            if case not in known:
                effect = single(principals[0], scope)
                new = _Gathered(single, self.causes)
                known[case] = into.setdefault(_sign(effect), new) if effect else None
            if (gathered := known[case]) is not None:
                gathered.add(principals, scope)

    def changing(self) -> Iterator[Piece]:
        """Yield the principals and scopes whose access may change."""
        for cause in self.causes:
            yield from self.classes.pieces(tuple(cause.principals), cause.scopes)

    def keeping(self) -> Iterator[Piece]:
        """Yield principals with losses in every workspace, and the scopes of their own roles."""
        for who in self.causes.concerned_in(ANYWHERE):
            _, lost = self._in_every(who)
            for scope in self._after.state.scopes_of(who) if lost else ():
                if scope != ACCOUNT:
                    case = self.classes.case(self.classes.of(who), scope, who)
                    yield case, (who,), scope

    def case(self, principal: Address, scope: Address) -> Case:
        """Return the facts that decide the access of *principal* in *scope*."""
        apart = self.classes.apart((principal,), scope)
        own = principal if apart else None
        return self.classes.case(self.classes.of(principal), scope, own)

    def changed(self, principal: Address, scope: Address) -> Effect | None:
        """Return the effect on *principal* in *scope*, None if there is none."""
        case = self.case(principal, scope)
        if case not in self._changed:
            self._changed[case] = self._compared(principal, scope)
        effect = self._changed[case]
        if effect is None:
            return None
        effect = effect.named(principal, scope, self.causes.places((principal,), (scope,)))
        return replace(effect, place=self._declared(effect))

    def _declared(self, effect: Effect) -> Place | None:
        """Return the place in *effect* of the grant or membership that is its path."""
        plan = self._context.plan
        for path in effect.after if effect.places else ():
            grant = plan.origin(binding(path.holder, path.bound))
            membership = plan.entry(path.holder, effect.principal)
            for place in (membership, grant):
                if place in effect.places:
                    return place
        return None

    def kept(self, principal: Address, scope: Address) -> Effect | None:
        """Return the part of a loss everywhere that *principal* keeps in *scope*."""
        _, lost = self._in_every(principal)
        _, paths = self._paths(principal, scope)
        kept = lost & union(path.permissions for path in paths)
        if not kept:
            return None
        by, names, after = _giving(paths, kept), self._names(kept), decisive(paths, self._now)
        return Effect((principal,), (scope,), by=by, kept=names, after=after)

    def _compared(self, principal: Address, scope: Address) -> Effect | None:
        was, will = self._paths(principal, scope)
        gained, lost = _differences(was, will)
        if scope.kind is Kind.WORKSPACE and scope != ANYWHERE:
            everywhere, nowhere = self._in_every(principal)
            gained, lost = gained & ~everywhere, lost & ~nowhere
        longer = extended(was, will, self._now)
        opened = principal == EVERYONE and self._opens(scope)
        shorter = extended(will, was, self._now)
        if not (gained or lost or longer or shorter or opened):
            return None
        names, more = self._names(gained), self._names(gained | longer)
        risk = self._ranking.gain(principal, scope, more)
        if risk is Risk.LOSS and self._deletes(principal, scope):
            risk = Risk.DELETION
        return Effect(
            (principal,),
            (scope,),
            gained=names,
            lost=self._names(lost),
            by=_giving(will, gained),
            through=_giving(was, lost | shorter),
            risk=Risk.REACH if opened and not risk.grave else risk,
            grave=self._ranking.grave(more),
            roles_before=tuple(sorted({path.role for path in was})),
            opened=opened,
            extended=self._names(longer),
            extended_by=_giving(will, longer),
            shortened=self._names(shorter),
            before=decisive(was, self._now),
            after=decisive(will, self._now),
        )

    def _in_every(self, principal: Address) -> tuple[Mask, Mask]:
        number = self.classes.of(principal)
        if number not in self._everywhere:
            self._everywhere[number] = _differences(*self._paths(principal, ANYWHERE))
        return self._everywhere[number]

    def _deletes(self, *addresses: Address) -> bool:
        was, will = self._before.state, self._after.state
        return any(was.knows(a) and not will.knows(a) for a in addresses)

    def _opens(self, scope: Address) -> bool:
        return is_public(self._after.state, scope) and not is_public(self._before.state, scope)

    def _names(self, mask: Mask) -> tuple[Permission, ...]:
        if mask not in self._sorted:
            self._sorted[mask] = self._ranking.sorted(self._context.names(mask))
        return self._sorted[mask]

    def _paths(self, principal: Address, scope: Address) -> tuple[Paths, Paths]:
        return _held(self._before, principal, scope), _held(self._after, principal, scope)


def _differences(was: Paths, will: Paths) -> tuple[Mask, Mask]:
    before, after = (union(path.permissions for path in side) for side in (was, will))
    return after & ~before, before & ~after


def _held(access: Access, principal: Address, scope: Address) -> Paths:
    """Return the paths of *principal* to *scope*; a suspended user has none."""
    resource = access.state.get(principal)
    if isinstance(resource, User) and resource.status is Status.SUSPENDED:
        return ()
    return tuple(access.paths(principal, scope))


def decisive(paths: Paths, now: Instant) -> Paths:
    """Return the *paths* that give what no other path gives from *now* on, the largest first.

    *Why* terms count: what stays after a larger role ends would not be seen in a plan.
    """
    decisive: list[Path] = []
    for path in sorted(paths, key=_breadth):
        if not any(_covers(other, path, now) for other in decisive):
            decisive.append(path)
    return tuple(decisive)


def _covers(wide: Path, path: Path, now: Instant) -> bool:
    """Say whether *wide* gives all permissions of *path* for all of its term from *now* on.

    A path that has ended is covered only by one with all of its permissions. *Why*: a plan that
    removes the ended path names it.
    """
    is_early = wide.since is None or wide.since <= max(path.since or now, now)
    is_late = not outlasts(path.until, wide.until)
    return is_early and is_late and not path.permissions & ~wide.permissions


def _breadth(path: Path) -> tuple[int, bool, float, Instant, Address, Address]:
    """Order paths: the largest first, of equal ones that which ends last, then begins first."""
    ends = path.until is not None
    latest = -path.until.timestamp() if path.until else 0.0
    size, begin = path.permissions.bit_count(), path.since or LONG_AGO
    return -size, ends, latest, begin, path.role, path.holder


def _giving(paths: Paths, mask: Mask) -> Paths:
    return tuple(path for path in paths if path.permissions & mask) if mask else ()
