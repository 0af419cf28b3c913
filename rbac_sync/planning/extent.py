"""The extent of a read: the workspaces whose access a run must read.

*Why* not all: over an API each costs a request or two. All other parts of an account (its
members, roles, teams, keys, workspaces and the bindings of teams) are read whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import assert_never

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Binding,
    Declaration,
    Key,
    Kind,
    Level,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
)
from ..model.address import bound
from .change import Change
from .planfile import SavedPlan
from .selection import Selection

Extent = frozenset[Address] | None
"""Addresses of workspaces; None is every workspace."""

ScopesOf = Callable[[Collection[Address]], Collection[Address] | None]
"""Returns the scopes of the bindings of some principals, and of those with some roles.

None if they are not known.
"""


def extent_of_declaration(declaration: Declaration, selection: Selection) -> Extent:
    """Return the workspaces where a plan for the selected changes compares or tests access."""
    tested = extent_of_tests(declaration)
    if tested is None or declaration.ignored:
        return None
    declared = {s for s in declaration.desired.of(Workspace) if selection.reaches(str(s))}
    former = (declaration.former.get(scope, ()) for scope in declared)
    return tested.union(declared, *former)


def extent_of_plan(
    saved: SavedPlan, declaration: Declaration, scopes_of: ScopesOf | None = None
) -> Extent:
    """Return the workspaces to read for a new check of *saved*, a plan for *declaration*.

    They include each workspace with a binding on which the plan depends. *scopes_of* finds
    bindings if they can be found without a read of all.
    """
    tested = extent_of_tests(declaration)
    changed = extent_of_changes(saved.changes, State(), scopes_of)
    if tested is None or changed is None:
        return None
    rows = saved.pins.keys() - {change.address for change in saved.changes}
    pinned = {scope for row in rows for _, scope in bound(row)} - {ACCOUNT}
    return tested | changed | pinned


def extent_of_tests(declaration: Declaration) -> Extent:
    """Return the workspaces to which tests and the policy refer."""
    scopes = {expectation.scope for expectation in declaration.expectations}
    if scopes & {None, ANYWHERE}:
        return None
    named = {Address(Kind.WORKSPACE, handle) for handle in declaration.policy.workspace_owners}
    return frozenset(named | {scope for scope in scopes if scope not in (None, ACCOUNT)})


def workspaces_of(change: Change) -> Extent:
    """Return the workspaces that *change* is about, or whose access; None if it is about more."""
    scopes = {_workspace_of(side) for side in (change.before, change.after) if side is not None}
    is_more = change.brings or change.joins or None in scopes or ACCOUNT in scopes
    return None if is_more else frozenset(scope for scope in scopes if scope)


def _workspace_of(side: Resource) -> Address | None:
    match side:
        case Workspace():
            return side.address
        case Binding(scope=scope):
            return scope
        case ObjectAccess(workspace=workspace):
            return workspace
    return None


def extent_of_changes(
    changes: Collection[Change], live: State, scopes_of: ScopesOf | None = None
) -> Extent:
    """Return the workspaces where the effect of *changes* depends on bindings.

    Without *scopes_of*, which finds bindings, they are those that were read: None if the effect
    depends on those of a live person, service account or role, which may be anywhere.
    """
    created = {c.address for c in changes if c.before is None and not live.knows(c.address)}

    def in_live(holders: Collection[Address]) -> Collection[Address] | None:
        known = set(holders) - created - {EVERYONE}
        are_teams = all(holder.kind is Kind.TEAM for holder in known)
        return live.scopes_of(*known) if are_teams else None

    return extent_on_record(changes, live, scopes_of or in_live)


def extent_on_record(changes: Iterable[Change], live: State, scopes_of: ScopesOf) -> Extent:
    """Return the workspaces where the effect of *changes* depends on bindings, read or not.

    *scopes_of* finds bindings, so that *live* needs none of them. None if it does not know them,
    or if what a role, or a holding, gives reaches every workspace.
    """
    extent: set[Address] = set()
    holders: set[Address] = set()
    for change in changes:
        for side in (change.before, *change.made):
            if side is None:
                continue
            scope = _workspace_of(side)
            if scope is None or scope == ACCOUNT:
                holders.update(_holders(side, live))
            else:
                extent.add(scope)
        holders.update(change.joins)
    scopes = scopes_of(holders)
    if scopes is None or any(_reaches_everything(holder, live) for holder in holders):
        return None
    extent.update(scopes)
    if ANYWHERE in extent:
        return None
    extent.update(listed.workspace for listed in live.lists_naming(*holders))
    return frozenset(extent - {ACCOUNT})


def _holders(side: Resource, live: State) -> Iterable[Address]:
    """Return the principals, or the roles, on whose bindings the effect of *side* depends."""
    match side:
        case Binding(principal=who) | Key(owner=who):
            return _behind(who, live)
        case User() | ServiceAccount():
            return _behind(side.address, live)
        case Team():
            return (side.address,)
        case Role():
            return (side.address, *live.roles_on(side.address))
        case Workspace() | ObjectAccess():
            return ()
    assert_never(side)


def _behind(who: Address, live: State) -> Iterable[Address]:
    """Return *who*, its teams and, for a user, everyone."""
    everyone = (EVERYONE,) if who.kind is Kind.USER else ()
    return (who, *live.memberships_of(who), *everyone)


def _reaches_everything(holder: Address, live: State) -> bool:
    """Say whether a change of the team or the role *holder* has an effect in every workspace."""
    role = live.get(holder) if holder.kind is Kind.ROLE else None
    is_of_account = isinstance(role, Role) and role.level is Level.ACCOUNT
    return is_of_account or (holder.kind is Kind.TEAM and bool(live.holdings(holder, ACCOUNT)))
