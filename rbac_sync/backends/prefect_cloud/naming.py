"""The translation of the service's names into those of the model."""

from __future__ import annotations

from collections.abc import Collection

from ...catalogues import catalogue
from ...model import Address, Level, ObjectLevel, ObjectType
from ...model.resources import role

WORLD_NAME = "prefect-cloud"
WORLD = catalogue(WORLD_NAME)
"""The catalogue of Prefect Cloud, without what the account itself reports."""

OLD = "earlier-"
"""The prefix of the names of rotated keys that still work in their grace period."""

KEY = "active"
"""The name of the one key of a service account, which has no lasting name in the service.

Source: ``active_key`` of the API; the name that the service makes changes at each rotation.
"""

Names = Collection[str] | None
"""The names of objects of one type, without the type; None for all objects."""


def list_right(type_: ObjectType, level: ObjectLevel) -> str:
    """Return the workspace permission needed to read or write the access list of an object."""
    return WORLD.lists[type_][level]


def role_named(level: Level, name: str, *, builtin: bool) -> Address:
    """Return the address of the role with the name *name* in the service.

    The names of built-in roles are in lower case here, even if the catalogue does not know them.
    """
    if not builtin:
        return role(level, name)
    return WORLD.builtin(level, name) or role(level, name.lower().replace(" ", "-"))
