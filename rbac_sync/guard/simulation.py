"""The simulation of a plan: the facts about each step, which the rules judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Action,
    Address,
    Binding,
    Catalogue,
    Holdings,
    Instant,
    Key,
    Kind,
    Resource,
    Role,
    State,
    Status,
    User,
)
from ..model.instant import is_open
from ..planning import Change, leaver, make
from .access import Access
from .affected import touches, watched
from .authority import Authority, Grant, Value
from .facts import Facts, bots_by, defaults_by, is_dated
from .findings import InvalidChange, RuleId
from .grammar import required_rights
from .granted import claims, granted_value, is_invited_longer, revoked_value
from .history import History
from .naming import is_name_usable
from .owner_counts import OwnerChange
from .owners import Owners
from .validity import fault

StepCase = tuple[Kind, Address, Holdings] | tuple[Status, Instant | None, Holdings]
"""The parts of new access to a workspace, or of a new user, that decide the facts: no name."""


class Simulation:
    """The simulation of the changes of a plan in order, with facts about each step.

    A change that makes no sense is noted and left out; the others are made in
    a draft, so that each is judged in the state before it.
    """

    def __init__(
        self,
        live: State,
        catalogue: Catalogue,
        applier: Address | None,
        author: Address | None,
        floors: Mapping[Address, int],
        now: Instant,
    ) -> None:
        """Begin from *live*; *floors* are the least numbers of owners, by scope in *live*."""
        self.state = live.draft()
        self.access = Access(self.state, catalogue)
        self._catalogue, self._now = catalogue, now
        self._principals = [applier] if author is None else [applier, author]
        self._owners = Owners(self.state, catalogue, floors, now)
        self._history = History(catalogue)
        # The state before the plan, under the names of the present step.
        self._first = live.draft()
        self._first_access = Access(self._first, catalogue, self.access.alphabet)
        self.bound = self._authority()
        self._cases: dict[StepCase, Facts] = {}
        self._watch()

    def step(self, change: Change) -> Facts:
        """Return the facts about *change*, and make it if it is valid.

        Changes of one case have the same facts: only the first is computed. A change with facts of
        its own clears them all, since they may depend on it.
        """
        case = self._case(change)
        if case and (known := self._cases.get(case)):
            self._history.note(change, self.state)
            make(self.state, change)
            return known
        facts = self._facts(change)
        if case and _is_of_all(facts):
            self._cases[case] = facts
        else:
            self._cases.clear()
        return facts

    def _case(self, change: Change) -> StepCase | None:
        """Return the case of *change*; None if its facts may be its own.

        The facts depend on the principal if its access bears on the bound or it was changed before.
        Those about access also do if the principal does not exist or has access already, or if the
        owners of the scope are counted. Those about a user also do if the name is unusable or it
        brings more than an account role.
        """
        case: StepCase
        if change.before is not None:
            return None
        match change.after:
            case Binding(who, scope, roles):
                is_usual = scope.kind is Kind.WORKSPACE and not self._owners.counts_in(scope)
                is_usual = is_usual and not change.brings and not change.joins
                is_new = is_usual and self.state.knows(who) and not self.state.holdings(who, scope)
                case = who.kind, scope, roles
            case User(_, status, expires) as user if len(change.brings) == 1:
                (brought,), who = change.brings, user.address
                is_usual = (brought.principal, brought.scope, change.joins) == (who, ACCOUNT, ())
                is_new = is_usual and is_name_usable(change, self.state, self._catalogue)
                case = status, expires, brought.roles
            case _:
                return None
        if not is_new or who in self._watched or self._history.repeats(change, self.state):
            return None
        return case

    def _watch(self) -> None:
        """Store the holders whose changes may change the bound, again after each such change."""
        self._watched = watched((who for who in self._principals if who), self.state)

    def _facts(self, change: Change) -> Facts:
        """Return the facts about *change*, and make it if it is valid."""
        own = self._is_own(change)
        applier = self._principals[0]
        needs_no_right = own and applier is not None and applier.kind is Kind.USER
        rights = () if needs_no_right else required_rights(change, self.state, self._catalogue)
        if invalid := self._fault(change):
            return Facts(invalid, self.bound, rights)
        new, old = granted_value(change, self.access), revoked_value(change, self.access)
        if own:
            new, old = (), ()  # a key gives no more than its owner has; to leave gives nothing
        bound = self._bound_with(scope for scope, _ in (*new, *old))
        overlong = tuple(self._overlong(change, new, bound))
        defaults = tuple(defaults_by(change, self.access, self._now))
        bots, leaves = (
            tuple(bots_by(change, self.access)),
            leaver(change, self.state, self._catalogue),
        )
        owners, dated = self._make(change), is_dated(change)
        return Facts(None, bound, rights, new, old, overlong, owners, defaults, leaves, bots, dated)

    def _fault(self, change: Change) -> InvalidChange | None:
        invalid = fault(change, self.state, self._catalogue)
        if invalid or not self._history.repeats(change, self.state):
            return invalid
        what = f"`{change.address}` is changed by an earlier step already"
        hint = "change each thing once in a plan; make the second change in another plan"
        if change.action is Action.RENAME:
            what = f"`{change.address}` gets its name after other changes, or a second one"
            hint = "rename each thing once, before all other changes"
        return InvalidChange(RuleId.INVALID, what, hint)

    def _is_own(self, change: Change) -> bool:
        """Say whether *change* is about a key of the applier or the author, or its leaving.

        With an author there are two of them: a key of the applier is a gain to the author.
        """
        resource = change.resource
        if isinstance(resource, Key):
            whose = resource.owner
        elif isinstance(resource, User) and change.action is Action.DELETE:
            whose = resource.address
        else:
            return False
        return {whose} == {principal for principal in self._principals if principal}

    def _make(self, change: Change) -> tuple[OwnerChange, ...]:
        touched = touches(change, self._watched)
        self._history.note(change, self.state)
        owners = self._owners.make(change)
        if isinstance(change.resource, Role):
            self.access.roles.forget()
        if change.action is Action.RENAME and change.before and change.after:
            self._renamed(change.before, change.after)
        if touched:
            self.bound = self._narrowed(change.resource)
            self._watch()
        return owners

    def _narrowed(self, changed: Resource) -> Authority:
        """Return the bound after a change of *changed*.

        A workspace, and a binding in one, gives nothing elsewhere, so that only the bound there is
        computed anew: a plan may set the default role of each of many workspaces, or delete them.
        """
        scope = changed.scope if isinstance(changed, Binding) else changed.address
        if scope.kind is not Kind.WORKSPACE:
            return self.bound.meet(self._authority())
        access = self.access
        here = (access.authority_in(who, (ANYWHERE, scope), self._now) for who in self._principals)
        return self.bound.meet_in(scope, reduce(Authority.meet, here))

    def _bound_with(self, scopes: Iterable[Address]) -> Authority:
        """Return the bound with the applier's permissions in the objects among *scopes*.

        In an object they are those held both now and before the plan.
        """
        objects = sorted({scope for scope in scopes if scope.kind is Kind.OBJECT})
        if not objects:
            return self.bound
        held = (
            access.authority_in(who, objects, self._now)
            for access in (self.access, self._first_access)
            for who in self._principals
        )
        return self.bound.joined(reduce(Authority.meet, held))

    def _renamed(self, before: Resource, after: Resource) -> None:
        old, new = before.address, after.address
        self._first.rename(before, after)
        self._first_access.roles.forget()
        self.bound = self.bound.moved(old, new)
        self._principals = [new if p == old else p for p in self._principals]
        self._watch()

    def _authority(self) -> Authority:
        return reduce(
            Authority.meet, (self.access.authority(who, self._now) for who in self._principals)
        )

    def _overlong(
        self, change: Change, new: Value, bound: Authority
    ) -> Iterator[tuple[Address, Grant]]:
        """Yield the gains that would outlast the bound.

        Computed only if the bound has an end: in most plans it has none.
        """
        if not _may_outlast(new, bound):
            return
        for principal, (scope, mask, until) in claims(change, self.access, self._principals):
            has = self._held_before(change, principal, scope, bound).lasting(scope, until)
            late = mask & ~has & bound.mask(scope) & ~bound.lasting(scope, until)
            if late:
                yield principal, (scope, late, until)

    def _held_before(
        self, change: Change, who: Address, scope: Address, bound: Authority
    ) -> Authority:
        """Return what *who* holds before *change*, or comes to hold before *bound* ends.

        A person whom *change* lets in again, or invites for longer, holds nothing before. Default
        roles do not count, and in an object only the access list does: what is given stays when a
        role that gives as much ends. Where a change of a user brings no role, none begins earlier.
        """
        is_back = isinstance(change.after, User) and _is_shut_out(change.before, self._now)
        if is_back or is_invited_longer(change.after, change.before):
            return Authority()
        is_object, access = scope.kind is Kind.OBJECT, self.access
        may_begin = change.brings or not isinstance(change.after, User)
        paths = access.entries(who, scope) if is_object else access.everywhere(who)
        return Authority(
            (path.scope, path.permissions & bound.lasting(scope, path.since), path.until)
            if may_begin and path.since and path.since > self._now
            else (path.scope, path.permissions, path.until)
            for path in paths
            if who == EVERYONE or path.holder != EVERYONE
        )


def _is_shut_out(user: Resource | None, now: Instant) -> bool:
    """Say whether *user* is suspended, or has an invitation that has ended."""
    if not isinstance(user, User) or user.status is Status.ACTIVE:
        return False
    return user.status is Status.SUSPENDED or not is_open(None, user.expires, now)


def _may_outlast(value: Value, bound: Authority) -> bool:
    """Say whether *bound* has an end for something in *value*."""
    return any(mask & bound.mask(at) != mask & bound.lasting(at, None) for at, mask in value)


def _is_of_all(facts: Facts) -> bool:
    """Say whether *facts* about one step hold for every step of its case."""
    return not (facts.fault or facts.owners) and not _may_outlast(facts.granted, facts.bound)
