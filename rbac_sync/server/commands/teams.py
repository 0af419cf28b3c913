"""Teams: create one, add and remove members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...model import Address, Membership, Team
from ...planning import Change
from ..guarded_store import WriteTransaction
from ..refusals import Missing


def create_team(transaction: WriteTransaction, name: str, description: str = "") -> Team:
    """Create a team; one that has this *name* gets the *description* and keeps its members."""
    new = Team(name, description=description)
    before = transaction.view.state.get(new.address)
    after = replace(before, description=description) if isinstance(before, Team) else new
    transaction.make(Change(before, after))
    return after


def add_members(transaction: WriteTransaction, team: Team, principals: Iterable[Address]) -> Team:
    """Add *principals* to *team*; nobody is removed, and present members keep their terms.

    A place that has ended, or is to begin, is replaced by one that lasts from now on.
    """
    present = set(transaction.view.members(team))
    added = {who for who in principals if who not in present}
    kept = frozenset(place for place in team.members if place.principal not in added)
    after = replace(team, members=kept | set(map(Membership, added)))
    transaction.make(Change(team, after))
    return after


def remove_member(transaction: WriteTransaction, team: Team, principal: Address | None) -> Team:
    """Remove *principal* from *team*; None is never a member.

    Raises:
        Refusal: the principal is no member, or the guard refuses it.
    """
    if principal not in transaction.view.members(team):
        raise Missing
    after = replace(team, members=frozenset(m for m in team.members if m.principal != principal))
    transaction.make(Change(team, after))
    return after
