"""The changes of a plan, a line for each resource, deletions first; equal changes share a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model import Action, Address, Kind, ObjectLevel, State
from ..planning import Plan
from .difference import ResourceChanges, differences, entries
from .short_names import ShortNames
from .terminal import Line, Tone
from .words import counted, format_place, listed

TITLE = "Changes (--full shows each attribute)"
MOST_PARTS = 4
HIDDEN: Mapping[Action, tuple[str, ...]] = {
    Action.CREATE: ("description", "level"),
    Action.DELETE: ("description", "level"),
    Action.RENAME: ("name",),
}
"""Attributes that a line leaves out."""

LEVELS = frozenset(ObjectLevel)
"""Names that are verbs."""

FEWEST_ALIKE = 4
MOST_ALIKE = 40
WIDEST = 44

SIGNS: Mapping[Action, tuple[str, Tone]] = {
    Action.DELETE: ("-", Tone.LOSS),
    Action.REPLACE: ("-/+", Tone.CHANGE),
    Action.RENAME: ("~", Tone.CHANGE),
    Action.UPDATE: ("~", Tone.CHANGE),
    Action.CREATE: ("+", Tone.GAIN),
}
"""The sign and the tone of each action, in the order in which actions are listed."""


def lines(plan: Plan, names: ShortNames) -> Iterator[Line]:
    """Yield a title, and a line for each changed resource or for several with equal changes."""
    yield Line(TITLE, Tone.HEADING)
    alike: dict[tuple[Action, Kind, str], list[ResourceChanges]] = {}
    order = list(SIGNS)
    changed = sorted(entries(plan), key=lambda entry: order.index(entry.action))
    for entry in changed:
        text = summary(entry, plan.live, names)
        alike.setdefault((entry.action, entry.address.kind, text), []).append(entry)
    width = min(WIDEST, max(len(_name(entry)) for entry in changed))
    for (_, _, text), group in alike.items():
        if len(group) < FEWEST_ALIKE:
            yield from (_line(entry, text, width) for entry in group)
        else:
            yield _joint_line(group, text, names)


def _line(entry: ResourceChanges, differing: str, width: int) -> Line:
    sign, tone = SIGNS[entry.action]
    parts = filter(None, (differing, format_place(entry.place).strip()))
    text = "  ".join((f"  {sign} {_name(entry).ljust(width)}", *parts))
    return Line(text.rstrip(), tone, hang=8)


def _joint_line(group: list[ResourceChanges], differing: str, names: ShortNames) -> Line:
    first = group[0]
    sign, tone = SIGNS[first.action]
    things = counted(len(group), first.address.kind.noun)
    text = f"  {sign} {things}  {differing}".rstrip()
    first_ones = ", ".join(_short(entry.address, names) for entry in group[:MOST_ALIKE])
    more = len(group) - MOST_ALIKE
    left_out = f" and {more:,} more (--full names all)" if more > 0 else ""
    return Line(f"{text}  {first_ones}{left_out}", tone, 8)


def _short(address: Address, names: ShortNames) -> str:
    return names.by_email.get(address.key, "") or str(address).partition(".")[2]


def _name(entry: ResourceChanges) -> str:
    if entry.action is Action.RENAME:
        return f"{entry.before} -> {entry.address}"
    return str(entry.address)


def summary(entry: ResourceChanges, live: State, names: ShortNames) -> str:
    """Return the differences of *entry* in a few words: ``members +zoe -petra``."""
    parts: dict[str, list[str]] = {}
    for change in entry.changes:
        for name, old, new in differences(change, live):
            if text := _part(old, new, entry.action, names):
                parts.setdefault(name, []).append(text)
    hidden = HIDDEN.get(entry.action, ())
    texts = (_of_attribute(name, texts) for name, texts in parts.items() if name not in hidden)
    return "; ".join(texts)


def _of_attribute(name: str, texts: list[str]) -> str:
    plural = "s" if len(texts) > 1 and name not in LEVELS else ""
    return name if name == "description" else f"{name}{plural} {listed(texts, MOST_PARTS)}"


def _part(old: str | None, new: str | None, action: Action, names: ShortNames) -> str:
    was, will = (_shortened(side, names) for side in (old, new))
    if action in (Action.CREATE, Action.DELETE):
        return will or was
    return f"{was} -> {will}" if was and will else f"+{will}" if will else f"-{was}"


def _shortened(value: str | None, names: ShortNames) -> str:
    """Return *value* with the person at its beginning replaced by a short name."""
    name, blank, rest = (value or "").partition(" ")
    return names.by_email.get(name, name) + blank + rest
