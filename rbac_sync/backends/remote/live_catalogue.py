"""The catalogue and the state of one account, each completed from the other."""

from __future__ import annotations

from dataclasses import replace

from ...model import Catalogue, Role, State


def with_roles(known: Catalogue, state: State) -> Catalogue:
    """Return *known* with the built-in roles as they are in *state*."""
    builtin_roles = {address: role for address, role in state.of(Role).items() if role.builtin}
    return replace(known, roles={**known.roles, **builtin_roles})


def closed(state: State, catalogue: Catalogue) -> State:
    """Return *state* with the permissions of every role closed over *catalogue*."""
    draft = state.draft()
    for role in state.of(Role).values():
        permissions = catalogue.closed(role.permissions)
        if permissions != role.permissions:
            draft.put(replace(role, permissions=permissions))
    return draft
