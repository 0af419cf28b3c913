"""The comparison of the declared state with the live state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from ..dataclasses import dataclass, field, replace
from ..model import (
    ACCOUNT,
    EVERYONE,
    WHOLE,
    Action,
    Address,
    Binding,
    Catalogue,
    Declaration,
    Holdings,
    Horizon,
    Instant,
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
from .capabilities import Capabilities, Expresses, Invitations
from .change import Change
from .plan import Absence, OrderedSteps, Plan
from .renames import new_names, renames, successors, under_new_names
from .target_form import as_explained, endless, flat
from .unseen import is_unseen, unknown_parts

if TYPE_CHECKING:
    from .selection import Selection
    from .watch import Watcher

V = TypeVar("V")

INVITATION = timedelta(days=7)
"""The term of an invitation where the backend accepts one; the policy may shorten it."""


@dataclass(frozen=True)
class Planner:
    """The maker of plans for one target.

    ``watcher`` checks the applier's access, under the name after the renames. No change is planned
    for parts that ``horizon`` hides. ``absent`` has the absences of declared people who
    are not members, from the target's records.
    """

    catalogue: Catalogue
    capabilities: Capabilities
    now: Instant
    watcher: Watcher | None = None
    horizon: Horizon = WHOLE
    absent: Mapping[Address, Absence] = field(default_factory=dict)

    def plan(self, declaration: Declaration, live: State) -> Plan:
        """Return the changes that turn *live* into the declared state, in a safe order.

        Renames come first and change nothing else: a new name gives nobody access.
        """
        live = normal(live, self.catalogue)
        renamed = tuple(renames(declaration, live, self.capabilities))
        unmoved = _unmoved(renamed, self.horizon, live)
        moved = tuple(change for change in renamed if change not in unmoved)
        start, horizon = under_new_names(live, moved), self.horizon.under(new_names(moved))
        comparison = _Comparison(declaration, start, self)
        comparison.compare()
        changes = (*comparison.changes, *comparison.waiting)
        hidden = _hidden(changes, start, horizon, unmoved, comparison.successors)
        seen = [change for change in comparison.changes if change not in hidden]
        ordered = self._ordered(seen, start, comparison.successors)
        return Plan(
            live,
            moved + ordered.steps,
            waiting=tuple(change for change in comparison.waiting if change not in hidden),
            unmanaged=tuple(sorted(comparison.unmanaged, key=str)),
            ignored=tuple(sorted(comparison.ignored, key=str)),
            deferred=ordered.deferred,
            reasons=ordered.reasons,
            unknown=unknown_parts(declaration, horizon, hidden, start),
            unseen_because=horizon.reasons,
            successors=comparison.successors,
            absent=self.absent,
            uninvited=comparison.uninvited,
            origin=declaration.origin,
            entry=declaration.entry,
        )

    def part(self, plan: Plan, selection: Selection) -> Plan:
        """Return the part of *plan* in *selection*, in an order of its own.

        *Why*: in the order of the whole plan a step may be safe because of another one.
        """
        selected = selection.of(plan)
        if selected.changes == plan.changes:
            return selected
        moved = tuple(c for c in selected.changes if c.action is Action.RENAME)
        start, rest = under_new_names(plan.live, moved), dict[Address, Change]()
        for step in selected.changes[len(moved) :]:
            earlier = rest.get(step.address, step)
            rest[step.address] = replace(step, before=earlier.before)
        ordered = self._ordered(rest.values(), start, plan.successors)
        return replace(
            selected,
            changes=moved + ordered.steps,
            deferred=plan.deferred + ordered.deferred,
            reasons={**plan.reasons, **ordered.reasons},
        )

    def _ordered(
        self, changes: Collection[Change], start: State, successors: Mapping[Address, Address]
    ) -> OrderedSteps:
        if not changes:
            return OrderedSteps(())
        from .order import in_safe_order
        from .watch import Watch

        watcher = self.watcher or Watch
        return in_safe_order(changes, start, self.catalogue, watcher, successors)


def _unmoved(renamed: Collection[Change], horizon: Horizon, live: State) -> set[Change]:
    """Return the renames to names that may be taken, or that a thing keeps because of another."""
    unmoved = {change for change in renamed if is_unseen(change, horizon, live)}
    while True:
        kept = {change.before.address for change in unmoved if change.before}
        more = {change for change in renamed if change.address in kept} - unmoved
        if not more:
            return unmoved
        unmoved |= more


def _hidden(
    changes: Iterable[Change],
    start: State,
    horizon: Horizon,
    unmoved: Collection[Change],
    successors: Mapping[Address, Address],
) -> Collection[Change]:
    """Return the changes to unseen resources, and those that depend on them.

    *unmoved* are renames that cannot be made: nothing is deleted or created under their names.
    """
    if horizon.is_whole:
        return ()
    from .needs import receipts

    names = {side.address for change in unmoved for side in (change.before, change.after) if side}
    hidden = dict.fromkeys(
        change
        for change in changes
        if is_unseen(change, horizon, start)
        or (change.address in names and None in (change.before, change.after))
    )
    heirs = set(successors.values())
    while True:
        missing = {change.address for change in hidden if change.before is None}
        not_given = receipts(hidden, heirs)
        more = [
            change
            for change in changes
            if change not in hidden
            and (
                any(not missing.isdisjoint(side.references) for side in change.made)
                or (change.after is None and successors.get(change.address) in not_given)
            )
        ]
        if not more:
            return hidden
        hidden.update(dict.fromkeys(more))


def normal(state: State, catalogue: Catalogue) -> State:
    """Return *state* with the permissions of custom roles closed, less those of their base.

    Targets answer with more permissions than they were sent; in this form
    both sides compare equal.
    """
    custom = [role for role in state.of(Role).values() if not role.builtin]
    closed = [normal_role(role, state, catalogue) for role in custom]
    if closed == custom:
        return state
    draft = state.draft()
    for role in closed:
        draft.put(role)
    return draft


def normal_role(role: Role, state: State, catalogue: Catalogue) -> Role:
    """Return *role* with its permissions closed, less those of its base; see ``normal``."""
    permissions = catalogue.closed(role.permissions)
    for base in role.base:
        base_role = state.get(base) or catalogue.roles.get(base)
        if isinstance(base_role, Role):
            permissions -= catalogue.expanded(base_role, state.get)
    return replace(role, permissions=permissions)


def _some(values: Mapping[Address, V], addresses: Iterable[Address]) -> dict[Address, V]:
    """Return those of *values* that are at *addresses*."""
    return {address: values[address] for address in addresses if address in values}


def _with_users_of(live: Team, declared: Team) -> Team:
    """Return *declared* with the users that a directory put into the *live* team."""
    declared_members = declared.references
    users = {m for m in live.members if m.principal.kind is Kind.USER}
    remaining = {m for m in users if m.principal not in declared_members}
    return replace(declared, members=declared.members | remaining)


def _without(resource: Resource, principals: Collection[Address]) -> Resource:
    """Return a team or an access list without *principals*; any other resource unchanged."""
    if isinstance(resource, ObjectAccess):
        return resource.with_principals(lambda listed: listed.difference(principals))
    if not isinstance(resource, Team):
        return resource
    members = frozenset(m for m in resource.members if m.principal not in principals)
    return replace(resource, members=members)


@dataclass
class _Comparison:
    """One declaration and one live state, with the changes between them."""

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
            self._succeed()

    @cached_property
    def uninvited(self) -> frozenset[Address]:
        """The people who are not invited again, because too many invitations were not accepted."""
        most = self.declaration.policy.max_invites
        if most is None or not self._invites(Invitations.REQUIRED):
            return frozenset()
        absent = self.planner.absent.items()
        return frozenset(
            who for who, each in absent if each.lapsed > most and self.live.get(who) is None
        )

    def _succeed(self) -> None:
        """Remove each person whose successor is a member who gets all that is declared, else wait.

        A declared part that is not managed is given to nobody, so that the person then stays, and
        with the person each role that the person holds.
        """
        held = set[Address]()
        planned = {side.address for change in self.changes for side in change.made}
        for old, new in sorted(self.successors.items()):
            before, after = self.live.get(old), self.live.get(new)
            is_active = isinstance(after, User) and after.status is Status.ACTIVE
            comes_now = after is None and not self._invites(Invitations.REQUIRED)
            gets_all = (is_active or comes_now) and self._gets_everything(new, planned)
            is_due = is_invited(before) or gets_all  # an invited person holds nothing
            (self.changes if is_due else self.waiting).append(Change(before, None))
            if not is_due:
                held.update(*(binding.references for binding in self.live.bindings_of(old)))
        for change in [c for c in self.changes if c.after is None and isinstance(c.before, Role)]:
            if change.address in held:
                self.changes.remove(change)
                self.waiting.append(change)

    def _gets_everything(self, new: Address, planned: Collection[Address]) -> bool:
        """Say whether *new* has all its declared bindings and teams, or they are *planned*."""
        bindings = (b for b in self.desired.bindings_of(new) if b.address not in planned)
        teams = (team for team in self.desired.teams_of(new) if team.address not in planned)
        there = self.live.memberships_of(new)
        return all(self.live.find(each) == each for each in bindings) and all(
            team.address in there for team in teams
        )

    def _list(self, declared: ObjectAccess) -> None:
        """Compare the access list of one object; an undeclared object keeps its list.

        Ignored and succeeded principals stay on the list, as they stay in a team.
        """
        before = self.live.get(declared.address)
        if isinstance(before, ObjectAccess):
            declared = declared.with_listed(before, self._others)
        after = self._present(declared)
        if after not in (before, before and self._remaining(before)):
            self.changes.append(Change(before, after))

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
                continue
            if before == after and not isinstance(after, Team):
                continue
            filled = self._present(self._filled(before, after))
            if filled != before and filled != self._remaining(before):
                self.changes.append(Change(before, filled))
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
        elif self._is_external(before):
            self.unmanaged.append(before.address)
        elif self._reached(before.address, reach):
            if not isinstance(before, Key) or before.owner in self.desired.of(ServiceAccount):
                self.changes.append(Change(before, None))
                self.gone.add(before.address)
        elif not isinstance(before, Key):
            self.unmanaged.append(before.address)

    def _is_external(self, before: Resource) -> bool:
        """Say whether a directory owns *before*, which is a team or a member of such a team.

        A resource declared with an end that has passed is named, and therefore removed.
        """
        if before.address in self.declaration.ended:
            return False
        return before.address in self._external

    def _with_others(self, before: Team, declared: Team) -> Team:
        """Return *declared* with those members of the live team that are ignored or succeeded.

        Succeeded members leave the team when they leave the account.
        """
        remaining = frozenset(m for m in before.members if m.principal in self._others)
        return replace(declared, members=declared.members | remaining)

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
        teams = [team for team in self.live.of(Team).values() if team.managed_by]
        users = {a for team in teams for a in team.references if a.kind is Kind.USER}
        return frozenset({*users, *(team.address for team in teams)})

    def _reached(self, address: Address, reach: Manage) -> bool:
        """Say whether an undeclared resource at *address* will be deleted."""
        named = reach is Manage.DECLARED and address in self.declaration.ended
        return reach is Manage.ALL or named

    def _remaining(self, before: Resource) -> Resource:
        """Return *before* without deleted principals, who leave teams and access lists."""
        return _without(before, self.gone)

    def _filled(self, before: Resource, after: Resource) -> Resource:
        """Return *after* with the live values of unstated attributes."""
        silent = self.declaration.unstated.get(after.address, ())
        filled = replace(after, **{name: getattr(before, name) for name in silent})
        if isinstance(filled, Team) and isinstance(before, Team):
            filled = self._with_others(before, filled)
            if before.managed_by:
                filled = _with_users_of(before, filled)
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
        if isinstance(after, User) and self._invites(Invitations.REQUIRED):
            after = self._invitation(after)
            if self._invites(Invitations.HOLD_ROLES):
                brings += [b for b in self.desired.bindings_of(after.address) if b.scope != ACCOUNT]
        self.changes.append(Change(None, after, tuple(brings)))

    def _present(self, after: Resource) -> Resource:
        """Return *after* without the people whose invitation is open or not repeated."""
        if self.uninvited:
            after = _without(after, self.uninvited)
        if self._invites(Invitations.HOLD_ROLES):
            return after
        present = _without(after, frozenset(filter(self._pending, after.references)))
        if present != after:
            self.waiting.append(Change(present, after))
        return present

    def _invitation(self, user: User) -> User:
        if not self._invites(Invitations.DATED):
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
        elif not self._invites(Invitations.HOLD_ROLES):
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

    def _invites(self, policy: Invitations) -> bool:
        return policy in self.planner.capabilities.invitations

    def _pending(self, principal: Address) -> bool:
        """Say whether *principal* has an open invitation, now or after this plan."""
        if principal.kind is not Kind.USER:
            return False
        user = self.live.get(principal)
        if user is None:  # whom this plan does not invite, the guard refuses
            is_managed = self.declaration.reach(Subject.MEMBERS) is not Manage.NONE
            is_coming = is_managed and self.desired.knows(principal)
            return is_coming and self._invites(Invitations.REQUIRED)
        return is_invited(user)
