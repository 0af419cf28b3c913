"""The people of an account, read when they are asked for, and a state with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from ...model import ACCOUNT, Address, Kind, Resource, Row, State, User
from ...model.overlay import Overlay
from ...model.state import Part
from .account import Account
from .handlers import Bindings, Users
from .partial_state import PartialState, StateSource


def people_of(account: Account, handlers: Mapping[Kind, Any]) -> PartialState:
    """Return the users of *account* and their account roles."""

    def everything() -> State:
        users: Users = handlers[Kind.USER]
        bindings: Bindings = handlers[Kind.BINDING]
        rows = bindings.read(scope=account.names.number(ACCOUNT))
        return State.of_rows((), rows, {user.address: user for user in users.read()})

    return PartialState(StateSource(account, handlers, everything))


class StateWithPeople(State):
    """A state of *resources* and of the *rows* of some workspaces, with *people* of an account."""

    def __init__(
        self, people: PartialState, resources: Iterable[Resource], rows: Mapping[Address, Row]
    ) -> None:
        super().__init__(resources)
        self._of_people = people
        self._resources[Kind.USER] = cast("Any", people.of(User))
        self._rows = Overlay({**rows, ACCOUNT: cast("Row", people.row(ACCOUNT))})
        self._holder_index = _Holders(rows, people)

    def count(self, things: Kind | Part, most: int | None = None) -> int:
        if things in (Kind.USER, Part.ACCOUNT_ROLES, Part.OWN_ROLES):
            return self._of_people.count(things, most)
        return super().count(things, most)


class _Holders:
    """The holders of each role in *rows*, and in the account; see ``HolderLookup``."""

    def __init__(self, rows: Mapping[Address, Row], people: PartialState) -> None:
        self._rows, self._people = rows, people

    def places(self, role: Address) -> Iterator[tuple[Address, Address]]:
        """Yield each (scope, principal) that holds *role*."""
        for scope in (*self._rows, ACCOUNT):
            yield from ((scope, who) for who in self.of(role, scope))

    def of(self, role: Address, scope: Address) -> Iterable[Address]:
        """Return the principals that hold *role* in *scope*."""
        if scope == ACCOUNT:
            return self._people.holders(role, ACCOUNT)
        row = self._rows.get(scope, {}).items()
        return [who for who, held in row if any(h.role == role for h in held)]
