"""Permissions by name, as requests list them, against the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from ...model import Catalogue, Level, Permission, Permissions
from ..read_view import ReadView
from ..refusals import unprocessable


def known(view: ReadView, level: Level, names: Iterable[str], place: str) -> Permissions:
    """Return *names* as permissions, closed over what they include.

    Raises:
        Refusal: one of them is none of this level, or no custom role may hold it.

    """
    there, wanted = of_level(view.catalogue, level), frozenset(map(Permission, names))
    for name in sorted(wanted - there):
        raise unprocessable(f"there is no permission `{name}`", place)
    for name in sorted(wanted):
        title = view.catalogue.titles.get(name)
        if title and title.reserved:
            raise unprocessable(f"no custom role may hold `{name}`", place)
    return view.catalogue.closed(wanted)


def of_level(catalogue: Catalogue, level: Level) -> Permissions:
    """Return every permission of *level* that the catalogue knows, titled or not."""
    found = {p for p, title in catalogue.titles.items() if title.level is level}
    for role in catalogue.roles.values():
        if role.level is level:
            found |= catalogue.closed(role.permissions)
    for name, included in catalogue.includes.items():
        if name not in catalogue.titles:
            found |= {name, *included}
    return frozenset(found)
