"""The users who own the account, and those of them with a key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, assert_never

from ..model import (
    ACCOUNT,
    Address,
    Binding,
    Instant,
    Key,
    Kind,
    ObjectAccess,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
)
from ..model.instant import is_open
from ..planning import Change


class OwnerCount(NamedTuple):
    """The number of owners of an account.

    ``active`` counts the active owners who are people, ``with_key`` those of them with
    a key that has not ended; 0 if the target does not show the keys of people.
    """

    active: int = 0
    with_key: int = 0


class Owners:
    """The active owners who are people in one state; follows a draft as it changes."""

    def __init__(self, state: State, role: Address, now: Instant) -> None:
        self._state, self._role, self._now = state, role, now
        self._active = {user for user in state.holders(role, ACCOUNT) if self._owns(user)}
        self._with_key = {user for user in self._active if self._has_key(user)}

    def count(self) -> OwnerCount:
        return OwnerCount(len(self._active), len(self._with_key))

    def follow(self, change: Change) -> None:
        """Update the owners that *change*, which has been made, affects."""
        for person in _people(change):
            self._active.discard(person)
            self._with_key.discard(person)
            if self._owns(person):
                self._active.add(person)
                if self._has_key(person):
                    self._with_key.add(person)

    def _owns(self, user: Address) -> bool:
        resource = self._state.get(user) if user.kind is Kind.USER else None
        if not isinstance(resource, User) or resource.status is not Status.ACTIVE:
            return False
        held = self._state.holdings(resource.address, ACCOUNT)
        return any(h.role == self._role and is_open(h.since, h.until, self._now) for h in held)

    def _has_key(self, user: Address) -> bool:
        ends = (key.until for key in self._state.keys_of(user))
        return any(end is None or self._now < end for end in ends)


def _people(change: Change) -> Iterator[Address]:
    """Yield the users whose ownership or keys *change* may begin or end."""
    for side in (change.before, change.after):
        match side:
            case Binding(principal, scope) if scope == ACCOUNT:
                yield principal
            case User():
                yield side.address
            case Key(owner):
                yield owner
            case Binding() | ServiceAccount() | Team() | Workspace() | Role():
                pass  # only people own an account, by its account roles
            case ObjectAccess() | None:
                pass
            case _ as never:
                assert_never(never)
