"""The capabilities of a target: the changes that it can make, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Flag, auto

from ..dataclasses import dataclass
from ..model import Action, Kind
from .change import Change

Limit = Callable[[Change], str | None]
"""Returns the reason why the target refuses a change, or None, without any request."""

INVITATION = timedelta(days=7)
"""The term of an invitation where the target accepts one; the policy may shorten it."""


class Expresses(Flag):
    """The parts of a declaration that a target keeps. Plans leave the other parts out."""

    NOTHING = 0
    BASES = auto()
    """A role has a base."""
    ENDS = auto()
    """Holdings have an end."""
    REASONS = auto()
    """Holdings have a reason. In other targets a new reason is no change."""


class Invitations(Flag):
    """The invitation policy of a target."""

    NONE = 0
    REQUIRED = auto()
    """A new member is invited, and pending until the invitation is accepted."""
    DATED = auto()
    """A plan sets the end of an invitation."""
    HOLD_ROLES = auto()
    """A pending user holds roles in workspaces and places in teams."""


class Writes(Flag):
    """The properties of a target's writes."""

    NONE = 0
    WHOLE_RUNS = auto()
    """A run makes all its changes or none."""
    ROTATED_KEYS = auto()
    """A key with a new end is a new key with a new secret."""
    LEAVERS = auto()
    """The target removes a member of the catalogue's account role ``leaves_with_access`` together
    with its last role in a workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The capabilities of one target, for this account and this key.

    ``actions`` is derived from the verbs of the handlers of a session, so that it
    agrees with the code. No field has a default: each target states every one.
    """

    actions: Mapping[Kind, frozenset[Action]]
    limits: tuple[Limit, ...]
    expresses: Expresses
    invitations: Invitations
    writes: Writes
    features: frozenset[str]

    def obstacles(self, change: Change) -> list[str]:
        """Return the reasons why the target cannot make *change*."""
        kind = change.address.kind
        reasons = [reason for limit in self.limits if (reason := limit(change))]
        if not reasons and change.action not in self.actions.get(kind, ()):
            return [f"this backend cannot {change.action} a {kind}"]
        return reasons
