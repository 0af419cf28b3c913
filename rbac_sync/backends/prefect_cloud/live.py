"""The catalogue of one account: what is known of Prefect Cloud, with what it says itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ...model import Catalogue, Level, Permission, Permissions, Role, State, Title
from ...wire.prefect_cloud.workspace_roles import WorkspaceScope


def with_scopes(known: Catalogue, scopes: Iterable[WorkspaceScope]) -> Catalogue:
    """Return *known* with the permissions of workspaces as they are now.

    What the service says of a permission counts; what it does not speak of
    stays as it is known.
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


def with_roles(known: Catalogue, state: State) -> Catalogue:
    """Return *known* with the built-in roles as they are in *state*."""
    found = {address: role for address, role in state.of(Role).items() if role.builtin}
    return replace(known, roles={**known.roles, **found})


def _all(name: Permission, includes: Mapping[Permission, Permissions]) -> Permissions:
    """Return all that *name* includes, at whatever remove."""
    found: set[Permission] = set()
    ahead = [name]
    while ahead:
        more = includes.get(ahead.pop(), frozenset()) - found
        found |= more
        ahead += more
    return frozenset(found - {name})


def closed(state: State, catalogue: Catalogue) -> State:
    """Return *state* with the permissions of every role closed over *catalogue*."""
    draft = state.draft()
    for role in state.of(Role).values():
        permissions = catalogue.closed(role.permissions)
        if permissions != role.permissions:
            draft.put(replace(role, permissions=permissions))
    return draft
