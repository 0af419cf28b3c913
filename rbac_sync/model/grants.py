"""Grants: roles of principals in scopes, held directly or by a team, with terms and reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..named_tuples import NamedTuple
from .address import EVERYONE, Address, label, place
from .instant import Instant, earlier, later, length, rfc3339
from .policy import Policy
from .reasons import in_order
from .resources import Binding, Holding, Membership, Team
from .state import State


class GrantPath(NamedTuple):
    """The path of a grant: a principal holds a role in a scope, by a team or (None) directly."""

    who: Address
    scope: Address
    role: Address
    team: Address | None = None

    def __str__(self) -> str:
        who = "every user" if self.who == EVERYONE else f"`{label(self.who)}`"
        through = f", through `{label(self.team)}`," if self.team else ""
        return f"{who}{through} in {place(self.scope)}"


class RoleGrant(NamedTuple):
    """A grant with its term: the time in which its binding and its membership both hold."""

    path: GrantPath
    since: Instant | None
    until: Instant | None
    reason: str


def grants_by(binding: Binding, roles: Collection[Address], state: State) -> Iterator[RoleGrant]:
    """Yield the grants of *roles* by *binding*; the binding of a team makes one for each member."""
    team = state.get(binding.principal)
    for holding in in_order([h for h in binding.roles if h.role in roles]):
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
    """Return the grant on *path* in *state*, or None."""
    binding = state.binding(path.team or path.who, path.scope)
    known = grants_by(binding, (path.role,), state) if binding else ()
    return next((grant for grant in known if grant.path == path), None)


def disallowed(
    policy: Policy, state: State, now: Instant, *, terms: bool
) -> Iterator[tuple[RoleGrant, str]]:
    """Yield the grants in *state* whose terms (or without *terms*, reasons) *policy* forbids."""
    roles = policy.roles_with_terms if terms else policy.require_reason_for
    for grant in grants(roles, state):
        without_reason = "" if grant.reason else "without a reason"
        if fault := term_fault(grant, policy, now) if terms else without_reason:
            yield grant, fault


def term_fault(grant: RoleGrant, policy: Policy, now: Instant) -> str:
    """Return the fault of the term of *grant* by *policy*, or nothing.

    A longest term counts from *now*, or from the beginning of a grant that has not begun.
    """
    until, longest = grant.until, policy.max_term.get(grant.path.role)
    if until is None:
        return "without an end" if grant.path.role in policy.roles_with_terms else ""
    if longest is None or until <= max(now, grant.since or now) + longest:
        return ""
    return f"until {rfc3339(until)}, for longer than {length(longest)}"


def _within(path: GrantPath, holding: Holding, member: Membership) -> RoleGrant:
    since, until = later(holding.since, member.since), earlier(holding.until, member.until)
    return RoleGrant(path, since, until, member.reason or holding.reason)
