"""The names that changes give: free, of usable form, and unlike those of other things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

from ..model import (
    Action,
    Binding,
    Catalogue,
    Key,
    Kind,
    Level,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
)
from ..model.address import Address, is_email
from ..model.kind import SPECS
from ..model.skeleton import apart, spelt
from ..planning import Change

Objections = Iterator[tuple[str, str]]
"""Reasons why a change is invalid, each with a hint; only the first counts."""

Check = Callable[[Change, State, Catalogue], Objections]


RESERVED = frozenset({"*", "account", "everyone"})
"""Names with a meaning of their own: every workspace, the account and all its users."""


def is_name_usable(change: Change, state: State, catalogue: Catalogue) -> bool:
    """Say whether the name of what *change* creates is free in *state*, and well formed."""
    return not any(any(check(change, state, catalogue)) for check in (exists, malformed))


def exists(change: Change, state: State, _: Catalogue) -> Objections:
    """Refuse a new name that something has already."""
    if _new_name(change) and state.find(change.resource) is not None:
        hint = "change what is there, or choose another name"
        yield f"`{change.address}` exists already", hint


def builtin(change: Change, state: State, catalogue: Catalogue) -> Objections:
    """Refuse a change of a built-in role, and a new role with the name of one."""
    if not isinstance(change.resource, Role):
        return
    for side in (change.before, change.after):
        existing = side and state.get(side.address)
        if isinstance(existing, Role) and existing.builtin:
            what = f"`{existing.name}` is a built-in role and cannot be changed"
            yield what, "make a custom role with it as `base` instead"
    name = change.resource.name
    is_taken = name.isascii() and any(catalogue.builtin(level, name) for level in Level)
    if _new_name(change) and is_taken:
        yield f"`{name}` is the name of a built-in role", "choose another name"


def _new_name(change: Change) -> bool:
    """Say whether *change* gives its resource a name that it did not have."""
    return change.action in (Action.CREATE, Action.RENAME)


def malformed(change: Change, state: State, catalogue: Catalogue) -> Objections:
    """Refuse a new name that nobody could write, or that looks like another one."""
    after = change.after
    if after is None or not _new_name(change):
        return
    name = _name(after)
    if isinstance(after, User) and not is_email(name):
        hint = (
            "write it in ASCII, without spaces, quotes, brackets and backslashes, and none of `,:;`"
        )
        yield f"`{after.email}` is no e-mail address in ASCII", hint
    if "named" in SPECS[after.kind].traits and name.casefold() in RESERVED:
        yield f"`{name}` is nobody's name: it means all of something", "choose another name"
    hint = "use visible characters, without spaces at the ends"
    if not name:
        yield "a name is empty", hint
    elif not name.isprintable() or name != name.strip():
        yield f"{name!r} is no usable name", hint
    yield from _look_alike(change, state, catalogue)


def _name(resource: Resource) -> str:
    match resource:
        case User():
            return resource.email
        case Workspace():
            return resource.handle
        case ServiceAccount() | Team() | Role() | Key():
            return resource.name
        case Binding() | ObjectAccess():
            return "-"  # it has the name of its subject
    assert_never(resource)


def _look_alike(change: Change, state: State, catalogue: Catalogue) -> Objections:
    """Refuse a new name that looks like an existing one, or differs from it only by case."""
    after, before = change.address, change.before and change.before.address
    if "named" not in SPECS[after.kind].traits:
        return
    if after.kind is Kind.ROLE:
        for _, name in catalogue.builtin_names.like(after.name):
            yield _alike(after, name, "choose a name that differs in more than look or case")
    for other in sorted(state.alike(after)):
        if other not in (before, after):
            written = f'`renamed_from = "{spelt(other.name)}"`'
            hint = f"choose another name; if it is the same thing, write {written}, or its name"
            yield _alike(after, other.name, hint)


def _alike(address: Address, name: str, hint: str) -> tuple[str, str]:
    what = f"`{address.name}` cannot be told apart from the {address.kind.noun} `{name}`"
    return what, "; ".join(filter(None, (apart(address.name, name), hint)))
