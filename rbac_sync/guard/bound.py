"""The bound of a plan: the access of its appliers, each permission until its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TypeVar, assert_never

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Binding,
    Instant,
    Key,
    Kind,
    Level,
    ObjectAccess,
    Permission,
    Resource,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
)
from ..planning import Change
from ..planning.renames import named_like
from .held_terms import (
    FOR_GOOD,
    NEVER,
    Ends,
    Grant,
    HeldTerms,
    Term,
    by_lists,
    end,
    open_ends,
    ways,
)

V = TypeVar("V", Instant, frozenset[Term])

SCOPES = {Level.ACCOUNT: ACCOUNT, Level.WORKSPACE: ANYWHERE}
"""The scope in which the roles of a level give most."""


class Bound:
    """The access that each applier of a plan has held before each of its steps so far.

    The applier and, if there is one, the author are the appliers.
    """

    def __init__(self, live: State, held: HeldTerms, appliers: Sequence[Address | None]) -> None:
        self._first = live.draft()
        """The state before the plan, under the names of the present step."""
        self._held, self._appliers = held, list(appliers)
        self._ends = self._authority()
        self._grantable: set[Grant] = set()
        self._knows_all_roles = False
        self.covers_all = False
        """True if it is known that the bound includes, without end, all that roles have granted.

        Then no step can give anything beyond the bound, and none needs a closer check.
        """

    def end(self, scope: Address, permission: Permission) -> Instant:
        """Return the end of a permission in *scope*, ``NEVER`` if it is beyond the bound."""
        here = self._ends if scope.kind is not Kind.OBJECT else self._on_object(scope)
        return end(here, scope, permission)

    @property
    def appliers(self) -> set[Address]:
        """The applier and the author, as far as they are known."""
        return {who for who in self._appliers if who}

    def is_of(self, who: Address) -> bool:
        """Say whether *who* alone is the applier and the author."""
        return self.appliers == {who}

    def note(self, roles: Iterable[Role], *, are_all: bool = False) -> None:
        """Note that *roles* grant their permissions."""
        catalogue, state = self._held.catalogue, self._held.state
        self._knows_all_roles |= are_all
        for role in roles:
            scope = SCOPES[role.level]
            self._grantable.update((scope, p) for p in catalogue.expanded(role, state.get))
        self._compare()

    def may_shrink(self, change: Change) -> bool:
        """Say whether *change*, made now, may reduce or rename the access of an applier."""
        before = change.before
        match before:
            case None | Key() | ObjectAccess():
                return False
            case Role() | Workspace():
                return True
            case Binding():
                concerned = before.principal
            case User() | ServiceAccount() | Team():
                concerned = before.address
            case _ as never:
                assert_never(never)
        teams = (t for who in self.appliers for t in self._held.state.memberships_of(who))
        return concerned in {EVERYONE, *self.appliers, *teams}

    def shrink(self) -> None:
        """Reduce the bound to what the appliers still hold."""
        self._ends = _meet(self._ends, self._authority())
        self._compare()

    def rename(self, before: Resource, after: Resource) -> None:
        """Give *before* the name of *after*."""
        if known := self._first.get(before.address):
            self._first.rename(known, named_like(known, after))
        names = {before.address: after.address}
        self._appliers = [who and names.get(who, who) for who in self._appliers]
        self._ends = moved(self._ends, names)

    def _compare(self) -> None:
        self.covers_all = self._knows_all_roles and all(
            self._ends.get(grant) == FOR_GOOD for grant in self._grantable
        )

    def _authority(self) -> Ends:
        """Return the authority that each of the appliers has now."""
        return reduce(_meet, map(self._exercised, self._appliers))

    def _exercised(self, who: Address | None) -> Ends:
        state = self._held.state
        if who is None or _is_inactive(state.get(who)):
            return {}
        return open_ends(self._held.by_roles(who, None, state), self._held.now)

    def _on_object(self, scope: Address) -> Ends:
        """Return the access of each of the appliers to an object before the plan."""
        return reduce(_meet, (self._listed(who, scope) for who in self._appliers))

    def _listed(self, who: Address | None, at: Address) -> Ends:
        state, listed = self._first, self._first.get(at)
        if who is None or not isinstance(listed, ObjectAccess) or _is_inactive(state.get(who)):
            return {}
        catalogue, now, held = self._held.catalogue, self._held.now, Ends()
        named = open_ends(by_lists([listed], ways(who, state)), now)
        here = open_ends(self._held.by_roles(who, (listed.workspace, ACCOUNT), state), now)
        for level, right in catalogue.lists.get(listed.type, {}).items():
            passes = [end(here, listed.workspace, p) for p in catalogue.passes_lists]
            passes += [FOR_GOOD] if EVERYONE in listed.at(level) else []
            listed_until = max(*passes, end(named, at, level.permission), NEVER)
            held[at, level.permission] = min(listed_until, end(here, listed.workspace, right))
        return held


def moved(held: dict[Grant, V], names: dict[Address, Address]) -> dict[Grant, V]:
    """Return *held* with its scopes replaced by *names*."""
    if not names:
        return held
    return {(names.get(scope, scope), p): value for (scope, p), value in held.items()}


def _is_inactive(principal: Resource | None) -> bool:
    """Say whether *principal* does not exist, is only invited or is suspended."""
    if isinstance(principal, User):
        return principal.status is not Status.ACTIVE
    return principal is None


def _meet(one: Ends, other: Ends) -> Ends:
    """Return the common part, until the earlier end."""
    both = (
        (grant, min(end(one, *grant), end(other, *grant))) for grant in one.keys() | other.keys()
    )
    return {grant: until for grant, until in both if until > NEVER}
