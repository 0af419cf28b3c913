"""The removal of people with a successor: another address of the same person."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from ..model import Address, Role, Status, User, is_invited
from .capabilities import Invitations
from .change import Change

if TYPE_CHECKING:
    from .comparison import LiveComparison


def succeed(comparison: LiveComparison) -> None:
    """Remove each person whose successor is a member who gets all that is declared, else wait.

    A declared part that is not managed is given to nobody, so that the person then stays, and
    with the person each role that the person holds.
    """
    held = set[Address]()
    planned = {side.address for change in comparison.changes for side in change.made}
    for old, new in sorted(comparison.successors.items()):
        before, after = comparison.live.get(old), comparison.live.get(new)
        is_active = isinstance(after, User) and after.status is Status.ACTIVE
        comes_now = after is None and not comparison.invites(Invitations.REQUIRED)
        gets_all = (is_active or comes_now) and _gets_everything(new, comparison, planned)
        is_due = is_invited(before) or gets_all  # an invited person holds nothing
        (comparison.changes if is_due else comparison.waiting).append(Change(before, None))
        if not is_due:
            held.update(*(binding.references for binding in comparison.live.bindings_of(old)))
    for change in [c for c in comparison.changes if c.after is None and isinstance(c.before, Role)]:
        if change.address in held:
            comparison.changes.remove(change)
            comparison.waiting.append(change)


def _gets_everything(
    new: Address, comparison: LiveComparison, planned: Collection[Address]
) -> bool:
    """Say whether *new* has all its declared bindings and teams, or they are *planned*."""
    bindings = (b for b in comparison.desired.bindings_of(new) if b.address not in planned)
    teams = (team for team in comparison.desired.teams_of(new) if team.address not in planned)
    there = comparison.live.memberships_of(new)
    return all(comparison.live.find(each) == each for each in bindings) and all(
        team.address in there for team in teams
    )
