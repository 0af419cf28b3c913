"""The changes of a plan grouped by resource, and the differences of each change, one line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, replace
from datetime import datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

from ..errors import Place
from ..model import (
    ACCOUNT,
    EVERYONE,
    Action,
    Address,
    Binding,
    Holdings,
    Key,
    Resource,
    State,
    Workspace,
    label,
    place,
)
from ..model.instant import rfc3339
from ..named_tuples import NamedTuple
from ..planning import Change, Plan, gone_with, left_with
from .terminal import Line, Tone
from .words import element, term

SENTENCES: Mapping[Action, str] = {
    Action.CREATE: "will be created",
    Action.UPDATE: "will be updated in-place",
    Action.DELETE: "will be destroyed",
    Action.REPLACE: "must be replaced",
}


class ResourceChanges(NamedTuple):
    """One resource and all changes to it.

    ``changes`` has each address once: the halves of a change that was split
    are joined. A member includes its account role.
    """

    address: Address
    action: Action
    changes: tuple[Change, ...]
    place: Place | None

    @property
    def before(self) -> Address:
        """The present address of the resource, for a member without its account role."""
        own = (c.before for c in self.changes if c.address == self.address and c.before)
        return next((before.address for before in own), self.address)


def entries(plan: Plan) -> Iterator[ResourceChanges]:
    """Yield the changes of each resource, in the order of its first step."""
    gathered: dict[Address, list[Change]] = {}
    for change in plan.changes:
        if earlier := gathered.get(counted := change.counted):
            _gather(earlier, change)
        else:
            gathered[counted] = [change]
    actions = plan.actions
    for address, changes in gathered.items():
        yield ResourceChanges(address, actions[address], tuple(changes), plan.place(changes[0]))


def _gather(changes: list[Change], change: Change) -> None:
    """Add *change*, or join it with the earlier step that it continues.

    A step that takes back an earlier one, as a forged plan may have it, stands by itself.
    """
    for i, earlier in enumerate(changes):
        is_continued = earlier.after is not None and earlier.after == change.before
        if is_continued and (earlier.before or change.after):
            changes[i] = replace(change, before=earlier.before)
            return
    changes.append(change)


class AttributeDifference(NamedTuple):
    """One attribute, or one element of a set, before and after; None means absent."""

    name: str
    old: str | None
    new: str | None


NAMING = frozenset({"email", "name", "owner", "principal", "scope", "handle", "workspace"})
"""Attributes that repeat the address: shown only if both sides exist."""

ELEMENTS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "members": ("member", lambda membership: membership.principal),
    "roles": ("role", lambda holding: holding.role),
    "permissions": ("permission", str),
    "base": ("base", attrgetter("name")),
    "implies": ("implies", attrgetter("name")),
    "view": ("view", str),
    "run": ("run", str),
    "manage": ("manage", str),
}
"""For each attribute that is a set: the noun of an element, and the function that gives its key."""

ENDS = frozenset({"until", "expires"})
"""Attributes whose absence gives more: no end lasts longer."""

MANY = frozenset({"member", "permission", "implies", "view", "run", "manage"})
"""Nouns of elements of which there are many. Of others there is mostly one, so that one removed and
one added count as an exchange."""


def differences(change: Change, live: State) -> Iterable[AttributeDifference]:
    """Return the changed attributes of *change*, then the resources created and deleted with it."""
    resource = change.resource
    if isinstance(resource, Binding):
        name = _name_of(resource, resource)
        return _role_differences(name, _roles(change.before), _roles(change.after))
    return _attribute_differences(resource, change, live)


def _attribute_differences(
    resource: Resource, change: Change, live: State
) -> Iterator[AttributeDifference]:
    before, after = change.before, change.after
    both = before is not None and after is not None
    for name, default in _attributes(type(resource)):  # type: ignore[arg-type]  # types are hashable
        old, new = getattr(before, name, default), getattr(after, name, default)
        # The display name of a workspace is no part of its address.
        is_title = isinstance(resource, Workspace) and name == "name"
        if old != new and (both or name not in NAMING or is_title):
            if name in ELEMENTS:
                yield from _of_sets(*ELEMENTS[name], old or frozenset(), new or frozenset())
            else:
                nothing = "no end" if both and name in ENDS else None
                was, will = (side and _format_value(v) for side, v in ((before, old), (after, new)))
                yield AttributeDifference(name, was or nothing, will or nothing)
    if before is None or after is None or change.brings:
        yield from _related_differences(change, live)


@cache
def _attributes(kind: type) -> tuple[tuple[str, Any], ...]:
    """Return the compared attributes of a class, each with its default value."""
    return tuple(
        (f.name, None if f.default is MISSING else f.default) for f in fields(kind) if f.compare
    )


def _format_value(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"'


def _of_sets(
    name: str, key: Callable[[Any], Any], old: frozenset[Any], new: frozenset[Any]
) -> Iterator[AttributeDifference]:
    """Yield the elements that differ, removed ones first; a changed term is one difference."""
    was, will = ({key(e): element(e) for e in side} for side in (old - new, new - old))
    if name not in MANY and len(was) == len(will) == 1:
        yield AttributeDifference(name, *was.values(), *will.values())
        return
    for one in sorted(was.keys() | will.keys(), key=lambda k: (k not in was, k)):
        yield AttributeDifference(name, was.get(one), will.get(one))


@lru_cache(maxsize=2**12)
def _role_differences(name: str, old: Holdings, new: Holdings) -> tuple[AttributeDifference, ...]:
    """Return the roles that differ. *Why* a cache: most people hold one of a few sets of roles."""
    return tuple(_of_sets(name, ELEMENTS["roles"][1], old, new))


def _roles(side: Resource | None) -> Holdings:
    return side.roles if isinstance(side, Binding) else frozenset()


def _name_of(binding: Binding, beside: Resource) -> str:
    """Return the name of *binding* in an entry about *beside*."""
    if binding.scope == ACCOUNT:
        return "account role"
    if binding.principal == EVERYONE and isinstance(beside, Binding | Workspace):
        return "default role"
    if isinstance(beside, Workspace):
        return f"role of {label(binding.principal)}"
    return "role" if isinstance(beside, Binding) else f"role in {place(binding.scope)}"


def _related_differences(change: Change, live: State) -> Iterator[AttributeDifference]:
    """Yield the bindings, keys and memberships that *change* adds or removes."""
    leaving = {r.address: r for r in gone_with(change, live)}
    arriving = {b.address: b for b in change.brings}
    for address in sorted(leaving.keys() | arriving.keys()):
        old, new = leaving.get(address), arriving.get(address)
        if isinstance(old, Key):
            yield AttributeDifference("key", old.name + term(None, old.until), None)
        elif isinstance(binding := new or old, Binding):
            name = _name_of(binding, change.resource)
            yield from _role_differences(name, _roles(old), _roles(new))
    teams_left = {team.address for team in left_with(change, live)}
    teams_joined = set(change.joins)
    for team in sorted(teams_left ^ teams_joined):
        was, will = (team.key if team in side else None for side in (teams_left, teams_joined))
        yield AttributeDifference("team", was, will)


def entry_lines(entry: ResourceChanges, live: State) -> Iterator[Line]:
    """Yield the lines about one resource: a sentence, the place of declaration, the differences.

    *Why* the place on a line of its own: tools search for the sentence at the end
    of a line.
    """
    address, action, changes, place = entry
    if action in SENTENCES:
        sentence = f"{address!s} {SENTENCES[action]}"
    else:
        sentence = f"{entry.before} has moved to {address}"
    yield Line(f"  # {sentence}", Tone.HEADING)
    if place:
        yield Line(f"  # ({place.file_line})")
    for change in changes:
        yield from map(_difference, differences(change, live))


@lru_cache(maxsize=2**12)
def _difference(difference: AttributeDifference) -> Line:
    """Return the line of *difference*. *Why* a cache: most people get one of a few roles."""
    name, old, new = difference
    if old is None:
        return Line(f"      + {name} = {new}", Tone.GAIN, hang=10)
    if new is None:
        return Line(f"      - {name} = {old}", Tone.LOSS, hang=10)
    return Line(f"      ~ {name} = {old} -> {new}", Tone.CHANGE, hang=10)
