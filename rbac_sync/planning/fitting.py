"""What is declared, said so that a target can keep it which has fewer words for it."""

from __future__ import annotations

from dataclasses import replace

from ..model import Catalogue, Holding, Holdings, Instant, Role, State


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
    return frozenset(Holding(h.role) if h.since is None or h.since <= now else h for h in holdings)
