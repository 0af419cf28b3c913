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

from collections.abc import Collection, Iterator, Sequence
from typing import assert_never

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Action,
    Address,
    Binding,
    Catalogue,
    Instant,
    Key,
    Kind,
    ObjectAccess,
    Permission,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
)
from ..planning import Change, make
from ..planning.renames import new_names
from .bound import Bound, moved
from .held_terms import FOR_GOOD, Grant, Held, HeldTerms, Scopes, Term

FEW = 16
"""The most principals whose access is measured before the bound is compared with all roles.

*Why* not for the first ones: to compare the bound with all roles, all of them are read.
"""


class Gains:
    """The gains of a plan step by step: the difference in holdings before and after each."""

    def __init__(
        self, live: State, catalogue: Catalogue, appliers: Sequence[Address | None], now: Instant
    ) -> None:
        """Begin from *live*; *appliers* are the applier and, if there is one, the author."""
        self._state = live.draft()
        """The state after the changes so far, but for those in ``_unmade``."""
        self._unmade: list[Change] = []
        self._held, self._now = HeldTerms(self._state, catalogue, now), now
        self._bound = Bound(live, self._held, appliers)
        self._measured = 0

    def gains_beyond(self, change: Change) -> set[tuple[Address, Address, Permission]]:
        """Make *change*; return the gains beyond the bound as principal, scope and permission."""
        is_new = change.before is None and not isinstance(change.after, Role | Key)
        if is_new and self._bound.covers_all:
            self._unmade.append(change)  # nothing is beyond the bound, and nothing ends
            return set()
        for each in self._unmade:
            make(self._state, each)
        self._unmade.clear()
        if isinstance(change.after, Role):
            self._bound.note([change.after])
        candidates, names = self._candidates(change), new_names([change])
        held_before = {who: self._held.of(who, scopes) for who, scopes in candidates.items()}
        shrinks = self._bound.may_shrink(change)
        self._make(change)
        gains = set[tuple[Address, Address, Permission]]()
        for who, scopes in candidates.items():
            name = names.get(who, who)
            where = None if scopes is None else {names.get(scope, scope) for scope in scopes}
            is_other = isinstance(change.after, User) and who in names
            before = {} if is_other else moved(held_before[who], names)
            held = self._held.of(name, where)
            gains |= {(name, *grant) for grant in held if self._is_gain(grant, held, before)}
        if isinstance(change.after, Key):
            gains |= self._by_key(change.after)
        if shrinks:
            self._bound.shrink()
        return gains

    def _make(self, change: Change) -> None:
        make(self._state, change)
        if isinstance(change.resource, Role):
            self._held.forget_roles()
        if change.before and change.action is Action.RENAME:
            self._bound.rename(change.before, change.resource)

    def _is_gain(self, grant: Grant, held: Held, before: Held) -> bool:
        """Say whether *held* has *grant* at a moment beyond *before* and the bound."""
        if held[grant] == before.get(grant):
            return False
        start = max(self._bound.end(*grant), self._now)
        return _is_new(held[grant], _terms(before, *grant), start)

    def _by_key(self, key: Key) -> set[tuple[Address, Address, Permission]]:
        """Return the access that *key* opens beyond the bound, and beyond that of its makers.

        The makers are the appliers, who can use it.
        """
        if self._bound.is_of(key.owner):
            return set()  # it is their own
        end, held = key.until or FOR_GOOD, self._held.of(key.owner, None, as_everyone=True)
        opened = {
            grant: frozenset((begin, min(until, end)) for begin, until in terms if begin < end)
            for grant, terms in held.items()
        }
        makers = [self._held.of(who, None) for who in self._bound.appliers] or [Held()]
        return {
            (key.owner, *grant)
            for grant in opened
            if any(self._is_gain(grant, opened, before) for before in makers)
        }

    def _candidates(self, change: Change) -> dict[Address, Scopes]:
        """Return the principals whose access is measured for *change*; see ``_concerned``."""
        if self._bound.covers_all:
            return {}
        candidates = _concerned(change, self._state)
        before, self._measured = self._measured, self._measured + len(candidates)
        if before <= FEW < self._measured:
            self._bound.note(self._state.of(Role).values(), are_all=True)
        return {} if self._bound.covers_all else candidates


def _concerned(change: Change, state: State) -> dict[Address, Scopes]:
    """Return the principals that may gain by *change* in *state*, and their scopes.

    A team or everyone stands for its members, who gain no more than it does.
    """
    candidates: dict[Address, Scopes] = {}
    renamed = new_names([change]).values()
    for who, scopes in _touched(change, state):
        if who in renamed:
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
