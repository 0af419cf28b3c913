"""Grants and memberships of active principals, in a form for authorisation engines."""

from __future__ import annotations

from collections.abc import Iterator

from ...guard import Access
from ...model import EVERYONE, Address, Instant, Kind, Team
from ...model.instant import earlier, later
from ...model.reasons import in_order
from ...named_tuples import NamedTuple


class Grant(NamedTuple):
    """A role that ``holder`` has in ``scope``, by a membership for a time if ``team`` is set."""

    scope: Address
    role: Address
    holder: Address
    since: Instant | None = None
    until: Instant | None = None
    team: Address | None = None


def grants(access: Access) -> Iterator[Grant]:
    """Yield the grants in the state of *access*; members of a team for a time have their own."""
    for binding in access.state.bindings():
        for held in in_order(binding.roles):
            grant = Grant(binding.scope, held.role, binding.principal, held.since, held.until)
            is_many = binding.principal.kind is Kind.TEAM or binding.principal == EVERYONE
            if is_many or access.acts(binding.principal):
                yield grant
            yield from _for_a_time(grant, access)


def _for_a_time(grant: Grant, access: Access) -> Iterator[Grant]:
    """Yield the grants of the members for a time of the holder, a team."""
    team = access.state.get(grant.holder)
    for member in in_order(team.members) if isinstance(team, Team) else ():
        if (member.since or member.until) and access.acts(member.principal):
            since, until = later(grant.since, member.since), earlier(grant.until, member.until)
            yield Grant(grant.scope, grant.role, member.principal, since, until, grant.holder)


def lasting_members(team: Team, access: Access) -> list[Address]:
    """Return the active members of *team* without a term, sorted."""
    members = (m.principal for m in team.members if m.since is None and m.until is None)
    return sorted(member for member in members if access.acts(member))
