"""The workspace permissions that the service reports, in the catalogue of one account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ...model import Catalogue, Level, Permission, Permissions, Title
from ...wire.prefect_cloud.workspace_roles import WorkspaceScope


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
