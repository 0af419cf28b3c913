"""Permissions by name, as requests list them, against the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from ...model import Catalogue, Level, Permission, Permissions
from ..read_view import ReadView
from ..refusals import InvalidRequest


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
        title = view.catalogue.titles.get(name)
        if name not in there:
            raise PermissionRefused(name, f"there is no permission `{name}`", *place)
        if title and title.reserved:
            raise PermissionRefused(name, f"no custom role may hold `{name}`", *place)
    return view.catalogue.closed(chosen)


def of_level(catalogue: Catalogue, level: Level) -> Permissions:
    """Return every permission of *level* in the catalogue."""
    permissions = {p for p, title in catalogue.titles.items() if title.level is level}
    for role in catalogue.roles.values():
        if role.level is level:
            permissions |= catalogue.closed(role.permissions)
    for name, included in catalogue.includes.items():
        if name not in catalogue.titles:
            permissions |= {name, *included}
    return frozenset(permissions)
