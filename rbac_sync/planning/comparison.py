"""The changes that turn the live state into the declared one, in no order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from ..dataclasses import dataclass, field, replace
from ..model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Binding,
    Declaration,
    Holdings,
    Key,
    Kind,
    Manage,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    State,
    Status,
    Subject,
    Team,
    User,
    Workspace,
    is_invited,
)
from ..model import address as named
from ..model.address_pattern import AddressIndex
from ..model.kind import SUBJECTS
from ..model.resources import CLASSES
from .capabilities import INVITATION, Expresses, Invitations
from .change import Change
from .renames import successors
from .target_form import as_explained, endless, flat, normal_role

if TYPE_CHECKING:
    from .planner import Planner

V = TypeVar("V")


@dataclass
class LiveComparison:
    """One declaration and one live state, with the changes between them, in no order."""

    declaration: Declaration
    live: State
    planner: Planner
    changes: list[Change] = field(default_factory=list)
    waiting: list[Change] = field(default_factory=list)
    unmanaged: list[Address] = field(default_factory=list)
    ignored: list[Address] = field(default_factory=list)
    gone: set[Address] = field(default_factory=set)

    @cached_property
    def desired(self) -> State:
        """The desired state, without terms and reasons that the target does not keep."""
        state, kept = self.declaration.desired, self.planner.capabilities.expresses
        if Expresses.ENDS not in kept:
            state = endless(state, self.planner.now)
        return state if Expresses.REASONS in kept else as_explained(state, self.live)

    @cached_property
    def successors(self) -> Mapping[Address, Address]:
        """The successor of each live person who has one; see ``renames.successors``."""
        return successors(self.declaration, self.live)

    def compare(self) -> None:
        for kind, subject in SUBJECTS.items():
            self._resources(CLASSES[kind], self.declaration.reach(subject))
        self._account_roles()
        for workspace in self.desired.of(Workspace):
            self._row(workspace)
        if self.declaration.reach(Subject.ACCESS) is not Manage.NONE:
            for declared in self.desired.of(ObjectAccess).values():
                self._list(declared)
        if self.successors:
            from .succession import succeed

            succeed(self)

    @cached_property
    def uninvited(self) -> frozenset[Address]:
        """The people who are not invited again, because too many invitations were not accepted."""
        most = self.declaration.policy.max_invites
        if most is None or not self.invites(Invitations.REQUIRED):
            return frozenset()
        absent = self.planner.absent.items()
        return frozenset(
            who for who, each in absent if each.lapsed > most and self.live.get(who) is None
        )

    def _list(self, declared: ObjectAccess) -> None:
        """Compare the access list of one object; an undeclared object keeps its list.

        Ignored and succeeded principals stay on the list, as they stay in a team.
        """
        before = self.live.get(declared.address)
        if isinstance(before, ObjectAccess):
            declared = declared.with_listed(before, self._others)
        self._update(before, self._present(declared))

    def _resources(self, kind: type[Resource], reach: Manage) -> None:
        desired, live = self.desired.of(kind), self.live.of(kind)
        changed = self.declaration.changed_people
        if kind is User and changed is not None:
            desired, live = _some(desired, changed), _some(live, changed)
        for address, after in desired.items() if reach is not Manage.NONE else ():
            before = live.get(address)
            if before is None:
                if address not in self.uninvited:
                    self._create(after)
            elif before != after or isinstance(after, Team):
                self._update(before, self._present(self._filled(before, after)))
        for address in live.keys() - desired.keys():
            self._undeclared(live[address], reach)

    def _undeclared(self, before: Resource, reach: Manage) -> None:
        if isinstance(before, Role) and before.builtin:
            return
        if isinstance(before, Key) and before.owner.kind is Kind.USER:
            return  # people manage their own keys
        if before.address in self.successors:
            return
        if before.address in self._ignored:
            self.ignored.append(before.address)
        elif before.address in self._external:
            self.unmanaged.append(before.address)
        elif self._reached(before.address, reach):
            if not isinstance(before, Key) or before.owner in self.desired.of(ServiceAccount):
                self.changes.append(Change(before, None))
                self.gone.add(before.address)
        elif not isinstance(before, Key):
            self.unmanaged.append(before.address)

    def _with_staying(self, before: Team, declared: Team) -> Team:
        """Return *declared* with those members of the live team whom no plan takes out of it.

        They are ignored, or users whom a directory put there, or they have a successor: then they
        leave the team when they leave the account. A declared member is as declared.
        """
        kept = Kind.USER if before.managed_by else None
        others = self._others
        staying = [m for m in before.members if m.principal in others or m.principal.kind is kept]
        stated = declared.references if staying else ()
        members = declared.members.union(m for m in staying if m.principal not in stated)
        return replace(declared, members=members)

    @cached_property
    def _others(self) -> frozenset[Address]:
        """The ignored live addresses, and the people with a successor."""
        return self._ignored.union(self.successors)

    @cached_property
    def _ignored(self) -> frozenset[Address]:
        """The ignored live addresses: those that a rule selects, and such principals' bindings."""
        rules = self.declaration.ignored
        if not rules:
            return frozenset()
        resources = {resource.address for resource in self.live.resources()}
        index = AddressIndex((*resources, *(b.address for b in self.live.bindings())))
        ignored = frozenset(each for rule in rules for each in index.selected(rule.pattern))
        return ignored.union(b.address for b in self.live.bindings() if b.principal in ignored)

    @cached_property
    def _external(self) -> frozenset[Address]:
        """The teams that a directory owns, and their users, but for those declared to have ended.

        *Why* not these: a resource declared with an end that has passed is named.
        """
        teams = [team for team in self.live.of(Team).values() if team.managed_by]
        users = frozenset(a for team in teams for a in team.references if a.kind is Kind.USER)
        return users.union(team.address for team in teams) - self.declaration.ended

    def _reached(self, address: Address, reach: Manage) -> bool:
        """Say whether an undeclared resource at *address* will be deleted."""
        has_ended = address in self.declaration.ended
        return reach is Manage.ALL or (reach is Manage.DECLARED and has_ended)

    def _update(self, before: Resource | None, after: Resource) -> None:
        """Change *before* to *after*, unless deleted principals leave it by themselves."""
        if after != before and (before is None or after != _without(before, self.gone)):
            self.changes.append(Change(before, after))

    def _filled(self, before: Resource, after: Resource) -> Resource:
        """Return *after* with the live values of unstated attributes."""
        silent = self.declaration.unstated.get(after.address, ())
        filled = replace(after, **{name: getattr(before, name) for name in silent})
        if isinstance(filled, Team) and isinstance(before, Team):
            filled = self._with_staying(before, filled)
        if isinstance(filled, Role) and "permissions" not in silent:
            filled = normal_role(filled, self.live, self.planner.catalogue)
        return self._fitted(filled)

    def _fitted(self, after: Resource) -> Resource:
        """Return *after* without the parts that the target does not keep."""
        if not isinstance(after, Role) or Expresses.BASES in self.planner.capabilities.expresses:
            return after
        return flat(after, self.live, self.planner.catalogue)

    def _create(self, after: Resource) -> None:
        if isinstance(after, Role):
            after = normal_role(after, self.live, self.planner.catalogue)
        if not isinstance(after, User | ServiceAccount):
            self.changes.append(Change(None, self._present(self._fitted(after))))
            return
        account = self.desired.binding(after.address, ACCOUNT)
        brings = [account] if account else []
        if isinstance(after, User) and self.invites(Invitations.REQUIRED):
            after = self._invitation(after)
            if self.invites(Invitations.HOLD_ROLES):
                brings += [b for b in self.desired.bindings_of(after.address) if b.scope != ACCOUNT]
        self.changes.append(Change(None, after, tuple(brings)))

    def _present(self, after: Resource) -> Resource:
        """Return *after* without the people whose invitation is open or not repeated."""
        if self.uninvited:
            after = _without(after, self.uninvited)
        if self.invites(Invitations.HOLD_ROLES):
            return after
        present = _without(after, frozenset(filter(self._pending, after.references)))
        if present != after:
            self.waiting.append(Change(present, after))
        return present

    def _invitation(self, user: User) -> User:
        if not self.invites(Invitations.DATED):
            return replace(user, status=Status.PENDING)
        longest = timedelta(days=self.declaration.policy.max_invite_days)
        end = self.planner.now.replace(microsecond=0) + min(INVITATION, longest)
        return replace(user, status=Status.PENDING, expires=end)

    def _account_roles(self) -> None:
        live, desired = self.live.row(ACCOUNT), self.desired.row(ACCOUNT)
        changed = self.declaration.changed_people
        if changed is not None:
            desired = _some(desired, changed)
        for principal, roles in desired.items():
            if live.get(principal) == roles:
                continue
            owner = Kind.USER if principal.kind is Kind.USER else Kind.SERVICE_ACCOUNT
            reach = self.declaration.reach(SUBJECTS[owner])
            if reach is Manage.NONE or not self.live.knows(principal):
                continue
            after = Binding(principal, ACCOUNT, roles)
            before = self.live.binding(principal, ACCOUNT)
            silent = "roles" in self.declaration.unstated.get(after.address, ())
            if before != after and not (silent and before):
                self.changes.append(Change(before, after))

    def _row(self, scope: Address) -> None:
        reach = self.declaration.reach(Subject.ACCESS)
        desired, live = self.desired.row(scope), self.live.row(scope)
        if desired == live:
            return
        for principal, roles in desired.items() if reach is not Manage.NONE else ():
            if live.get(principal) != roles:
                self._bind(principal, scope, live.get(principal), roles)
        for principal in live.keys() - desired.keys():
            self._unbind(principal, scope, live[principal], reach)

    def _bind(
        self, principal: Address, scope: Address, before: Holdings | None, after: Holdings
    ) -> None:
        if principal in self.uninvited:
            return
        change = Change(
            Binding(principal, scope, before) if before else None, Binding(principal, scope, after)
        )
        if not self._pending(principal):
            self.changes.append(change)
        elif not self.invites(Invitations.HOLD_ROLES):
            self.waiting.append(change)
        elif self.live.knows(principal):  # else the invitation brings it
            self.changes.append(change)

    def _unbind(self, principal: Address, scope: Address, before: Holdings, reach: Manage) -> None:
        if principal in self.gone or principal in self.successors:
            return
        address, declaration = named.binding(principal, scope), self.declaration
        if address in self._ignored:
            self.ignored.append(address)
            return
        if principal == EVERYONE:
            if scope in declaration.silent_defaults:
                return
            is_removed = reach is not Manage.NONE
        else:
            has_left = principal in declaration.alumni and reach is not Manage.NONE
            is_reached = has_left or self._reached(address, reach)
            is_removed = is_reached and scope not in declaration.silent_access
        if is_removed:
            self.changes.append(Change(Binding(principal, scope, before), None))
        else:
            self.unmanaged.append(address)

    def invites(self, policy: Invitations) -> bool:
        return policy in self.planner.capabilities.invitations

    def _pending(self, principal: Address) -> bool:
        """Say whether *principal* has an open invitation, now or after this plan."""
        if (resource := self.live.get(principal)) is not None:
            return is_invited(resource)
        # whom this plan does not invite, the guard refuses
        return self._invites_all and principal in self.desired.of(User)

    @cached_property
    def _invites_all(self) -> bool:
        """True if this plan invites all declared people who are not there."""
        is_managed = self.declaration.reach(Subject.MEMBERS) is not Manage.NONE
        return is_managed and self.invites(Invitations.REQUIRED)


def _some(values: Mapping[Address, V], addresses: Iterable[Address]) -> dict[Address, V]:
    """Return those of *values* that are at *addresses*."""
    return {address: values[address] for address in addresses if address in values}


def _without(resource: Resource, principals: Collection[Address]) -> Resource:
    """Return a team or an access list without *principals*; any other resource unchanged."""
    if isinstance(resource, ObjectAccess):
        return resource.with_principals(lambda listed: listed.difference(principals))
    if not isinstance(resource, Team):
        return resource
    members = frozenset(m for m in resource.members if m.principal not in principals)
    return replace(resource, members=members)
