"""Roles of one level: all of them, one by id, and the one that a body names."""

from __future__ import annotations

from uuid import UUID

from ...model import Address, Kind, Level, Role
from ..read_view import ReadView
from ..refusals import InvalidRequest, Missing


def all_of(view: ReadView, level: Level) -> list[Role]:
    """Return the roles of *level*, oldest first."""
    roles = view.resources(Role, view.all(Kind.ROLE))
    return [role for role, _ in roles if role.level is level]


def role_by_id(view: ReadView, level: Level, id_: UUID) -> Role:
    """Return the role of *level* that has this id.

    Raises:
        Refusal: there is none.
    """
    role = view.resource(Role, id_)
    if role.level is not level:
        raise Missing
    return role


def named(view: ReadView, level: Level, id_: UUID, place: str) -> Address:
    """Return the role of *level* that a body names by its id in the field *place*.

    Raises:
        Refusal: there is none.
    """
    address = view.register.find(Kind.ROLE, id_)
    role = view.state.get(address) if address else None
    if not isinstance(role, Role) or role.level is not level:
        raise InvalidRequest(f"there is no {level} role `{id_}`", place)
    return role.address


def account_role(view: ReadView, id_: UUID) -> Address:
    """Return the account role that a body names in the field ``account_role_id``; see ``named``."""
    return named(view, Level.ACCOUNT, id_, "account_role_id")
