"""The form of a declaration that a target with fewer means can keep."""

from __future__ import annotations

from dataclasses import replace

from ..model import Catalogue, Holdings, Instant, Role, State, Team
from ..model.resources import with_reasons_of


def flat(role: Role, live: State, catalogue: Catalogue) -> Role:
    """Return *role* with what its base grants listed as its own.

    A base that is not built-in stays: the guard refuses it.
    """
    known = ((address, live.get(address)) for address in role.base)
    bases = {a: found for a, found in known if isinstance(found, Role) and found.builtin}
    granted = (catalogue.expanded(base, live.get) for base in bases.values())
    return replace(
        role, base=role.base - bases.keys(), permissions=role.permissions.union(*granted)
    )


def endless(state: State, now: Instant) -> State:
    """Return *state* without the terms that have begun by *now*: whoever plans again keeps them.

    What has ended is not declared any more, and goes with the next plan.
    """
    draft = state.draft()
    for binding in state.bindings():
        roles = _begun(binding.roles, now)
        if roles != binding.roles:
            draft.put(replace(binding, roles=roles))
    return draft


def _begun(holdings: Holdings, now: Instant) -> Holdings:
    return frozenset(
        replace(h, since=None, until=None) if h.since is None or h.since <= now else h
        for h in holdings
    )


def as_explained(state: State, live: State) -> State:
    """Return *state* with the reasons of *live* for whatever is the same apart from them.

    What is not in *live* keeps its own: a plan shows the reason that is declared for what is new.
    """
    draft = state.draft()
    for binding in state.bindings():
        there = live.holdings(binding.principal, binding.scope)
        if there and there != binding.roles:
            draft.put(replace(binding, roles=with_reasons_of(binding.roles, frozenset(there))))
    for team in list(state.of(Team).values()):
        before = live.get(team.address)
        if isinstance(before, Team) and before.members != team.members:
            draft.put(replace(team, members=with_reasons_of(team.members, before.members)))
    return draft
