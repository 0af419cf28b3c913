"""The stage of a step: access shrinks, then moves, then grows."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum

from ..model import (
    EVERYONE,
    Action,
    Binding,
    Catalogue,
    Kind,
    ObjectAccess,
    Resource,
    Role,
    State,
    Team,
    Workspace,
    meet,
)
from .change import Change


class Stage(IntEnum):
    """The order of steps, where their needs leave a choice.

    Every path to a permission has three parts: a principal in a team or among everyone, a
    binding, a role. Steps that take from one part come before steps that give to another, so
    that no path is half old and half new.
    """

    CREATE = 0
    NARROW = 1
    SWAP = 2
    WIDEN = 3
    GRANT = 4
    DEFAULT = 5
    DELETE = 6

    @property
    def gives(self) -> bool:
        """True if a step of this stage may give access."""
        return self not in (Stage.CREATE, Stage.NARROW, Stage.DELETE)


class Cutter:
    """The division of changes into steps that only take or only give, each with its stage."""

    def __init__(self, live: State, catalogue: Catalogue) -> None:
        self._live, self._catalogue = live, catalogue

    def cut(self, change: Change) -> list[tuple[Change, Stage]]:
        """Return *change* with its stage, or two steps if it both takes and gives."""
        common = self._common_part(change)
        if common is None or common in (change.before, change.after):
            return [(change, self._stage(change, common))]
        halves = (Change(change.before, common), Change(common, change.after))
        return [(half, self._stage(half, common)) for half in halves]

    def _stage(self, step: Change, common: Resource | None) -> Stage:
        """Return the stage of *step*; *common* is the common part of its two sides."""
        if step.before is None:
            return _creating(step.resource)
        if step.after is None:
            return Stage.DELETE if step.address.kind is Kind.ROLE else Stage.NARROW
        if step.action is Action.REPLACE:
            return Stage.GRANT
        if common is None:
            return Stage.SWAP
        if common == step.after:
            return Stage.NARROW
        if isinstance(step.resource, Team):
            return Stage.GRANT
        return Stage.DEFAULT if _is_default(step.resource) else Stage.WIDEN

    def _common_part(self, change: Change) -> Resource | None:
        before, after = change.before, change.after
        if before is None or after is None or change.action is not Action.UPDATE:
            return None
        if isinstance(before, Role) and isinstance(after, Role):
            return self._common(before, after)
        common = meet(before, after)
        if common in (before, after):
            return common
        # One request replaces a list, so that the applier keeps the right until it is done.
        return None if isinstance(before, ObjectAccess) else common

    def _common(self, before: Role, after: Role) -> Role:
        """Return the part of a role that both versions grant.

        *Why* not ``meet`` alone: a new base may grant permissions that were listed before, so only
        the expanded roles show whether a permission is taken.
        """
        old, new = (self._catalogue.expanded(r, self._live.get) for r in (before, after))
        if new <= old and after.implies <= before.implies:
            return before if before == after else after
        if old <= new and before.implies <= after.implies:
            return before
        common = meet(before, after)
        assert common is not None, "only bindings have an empty meet"
        return replace(common, permissions=old & new)


def _creating(resource: Resource) -> Stage:
    if isinstance(resource, Binding):
        return Stage.DEFAULT if _is_default(resource) else Stage.GRANT
    return Stage.CREATE if isinstance(resource, Role | Workspace | Team) else Stage.GRANT


def _is_default(resource: Resource) -> bool:
    return isinstance(resource, Binding) and resource.principal == EVERYONE
