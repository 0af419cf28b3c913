"""Grants: who holds a role in a scope, by itself or by a team, for how long and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from .address import EVERYONE, Address, label, place
from .instant import Instant, earlier, later, length, rfc3339
from .policy import Policy
from .resources import Binding, Holding, Membership, Team
from .state import State


class GrantPath(NamedTuple):
    """The way of a grant: a principal holds a role in a scope, by a team or (None) by itself."""

    who: Address
    scope: Address
    role: Address
    team: Address | None = None

    def __str__(self) -> str:
        who = "every user" if self.who == EVERYONE else f"`{label(self.who)}`"
        through = f", through `{label(self.team)}`," if self.team else ""
        return f"{who}{through} in {place(self.scope)}"


class RoleGrant(NamedTuple):
    """A grant with its term: the time in which all that it rests on holds."""

    path: GrantPath
    since: Instant | None
    until: Instant | None
    reason: str


def grants_by(binding: Binding, roles: Collection[Address], state: State) -> Iterator[RoleGrant]:
    """Yield what *binding* gives of *roles*; a team gives it to each of its members."""
    team = state.get(binding.principal)
    for holding in sorted((h for h in binding.roles if h.role in roles), key=repr):
        if isinstance(team, Team):
            for member in sorted(team.members, key=lambda member: member.principal):
                path = GrantPath(member.principal, binding.scope, holding.role, team.address)
                yield _within(path, holding, member)
        else:
            path = GrantPath(binding.principal, binding.scope, holding.role)
            yield RoleGrant(path, holding.since, holding.until, holding.reason)


def grants(roles: Collection[Address], state: State) -> Iterator[RoleGrant]:
    """Yield every grant of *roles* in *state*, role by role."""
    for role in sorted(roles):
        for binding in state.bindings_with(role):
            yield from grants_by(binding, (role,), state)


def grant_at(path: GrantPath, state: State) -> RoleGrant | None:
    """Return the grant that *state* has on the way *path*, or None."""
    binding = state.binding(path.team or path.who, path.scope)
    known = grants_by(binding, (path.role,), state) if binding else ()
    return next((grant for grant in known if grant.path == path), None)


def disallowed(
    policy: Policy, state: State, now: Instant, *, terms: bool
) -> Iterator[tuple[RoleGrant, str]]:
    """Yield the grants in *state* with *terms*, or else reasons, that *policy* does not allow."""
    roles = policy.roles_with_terms if terms else policy.require_reason_for
    for grant in grants(roles, state):
        fault = term_fault(grant, policy, now) if terms else _reason_fault(grant)
        if fault:
            yield grant, fault


def term_fault(grant: RoleGrant, policy: Policy, now: Instant) -> str:
    """Return what *policy* has against the term of *grant*, or nothing.

    A longest term counts from *now*, or from the beginning of what has not begun.
    """
    until, longest = grant.until, policy.max_term.get(grant.path.role)
    if until is None:
        return "without an end" if grant.path.role in policy.roles_with_terms else ""
    if longest is None or until <= max(now, grant.since or now) + longest:
        return ""
    return f"until {rfc3339(until)}, for longer than {length(longest)}"


def _reason_fault(grant: RoleGrant) -> str:
    return "" if grant.reason else "without a reason"


def _within(path: GrantPath, holding: Holding, member: Membership) -> RoleGrant:
    since, until = later(holding.since, member.since), earlier(holding.until, member.until)
    return RoleGrant(path, since, until, member.reason or holding.reason)
