"""The gains of each step of a plan, measured on effective access alone.

*Why* a second check of what the other rules check already: it shares no code with them but the
model, so that a mistake in one of them does not open the door. It reads the state before and
after each step, and works on plain sets of (scope, permission, term).

Four gains are not counted, each for a reason:

* a principal's own key: with it the owner can do no more than without it;
* an accepted invitation: its roles count when the invitation is made;
* the default roles of a new or reactivated user: they are judged when they are set, and
  the right to invite permits to let people in;
* a term that only shortens: it gives nothing.

A person with a new e-mail address counts as another person, who gains all access of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import TypeVar, assert_never

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Binding,
    Catalogue,
    Draft,
    Holding,
    Instant,
    Key,
    Kind,
    Level,
    Membership,
    ObjectAccess,
    ObjectLevel,
    Permission,
    Permissions,
    Resource,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
)
from ..model.catalogue import opaque
from ..model.instant import is_open
from ..planning import Change, make
from ..planning.renames import named_like

FOR_GOOD = datetime.max.replace(tzinfo=UTC)
NEVER = datetime.min.replace(tzinfo=UTC)

Term = tuple[Instant, Instant]
"""A beginning and an end."""

Held = dict[tuple[Address, Permission], frozenset[Term]]
"""The terms of each permission that a principal holds, by scope and permission."""

Bound = dict[tuple[Address, Permission], Instant]
"""The end of each permission that an applier holds now, by scope and permission."""

FOREVER: Term = (NEVER, FOR_GOOD)

FEW = 16
"""The most principals whose access is measured before the bound is compared with all roles."""

V = TypeVar("V", Instant, frozenset[Term])

Scopes = Collection[Address] | None
"""The scopes to compare; None: all."""

Names = Mapping[Address, Address]
"""The new address of a renamed resource, by the old one."""


class Gains:
    """The gains of a plan step by step: the difference in holdings before and after each."""

    def __init__(
        self, live: State, catalogue: Catalogue, appliers: Sequence[Address | None], now: Instant
    ) -> None:
        """Begin from *live*; *appliers* are the applier and, if there is one, the author."""
        self._draft = live.draft()
        self._unmade: list[Change] = []
        self._first = live.draft()
        """The state before the plan, under the names of the present step."""
        self._catalogue, self._now = catalogue, now
        self._appliers = list(appliers)
        self._expanded: dict[Address, Permissions] = {}
        self._grantable: dict[Level, set[Permission]] = {level: set() for level in Level}
        self._are_noted = False
        self._bound = self._authority()
        self._covers_all: bool | None = None
        self._measured = 0

    @property
    def _state(self) -> Draft:
        """The state after the changes so far."""
        unmade, self._unmade = self._unmade, []
        for change in unmade:
            make(self._draft, change)
        return self._draft

    def gains_beyond(self, change: Change) -> set[tuple[Address, Address, Permission]]:
        """Make *change*; return the gains beyond the bound as principal, scope and permission."""
        is_new = change.before is None and not isinstance(change.after, Role | Key)
        if is_new and self._is_covered():
            self._unmade.append(change)  # nothing is beyond the bound, and nothing ends
            return set()
        bound, state = self._bound, self._state
        if isinstance(change.after, Role):
            self._note_grantable(change.after)
        candidates = self._candidates(change)
        held_before = {who: self._held(who, scopes) for who, scopes in candidates.items()}
        shrinks = self._may_shrink(change)
        make(state, change)
        if isinstance(change.resource, Role):
            self._expanded.clear()
        names = _names(change)
        for old in names:
            if change.after and (first := self._first.get(old)):
                self._first.rename(first, named_like(first, change.after))
        if shrinks:
            self._appliers = [who and names.get(who, who) for who in self._appliers]
            self._bound = _meet(_moved(bound, names), self._authority())
            self._covers_all = None
        gains: set[tuple[Address, Address, Permission]] = set()
        if not candidates and not isinstance(change.after, Key):
            return gains
        bound = _moved(bound, names)
        for who, scopes in candidates.items():
            name = names.get(who, who)
            where = None if scopes is None else {names.get(scope, scope) for scope in scopes}
            is_other = isinstance(change.after, User) and who in names
            before = {} if is_other else _moved(held_before[who], names)
            held = self._held(name, where)
            gains |= {(name, *what) for what in held if self._is_gain(what, held, before, bound)}
        if isinstance(change.after, Key):
            gains |= self._by_key(change.after, bound)
        return gains

    def _is_gain(
        self, what: tuple[Address, Permission], held: Held, before: Held, bound: Bound
    ) -> bool:
        """Say whether *held* has *what* at a moment beyond *before* and *bound*."""
        if held[what] == before.get(what):
            return False
        start = max(self._bound_end(bound, *what), self._now)
        return _is_new(held[what], _terms(before, *what), start)

    def _by_key(self, key: Key, bound: Bound) -> set[tuple[Address, Address, Permission]]:
        """Return the access that *key* opens beyond *bound*; its maker can use it."""
        if {key.owner} == {who for who in self._appliers if who}:
            return set()  # it is their own
        held = _ends(self._held(key.owner, None, EVERYONE))
        return {
            (key.owner, scope, permission)
            for (scope, permission), end in held.items()
            if min(end, key.until or FOR_GOOD)
            > max(self._bound_end(bound, scope, permission), self._now)
        }

    def _bound_end(self, bound: Bound, scope: Address, permission: Permission) -> Instant:
        here = self._object_bound(scope) if scope.kind is Kind.OBJECT else bound
        return _end(here, scope, permission)

    def _object_bound(self, scope: Address) -> Bound:
        """Return the access of each of the appliers to an object before the plan."""
        return reduce(_meet, (self._in_object(who, scope) for who in self._appliers))

    def _in_object(self, who: Address | None, at: Address) -> Bound:
        state, listed = self._first, self._first.get(at)
        if who is None or not isinstance(listed, ObjectAccess) or _is_inactive(state.get(who)):
            return {}
        places = state.memberships_of(who).items()
        ways = [(who, FOREVER), *((team, _term(m)) for team, m in places if self._is_open(m))]
        held, named = Bound(), _ends(_by_lists([listed], ways))
        scopes, opens = (listed.workspace, ACCOUNT), self._is_open
        here = _ends(self._held(who, scopes, EVERYONE, is_open=opens, of=state, on_lists=False))
        for level, right in self._catalogue.lists.get(listed.type, {}).items():
            passes = [_end(here, listed.workspace, p) for p in self._catalogue.passes_lists]
            passes += [FOR_GOOD] if EVERYONE in listed.at(level) else []
            listed_until = max(*passes, _end(named, at, level.permission), NEVER)
            held[at, level.permission] = min(listed_until, _end(here, listed.workspace, right))
        return held

    def _may_shrink(self, change: Change) -> bool:
        """Say whether *change* may reduce or rename the access of an applier."""
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
        appliers = [who for who in self._appliers if who]
        teams = (team for who in appliers for team in self._state.memberships_of(who))
        return concerned in {EVERYONE, *appliers, *teams}

    def _authority(self) -> Bound:
        """Return the authority that both the applier and the author, if any, have now."""
        return reduce(_meet, map(self._exercised, self._appliers))

    def _exercised(self, who: Address | None) -> Bound:
        if who is None or _is_inactive(self._state.get(who)):
            return {}
        return _ends(self._held(who, None, EVERYONE, is_open=self._is_open, on_lists=False))

    def _is_open(self, element: Holding | Membership) -> bool:
        return is_open(element.since, element.until, self._now)

    def _held(
        self,
        who: Address,
        scopes: Scopes,
        *more: Address,
        is_open: Callable[[Holding | Membership], bool] = lambda _: True,
        of: State | None = None,
        on_lists: bool = True,
    ) -> Held:
        """Return the holdings of *who* in *scopes*: own, by teams and, for a user, of *more*."""
        state, held = of or self._state, Held()
        principal = state.get(who)
        if isinstance(principal, User) and self._is_shut_out(principal):
            return held
        holders = [(who, FOREVER)]
        if who.kind in (Kind.USER, Kind.SERVICE_ACCOUNT):
            places = state.memberships_of(who).items()
            holders += [(team, _term(m)) for team, m in places if is_open(m)]
        if who.kind is Kind.USER:
            holders += [(other, FOREVER) for other in more]
        if on_lists:
            named = [(h, term) for h, term in holders if h != EVERYONE or who == EVERYONE]
            lists = state.lists_naming(*(holder for holder, _ in named))
            held |= _by_lists([e for e in lists if scopes is None or e.address in scopes], named)
        if scopes is None:
            scopes = state.scopes_of(*(holder for holder, _ in holders))
        for scope in scopes:
            for holder, place in holders:
                for holding in filter(is_open, state.holdings(holder, scope)):
                    term = frozenset({_both(place, _term(holding))})
                    for what in self._granted(holding.role, scope):
                        held[what] = held[what] | term if what in held else term
        return held

    def _is_shut_out(self, user: User) -> bool:
        """Say whether *user* is suspended, or has an invitation that has ended."""
        if user.status is Status.PENDING:
            return user.expires is not None and user.expires <= self._now
        return user.status is Status.SUSPENDED

    def _granted(self, role: Address, scope: Address) -> Iterator[tuple[Address, Permission]]:
        yield from ((scope, permission) for permission in self._permissions(role))
        known = self._state.get(role)
        if scope == ACCOUNT and isinstance(known, Role):
            for implied in known.implies:
                yield from ((ANYWHERE, p) for p in self._permissions(implied))

    def _permissions(self, role: Address) -> Permissions:
        if role not in self._expanded:
            known = self._state.get(role)
            self._expanded[role] = (
                self._catalogue.expanded(known, self._state.get)
                if isinstance(known, Role)
                else frozenset({opaque(role)})
            )
        return self._expanded[role]

    def _candidates(self, change: Change) -> dict[Address, Scopes]:
        """Return the principals whose access is measured for *change*; see ``_concerned``."""
        if not self._is_covered():
            candidates = _concerned(change, self._state)
            self._measured += len(candidates)
            if not self._is_covered():
                return candidates
        return {}

    def _note_grantable(self, role: Role) -> None:
        self._grantable[role.level] |= self._catalogue.expanded(role, self._state.get)
        self._covers_all = None

    def _is_covered(self) -> bool:
        """Say whether the bound includes, without end, all that any role has granted so far.

        Then no step can give anything beyond the bound, and none needs a closer check. *Why* not
        for the first principals: to compare the bound with all roles, all of them are read.
        """
        if self._measured <= FEW:
            return False
        if not self._are_noted:
            self._are_noted = True
            for role in self._state.of(Role).values():
                self._note_grantable(role)
        if self._covers_all is None:
            self._covers_all = all(
                self._bound.get((scope, permission)) == FOR_GOOD
                for level, scope in ((Level.ACCOUNT, ACCOUNT), (Level.WORKSPACE, ANYWHERE))
                for permission in self._grantable[level]
            )
        return self._covers_all


def _is_inactive(principal: Resource | None) -> bool:
    """Say whether *principal* does not exist, is only invited or is suspended."""
    if isinstance(principal, User):
        return principal.status is not Status.ACTIVE
    return principal is None


def _concerned(change: Change, state: State) -> dict[Address, Scopes]:
    """Return the principals that may gain by *change* in *state*, and their scopes.

    A team or everyone stands for its members, who gain no more than it does.
    """
    candidates: dict[Address, Scopes] = {}
    new_names = _names(change).values()
    for who, scopes in _touched(change, state):
        if who in new_names:
            continue  # the earlier state has the object under its old name
        known = candidates.get(who, ())
        candidates[who] = None if known is None or scopes is None else {*known, *scopes}
    return candidates


def _touched(change: Change, state: State) -> Iterator[tuple[Address, Scopes]]:
    yield from ((member, None) for member in _members(change, state))
    sides = change.made if change.before is None else (change.before, *change.made)
    for side in sides:
        match side:
            case Binding():
                yield side.principal, (side.scope, ACCOUNT)
            case User() | ServiceAccount():
                yield side.address, None
            case Role():
                yield from ((who, None) for who in _holders(side.address, state))
            case Workspace():
                yield from ((who, (side.address, ACCOUNT)) for who in state.row(side.address))
            case ObjectAccess():
                yield from ((who, (side.address,)) for who in sorted(side.principals - {EVERYONE}))
                yield EVERYONE, (side.address,)
            case Team() | Key():
                pass  # a team is covered by its members; a key gives its owner no access
            case _ as never:
                assert_never(never)


def _by_lists(lists: Iterable[ObjectAccess], holders: Iterable[tuple[Address, Term]]) -> Held:
    """Return the permissions that access lists give to *holders*, each with its terms."""
    held = Held()
    for listed in lists:
        for level in ObjectLevel:
            terms = frozenset(term for holder, term in holders if holder in listed.at(level))
            if terms:
                held[listed.address, level.permission] = terms
    return held


def _members(change: Change, state: State) -> Iterator[Address]:
    """Yield the members of a team before *change* or after it; nothing for other kinds."""
    for side in (change.before, change.after):
        if isinstance(side, Team):
            live = state.get(side.address)
            yield side.address
            yield from side.references
            yield from live.references if live else ()


def _holders(role: Address, state: State) -> Iterator[Address]:
    """Yield the holders of *role*, or of a role that is based on it or implies it."""
    for each in (role, *state.roles_on(role)):
        yield from (binding.principal for binding in state.bindings_with(each))


def _names(change: Change) -> Names:
    before, after = change.before, change.after
    is_rename = before and after and before.address != after.address
    return {before.address: after.address} if before and after and is_rename else {}


def _moved(
    held: dict[tuple[Address, Permission], V], names: Names
) -> dict[tuple[Address, Permission], V]:
    if not names:
        return held
    return {(names.get(scope, scope), p): value for (scope, p), value in held.items()}


def _term(element: Holding | Membership) -> Term:
    return element.since or NEVER, element.until or FOR_GOOD


def _both(one: Term, other: Term) -> Term:
    """Return the common part of two terms."""
    return max(one[0], other[0]), min(one[1], other[1])


def _terms(held: Held, scope: Address, permission: Permission) -> frozenset[Term]:
    """Return the terms of a permission in *scope*."""
    here = held.get((scope, permission), frozenset())
    if scope.kind is Kind.WORKSPACE:
        return here | held.get((ANYWHERE, permission), frozenset())
    return here


def _is_new(terms: frozenset[Term], known: frozenset[Term], start: Instant) -> bool:
    """Say whether *terms* include a moment from *start* on that *known* do not include."""
    late = [(max(begin, start), end) for begin, end in terms if end > start]
    moments = {*(begin for begin, _ in late), *(end for _, end in known)} if late else ()
    return any(_includes(late, moment) and not _includes(known, moment) for moment in moments)


def _includes(terms: Collection[Term], moment: Instant) -> bool:
    return any(begin <= moment < end for begin, end in terms)


def _ends(held: Held) -> Bound:
    """Return the last end of each permission."""
    return {what: max(end for _, end in terms) for what, terms in held.items()}


def _end(held: Bound, scope: Address, permission: Permission) -> Instant:
    """Return the end of a permission in *scope*, ``NEVER`` if it is not held."""
    here = held.get((scope, permission), NEVER)
    if scope.kind is Kind.WORKSPACE:
        return max(here, held.get((ANYWHERE, permission), NEVER))
    return here


def _meet(one: Bound, other: Bound) -> Bound:
    """Return the common part, until the earlier end."""
    both = ((what, min(_end(one, *what), _end(other, *what))) for what in one.keys() | other.keys())
    return {what: end for what, end in both if end > NEVER}
