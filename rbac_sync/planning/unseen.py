"""Resources and access that a read could not see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, assert_never

from ..dataclasses import replace
from ..model import (
    ACCOUNT,
    ANYWHERE,
    Action,
    Address,
    Binding,
    Declaration,
    Horizon,
    Key,
    Kind,
    Manage,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    State,
    Subject,
    Team,
    User,
    Workspace,
)
from ..model.address import object_workspace
from ..model.kind import PRINCIPALS, SUBJECTS
from ..model.resources import CLASSES
from .change import Change
from .renames import new_names, under_new_names

if TYPE_CHECKING:
    from .plan import Plan


def is_unseen(change: Change, horizon: Horizon, live: State) -> bool:
    """Say whether *change* affects resources that *horizon* hides; *live* is the seen state.

    A hidden resource is neither created, since it may exist, nor changed or removed. A resource
    that may be held or used in an unseen place is not deleted.
    """
    if horizon.is_whole:
        return False
    return _reaches_out(change, horizon, live) or is_out_of_sight(change, horizon, live)


def is_out_of_sight(change: Change, horizon: Horizon, live: State) -> bool:
    """Say whether *horizon* hides the resources of *change*, so that nobody sees if it is made."""
    if change.action is Action.RENAME:
        return _may_be_there(change.resource, horizon, live)
    sides = change.made if change.before is None else (change.before, *change.made)
    if any(_touches(side, horizon, live) for side in sides):
        return True
    return any(team in horizon.partly for team in change.joins)


def _may_be_there(resource: Resource, horizon: Horizon, live: State) -> bool:
    """Say whether a resource with the name of *resource* may exist unseen.

    A new name gives nobody access, so a thing that was seen in part can be renamed; a new address
    of a person does, see ``_worth``.
    """
    is_new_workspace = isinstance(resource, Workspace) and live.get(resource.address) is None
    return resource.kind in horizon.kinds or (is_new_workspace and horizon.more_workspaces)


def _touches(side: Resource, horizon: Horizon, live: State) -> bool:
    match side:
        case User() | ServiceAccount() | Role():
            return side.kind in horizon.kinds
        case Key():
            return side.kind in horizon.kinds or side.owner.kind in horizon.kinds
        case Team():
            hidden = any(member.kind in horizon.kinds for member in side.references)
            return side.kind in horizon.kinds or side.address in horizon.partly or hidden
        case Workspace():
            return _may_be_there(side, horizon, live)
        case Binding():
            is_there = side.scope == ACCOUNT or live.get(side.scope) is not None
            no_role = any(live.get(holding.role) is None for holding in side.roles)
            hidden = horizon.more_workspaces and not is_there
            hidden = hidden or (Kind.ROLE in horizon.kinds and no_role)
            return hidden or side.principal.kind in horizon.kinds or horizon.is_partial(side.scope)
        case ObjectAccess():
            hidden = horizon.more_workspaces and live.get(side.workspace) is None
            hidden = hidden or any(each.kind in horizon.kinds for each in side.references)
            return hidden or side.address in horizon.partly
    assert_never(side)


def _reaches_out(change: Change, horizon: Horizon, live: State) -> bool:
    """Say whether *change* gives or takes access in an unseen place.

    A change of a role, a person or a key changes unseen access; a deletion ends unseen bindings.
    """
    before, after = change.before, change.after
    goes = change.action in (Action.DELETE, Action.REPLACE)
    match change.resource:
        case Role() | User() | ServiceAccount() | Team():
            is_other = before is not None and (goes or _worth(before) != _worth(after))
            return horizon.hides_access and is_other
        case Key(owner=owner):
            return horizon.hides_access and live.knows(owner)
        case Workspace() as workspace:
            return goes and (
                _has_hidden_list(workspace, horizon) or horizon.is_partial(workspace.address)
            )
        case Binding() | ObjectAccess():
            return False
        case _ as never:
            assert_never(never)


def _has_hidden_list(workspace: Workspace, horizon: Horizon) -> bool:
    objects = (each for each in horizon.partly if each.kind is Kind.OBJECT)
    return any(object_workspace(each) == workspace.address for each in objects)


def _worth(resource: Resource | None) -> object:
    """Return the parts of *resource* on which the access of its holders, or its own, depends."""
    match resource:
        case Role():
            return resource.permissions, resource.references
        case User():
            return resource.address, resource.status, resource.expires
        case Team():
            return resource.managed_by  # a team whose roles or members are hidden is in ``partly``
        case ServiceAccount() | Key() | Workspace() | Binding() | ObjectAccess() | None:
            return None
    assert_never(resource)


def is_partly_seen(scope: Address | None, live: State, horizon: Horizon) -> bool:
    """Say whether unseen access may exist in *scope*; None is anywhere. *live* was seen."""
    if scope is None or scope == ANYWHERE:
        return horizon.hides_access
    is_shown = live.knows(scope)
    return horizon.hides_access_in(scope) or (not is_shown and horizon.hides_workspaces)


def unseen_renames(
    renamed: Collection[Change], horizon: Horizon, live: State
) -> Collection[Change]:
    """Return the renames to names that may be taken, or that a thing keeps because of another."""
    unmoved = {change for change in renamed if is_unseen(change, horizon, live)}
    while True:
        kept = {change.before.address for change in unmoved if change.before}
        more = {change for change in renamed if change.address in kept} - unmoved
        if not more:
            return unmoved
        unmoved |= more


def seen_part(
    plan: Plan, declaration: Declaration, horizon: Horizon, unmoved: Collection[Change]
) -> Plan:
    """Return *plan* without the changes to unseen resources, and those that depend on them.

    *unmoved* are renames that cannot be made: nothing is deleted or created under their names.
    """
    start, names = under_new_names(plan.live, plan.changes), new_names(plan.changes)
    horizon = horizon.under(names)
    changes = [c for c in (*plan.changes, *plan.waiting) if c.action is not Action.RENAME]
    unmoved_names = {
        side.address for change in unmoved for side in (change.before, change.after) if side
    }
    hidden = dict.fromkeys(
        change
        for change in changes
        if is_unseen(change, horizon, start)
        or (change.address in unmoved_names and None in (change.before, change.after))
    )
    while more := _dependent(changes, hidden, plan.successors):
        hidden.update(dict.fromkeys(more))
    return replace(
        plan,
        changes=tuple(change for change in plan.changes if change not in hidden),
        waiting=tuple(change for change in plan.waiting if change not in hidden),
        unknown=_unknown_parts(declaration, horizon, hidden, start),
    )


def _dependent(
    changes: Iterable[Change], hidden: Collection[Change], successors: Mapping[Address, Address]
) -> list[Change]:
    """Return those of *changes* that need a *hidden* one."""
    if not hidden:
        return []
    from .needs import receipts

    missing = {change.address for change in hidden if change.before is None}
    not_given = receipts(hidden, set(successors.values()))
    return [
        change
        for change in changes
        if change not in hidden
        and (
            any(not missing.isdisjoint(side.references) for side in change.made)
            or (change.after is None and successors.get(change.address) in not_given)
        )
    ]


def _unknown_parts(
    declaration: Declaration, horizon: Horizon, hidden: Iterable[Change], live: State
) -> tuple[str, ...]:
    """Return the managed parts that *horizon* hides, as text, sorted.

    *hidden* are the changes that are not planned for that reason; *live* is the seen state.
    """
    parts = {str(change.address) for change in hidden}
    desired = declaration.desired
    for kind, subject in SUBJECTS.items():
        if kind not in horizon.kinds:
            continue
        reach = declaration.reach(subject)
        is_declared = bool(desired.of(CLASSES[kind]))
        if reach is Manage.ALL or (reach is Manage.DECLARED and is_declared):
            parts.add(f"every {kind}")
    if declaration.reach(Subject.ACCESS) is Manage.ALL and desired.of(Workspace):
        parts |= {f"access of every {kind}" for kind in horizon.kinds & PRINCIPALS}
        if horizon.more_workspaces:
            parts |= {str(scope) for scope in desired.of(Workspace) if live.get(scope) is None}
    if horizon.more_workspaces and declaration.reach(Subject.WORKSPACES) is Manage.ALL:
        parts.add("workspaces that are not shown")
    for address in horizon.partly:
        subject = Subject.TEAMS if address.kind is Kind.TEAM else Subject.ACCESS
        if desired.get(address) is not None and declaration.reach(subject) is not Manage.NONE:
            parts.add(str(address))
    return tuple(sorted(parts))
