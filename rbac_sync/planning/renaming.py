"""Renames: what is declared under another name than it has live, with all that is held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..model import (
    Action,
    Address,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
)
from .change import Change, followed


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
