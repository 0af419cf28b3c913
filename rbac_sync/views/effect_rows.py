"""The rows of effects on people, for every view: principals, scopes, roles before and after.

The rows are in the order of ``guard.effects.by_risk``. An effect on a person that follows from an
equal effect on a team or a default role is part of that row; no person and no risk is left
out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from ..dataclasses import dataclass
from ..errors import Place
from ..guard import Path
from ..guard.effect import Effect
from ..guard.risk import RANKS, Risk
from ..model import ACCOUNT, ANYWHERE, EVERYONE, Address, Instant, Kind, Permission
from ..model import label as long_name
from ..model.instant import rfc3339
from .short_names import NO_NAMES, ShortNames
from .words import counted, listed

MOST_NAMES = 4
MOST_PERMISSIONS = 3
MIDNIGHT = "T00:00:00Z"
NOTHING = "nothing"
EVERYWHERE = "everywhere"
ALONE = (Kind.USER, Kind.SERVICE_ACCOUNT)
"""The kinds of principals through which no other principal has access."""

SINGLE = frozenset({ACCOUNT, ANYWHERE, EVERYONE})
"""The addresses that are named, not counted."""


@dataclass(frozen=True)
class EffectRow:
    """One row: an effect, and the ``others`` that follow from it for people and scopes.

    ``others`` in every workspace are not in the scopes of the effect. The texts are not escaped;
    the view escapes them.
    """

    effect: Effect
    others: tuple[Effect, ...]
    names: ShortNames

    @property
    def risk(self) -> Risk:
        """The gravest risk of the row."""
        return min((self.effect.risk, *(o.risk for o in self.others)), key=RANKS.__getitem__)

    @property
    def gains(self) -> bool:
        return self.effect.gains

    @property
    def is_risky(self) -> bool:
        """True if a reviewer must see the row: a risky gain, or a loss by a deletion."""
        return self.risk.grave or self.risk is Risk.DELETION

    @cached_property
    def people(self) -> tuple[Address, ...]:
        """The people with the effect through the principals of the row, sorted."""
        members = {p for o in self.others for p in o.principals} - {*self.effect.principals}
        return tuple(sorted(members))

    @property
    def places(self) -> tuple[Place, ...]:
        """The places of the effect's declarations, that of the grant or membership first."""
        own = self.effect.place
        return (own, *(p for p in self.effect.places if p != own)) if own else self.effect.places

    @cached_property
    def who(self) -> str:
        """The principals by short name, or their number, and likewise the people behind them."""
        behind = f" ({few(self.people, self.names)})" if self.people else ""
        return few(self.effect.principals, self.names) + behind

    @cached_property
    def where(self) -> str:
        """The scopes: handles, the account, every workspace, or ``everywhere`` for the last two.

        If there are many, the number of each kind.
        """
        if any(other.scope == ANYWHERE for other in self.others):
            return EVERYWHERE
        return few(self.effect.scopes, self.names)

    @property
    def within(self) -> str:
        """The scopes as a part of a sentence: ``in prod``, or ``everywhere``."""
        return self.where if self.where == EVERYWHERE else f"in {self.where}"

    @property
    def all_names(self) -> Iterator[str]:
        """The full lists of names for which ``who`` or ``where`` gives only a number."""
        for addresses in (self.effect.principals, self.people, self.effect.scopes):
            if len(addresses) > MOST_NAMES:
                yield ", ".join(map(self.names.name, addresses))

    @property
    def step(self) -> str:
        """The roles before and after with their ends: ``viewer -> owner (until 2027-01-01)``."""
        if self.effect.opened:
            return "becomes public: open to everybody"
        was, will = self._roles(self.effect.before), self._roles(self.effect.after)
        if self.effect.kept:
            return f"keeps {will}"
        was = was or self._of_people([other.before for other in self.others])
        will = will or self._of_people([other.after for other in self.others])
        if was != will:
            return f"{was} -> {will or NOTHING}" if was else will
        if self.effect.gained and self.effect.lost:
            return f"{will} changes"
        return f"{will} {'grows' if self.effect.gained else 'shrinks'}"

    @property
    def permissions(self) -> str:
        """The riskiest new permissions, by name, or the first lost ones."""
        sides = []
        gained = (*self.effect.gained, *self.effect.extended)
        more = tuple(dict.fromkeys((*gained, *(p for o in self.others for p in o.gained))))
        for sign, names, grave in (("+", more, self.grave), ("-", self.effect.lost, ())):
            if names and (grave or self._lists_all(names, come=sign == "+")):
                sides.append(_signed(sign, grave or names, len(names)))
            elif names and self.effect.before and self.effect.after:
                sides.append(f"{sign}{counted(len(names), 'permission')}")
        return " ".join(sides)

    @property
    def grave(self) -> tuple[Permission, ...]:
        """The risky new permissions, the riskiest first, including those of ``others``."""
        following = (p for other in self.others for p in other.grave)
        return tuple(dict.fromkeys((*self.effect.grave, *following)))

    @property
    def ways(self) -> str:
        """The teams or default roles that give the effect; empty for the principals' own roles."""
        sides = {*(self.effect.by or self.effect.extended_by or self.effect.through)}
        decisive = (*self.effect.after, *self.effect.before)
        ways = dict.fromkeys(self._way(p) for p in decisive if p in sides)
        return ", ".join(way or "directly" for way in ways) if any(ways) else ""

    @property
    def reason(self) -> str:
        """The reasons in the configuration for the gains."""
        paths = self.effect.by or self.effect.extended_by
        return "; ".join(dict.fromkeys(path.reason for path in paths if path.reason))

    def _lists_all(self, names: Sequence[Permission], *, come: bool) -> bool:
        """Say whether the row lists *names*: additions to a role, or a few permissions."""
        was, will = self._roles(self.effect.before), self._roles(self.effect.after)
        few_are_gone = bool(will) and len(names) <= MOST_PERMISSIONS
        return was == will or (bool(was) and (come or few_are_gone))

    def _roles(self, paths: Iterable[Path]) -> str:
        texts = dict.fromkeys(self.role(path) for path in paths)
        return listed(list(texts), MOST_NAMES)

    def _of_people(self, sides: Sequence[Sequence[Path]]) -> str:
        """Return the other roles of people of the row, if any has one."""
        texts = sorted({self._roles(paths) or NOTHING for paths in sides})
        return " or ".join(texts) if texts != [NOTHING] and len(texts) <= MOST_NAMES else ""

    def role(self, path: Path) -> str:
        """Return the role of *path* with its level, if not that of the scope, and its term."""
        above = path.bound == ACCOUNT and path.scope != ACCOUNT
        name = f"account {path.role.name}" if above else path.role.name
        since = [f"from {day(path.since)}"] if path.since else []
        until = [f"until {day(path.until)}"] if path.until else []
        return f"{name} ({' '.join(since + until)})" if since or until else name

    def _way(self, path: Path) -> str:
        if path.holder == EVERYONE:
            return "" if EVERYONE in self.effect.principals else "by the default role"
        return "" if path.holder in self.effect.principals else f"via {long_name(path.holder)}"


