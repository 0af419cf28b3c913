"""Access that a principal has only between one state and another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain
from operator import attrgetter

from ..model import (
    ANYWHERE,
    Action,
    Address,
    Binding,
    Catalogue,
    Draft,
    Instant,
    Key,
    Kind,
    ObjectAccess,
    Resource,
    Role,
    State,
    User,
    Workspace,
)
from ..model.address import workspace_object
from ..model.meet import is_within
from ..model.overlay import differing
from ..planning import Change, make
from ..planning.watch import Watch
from .access import Access
from .affected import Affected, affected_by, touches, watched
from .authority import Authority
from .bitsets import Mask
from .owner_counts import OwnerChange, shortfall
from .owners import Owners, owned_before


class PassingAccess:
    """The check of a draft for passing access, after each change in turn.

    ``before`` and ``after`` number permissions as ``between`` does, and all three use the names
    that things have after all changes.
    """

    def __init__(self, between: Access, before: Access, after: Access, now: Instant) -> None:
        self._between, self._before, self._after = between, before, after
        self._now = now
        # Who is suspended, or no longer, does not hold a default role as everyone does.
        users, later = before.state.of(User), after.state.of(User)
        self._passing = sorted(differing(users, later, attrgetter("status")))
        lists, others = (access.state.of(ObjectAccess) for access in (before, after))
        self._changed_lists: defaultdict[Address, list[str]] = defaultdict(list)
        for address, listed in lists.items():
            if listed != others.get(address):
                self._changed_lists[listed.workspace].append(listed.name)

    def given_by(self, change: Change) -> Iterator[tuple[Address, Address, Mask]]:
        """Yield the principals, scopes and permissions of access that *change* gives in passing.

        Only the gains of a change are checked, since a removal gives nothing. *Why* also what is
        held now: who held it once, will hold it later, or is suspended, must not hold it now.
        """
        for who, scope in dict.fromkeys(self._affected(change)):
            ever = self._only_between(Access.potential, who, scope)
            now = self._only_between(Access.held_at, who, scope, self._now)
            if passing := ever | now:
                yield who, scope, passing

    def _only_between(self, held: Callable[..., Mask], *where: object) -> Mask:
        """Return what is *held* there now, but neither before nor after all changes."""
        more = held(self._between, *where) & ~held(self._after, *where)
        return more and more & ~held(self._before, *where)

    def _affected(self, change: Change) -> Iterator[Affected]:
        """Yield where *change* may give access, objects whose list the plan changes included.

        *Why* these: a role of the outcome and a list of the start give access together.
        """
        state = self._between.state
        for who, scope in affected_by(change.after, change.before, state, self._passing):
            yield who, scope
            workspaces = state.of(Workspace) if scope == ANYWHERE else (scope,)
            for workspace in workspaces if self._changed_lists else ():
                for name in self._changed_lists.get(workspace, ()):
                    yield who, workspace_object(workspace, name)


def only_adds(changes: Iterable[Change], start: State) -> bool:
    """Say whether *changes*, made in *start*, take no permission from anybody.

    Then nobody holds more after one of them than after all of them.
    """
    new_roles = set()
    for change in changes:
        if change.before is not None and not _adds(change):
            return False
        if isinstance(change.resource, Role) and change.before is None:
            new_roles.add(change.address)
    return not new_roles or not _held_unknown(new_roles, start)


def _adds(change: Change) -> bool:
    """Say whether *change*, which begins from something, takes nothing; a rename may."""
    if isinstance(change.resource, Key):
        return True
    return change.action is Action.UPDATE and is_within(change.before, change.after)


def _held_unknown(roles: set[Address], state: State) -> bool:
    """Say whether *state* refers to one of *roles*, which it does not have.

    *Why*: an unknown role counts as a permission of its own until the state has it.
    """
    held = (h.role for binding in state.bindings() for h in binding.roles)
    based = (address for role in state.of(Role).values() for address in role.references)
    return any(address in roles for address in chain(held, based))


class ApplierWatch(Watch):
    """The planner's watch for one applier, which checks each step.

    It also checks that no place loses owners before the next ones come.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        applier: Address | None,
        now: Instant,
        changes: Iterable[Change],
        start: State,
        draft: Draft,
        outcome: Callable[[], State],
    ) -> None:
        super().__init__(changes, start, draft, outcome)
        self._catalogue, self._applier, self._now = catalogue, applier, now
        self._access = Access(draft, catalogue)
        self._start, self._outcome = start, outcome
        self._owners = Owners(draft, catalogue, owned_before(changes, start, catalogue), now)
        if self.keeps_owners:
            both = self._owners, self._end[1]
            places = set().union(*(owners.touched_by(changes) for owners in both))
            for owners in both:
                owners.only(places)
        self._watched = self._watch()
        self._between: PassingAccess | None = None

    def reduces(self, step: Change) -> bool:
        """Say whether *step*, made now, would take access, or a key, from the applier."""
        if step.before is None or self._applier is None:
            return False
        if isinstance(step.resource, Key) and step.resource.owner == self._applier:
            return True
        if not touches(step, self._watched):
            return False
        trial = self._draft.draft()
        make(trial, step)
        left = Access(trial, self._catalogue, self._access.alphabet)
        held, kept = (self._authority(access, step.resource) for access in (self._access, left))
        return not kept.reaches(held)

    def _authority(self, access: Access, changed: Resource) -> Authority:
        """Return the authority of the applier where *changed* may matter."""
        scope = changed.scope if isinstance(changed, Binding) else changed.address
        if scope.kind is Kind.WORKSPACE:
            return access.authority_in(self._applier, (scope,), self._now)
        return access.authority(self._applier, self._now)

    @property
    def keeps_owners(self) -> bool:
        return bool(self._owners.floors)

    def make(self, step: Change) -> None:
        moved = self._owners.make(step)
        self.changed = (step.address, *(each.scope for each in moved))
        # The last place, since the steps that give owners come in the order of their names.
        self.short = next((each.scope for each in reversed(moved) if self._is_short(each)), None)
        if isinstance(step.resource, Role):
            self._access.roles.forget()
        if touches(step, self._watched):
            self._watched = self._watch()

    def _is_short(self, owners: OwnerChange) -> bool:
        """Say whether a step leaves a place fewer owners than before the step and after the plan.

        In a workspace that the plan deletes, only the number before the step counts.
        """
        state, after = self._end
        least = [after.count(owners.scope)] if state.knows(owners.scope) else []
        numbers = zip(owners.before, owners.after, *least, strict=True)
        return any(shortfall(was, will, *others) for was, will, *others in numbers)

    @cached_property
    def _end(self) -> tuple[State, Owners]:
        """The state after the plan, and its owners."""
        state = self._outcome()
        return state, Owners(state.draft(), self._catalogue, self._owners.floors, self._now)

    def _watch(self) -> frozenset[Address]:
        return watched((self._applier,) if self._applier else (), self._draft)

    def gives_in_passing(self, step: Change) -> bool:
        """Say whether *step*, just made, gives access that neither start nor outcome gives."""
        if self._between is None:
            alphabet = self._access.alphabet
            start = Access(self._start, self._catalogue, alphabet)
            outcome = Access(self._outcome(), self._catalogue, alphabet)
            self._between = PassingAccess(self._access, start, outcome, self._now)
        return any(self._between.given_by(step))
