"""The translation of the service's names into those of the model."""

from __future__ import annotations

from ...catalogues import catalogue
from ...model import Address, Level
from ...model.resources import role

WORLD_NAME = "prefect-cloud-1"
WORLD = catalogue(WORLD_NAME)
"""The catalogue of Prefect Cloud 1, before the tenant itself is read."""

RESERVED = frozenset(
    name.casefold()
    for address, known in WORLD.roles.items()
    for name in (known.name, WORLD.display.get(address, ""), WORLD.wire.get(address, ""))
)
"""The names of built-in roles. The service lets a tenant call a role of its own by one of them."""


def builtin_role(name: str) -> Address:
    """Return the address of a built-in role that the service calls *name*.

    One that the catalogue does not know yet is in lower case, with hyphens.
    """
    address = WORLD.builtin(Level.ACCOUNT, name)
    return address or custom_role(name.lower().replace("_", "-"))


def custom_role(name: str) -> Address:
    """Return the address of a role of the tenant's own."""
    return role(Level.ACCOUNT, name)
