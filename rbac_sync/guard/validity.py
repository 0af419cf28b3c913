"""The validity of a change in the state before it; an invalid one is not made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
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
from ..model.kind import PRINCIPALS, SCOPES, SPECS, Trait
from ..model.reason import reason_fault
from ..model.resources import ObjectLevel, elements, without_reasons
from ..model.skeleton import apart, spelt
from ..planning import Change, joined
from .findings import InvalidChange, RuleId
from .form import renames_more, ungrammatical, unlike_live
from .granted import members

Check = Callable[[Change, State, Catalogue], InvalidChange | None]


def fault(change: Change, state: State, catalogue: Catalogue) -> InvalidChange | None:
    """Return the first reason why *change* is invalid in *state*, or None."""
    for check in CHECKS:
        if invalid := check(change, state, catalogue):
            return invalid
    return None


def _exists(change: Change, state: State, _: Catalogue) -> InvalidChange | None:
    if change.before is None or change.action is Action.RENAME:
        if state.find(change.resource) is None:
            return None
        what = f"`{change.address}` exists already"
        return InvalidChange(RuleId.INVALID, what, "change what is there, or choose another name")
    return None


def _is_there(change: Change, state: State, _: Catalogue) -> InvalidChange | None:
    if isinstance(change.before, Binding) and not change.before.roles:
        return None  # a binding without roles needs no resources
    if change.before is not None and state.find(change.before) is None:
        what = f"`{change.before.address}` does not exist"
        return InvalidChange(
            RuleId.INVALID, what, "check the name; it may have been removed meanwhile"
        )
    return None


def _builtin(change: Change, state: State, catalogue: Catalogue) -> InvalidChange | None:
    if not isinstance(change.resource, Role):
        return None
    for side in (change.before, change.after):
        existing = side and state.get(side.address)
        if isinstance(existing, Role) and existing.builtin:
            what = f"`{existing.name}` is a built-in role and cannot be changed"
            return InvalidChange(
                RuleId.BUILTIN, what, "make a custom role with it as `base` instead"
            )
    named = change.after
    if isinstance(named, Role) and _new_name(change) and _imitates(named.name, catalogue):
        what = f"`{named.name}` is the name of a built-in role"
        return InvalidChange(RuleId.BUILTIN, what, "choose another name")
    return None


def _imitates(name: str, catalogue: Catalogue) -> bool:
    names = [role.name for role in catalogue.roles.values()]
    names += [*catalogue.display.values(), *catalogue.wire.values()]
    return name.isascii() and name.casefold() in {n.casefold() for n in names}


def _new_name(change: Change) -> bool:
    return change.action in (Action.CREATE, Action.RENAME)


RESERVED = frozenset({"*", "account", "everyone"})
"""Names with a meaning of their own: every workspace, the account and all its users."""

NAMED = (ServiceAccount, Team, Workspace, Role)


def _malformed(change: Change, state: State, catalogue: Catalogue) -> InvalidChange | None:
    after = change.after
    if after is None or not _new_name(change):
        return None
    if isinstance(after, User) and not (after.email.isascii() and "@" in after.email[1:-1]):
        what = f"`{after.email}` is no e-mail address in ASCII"
        return InvalidChange(
            RuleId.INVALID, what, "write it in ASCII; look-alike letters are refused"
        )
    if isinstance(after, NAMED) and _name(after).casefold() in RESERVED:
        what = f"`{_name(after)}` is nobody's name: it means all of something"
        return InvalidChange(RuleId.INVALID, what, "choose another name")
    name = _name(after)
    if not name.isprintable() or name != name.strip():
        what = f"{name!r} is no usable name"
        return InvalidChange(
            RuleId.INVALID, what, "use visible characters, without spaces at the ends"
        )
    return _look_alike(change, state, catalogue)


def _name(resource: Resource) -> str:
    match resource:
        case User():
            return resource.email or " "
        case Workspace():
            return resource.handle or " "
        case ServiceAccount() | Team() | Role() | Key():
            return resource.name or " "
        case Binding() | ObjectAccess():
            return "-"  # it has the name of its subject
    assert_never(resource)


def _look_alike(change: Change, state: State, catalogue: Catalogue) -> InvalidChange | None:
    """Refuse a new name that looks like an existing one, or differs from it only by case."""
    after, before = change.address, change.before and change.before.address
    if Trait.NAMED not in SPECS[after.kind].traits:
        return None
    if after.kind is Kind.ROLE:
        for _, name in catalogue.builtin_names.like(after.name):
            return _alike(after, name, "choose a name that differs in more than look or case")
    for other in state.alike(after):
        if other not in (before, after):
            written = f'`renamed_from = "{spelt(other.name)}"`'
            hint = f"choose another name; if it is the same thing, write {written}, or its name"
            return _alike(after, other.name, hint)
    return None


def _alike(address: Address, name: str, hint: str) -> InvalidChange:
    what = f"`{address.name}` cannot be told apart from the {address.kind.noun} `{name}`"
    return InvalidChange(
        RuleId.INVALID, what, "; ".join(filter(None, (apart(address.name, name), hint)))
    )


def _dangling(change: Change, state: State, _: Catalogue) -> InvalidChange | None:
    for resource in change.made:
        others = (each for each in resource.references if each != change.address)
        for reference in sorted(each for each in others if not state.knows(each)):
            what = f"`{resource.address}` refers to `{reference}`, which does not exist"
            return InvalidChange(RuleId.INVALID, what, "declare it, or correct the name")
    for team in change.joins:
        if not state.knows(team):
            return InvalidChange(
                RuleId.INVALID, f"`{team}` does not exist", "declare it, or correct the name"
            )
    return None


def _misplaced(change: Change, state: State, _: Catalogue) -> InvalidChange | None:
    for resource in change.made:
        if isinstance(resource, Binding) and (what := _misbound(resource, state)):
            return InvalidChange(RuleId.INVALID, what, "hold it in the scope it is made for")
        if isinstance(resource, Team):
            if twice := _repeated(member.principal for member in resource.members):
                what = f"`{resource.address}` names `{label(twice)}` twice"
                return InvalidChange(RuleId.INVALID, what, "name each member once")
            for member in resource.references:
                if member.kind not in ACTORS:
                    what = f"`{label(member)}` cannot be a member of `{resource.address}`"
                    return InvalidChange(
                        RuleId.INVALID, what, "teams hold users and service accounts only"
                    )
        if isinstance(resource, ObjectAccess) and (what := _mislisted(resource)):
            return InvalidChange(RuleId.INVALID, what, "list people, service accounts and teams")
        if isinstance(resource, Role) and (what := _misbased(resource, state)):
            return InvalidChange(
                RuleId.INVALID, what, "give a built-in role of the same level as `base`"
            )
    return None


def _no_object(change: Change, *_: object) -> InvalidChange | None:
    """Refuse the access list of an object that does not exist: no system lets us create one."""
    after = change.after
    if change.before is not None or not isinstance(after, ObjectAccess):
        return None
    what = f"there is no `{after.name}` in {place(after.workspace)}"
    hint = "make it first and plan again, correct the name, or take its table out"
    return InvalidChange(RuleId.UNSUPPORTED, what, hint)


def _mislisted(listed: ObjectAccess) -> str:
    for level in ObjectLevel:
        if listed.at(level) and level not in listed.levels:
            return f"`{listed.address}` has nobody to {level} it: a {listed.type} is not {level}"
    for who in sorted(listed.principals):
        if who.kind not in PRINCIPALS:
            return f"`{who}` cannot be on the access list of `{listed.address}`"
    return ""


def _repeated(addresses: Iterable[Address]) -> Address | None:
    """Return the first duplicate in *addresses*, None if there is none."""
    listed = list(addresses)
    if len(listed) == len(set(listed)):
        return None
    return next((address for address, n in Counter(listed).items() if n > 1), None)


def _misbound(binding: Binding, state: State) -> str:
    if twice := _repeated(holding.role for holding in binding.roles):
        return f"`{binding.address}` names `{twice}` twice"
    if binding.scope.kind not in SCOPES:
        return f"`{binding.scope}` is no scope"
    level = Level.ACCOUNT if binding.scope == ACCOUNT else Level.WORKSPACE
    if level is Level.ACCOUNT and binding.principal.kind in (Kind.TEAM, Kind.EVERYONE):
        return f"`{label(binding.principal)}` cannot hold an account role"
    for holding in binding.roles:
        role = state.get(holding.role)
        if not isinstance(role, Role) or role.level is not level:
            return f"`{holding.role}` is not a role of the {level}"
    return ""


def _misbased(role: Role, state: State) -> str:
    for address in role.base:
        base = state.get(address)
        if not isinstance(base, Role) or not base.builtin or base.level is not role.level:
            return f"`{role.address}` is based on `{address}`, which is not built-in"
    if len(role.base) > 1:
        return f"`{role.address}` has more than one base"
    for address in role.implies:
        implied = state.get(address)
        if role.level is not Level.ACCOUNT or not _of_workspaces(implied):
            return f"`{role.address}` implies `{address}`, which is not a role of workspaces"
    return ""


def _of_workspaces(role: Resource | None) -> bool:
    return isinstance(role, Role) and role.level is Level.WORKSPACE


def _roleless(change: Change, *_: object) -> InvalidChange | None:
    hint = "give it a role in `[members]`; to take access away, remove the principal"
    resource = change.resource
    is_made = change.action in (Action.CREATE, Action.REPLACE)
    if isinstance(resource, User | ServiceAccount) and is_made:
        held = [b for b in change.brings if b.scope == ACCOUNT and b.roles]
        what = "" if held else f"`{change.address}` has no account role"
    elif isinstance(resource, Binding) and resource.scope == ACCOUNT:
        kept = isinstance(change.after, Binding) and change.after.roles
        what = (
            "" if kept else f"`{label(resource.principal)}` would be left without an account role"
        )
    else:
        return None
    return InvalidChange(RuleId.INVALID, what, hint) if what else None


def _unreasonable(change: Change, *_: object) -> InvalidChange | None:
    known = elements(change.before)
    for resource in change.made:
        for element in elements(resource) - known:
            if wrong := reason_fault(element.reason):
                what = f"a reason in `{resource.address}` {wrong}"
                return InvalidChange(RuleId.INVALID, what, "write the reason on one line, shorter")
    return None


def _timeless(change: Change, *_: object) -> InvalidChange | None:
    for term in terms(change):
        if term.since and term.until and term.since >= term.until:
            what = f"a term of `{change.address}` ends before it begins"
            return InvalidChange(RuleId.INVALID, what, "put `from` before `until`")
    return None


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


def _external(change: Change, state: State, _: Catalogue) -> InvalidChange | None:
    teams: list[tuple[Resource | None, Resource | None]]
    teams = [(state.get(team.address), team) for team in joined(change, state)]
    if isinstance(change.resource, Team):
        teams.append((change.before, change.after))
    for before, after in teams:
        if not isinstance(before, Team) or not before.managed_by:
            continue
        team, by = before.address, before.managed_by
        if _people(before) != _people(after):
            hint = "change them there; service accounts can be set here"
            return InvalidChange(
                RuleId.EXTERNAL, f"the users of `{team}` are managed by `{by}`", hint
            )
        is_untied = isinstance(after, Team) and after.managed_by != by
        if is_untied and _people(before):
            hint = "take them out there first: whoever unties the team could write them"
            return InvalidChange(RuleId.EXTERNAL, f"`{team}` has users that `{by}` manages", hint)
    return None


def _people(team: Resource | None) -> frozenset[Membership]:
    return frozenset(m for m in members(team) if m.principal.kind is Kind.USER)


def _in_use(change: Change, state: State, _: Catalogue) -> InvalidChange | None:
    if not isinstance(change.before, Role) or change.after is not None:
        return None
    role = change.before.address
    for binding in state.bindings_with(role):
        who = "as default role" if binding.principal == EVERYONE else label(binding.principal)
        what = f"`{role}` is in use: {who} in {_where(binding.scope)}"
        return InvalidChange(RuleId.IN_USE, what, "take it from everybody who holds it first")
    for other in state.of(Role).values():
        if role in other.references:
            what = f"`{role}` is in use: `{other.address}` is based on it"
            return InvalidChange(RuleId.IN_USE, what, "change that role first")
    return None


def _where(scope: Address) -> str:
    return "the account" if scope == ACCOUNT else f"`{scope}`"


CHECKS: tuple[Check, ...] = (
    ungrammatical,
    _no_object,
    _is_there,
    _builtin,
    _exists,
    unlike_live,
    renames_more,
    _malformed,
    _dangling,
    _misplaced,
    _roleless,
    _timeless,
    _unreasonable,
    _external,
    _in_use,
)
"""The checks in order: the resource, its name, its references, its users."""
