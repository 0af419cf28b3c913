"""The translation of the service's names into those of the model."""

from __future__ import annotations

from ...catalogues import catalogue
from ...model import Address, Level
from ...model.resources import role

WORLD_NAME = "prefect-cloud-1"
WORLD = catalogue(WORLD_NAME)
"""The catalogue of Prefect Cloud 1, without what the tenant itself reports."""

RESERVED = frozenset(
    name.casefold()
    for address, known in WORLD.roles.items()
    for name in (known.name, WORLD.display.get(address, ""), WORLD.wire.get(address, ""))
)
"""The names of built-in roles. The service also accepts them as names of custom roles."""


def builtin_role(name: str) -> Address:
    """Return the address of the built-in role with the name *name* in the service.

    A name that the catalogue does not know is written in lower case, with hyphens.
    """
    address = WORLD.builtin(Level.ACCOUNT, name)
    return address or custom_role(name.lower().replace("_", "-"))


def custom_role(name: str) -> Address:
    """Return the address of a custom role of the tenant."""
    return role(Level.ACCOUNT, name)
