"""The headline of a plan: who gains and who loses what, where, how, and which line says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..errors import Place
from ..guard import Path
from ..guard.effects import Effect
from ..model import ACCOUNT, ANYWHERE, Address, Permission, State, label, place
from .line import Line, Tone
from .words import counted, listed, role_name, term, way

MOST_ENTRIES = 40
MOST_NAMES = 3
MOST_PERMISSIONS = 6
MOST_WAYS = 3
MOST_PLACES = 3
NOBODY = "  Nobody gains or loses anything."

WIDE = (ACCOUNT, ANYWHERE)

Sign = tuple[object, ...]
"""What makes two effects the same but for who and where."""


@dataclass(slots=True)
class _Shared:
    """One effect that several principals have, in one scope or in several."""

    effect: Effect
    principals: list[Address]
    scopes: list[Address]
    places: set[Place] = field(default_factory=set)


def lines(effects: Sequence[Effect], state: State) -> Iterator[Line]:
    """Yield the headline section, widest gains first, so that what is cut off is the least.

    *state* knows the roles.
    """
    yield Line("Effective access after apply", Tone.HEADING)
    yield Line("")
    found = sorted(_by_scopes(_by_principals(effects)), key=_narrowness)
    for shared in found[:MOST_ENTRIES]:
        yield from _entry(shared, state)
    if left := found[MOST_ENTRIES:]:
        people = counted(len({p for shared in left for p in shared.principals}), "principal")
        entries = f"{len(left):,} more entries about" if len(left) > 1 else "1 more entry about"
        yield Line(f"    and {entries} {people} (see --json)")
    if not found:
        yield Line(NOBODY)


def _by_principals(effects: Sequence[Effect]) -> Iterator[_Shared]:
    """Yield one for each effect in each scope, with everybody who has it."""
    found: dict[Sign, _Shared] = {}
    for effect in effects:
        sign = (effect.scope, _sign(effect))
        shared = found.setdefault(sign, _Shared(effect, [], [effect.scope]))
        shared.principals.append(effect.principal)
        shared.places.update(effect.places)
    yield from found.values()


def _by_scopes(found: Iterator[_Shared]) -> Iterator[_Shared]:
    """Yield those that the same principals have in several scopes as one."""
    joined: dict[Sign, _Shared] = {}
    for shared in found:
        sign = (tuple(shared.principals), _sign(shared.effect))
        first = joined.setdefault(sign, shared)
        if first is not shared:
            first.scopes += shared.scopes
            first.places |= shared.places
    yield from joined.values()


def _sign(effect: Effect) -> Sign:
    ways = (tuple(_way_sign(p, effect) for p in side) for side in (effect.by, effect.through))
    return (effect.gained, effect.lost, effect.kept, *ways)


def _way_sign(path: Path, effect: Effect) -> Sign:
    holder = None if path.holder == effect.principal else path.holder
    return (path.role, holder, path.bound == path.scope, path.since, path.until, path.reason)


def _narrowness(shared: _Shared) -> tuple[bool, bool, int]:
    """Order by what is gained, account and every workspace first, then by how much it is."""
    effect = shared.effect
    size = max(len(effect.gained), len(effect.lost)) * len(shared.scopes)
    return not effect.gained, effect.scope not in WIDE, -size


def _entry(shared: _Shared, state: State) -> Iterator[Line]:
    effect, many = shared.effect, len(shared.principals) > 1
    who = listed(list(map(label, shared.principals)), MOST_NAMES)
    where = listed(list(map(place, shared.scopes)), MOST_NAMES)
    files = sorted({f"{p.file}:{p.line}" for p in shared.places})
    caused = f"  ({listed(files, MOST_PLACES)})" if files else ""
    if effect.gained:
        how = _how(", ", _ways(effect, effect.gained, effect.by, state))
        what = f"{'gain' if many else 'gains'} {_what(effect.gained, effect.by)}"
        yield Line(f"  + {who} {what} in {where}{how}{caused}", Tone.GAIN)
    if effect.lost:
        how = _how(", so far ", _ways(effect, effect.lost, effect.through, state))
        what = f"{'lose' if many else 'loses'} {_what(effect.lost, effect.through)}"
        yield Line(f"  - {who} {what} in {where}{how}{caused}", Tone.LOSS)
    if effect.kept:
        how = _how(", ", _ways(effect, effect.kept, effect.by, state))
        what = f"{'keep' if many else 'keeps'} {_what(effect.kept, effect.by)}"
        yield Line(f"    {who} {what} in {where}{how}{caused}")


def _how(leading: str, ways: Iterator[str]) -> str:
    found = "; ".join(ways)
    return leading + found if found else ""


def _what(permissions: Sequence[Permission], paths: Sequence[Path]) -> str:
    """Return *permissions* as the roles that they are all of, as names, or as a count."""
    count = counted(len(permissions), "permission")
    if _whole(permissions, paths):
        return f"{listed(sorted({role_name(p.role) for p in paths}), MOST_NAMES)} ({count})"
    if len(permissions) <= MOST_PERMISSIONS:
        return listed(permissions, MOST_PERMISSIONS)
    return f"{count} ({listed(permissions, MOST_NAMES + 1)})"


def _whole(permissions: Sequence[Permission], paths: Sequence[Path]) -> bool:
    """Say whether *permissions*, which come by *paths*, are all that the roles there grant."""
    granted = 0
    for path in paths:
        granted |= path.permissions
    here = all(path.bound == path.scope for path in paths)
    return here and granted.bit_count() == len(permissions)


def _ways(
    effect: Effect, permissions: Sequence[Permission], paths: Sequence[Path], state: State
) -> Iterator[str]:
    """Yield how *permissions* are held; one's own holding of a role just named is left out."""
    named = _whole(permissions, paths)
    found = dict.fromkeys(
        way(path, effect.principal, state, "")
        for path in paths
        if not (
            named
            and path.holder == effect.principal
            and not term(path.since, path.until, path.reason)
        )
    )
    yield from list(found)[:MOST_WAYS]
    if len(found) > MOST_WAYS:
        yield f"and by {counted(len(found) - MOST_WAYS, 'other way')}"
