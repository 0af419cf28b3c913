"""The translation of the service's names into those of the model."""

from __future__ import annotations

from collections.abc import Collection

from ...catalogues import catalogue
from ...model import Address, Level, ObjectLevel, ObjectType
from ...model.resources import role

WORLD_NAME = "prefect-cloud"
WORLD = catalogue(WORLD_NAME)
"""The catalogue of Prefect Cloud, before the account itself is read."""

OLD = "earlier-"
"""How the names of keys begin that were rotated and live on for a time of grace."""

KEY = "active"
"""The name of the one key of a service account: the service lets nobody name it.

Source: the API's own word, ``active_key``; the name it makes up changes with every rotation.
"""

Names = Collection[str] | None
"""The names of objects of one type, without the type; None: of all there are."""


def list_right(type_: ObjectType, level: ObjectLevel) -> str:
    """Return the workspace permission that reading or writing the list of an object takes."""
    return WORLD.lists[type_][level]


def role_named(level: Level, name: str, *, builtin: bool) -> Address:
    """Return the address of a role that the service calls *name*.

    Built-in ones are in lower case here; one that the catalogue does not know yet, too.
    """
    if not builtin:
        return role(level, name)
    return WORLD.builtin(level, name) or role(level, name.lower().replace(" ", "-"))
