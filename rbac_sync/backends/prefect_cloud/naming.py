"""The translation of the service's names and permissions into those of the model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ...catalogues import catalogue
from ...model import (
    Address,
    Catalogue,
    Level,
    ObjectLevel,
    ObjectType,
    Permission,
    Permissions,
    Title,
)
from ...model.resources import role

if TYPE_CHECKING:
    from ...wire.prefect_cloud.roles import WorkspaceScope

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


def with_scopes(known: Catalogue, scopes: Iterable[WorkspaceScope]) -> Catalogue:
    """Return *known* with the current permissions of workspaces.

    The service decides what a permission includes; permissions that it does
    not report stay as in *known*.
    """
    named = {Permission(scope.name): scope for scope in scopes}
    includes = {
        name: frozenset(map(Permission, scope.includes_scopes)) for name, scope in named.items()
    }
    titles = {
        name: Title(name, Level.WORKSPACE, title=scope.title, group=scope.feature_group)
        for name, scope in named.items()
    }
    return replace(
        known,
        includes={**known.includes, **{name: _all(name, includes) for name in includes}},
        titles={**titles, **known.titles},
    )


def _all(name: Permission, includes: Mapping[Permission, Permissions]) -> Permissions:
    """Return all permissions that *name* includes, directly or through others."""
    included: set[Permission] = set()
    ahead = [name]
    while ahead:
        more = includes.get(ahead.pop(), frozenset()) - included
        included |= more
        ahead += more
    return frozenset(included - {name})