def few(addresses: Sequence[Address], names: ShortNames, most: int = MOST_NAMES) -> str:
    """Return *addresses* by name, or the number of each kind if there are more than *most*.

    Numbers are written as in ``everyone, 29 people and 2 teams``.
    """
    if len(addresses) <= most:
        return listed(list(map(names.name, addresses)), most)
    parts = [names.name(address) for address in addresses if address in SINGLE]
    kinds = Counter(address.kind for address in addresses if address not in SINGLE)
    if people := kinds.pop(Kind.USER, 0):
        parts.append(counted(people, "person"))
    parts += (counted(number, kind.noun) for kind, number in kinds.items())
    return listed(parts, len(parts))


def day(instant: Instant) -> str:
    """Return an instant as text, without the time if it is midnight."""
    return rfc3339(instant).removesuffix(MIDNIGHT)


def _signed(sign: str, names: Sequence[Permission], count: int) -> str:
    named = names[:MOST_PERMISSIONS]
    more = [f"{sign}{count - len(named):,} more"] if count > len(named) else []
    return " ".join([*(f"{sign}{name}" for name in named), *more])


def effect_rows(effects: Sequence[Effect], names: ShortNames = NO_NAMES) -> Iterator[EffectRow]:
    """Yield the rows of *effects*, sorted by risk as *effects* are."""
    carriers = _Carriers(effects)
    followers: defaultdict[int, list[Effect]] = defaultdict(list)
    order: dict[int, None] = {}
    for number, effect in enumerate(effects):
        carried = carriers.of(effect)
        for carrier in carried:
            followers[carrier].append(effect)
        order |= dict.fromkeys(carried or (number,))
    for number in order:
        yield EffectRow(effects[number], tuple(followers[number]), names)


class _Carriers:
    """The effects on holders, from which effects on others follow."""

    def __init__(self, effects: Sequence[Effect]) -> None:
        self._effects = effects
        self._in_account: defaultdict[Address, list[int]] = defaultdict(list)
        self._by: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
        for number, effect in enumerate(effects):
            own = {_likeness(p) for p in (*effect.before, *effect.after)}
            for principal in effect.principals if effect.scopes == (ACCOUNT,) else ():
                self._in_account[principal].append(number)
            for principal in (each for each in effect.principals if each.kind not in ALONE):
                for likeness in own:
                    self._by[principal, *likeness].append(number)

    def of(self, effect: Effect) -> tuple[int, ...]:
        """Return the numbers of the effects that include *effect*."""
        if effect.kept or effect.opened or effect.risk is Risk.OUTSIDER:
            return ()
        if effect.scopes == (ANYWHERE,) and (above := self._above(effect)):
            return above
        path = _sole(effect)
        if path is None or path.holder in effect.principals:
            return ()
        alike = self._by[path.holder, *_likeness(path)]
        here = tuple(n for n in alike if self._says(n, effect))
        covered = {scope for n in here for scope in self._effects[n].scopes}
        return here if covered.issuperset(effect.scopes) else ()

    def _above(self, effect: Effect) -> tuple[int, ...]:
        """Return the effects in the account whose role causes *effect* in every workspace."""
        paths = (*effect.before, *effect.after)
        if not paths or any(path.bound != ACCOUNT for path in paths):
            return ()
        for number in self._in_account[effect.principal]:
            other = self._effects[number]
            if effect.principals == other.principals:
                ours, theirs = ({p.role for p in e.after} for e in (effect, other))
                if ours <= theirs:
                    return (number,)
        return ()

    def _says(self, number: int, effect: Effect) -> bool:
        """Say whether the effect *number* gives and takes all permissions that *effect* does."""
        other = self._effects[number]
        if {*other.scopes}.isdisjoint(effect.scopes):
            return False
        sides = ("gained", "extended", "lost", "shortened")
        return all({*getattr(effect, side)} <= {*getattr(other, side)} for side in sides)


def _sole(effect: Effect) -> Path | None:
    """Return the only path that causes the gains and losses, None if there are several."""
    gives = {path for path in (*effect.by, *effect.extended_by) if path in effect.after}
    paths = gives | {path for path in effect.through if path in effect.before}
    return paths.pop() if len(paths) == 1 else None


def _likeness(path: Path) -> tuple[object, ...]:
    return path.role, path.bound == path.scope, path.since, path.until, path.reason
