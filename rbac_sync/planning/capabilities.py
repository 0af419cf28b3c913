"""The capabilities of a target: the changes that it can make, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ..model import Action, Kind
from .change import Change

Limit = Callable[[Change], str | None]
"""Says why the target refuses a change, or None. Pure; no request is made."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The changes that one target can make, for this account and this key.

    ``actions`` is derived from the handlers a session really has, so it
    cannot drift from the code. ``pending_bindings`` says whether a pending
    user can hold roles in workspaces, ``invites`` whether a new member starts
    out pending, ``dated_invitations`` whether we can say when its invitation
    ends, ``rotates_keys`` whether a key that gets another end is another key,
    with another secret, ``atomic`` whether a run is made whole or not at all.
    ``keeps_bases`` says whether a role can have a base, ``keeps_ends`` whether what
    is held can have an end; where it cannot, plans do without. ``keeps_reasons`` says
    whether it keeps why somebody holds something; where it does not, another reason is no change.
    ``leavers`` whether the target removes a member of the catalogue's account role
    ``leaves_with_access`` by itself, together with its last role in a workspace.
    """

    actions: Mapping[Kind, frozenset[Action]]
    limits: tuple[Limit, ...] = ()
    pending_bindings: bool = True
    invites: bool = False
    dated_invitations: bool = True
    rotates_keys: bool = False
    atomic: bool = True
    keeps_bases: bool = True
    keeps_ends: bool = True
    keeps_reasons: bool = True
    leavers: bool = False
    features: frozenset[str] = field(default_factory=frozenset)

    def obstacles(self, change: Change) -> Iterator[str]:
        """Yield the reasons why the target cannot make *change*."""
        reasons = [reason for limit in self.limits if (reason := limit(change))]
        if not reasons and change.action not in self.actions.get(change.address.kind, frozenset()):
            reasons = [f"this backend cannot {change.action} a {change.address.kind}"]
        yield from reasons
