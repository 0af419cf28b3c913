"""The validity of a change in the state before it; an invalid one is not made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import assert_never

from ..model import (
    ACCOUNT,
    ACTORS,
    EVERYONE,
    Action,
    Address,
    Binding,
    Catalogue,
    Holding,
    Key,
    Kind,
    Level,
    Membership,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
    label,
    place,
)
from ..model.kind import PRINCIPALS, SCOPES
from ..model.reasons import elements, in_order, reason_fault, without_reasons
from ..model.resources import ObjectLevel
from ..planning import Change, joined
from .findings import InvalidChange, RuleId
from .form import renames_more, ungrammatical, unlike_live
from .granted import members
from .naming import Check, Objections, builtin, exists, malformed


def fault(change: Change, state: State, catalogue: Catalogue) -> InvalidChange | None:
    """Return the first reason why *change* is invalid in *state*, or None."""
    for rule, check in CHECKS:
        for message, hint in check(change, state, catalogue):
            return InvalidChange(rule, message, hint)
    return None


def _is_there(change: Change, state: State, _: Catalogue) -> Objections:
    before = change.before
    if isinstance(before, Binding) and not before.roles:
        return  # a binding without roles needs no resources
    if before is not None and state.find(before) is None:
        hint = "check the name; it may have been removed meanwhile"
        yield f"`{before.address}` does not exist", hint


def _dangling(change: Change, state: State, _: Catalogue) -> Objections:
    hint = "declare it, or correct the name"
    for resource in change.made:
        others = (each for each in resource.references if each != change.address)
        for reference in sorted(each for each in others if not state.knows(each)):
            yield f"`{resource.address}` refers to `{reference}`, which does not exist", hint
    for team in change.joins:
        if not state.knows(team):
            yield f"`{team}` does not exist", hint


def _misplaced(change: Change, state: State, catalogue: Catalogue) -> Objections:
    for resource in change.made:
        match resource:
            case Binding():
                for what in _misbound(resource, state):
                    yield what, "give the role in the scope for which it is made"
            case Team():
                yield from _wrong_members(resource)
            case ObjectAccess():
                for what in _mislisted(resource):
                    yield what, "list people, service accounts and teams"
            case Role():
                for what in _misbased(resource, state):
                    yield what, "give a built-in role of the same level as `base`"
                yield from _reserved(resource, change.before, catalogue)
            case User() | ServiceAccount() | Key() | Workspace():
                pass  # they refer to nothing, or to an owner
            case _ as never:
                assert_never(never)


def _wrong_members(team: Team) -> Objections:
    if twice := _repeated(member.principal for member in team.members):
        yield f"`{team.address}` names `{label(twice)}` twice", "name each member once"
    for member in sorted(team.references):
        if member.kind not in ACTORS:
            what = f"`{label(member)}` cannot be a member of `{team.address}`"
            yield what, "teams hold users and service accounts only"


def _no_object(change: Change, *_: object) -> Objections:
    """Refuse the access list of an object that does not exist: no system lets us create one."""
    after = change.after
    if change.before is None and isinstance(after, ObjectAccess):
        hint = "make it first and plan again, correct the name, or take its table out"
        yield f"there is no `{after.name}` in {place(after.workspace)}", hint


def _mislisted(listed: ObjectAccess) -> Iterator[str]:
    for level in ObjectLevel:
        if listed.at(level) and level not in listed.levels:
            yield f"`{listed.address}` has nobody to {level} it: a {listed.type} is not {level}"
    for who in sorted(listed.principals):
        if who.kind not in PRINCIPALS:
            yield f"`{who}` cannot be on the access list of `{listed.address}`"


def _repeated(addresses: Iterable[Address]) -> Address | None:
    """Return the first duplicate in *addresses*, None if there is none."""
    listed = list(addresses)
    if len(listed) == len(set(listed)):
        return None
    return min(address for address, n in Counter(listed).items() if n > 1)


def _misbound(binding: Binding, state: State) -> Iterator[str]:
    if twice := _repeated(holding.role for holding in binding.roles):
        yield f"`{binding.address}` names `{twice}` twice"
    if binding.scope.kind not in SCOPES:
        yield f"`{binding.scope}` is no scope"
    level = Level.ACCOUNT if binding.scope == ACCOUNT else Level.WORKSPACE
    if level is Level.ACCOUNT and binding.principal.kind in (Kind.TEAM, Kind.EVERYONE):
        yield f"`{label(binding.principal)}` cannot hold an account role"
    for holding in in_order(binding.roles):
        role = state.get(holding.role)
        if not isinstance(role, Role) or role.level is not level:
            yield f"`{holding.role}` is not a role of the {level}"


def _misbased(role: Role, state: State) -> Iterator[str]:
    for address in sorted(role.base):
        base = state.get(address)
        if not isinstance(base, Role) or not base.builtin or base.level is not role.level:
            yield f"`{role.address}` is based on `{address}`, which is not built-in"
    if len(role.base) > 1:
        yield f"`{role.address}` has more than one base"
    for address in sorted(role.implies):
        implied = state.get(address)
        is_of_workspaces = isinstance(implied, Role) and implied.level is Level.WORKSPACE
        if role.level is not Level.ACCOUNT or not is_of_workspaces:
            yield f"`{role.address}` implies `{address}`, which is not a role of workspaces"


def _reserved(role: Role, before: Resource | None, catalogue: Catalogue) -> Objections:
    held = before.permissions if isinstance(before, Role) else frozenset()
    for permission in sorted(role.permissions - held):
        title = catalogue.titles.get(permission)
        if title is not None and title.reserved:
            yield f"no custom role may hold `{permission}`", "take it out"


def _roleless(change: Change, *_: object) -> Objections:
    hint = "give it a role in `[members]`; to take access away, remove the principal"
    resource, is_made = change.resource, change.action in (Action.CREATE, Action.REPLACE)
    has_role = any(b.scope == ACCOUNT and b.roles for b in change.brings)
    if isinstance(resource, User | ServiceAccount) and is_made and not has_role:
        yield f"`{change.address}` has no account role", hint
    is_kept = isinstance(change.after, Binding) and change.after.roles
    if isinstance(resource, Binding) and resource.scope == ACCOUNT and not is_kept:
        yield f"`{label(resource.principal)}` would be left without an account role", hint


def _faulty_reasons(change: Change, *_: object) -> Objections:
    known = elements(change.before)
    for resource in change.made:
        faulty = [each for each in elements(resource) - known if reason_fault(each.reason)]
        for element in in_order(faulty):
            what = f"a reason in `{resource.address}` {reason_fault(element.reason)}"
            yield what, "write the reason on one line, shorter"


def _reversed_terms(change: Change, *_: object) -> Objections:
    for term in terms(change):
        if term.since and term.until and term.since >= term.until:
            yield f"a term of `{change.address}` ends before it begins", "put `from` before `until`"


def terms(change: Change) -> Iterator[Holding | Membership]:
    """Yield every holding and membership that is new in *change*."""
    match change.after:
        case Binding(roles=roles):
            before = change.before.roles if isinstance(change.before, Binding) else frozenset()
            yield from without_reasons(roles) - without_reasons(before)
        case Team():
            yield from members(change.after) - members(change.before)
    for binding in change.brings:
        yield from binding.roles


def _external(change: Change, state: State, _: Catalogue) -> Objections:
    teams: list[tuple[Resource | None, Resource | None]]
    teams = [(state.get(team.address), team) for team in joined(change, state)]
    if isinstance(change.resource, Team):
        teams.append((change.before, change.after))
    for before, after in teams:
        if not isinstance(before, Team) or not before.managed_by:
            continue
        team, by = before.address, before.managed_by
        if _people(before) != _people(after):
            here = "change them there; service accounts can be set here"
            hint = here if after else "delete the team there"
            yield f"the users of `{team}` are managed by `{by}`", hint
        if isinstance(after, Team) and after.managed_by != by and _people(before):
            hint = "remove these users there first: whoever unties the team could change them"
            yield f"`{team}` has users that `{by}` manages", hint


def _people(team: Resource | None) -> frozenset[Membership]:
    return frozenset(m for m in members(team) if m.principal.kind is Kind.USER)


def _in_use(change: Change, state: State, _: Catalogue) -> Objections:
    if not isinstance(change.before, Role) or change.after is not None:
        return
    role = change.before.address
    for binding in state.bindings_with(role, in_order=True):
        who = "as default role" if binding.principal == EVERYONE else label(binding.principal)
        where = "the account" if binding.scope == ACCOUNT else f"`{binding.scope}`"
        yield (
            f"`{role}` is in use: {who} in {where}",
            "first take the role from everybody who holds it",
        )
    for other in sorted(state.roles_on(role)):
        yield f"`{role}` is in use: `{other}` is based on it", "change that role first"


CHECKS: tuple[tuple[RuleId, Check], ...] = (
    (RuleId.INVALID, ungrammatical),
    (RuleId.UNSUPPORTED, _no_object),
    (RuleId.INVALID, _is_there),
    (RuleId.BUILTIN, builtin),
    (RuleId.INVALID, exists),
    (RuleId.INVALID, unlike_live),
    (RuleId.INVALID, renames_more),
    (RuleId.INVALID, malformed),
    (RuleId.INVALID, _dangling),
    (RuleId.INVALID, _misplaced),
    (RuleId.INVALID, _roleless),
    (RuleId.INVALID, _reversed_terms),
    (RuleId.INVALID, _faulty_reasons),
    (RuleId.EXTERNAL, _external),
    (RuleId.IN_USE, _in_use),
)
"""The checks in order: the resource, its name, its references, its users."""
