"""The stage of a step: access shrinks, then moves, then grows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import IntEnum
from functools import cached_property
from itertools import chain
from typing import TypeGuard

from ..model import (
    ACCOUNT,
    EVERYONE,
    PRINCIPALS,
    Action,
    Address,
    Binding,
    Catalogue,
    Kind,
    ObjectAccess,
    Resource,
    Role,
    State,
    Status,
    Team,
    User,
    Workspace,
    meet,
)
from ..model import address as named
from .change import Change


class Stage(IntEnum):
    """The order of steps, where their needs leave a choice.

    Every path to a permission has three parts: a principal in a team or among everyone, a
    binding, a role. Steps that take from one part come before steps that give to another, so
    that no path is half old and half new.
    """

    CREATE = 0
    PROMOTE = 1
    NARROW = 2
    ADMIT = 3
    DEMOTE = 4
    SWAP = 5
    WIDEN = 6
    GRANT = 7
    DEFAULT = 8
    DELETE = 9

    @property
    def gives(self) -> bool:
        """True if a step of this stage may give access."""
        return self not in (Stage.CREATE, Stage.NARROW, Stage.DELETE)


class Cutter:
    """The division of changes into steps that only take or only give, each with its stage."""

    def __init__(self, changes: Sequence[Change], live: State, catalogue: Catalogue) -> None:
        self._changes, self._live, self._catalogue = changes, live, catalogue
        self._after = dict(_afterwards(changes))
        owner = catalogue.roles.get(catalogue.owner)
        self._owner_roles = owner.implies if owner else frozenset()
        self._handed_over = self._changing_hands(changes)

    def cut(self, change: Change) -> Iterator[tuple[Change, Stage]]:
        """Yield *change* with its stage, or two steps if it both takes and gives."""
        common = self._common_part(change)
        if common is None or common in (change.before, change.after):
            yield change, self._stage(change, common)
            return
        narrow, widen = Change(change.before, common), Change(common, change.after)
        yield narrow, self._stage(narrow, common)
        yield widen, self._stage(widen, common)

    def _stage(self, step: Change, common: Resource | None) -> Stage:
        """Return the stage of *step*; *common* is the common part of its two sides."""
        if owner := self._ownership(step):
            return owner
        match step.action:
            case Action.CREATE:
                return _creating(step.resource)
            case Action.DELETE:
                return Stage.DELETE if step.address.kind is Kind.ROLE else Stage.NARROW
            case Action.REPLACE:
                return Stage.GRANT
        if common is None:
            return Stage.SWAP
        if common == step.after:
            return Stage.NARROW
        if isinstance(step.resource, Team):
            return Stage.GRANT
        return Stage.DEFAULT if _is_default(step.resource) else Stage.WIDEN

    def _common_part(self, change: Change) -> Resource | None:
        before, after = change.before, change.after
        if change.action is not Action.UPDATE or before is None or after is None:
            return None
        if isinstance(before, Role) and isinstance(after, Role):
            return self._common(before, after)
        common = meet(before, after)
        if common in (before, after):
            return common
        # One request replaces a list, so that the applier keeps the right until it is done, and
        # the members of a team that owns a workspace, so that it keeps an owner.
        is_one_step = isinstance(before, ObjectAccess) or self._is_owning_team(before)
        return None if is_one_step else common

    def _is_owning_team(self, team: Resource) -> bool:
        """Say whether *team* owns a workspace and gets no access while its members change."""
        if not isinstance(team, Team) or team.address in self._given_access:
            return False
        if any(map(self._is_in_new_owner, team.references)):
            return False
        return any(map(self._owns_workspace, self._live.bindings_of(team.address)))

    @cached_property
    def _given_access(self) -> set[Address]:
        """The principals that may get access before the members of a team change, or with them."""
        principals = self._new_owners.union(*(change.joins for change in self._changes))
        for change in self._changes:
            before, after = change.before, change.after
            is_access = isinstance(change.resource, Binding | ObjectAccess)
            if is_access and before and after and meet(before, after) not in (before, after):
                principals |= before.references | after.references
        return principals

    def _is_in_new_owner(self, member: Address) -> bool:
        """Say whether a team of *member* gets the role of an owner before others lose it."""
        return any(team in self._new_owners for team in self._live.memberships_of(member))

    def _common(self, before: Role, after: Role) -> Role:
        """Return the part of a role that both versions grant.

        *Why* not ``meet`` alone: a new base may grant permissions that were listed before, so only
        the expanded roles show whether a permission is taken.
        """
        old, new = (self._catalogue.expanded(r, self._live.get) for r in (before, after))
        if new <= old and after.implies <= before.implies:
            return before if before == after else after
        if old <= new and before.implies <= after.implies:
            return before
        common = meet(before, after)
        assert common is not None, "only bindings have an empty meet"
        return replace(common, permissions=old & new)

    def _ownership(self, step: Change) -> Stage | None:
        """Return the stage of a step that makes a new owner or removes an old one.

        Floors count active owners, so the user and its account role are compared together,
        before and after all steps.
        """
        resource = step.resource
        if self._is_departing_owner(step):
            return Stage.DEMOTE
        is_new_user = isinstance(resource, User) and step.before is None and not step.joins
        if is_new_user and resource.address in self._heirs:
            return Stage.ADMIT
        if isinstance(resource, Binding) and resource.scope in self._handed_over:
            was, will = map(self._owns_workspace, (step.before, step.after))
            # A team gets the role when its former members have left it.
            new = Stage.ADMIT if resource.principal.kind is Kind.TEAM else Stage.PROMOTE
            return None if was == will else Stage.DEMOTE if was else new
        if isinstance(resource, Binding) and resource.scope == ACCOUNT:
            person = resource.principal
        elif isinstance(resource, User):
            person = resource.address
        else:
            return None
        was = self._owns(self._live.get(person), self._live.binding(person, ACCOUNT))
        will = self._will_own(person)
        if was == will:
            return None
        if was:
            return Stage.DEMOTE
        alone = isinstance(resource, User) or len(resource.roles) == 1
        return Stage.PROMOTE if step.before and alone else Stage.ADMIT

    def _changing_hands(self, changes: Iterable[Change]) -> set[Address]:
        """Return the workspaces with a holder of an owner role who goes, and a new one."""
        new = {b.scope for b in (c.after for c in changes) if self._owns_workspace(b)}
        return new and new.intersection(chain.from_iterable(map(self._owned_by, changes)))

    def _owned_by(self, change: Change) -> set[Address]:
        """Return the workspaces that a binding, or a principal who goes, owns before *change*."""
        is_principal_gone = change.after is None and change.address.kind in PRINCIPALS
        gone = self._live.bindings_of(change.address) if is_principal_gone else ()
        return {b.scope for b in (change.before, *gone) if self._owns_workspace(b)}

    @cached_property
    def _heirs(self) -> set[Address]:
        """The principals who become owners of workspaces; none if a default role is swapped.

        *Why* none: who is created before that would hold the old default role for a moment.
        """
        if EVERYONE in self._given_access:
            return set()
        members = set[Address]()
        for change in self._changes:
            before, after = change.before, change.after
            if isinstance(after, Team) and (
                self._is_owning_team(before) if before else after.address in self._new_owners
            ):
                members |= after.references
        return self._new_owners | members

    def _is_departing_owner(self, step: Change) -> bool:
        """Say whether an owner of a workspace that changes hands goes, and gets nothing before."""
        if not self._handed_over or step.after is not None or self._is_in_new_owner(step.address):
            return False
        return not self._handed_over.isdisjoint(self._owned_by(step))

    @cached_property
    def _new_owners(self) -> set[Address]:
        """The principals with the role of an owner in a workspace that changes hands."""
        after = (change.after for change in self._changes if self._handed_over)
        owners = filter(self._owns_workspace, after)
        return {owner.principal for owner in owners if owner.scope in self._handed_over}

    def _owns_workspace(self, binding: Resource | None) -> TypeGuard[Binding]:
        if isinstance(binding, Binding):
            for holding in binding.roles:
                if holding.role in self._owner_roles:
                    return binding.principal != EVERYONE
        return False

    def _will_own(self, person: Address) -> bool:
        role = named.binding(person, ACCOUNT)
        user = self._after.get(person, self._live.get(person))
        held = self._after.get(role, self._live.binding(person, ACCOUNT))
        return self._owns(user, held)

    def _owns(self, user: Resource | None, held: Resource | None) -> bool:
        if not isinstance(user, User) or user.status is not Status.ACTIVE:
            return False
        owner = self._catalogue.owner
        return isinstance(held, Binding) and any(h.role == owner for h in held.roles)


def _afterwards(changes: Iterable[Change]) -> Iterator[tuple[Address, Resource | None]]:
    """Yield the users and account roles of *changes*, after all changes."""
    for change in changes:
        for side in (change.resource, *change.brings):
            if isinstance(side, User) or (isinstance(side, Binding) and side.scope == ACCOUNT):
                yield side.address, change.after and side


def _creating(resource: Resource) -> Stage:
    if isinstance(resource, Role | Workspace | Team):
        return Stage.CREATE
    return Stage.DEFAULT if _is_default(resource) else Stage.GRANT


def _is_default(resource: Resource) -> bool:
    return isinstance(resource, Binding) and resource.principal == EVERYONE
