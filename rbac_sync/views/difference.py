"""The differences of a change, one line each, as plan and drift show them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from ..model import ACCOUNT, EVERYONE, Binding, Key, Resource, State, Workspace, label, place
from ..model.instant import rfc3339
from ..planning import Change, gone_with, left_with
from .words import element, role_name, term


class AttributeDifference(NamedTuple):
    """One attribute, or one element of one, as it is and as it will be; None: it is not there."""

    name: str
    old: str | None
    new: str | None


NAMING = frozenset({"email", "name", "owner", "principal", "scope", "handle"})
"""Attributes that repeat the address, and are shown only where both sides have one."""

ELEMENTS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "members": ("member", lambda membership: membership.principal),
    "roles": ("role", lambda holding: holding.role),
    "permissions": ("permission", str),
    "base": ("base", role_name),
    "implies": ("implies", role_name),
}
"""Of the attributes that are sets: what one element is called, what tells it from the others."""

ENDS = frozenset({"until", "expires"})
"""Of these, to have none is to have more."""

MANY = frozenset({"member", "permission", "implies"})
"""Of everything else there is mostly one, so that one gone and one come are an exchange."""


def differences(change: Change, live: State) -> Iterator[AttributeDifference]:
    """Yield what differs by *change*, then what comes and goes with it."""
    resource = change.resource
    before, after = change.before, change.after
    if isinstance(resource, Binding):
        yield from _held(_called(resource, resource), before, after)
        return
    both = before is not None and after is not None
    for name, default in _attributes(type(resource)):  # type: ignore[arg-type]  # mypy doubts that types hash
        old, new = getattr(before, name, default), getattr(after, name, default)
        if old != new and (both or name not in NAMING or _titled(resource, name)):
            if name in ELEMENTS:
                yield from _of_sets(*ELEMENTS[name], old or frozenset(), new or frozenset())
            else:
                nothing = "no end" if both and name in ENDS else None
                was, will = (side and _written(v) for side, v in ((before, old), (after, new)))
                yield AttributeDifference(name, was or nothing, will or nothing)
    if before is None or after is None or change.brings:
        yield from _company(change, live)


@cache
def _attributes(kind: type) -> tuple[tuple[str, Any], ...]:
    """Return the attributes of a class that count, each with the value that says nothing."""
    return tuple(
        (f.name, None if f.default is MISSING else f.default) for f in fields(kind) if f.compare
    )


def _titled(resource: Resource, name: str) -> bool:
    """Say whether the attribute *name* is for people, the address being made from another."""
    return isinstance(resource, Workspace) and name == "name"


def _written(value: object) -> str | None:
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
    """Yield the elements that differ, those that go first; another term makes one difference."""
    was, will = ({key(e): element(e) for e in side} for side in (old - new, new - old))
    if name not in MANY and len(was) == len(will) == 1:
        yield AttributeDifference(name, *was.values(), *will.values())
        return
    for one in sorted(was.keys() | will.keys(), key=lambda k: (k not in was, k)):
        yield AttributeDifference(name, was.get(one), will.get(one))


def _held(name: str, before: object, after: object) -> Iterator[AttributeDifference]:
    old, new = (s.roles if isinstance(s, Binding) else frozenset() for s in (before, after))
    yield from _of_sets(name, ELEMENTS["roles"][1], old, new)


def _called(binding: Binding, beside: Resource) -> str:
    """Return what *binding* is called in an entry about *beside*."""
    if binding.scope == ACCOUNT:
        return "account role"
    if isinstance(beside, Binding | Workspace) and binding.principal == EVERYONE:
        return "default role"
    if isinstance(beside, Workspace):
        return f"role of {label(binding.principal)}"
    return "role" if beside == binding else f"role in {place(binding.scope)}"


def _company(change: Change, live: State) -> Iterator[AttributeDifference]:
    """Yield the bindings, keys and places in teams that come or go with *change*."""
    gone = {r.address: r for r in gone_with(change, live)}
    come = {b.address: b for b in change.brings}
    for address in sorted(gone.keys() | come.keys()):
        old, new = gone.get(address), come.get(address)
        if isinstance(old, Key):
            yield AttributeDifference("key", old.name + term(None, old.until), None)
        elif isinstance(found := new or old, Binding):
            yield from _held(_called(found, change.resource), old, new)
    left = {team.address for team in left_with(change, live)}
    entered = set(change.joins)
    for team in sorted(left ^ entered):
        was, will = (team.key if team in side else None for side in (left, entered))
        yield AttributeDifference("team", was, will)
