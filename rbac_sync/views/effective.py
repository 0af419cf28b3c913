"""The headline section of a plan: principals, scopes, gained and lost access, paths and places.

Effects come in the order of ``guard.effects.by_risk`` and stay in it. A grave gain is never left
out: its people, scopes and grave permissions are all named, in its line or in a note below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from ..guard import Path
from ..guard.effects import Effect, principals
from ..model import ACCOUNT, Address, Kind, Permission, State, label, place
from .terminal import Line, Tone
from .words import counted, describe_path, listed, role_name, term

MOST_PLAIN = 40
"""How many entries without a risk are shown."""

MOST_NAMES = 3
MOST_GRAVE_NAMES = 8
"""How many names stand in the line of a grave gain; more stand in a note."""

MOST_PERMISSIONS = 6
MOST_WAYS = 3
MOST_PLACES = 3
NAMES_A_LINE = 4
TITLE = "Effective access after apply"
NOBODY = "  Nobody gains or loses anything."


class _Notes(list[Sequence[str]]):
    """Lists of names that are too long for a line; each follows in full below all lines.

    If not *visible*, there is no room for them and no line refers to them.
    """

    def __init__(self, *, visible: bool) -> None:
        super().__init__()
        self._visible = visible

    def noted(self, names: Sequence[str], noun: str, *, whole: bool) -> str:
        """Return *names* as text for a line; with *whole*, each is in the line or in a note."""
        if not whole:
            return listed(names, MOST_NAMES)
        if len(names) <= MOST_GRAVE_NAMES:
            return listed(names, MOST_GRAVE_NAMES)
        self.append(names)
        return counted(len(names), noun) + (f" [{len(self)}]" if self._visible else "")

    def lines(self) -> Iterator[Line]:
        """Yield every note."""
        for number, names in enumerate(self if self._visible else (), 1):
            rest, mark = iter(names), f"[{number}] "
            while few := list(islice(rest, NAMES_A_LINE)):
                yield Line(f"    {mark}{', '.join(few)}")
                mark = " " * len(mark)


def lines(effects: Sequence[Effect], state: State) -> Iterator[Line]:
    """Yield the headline section, with *state* as the source of roles. *state* knows the roles."""
    yield Line(TITLE, Tone.HEADING)
    yield Line("")
    yield from entries(effects, state)
    if not effects:
        yield Line(NOBODY)


def entries(effects: Sequence[Effect], state: State, *, notes: bool = True) -> Iterator[Line]:
    """Yield the entries of *effects*, with a note for each list that is too long if *notes*."""
    long_lists, plain, hidden = _Notes(visible=notes), 0, []
    for effect in effects:
        plain += not effect.risk.grave
        if plain > MOST_PLAIN and not effect.risk.grave:
            hidden.append(effect)
        else:
            yield from _entry(effect, state, long_lists)
    if hidden:
        people = counted(len(principals(hidden)), "principal")
        more = f"{len(hidden):,} more entries about" if len(hidden) > 1 else "1 more entry about"
        yield Line(f"    and {more} {people}, none of them a risk (see --json)")
    yield from long_lists.lines()


def _entry(effect: Effect, state: State, notes: _Notes) -> Iterator[Line]:
    many = len(effect.principals) > 1
    whole = effect.risk.grave
    names = notes.noted(list(map(label, effect.principals)), "principal", whole=whole)
    workspaces = all(scope.kind is Kind.WORKSPACE for scope in effect.scopes)
    noun = "workspace" if workspaces else "scope"
    scopes = notes.noted(list(map(place, effect.scopes)), noun, whole=whole)
    files = sorted({f"{p.file}:{p.line}" for p in effect.places})
    source = f"  ({listed(files, MOST_PLACES)})" if files else ""
    if effect.opened:
        yield Line(f"  + {scopes} becomes public: open to everybody{source}", Tone.GAIN)
    if effect.gained:
        how = _format_ways(
            f"{_format_step(effect)}, ", _ways(effect, effect.gained, effect.by, state)
        )
        permissions = _format_permissions(
            effect.gained, effect.by, _count_grave(effect.gained, effect)
        )
        verb = "gain" if many else "gains"
        yield Line(f"  + {names} {verb} {permissions} in {scopes}{how}{source}", Tone.GAIN)
    if effect.extended:
        how = _format_ways(", ", _ways(effect, effect.extended, effect.extended_by, state))
        permissions = _format_permissions(
            effect.extended, effect.extended_by, _count_grave(effect.extended, effect)
        )
        verb = "hold" if many else "holds"
        yield Line(
            f"  + {names} {verb} {permissions} for longer in {scopes}{how}{source}", Tone.GAIN
        )
    if effect.lost:
        how = _format_ways(", so far ", _ways(effect, effect.lost, effect.through, state))
        permissions = (
            f"{'lose' if many else 'loses'} {_format_permissions(effect.lost, effect.through)}"
        )
        yield Line(f"  - {names} {permissions} in {scopes}{how}{source}", Tone.LOSS)
    if effect.kept:
        how = _format_ways(", ", _ways(effect, effect.kept, effect.by, state))
        permissions = f"{'keep' if many else 'keeps'} {_format_permissions(effect.kept, effect.by)}"
        yield Line(f"    {names} {permissions} in {scopes}{how}{source}")


def _format_ways(prefix: str, ways: Iterator[str]) -> str:
    text = "; ".join(ways)
    return prefix + text if text else prefix.removesuffix(", ").removesuffix(", so far ")


def _format_step(effect: Effect) -> str:
    """Return the roles before and after a rise; empty if no role is new."""
    before = effect.roles_before
    after = dict.fromkeys(_applied_role(p.role, effect) for p in effect.by if p.role not in before)
    if not before or not after:
        return ""
    names = dict.fromkeys(_applied_role(role, effect) for role in before)
    return f", {listed(list(names), MOST_GRAVE_NAMES)} -> {listed(list(after), MOST_GRAVE_NAMES)}"


def _applied_role(role: Address, effect: Effect) -> str:
    """Return the name of *role*, with its level if the scope has another one."""
    account = role.key.startswith("account/") and effect.scope != ACCOUNT
    return f"account {role_name(role)}" if account else role_name(role)


def _count_grave(permissions: Sequence[Permission], effect: Effect) -> int:
    """Return how many of *permissions* are a risk; those come first in the sequence."""
    return len(set(permissions) & set(effect.grave))


def _format_permissions(
    permissions: Sequence[Permission], paths: Sequence[Path], grave: int = 0
) -> str:
    """Return *permissions* as the names of complete roles, as names, or as a count.

    The first *grave* of them are always named.
    """
    count = counted(len(permissions), "permission")
    if _is_whole_role(permissions, paths):
        roles = listed(sorted({role_name(p.role) for p in paths}), MOST_NAMES)
        named = f": {listed(permissions, grave + 1)}" if grave else ""
        return f"{roles} ({count}{named})"
    if len(permissions) <= MOST_PERMISSIONS:
        return listed(permissions, MOST_PERMISSIONS)
    return f"{count} ({listed(permissions, max(MOST_NAMES, grave) + 1)})"


def _is_whole_role(permissions: Sequence[Permission], paths: Sequence[Path]) -> bool:
    """Say whether *permissions*, given by *paths*, are all permissions of the roles there."""
    granted = 0
    for path in paths:
        granted |= path.permissions
    here = all(path.bound == path.scope for path in paths)
    return here and granted.bit_count() == len(permissions)


def _ways(
    effect: Effect, permissions: Sequence[Permission], paths: Sequence[Path], state: State
) -> Iterator[str]:
    """Yield descriptions of *paths*, except own holdings of a role that the line names already."""
    named = _is_whole_role(permissions, paths) or bool(
        permissions is effect.gained and _format_step(effect)
    )
    descriptions = dict.fromkeys(
        describe_path(path, effect.principal, state, "")
        for path in paths
        if not (named and _is_plain(path, effect.principal))
    )
    yield from list(descriptions)[:MOST_WAYS]
    if len(descriptions) > MOST_WAYS:
        yield f"and by {counted(len(descriptions) - MOST_WAYS, 'other way')}"


def _is_plain(path: Path, principal: Address) -> bool:
    """Say whether *path* is a holding of *principal* itself in the scope, without a term."""
    own_here = path.holder == principal and path.bound == path.scope
    return own_here and not term(path.since, path.until, path.reason)
