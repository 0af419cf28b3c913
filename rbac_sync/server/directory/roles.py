"""Roles of one level, and the permissions that they can hold, by id and by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from ...model import Address, Catalogue, Kind, Level, Permission, Permissions, Role
from ..read_view import ReadView
from ..refusals import InvalidRequest, Missing


class PermissionRefused(InvalidRequest):
    """A permission that no custom role of the level can hold."""

    def __init__(self, permission: Permission, why: str, *place: str) -> None:
        super().__init__(why, *place)
        self.permission = permission


def known(view: ReadView, level: Level, names: Iterable[str], *place: str) -> Permissions:
    """Return *names* as permissions of a custom role, with all included ones.

    Raises:
        PermissionRefused: one of them is not of this level, or no custom role may have it.
    """
    there, chosen = of_level(view.catalogue, level), frozenset(map(Permission, names))
    for name in sorted(chosen):
        if name not in there:
            raise PermissionRefused(name, f"there is no permission `{name}`", *place)
        if view.catalogue.titles[name].reserved:
            raise PermissionRefused(name, f"no custom role may hold `{name}`", *place)
    return view.catalogue.closed(chosen)


def of_level(catalogue: Catalogue, level: Level) -> Permissions:
    """Return every permission of *level* in the catalogue."""
    return frozenset(p for p, title in catalogue.titles.items() if title.level is level)


def all_of(view: ReadView, level: Level) -> Iterator[Role]:
    """Yield the roles of *level*, oldest first."""
    roles = view.resources(Role, view.walk(Kind.ROLE))
    return (role for role, _ in roles if role.level is level)


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
