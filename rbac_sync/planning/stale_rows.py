"""The words of a refusal about a row that is not as it was when the plan was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime

from ..model import Address, Binding, Membership, Resource, label
from ..model.instant import rfc3339
from .change import Change
from .pins import GONE

MOST_ELEMENTS = 5
"""The number of differing elements of a set that a message names."""


def objection(
    address: Address, then: str, here: str, change: Change | None, now: Resource | None
) -> str:
    """Return a sentence on a stale row: its content in the plan, now, and after the plan."""
    before = change.before if change else None
    was = described(then, before)
    outcome = f"; the plan {_outcome(change)}" if change else ""
    if was == here:
        differing = ", ".join(_differences(before, now)) if before and now else ""
        since = f": {differing}" if differing else ""
        return f"`{address}` is not as it was when planned{since}{outcome}"
    return f"`{address}` was {was} when planned and is {here} now{outcome}"


def _outcome(change: Change) -> str:
    """Return the effect of a change on a row: ``makes it `viewer```, ``changes members -`ana```."""
    if change.after is None:
        return "deletes it"
    if roles := _roles(change.after):
        return f"makes it {roles}"
    if change.before is None:
        return "creates it"
    return f"changes {', '.join(_differences(change.before, change.after))}"


def _differences(old: Resource, new: Resource) -> Iterator[str]:
    """Yield each attribute that differs: ``description `a` -> `b```, ``members +`ana` -`bo```."""
    for field in fields(old):
        was, now = (getattr(side, field.name, None) for side in (old, new))
        if was == now or not field.compare:
            continue
        if isinstance(was, frozenset) and isinstance(now, frozenset):
            signs = {"+": now - was, "-": was - now}
            elements = [f"{s}`{e}`" for s, side in signs.items() for e in sorted(map(_text, side))]
            more = len(elements) - MOST_ELEMENTS
            rest = [f"and {more} more"] if more > 0 else []
            yield " ".join((field.name, *elements[:MOST_ELEMENTS], *rest))
        else:
            yield f"{field.name} {_quoted(was)} -> {_quoted(now)}"


def _quoted(value: object) -> str:
    return f"`{_text(value)}`" if value not in (None, "") else "nothing"


def _text(value: object) -> str:
    match value:
        case Membership():
            until = f" until {rfc3339(value.until)}" if value.until else ""
            return f"{label(value.principal)}{until}"
        case datetime():
            return rfc3339(value)
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def described(pin: str, resource: Resource | None) -> str:
    """Return the roles of a binding as text, or whether a thing exists."""
    return "absent" if pin == GONE else _roles(resource) or "there"


def _roles(resource: Resource | None) -> str:
    if not isinstance(resource, Binding):
        return ""
    return " and ".join(sorted(f"`{held.role.key.partition('/')[2]}`" for held in resource.roles))
