"""Grants: roles of principals in scopes, held directly or by a team, with terms and reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from ..dataclasses import replace
from ..named_tuples import NamedTuple
from .address import EVERYONE, Address, label, place
from .catalogue import Catalogue
from .instant import Instant, earlier, later, length, rfc3339
from .policy import Policy
from .reasons import in_order
from .resources import Binding, Holding, Membership, Role, Team
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


def with_copies(policy: Policy, state: State, catalogue: Catalogue) -> Policy:
    """Return *policy* with its limits on a role for its copies, too.

    A copy is a custom role of *state* that grants all permissions of a built-in role, perhaps in
    every workspace. A longest term that names the copy itself holds in place of that of the
    built-in role.
    """
    named = policy.roles_with_terms | policy.require_reason_for
    copies = [
        (role.address, original.address)
        for original in filter(None, map(catalogue.roles.get, named))
        for role in state.of(Role).values()
        if not role.builtin and _grants_all(role, original, state, catalogue)
    ]
    longest: dict[Address, timedelta] = {}
    for copy, original in copies:
        if (term := policy.max_term.get(original)) is not None:
            longest[copy] = min(term, longest.get(copy, term))
    reasons, ends = (
        roles | {copy for copy, original in copies if original in roles}
        for roles in (policy.require_reason_for, policy.require_end_for)
    )
    terms = {**longest, **policy.max_term}
    return replace(policy, require_reason_for=reasons, require_end_for=ends, max_term=terms)


def _grants_all(role: Role, original: Role, state: State, catalogue: Catalogue) -> bool:
    """Say whether *role* grants all permissions of *original*, itself or by a role it implies."""
    if role.level is original.level:
        return original.permissions <= catalogue.expanded(role, catalogue.roles.get)
    implied = (catalogue.roles.get(each) or state.get(each) for each in role.implies)
    return any(isinstance(r, Role) and _grants_all(r, original, state, catalogue) for r in implied)


def hint_of_copy(role: Address, policy: Policy) -> str:
    """Return the end of a hint if *policy* limits *role* without naming it, else nothing."""
    is_named = role in policy.roles_with_terms | policy.require_reason_for
    return "" if is_named else f"; `{role.name}` has all permissions of a role that `[guard]` names"


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
