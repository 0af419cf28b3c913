"""Renames: what is declared under another name than it has live, with all that is held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ..model import (
    Action,
    Address,
    Binding,
    Declaration,
    Key,
    Manage,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
)
from ..model.declaration import SUBJECTS
from .change import Change, followed, make


def renames(declaration: Declaration, live: State) -> Iterator[Change]:
    """Yield what brings live things under their declared names, where only the old one is live.

    Each is seen from the state that it finds: with what was renamed before it.
    """
    draft = live.draft()
    for new, old in sorted(declaration.former.items()):
        before, after = draft.get(old), declaration.desired.get(new)
        if before and after and draft.get(new) is None and is_managed(declaration, after):
            change = Change(before, named_like(before, after))
            make(draft, change)
            yield change


def is_managed(declaration: Declaration, resource: Resource) -> bool:
    """Say whether *resource* is more than a reference."""
    return declaration.reach(SUBJECTS[type(resource)]) is not Manage.NONE


def named_like(before: Resource, after: Resource) -> Resource:
    """Return *before* under the name of *after*, and otherwise as it is."""
    match before, after:
        case Workspace(), Workspace():
            return replace(before, handle=after.handle)
        case User(), User():
            return replace(before, email=after.email)
        case (Team() | Role() | ServiceAccount(), Team() | Role() | ServiceAccount()):
            return replace(before, name=after.name)
    raise AssertionError("nothing else is renamed")


def pure(changes: Iterable[Change]) -> Iterator[Change]:
    """Yield, of *changes*, the renames, each without what else it changes."""
    for change in changes:
        if change.action is Action.RENAME and change.before and change.after:
            yield Change(change.before, named_like(change.before, change.after))


def under_new_names(state: State, changes: Iterable[Change]) -> State:
    """Return *state* once the renames among *changes* have been made, and nothing else."""
    renames = tuple(pure(changes))
    return followed(state, renames) if renames else state


def new_names(changes: Iterable[Change]) -> dict[Address, Address]:
    """Return, by the address that each renamed thing has, the one that it will have."""
    return {c.before.address: c.address for c in pure(changes) if c.before}


def as_live(resource: Binding | Key, old_names: Mapping[Address, Address]) -> Binding | Key:
    """Return *resource* by the names that everything has before the renames."""
    if isinstance(resource, Key):
        return replace(resource, owner=old_names.get(resource.owner, resource.owner))
    roles = (replace(h, role=old_names.get(h.role, h.role)) for h in resource.roles)
    return Binding(
        old_names.get(resource.principal, resource.principal),
        old_names.get(resource.scope, resource.scope),
        frozenset(roles),
    )
