"""The changes shortly before a plan, for limits on removals over a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import assert_never

from ..model import (
    Address,
    Binding,
    Key,
    Kind,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
)
from ..model.state import Part
from ..named_tuples import NamedTuple
from ..planning import Change

PARTS = frozenset({Kind.BINDING, Kind.KEY, Kind.OBJECT})
"""The kinds of things without a name of their own: their addresses have the names of others."""


class Earlier(NamedTuple):
    """A change made shortly before. It *counts* unless its run was allowed to pass the limits."""

    change: Change
    counts: bool = True


def named_by(resource: Resource) -> tuple[Address, ...]:
    """Return the things whose names are the address of *resource*."""
    match resource:
        case Binding():
            return resource.principal, resource.scope
        case Key():
            return (resource.owner,)
        case ObjectAccess():
            return (resource.workspace,)
        case User() | ServiceAccount() | Team() | Workspace() | Role():
            return (resource.address,)
        case _ as never:
            assert_never(never)


class Recent:
    """The changes shortly before a plan: none. A subclass knows more."""

    def changes(self, kinds: Collection[Kind], of: Sequence[Resource]) -> Sequence[Earlier]:
        """Return the changes, oldest first: of ``PARTS`` those of *kinds*, and all others.

        Creations may be left out, but for those of teams, roles and access lists, of people who
        join a team with it, and of things that another change concerns or *of* has, live things.
        """
        del kinds, of
        return ()

    def older(
        self, live: State, things: Kind | Part, besides: Sequence[Resource], most: int | None
    ) -> int:
        """Return the number of *things* in *live* that are older, at most *most*.

        Those at the addresses of *besides*, or parts of these, do not count.
        """
        del besides
        return live.count(things, most)

    def new(self, people: Collection[Address]) -> Collection[Address]:
        """Return those of *people*, live ones, that were made shortly before."""
        del people
        return ()


NOTHING = Recent()
