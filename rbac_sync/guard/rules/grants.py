"""Rules about roles that must have an end, or a reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import timedelta

from ...model import (
    Action,
    Address,
    Binding,
    Holding,
    Membership,
    Policy,
    Role,
    State,
    Team,
    label,
    place,
)
from ...model import address as named
from ...model.grants import (
    GrantPath,
    RoleGrant,
    disallowed,
    grant_at,
    grants,
    grants_by,
    hint_of_copy,
    term_fault,
)
from ...model.instant import length, outlasts
from ...model.reasons import elements, in_order
from ...planning import Change
from ..context import GuardContext
from ..findings import Finding, RuleId

HINT = "write an `until` beside it, no later than `[guard]` allows"
WRITE_REASON = 'write `{ who = "...", reason = "..." }` in the configuration'


def term(context: GuardContext) -> Iterator[Finding]:
    """A role in `max_term` or `require_end_for` is given with an end, and not for too long.

    The rule judges the common term of the role and, for a role through a team, of the membership.
    It uses the declared ends if the target keeps none. A custom role with all permissions of a
    built-in role is a copy, and has the same limit. A role that the policy names is not renamed
    to a name with a looser limit. A grant that does not last longer than before is advice and not
    refused, unless the run is strict.
    """
    limits = context.limits
    roles = limits.roles_with_terms
    reported: set[GrantPath] = set()
    for change in context.sound if roles else ():
        for made in _new_grants(change, roles, context):
            grant = _declared(made, context)
            fault = term_fault(grant, limits, context.now)
            if not fault or grant.path in reported or _lasted(grant, context):
                continue
            reported.add(grant.path)
            message = f"{grant.path} would hold `{grant.path.role.name}` {fault}"
            hint = HINT + hint_of_copy(grant.path.role, context.policy)
            yield context.finding(RuleId.TERM, change, message, hint, grant.path.scope)
    yield from _renamed(context, RuleId.TERM, _looser_term)
    yield from _standing(context, RuleId.TERM, reported)


def _renamed(
    context: GuardContext, rule: RuleId, looser: Callable[[Policy, Address, Address], str]
) -> Iterator[Finding]:
    """Yield the findings about roles whose new names have *looser* limits than their old ones.

    *Why*: otherwise the next plan could give the role without the limit.
    """
    for change in context.sound:
        old = change.before
        if change.action is Action.RENAME and isinstance(old, Role):
            new = context.new_address(old.address)
            if what := looser(context.policy, old.address, new):
                hint = f"write `{new.name}` there first"
                yield context.finding(rule, change, f"`{old.address}` {what}", hint)


def _looser_term(policy: Policy, old: Address, new: Address) -> str:
    """Return how the term of *old* by *policy* is stricter than that of *new*, or nothing."""
    longest = policy.max_term.get(old, timedelta.max)
    if policy.max_term.get(new, timedelta.max) > longest:
        term = f"has a longest term of {length(longest)} in `max_term`"
        return f"{term}, and its new name allows a longer one"
    roles = policy.roles_with_terms
    is_looser = old in roles and new not in roles
    return "is in `require_end_for`, and its new name needs no end" if is_looser else ""


def _without_reason(policy: Policy, old: Address, new: Address) -> str:
    """Return that *policy* requires a reason for *old* and not for *new*, or nothing."""
    is_looser = old in policy.require_reason_for and new not in policy.require_reason_for
    return "is in `require_reason_for`, and its new name is not" if is_looser else ""


def _standing(
    context: GuardContext, rule: RuleId, reported: Collection[GrantPath] = frozenset()
) -> Iterator[Finding]:
    """Yield the findings of a strict run about declared grants that the plan does not change.

    *rule* is REASON or TERM. Elsewhere such grants are advice.
    """
    policy, declared = context.limits, context.declared
    if not policy.is_strict or declared is None:
        return
    for grant, fault in disallowed(policy, declared, context.now, terms=rule is RuleId.TERM):
        path = grant.path
        if path not in reported:
            message = f"{path} holds `{path.role.name}` {fault}"
            origin = context.plan.origin(named.binding(path.team or path.who, path.scope))
            hint = HINT if rule is RuleId.TERM else WRITE_REASON
            hint += hint_of_copy(path.role, context.policy)
            yield Finding(rule, path.who, message, hint, path.scope, (), origin)


def _new_grants(
    change: Change, roles: Collection[Address], context: GuardContext
) -> Iterator[RoleGrant]:
    """Yield the grants on the outcome that *change* makes, or gives another term."""
    known, state = elements(change.before), context.outcome.state
    for resource in change.made:
        match resource:
            case Binding():
                yield from grants_by(resource, roles, state)
            case Team():
                joined = {m.principal for m in resource.members - known}
                yield from _by_team(resource.address, joined, roles, context)
            case Role():
                yield from grants(
                    _with_implying(resource.address, state).intersection(roles), state
                )
    for team in change.joins:
        yield from _by_team(team, {change.address}, roles, context)


def _with_implying(role: Address, state: State) -> set[Address]:
    """Return *role* and the roles that imply it: all of these may become copies of another one."""
    return {role, *state.roles_on(role)}


def _by_team(
    team: Address, people: Collection[Address], roles: Collection[Address], context: GuardContext
) -> Iterator[RoleGrant]:
    state = context.outcome.state
    for binding in state.bindings_of(team):
        yield from (g for g in grants_by(binding, roles, state) if g.path.who in people)


def _declared(grant: RoleGrant, context: GuardContext) -> RoleGrant:
    """Return *grant* as it is declared if the target keeps no ends, else unchanged."""
    declared = context.with_ends
    return grant if declared is None else grant_at(grant.path, declared) or grant


def _lasted(grant: RoleGrant, context: GuardContext) -> bool:
    """Say whether the same grant is live for at least as long, from its beginning to its end."""
    before, role = grant_at(grant.path, context.start), grant.path.role
    first, limits = context.first_limits, context.limits
    longest_before, longest = (p.max_term.get(role, timedelta.max) for p in (first, limits))
    needs_end = grant.until is None and role in limits.require_end_for - first.require_end_for
    if needs_end or longest < longest_before:
        return False  # the role becomes the copy of another one
    if before is None or outlasts(grant.until, before.until):
        return False
    began, begins = (max(each.since or context.now, context.now) for each in (before, grant))
    return began <= begins


def reason(context: GuardContext) -> Iterator[Finding]:
    """A grant of a role in `require_reason_for`, or a place in a team with one, has a reason.

    So has a grant of a copy, a custom role with all permissions of such a built-in role. A role
    that the policy names is not renamed to a name that needs no reason.
    An unchanged grant without a reason is advice and not refused, unless the run is strict.
    Present members of a team need no reason of their own when the team gets such a role: the
    reason of the team's grant is enough.
    """
    required, reported = context.limits.require_reason_for, set[tuple[str, Address]]()
    for change in context.sound if required else ():
        for what, role in _unexplained(change, context):
            if (what, role) in reported:
                continue
            reported.add((what, role))
            message = f"{what} as `{role.key.partition('/')[2]}`, and no reason is given"
            hint = WRITE_REASON + hint_of_copy(role, context.policy)
            yield context.finding(RuleId.REASON, change, message, hint)
    yield from _renamed(context, RuleId.REASON, _without_reason)
    yield from _standing(context, RuleId.REASON)


def _unexplained(change: Change, context: GuardContext) -> Iterator[tuple[str, Address]]:
    """Yield the gains of *change* without a reason, with the role that requires one."""
    known, required = elements(change.before), context.limits.require_reason_for
    if isinstance(change.after, Role):
        state = context.outcome.state
        newly = required - context.first_limits.require_reason_for
        for grant in grants(newly & _with_implying(change.address, state), state):
            if not grant.reason and grant_at(grant.path, context.start):
                yield f"{grant.path} would act", grant.path.role
    for resource in change.made:
        for element in in_order(elements(resource) - known):
            if element.reason:
                continue
            match resource, element:
                case Binding(), Holding() if element.role in required:
                    who, where = label(resource.principal), place(resource.scope)
                    yield f"`{who}` would act in {where}", element.role
                case Team(), Membership():
                    yield from _unexplained_by_team(element.principal, resource.address, context)
    for team in change.joins:
        yield from _unexplained_by_team(change.address, team, context)


def _unexplained_by_team(
    who: Address, team: Address, context: GuardContext
) -> Iterator[tuple[str, Address]]:
    for binding in context.outcome.state.bindings_of(team):
        for role in sorted({h.role for h in binding.roles} & context.limits.require_reason_for):
            what = f"`{label(who)}` would act, through `{label(team)}`, in"
            yield f"{what} {place(binding.scope)}", role
