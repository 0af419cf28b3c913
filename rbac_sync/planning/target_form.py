"""The forms in which the live state and a declaration of a target are compared."""

from __future__ import annotations

from dataclasses import replace

from ..model import Catalogue, Instant, Role, State, Team
from ..model.reasons import with_reasons_of


def normal(state: State, catalogue: Catalogue) -> State:
    """Return *state* with the permissions of custom roles closed, less those of their base.

    Targets answer with more permissions than they were sent; in this form
    both sides compare equal.
    """
    custom = [role for role in state.of(Role).values() if not role.builtin]
    closed = [normal_role(role, state, catalogue) for role in custom]
    if closed == custom:
        return state
    draft = state.draft()
    for role in closed:
        draft.put(role)
    return draft


def normal_role(role: Role, state: State, catalogue: Catalogue) -> Role:
    """Return *role* with its permissions closed, less those of its base; see ``normal``."""
    permissions = catalogue.closed(role.permissions)
    for base in role.base:
        base_role = state.get(base) or catalogue.roles.get(base)
        if isinstance(base_role, Role):
            permissions -= catalogue.expanded(base_role, state.get)
    return replace(role, permissions=permissions)


def flat(role: Role, live: State, catalogue: Catalogue) -> Role:
    """Return *role* with the permissions of its built-in base as its own.

    A base that is not built in stays, and the guard refuses it.
    """
    known = {each: live.get(each) for each in role.base}
    bases = {a: base for a, base in known.items() if isinstance(base, Role) and base.builtin}
    granted = (catalogue.expanded(base, live.get) for base in bases.values())
    permissions = role.permissions.union(*granted)
    return replace(role, base=role.base.difference(bases), permissions=permissions)


def endless(state: State, now: Instant) -> State:
    """Return *state* without the terms that have begun by *now*, for targets without ends.

    An ended grant is not declared any more, so the next plan removes it.
    """
    draft = state.draft()
    for binding in state.bindings():
        held = binding.roles
        started = {h for h in held if h.since is None or h.since <= now}
        roles = held - started | {replace(h, since=None, until=None) for h in started}
        if roles != held:
            draft.put(replace(binding, roles=roles))
    return draft


def as_explained(state: State, live: State) -> State:
    """Return *state* with the reasons of *live* where only the reason differs.

    New grants keep their reason, so that a plan shows the declared one.
    """
    draft = state.draft()
    for binding in state.bindings():
        current = live.holdings(binding.principal, binding.scope)
        if current and current != binding.roles:
            draft.put(replace(binding, roles=with_reasons_of(binding.roles, frozenset(current))))
    for team in list(state.of(Team).values()):
        before = live.get(team.address)
        if isinstance(before, Team) and before.members != team.members:
            draft.put(replace(team, members=with_reasons_of(team.members, before.members)))
    return draft
