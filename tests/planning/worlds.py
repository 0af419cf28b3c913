"""Random accounts with terms, reasons and keys, for properties; the plain ones are shipped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Holding,
    Key,
    Level,
    Permission,
    Role,
    ServiceAccount,
    Status,
    Team,
)
from rbac_sync.model import address as named
from rbac_sync.testing.states import (
    BOTS,
    CLOUD,
    CUSTOM,
    OWNER,
    PEOPLE,
    SOME,
    SOME_PEOPLE,
    SPACES,
    TEAMS,
    account_role,
    roles,
    some_of,
    states,
    workspace_role,
)

__all__ = [
    "BOTS",
    "CLOUD",
    "CUSTOM",
    "OWNER",
    "PEOPLE",
    "SOME",
    "SPACES",
    "TEAMS",
    "account_role",
    "accounts",
    "address",
    "roles",
    "states",
    "workspace_role",
]


def address(text: str):
    kind, _, name = text.rpartition(":")
    return {"team": named.team, "sa": named.service_account, "": named.user}[kind](name)


SOON, LATER = (datetime(2026, 12, day, tzinfo=UTC) for day in (1, 20))
TERMS = st.sampled_from([(None, None), (None, LATER), (SOON, None), (SOON, LATER), (None, SOON)])
REASONS = st.sampled_from(["", "INC-1", "rota"])
STATES = states()
ENDS = st.sampled_from([None, SOON, LATER])
MORE = st.sampled_from([None, workspace_role("viewer"), workspace_role("worker")])
CLERKS = st.sets(st.sampled_from(["read:account", "create:team", "read:workspace"]))


@st.composite
def accounts(draw):
    """Return a state with suspended people, terms, reasons, several roles, clerks, and keys.

    A clerk holds an account role of the account's own, which implies workspace roles, mostly one
    of the account's own.
    """
    state = draw(STATES)
    draft = state.draft()
    for resource in _clerks(draw, state):
        draft.put(resource)
    for user in draw(SOME_PEOPLE):
        if state.get(user.address):
            draft.put(replace(user, status=Status.SUSPENDED))
    for team in list(state.of(Team).values()):
        members = (_with_term(m, draw(TERMS), draw(REASONS)) for m in sorted(team.members, key=str))
        draft.put(replace(team, members=frozenset(members)))
    for binding in sorted(state.bindings(), key=lambda b: str(b.address)):
        if binding.scope == ACCOUNT:
            continue
        held_here = {_with_term(h, draw(TERMS), draw(REASONS)) for h in binding.roles}
        if (role := draw(MORE)) and role not in {h.role for h in held_here}:
            held_here.add(Holding(role))
        draft.put(replace(binding, roles=frozenset(held_here)))
    for bot in sorted(state.of(ServiceAccount)):
        if until := draw(ENDS):
            draft.put(Key(bot, "main", until))
    return draft


def _clerks(draw, state):
    """Return an account role of the account's own and who holds it, or nothing."""
    custom = [r.address for r in state.of(Role).values() if not r.builtin]
    implied = draw(some_of((*sorted(custom), workspace_role("viewer"))))
    permissions = CLOUD.closed(map(Permission, draw(CLERKS)))
    clerk = Role(Level.ACCOUNT, "clerk", permissions, implies=frozenset(implied))
    there = tuple(who.address for who in (*PEOPLE, *BOTS) if state.get(who.address))
    holders = draw(some_of(there))
    places = {
        who: frozenset({_with_term(Holding(clerk.address), draw(TERMS), draw(REASONS))})
        for who in sorted(holders)
    }
    bindings = [Binding(who, ACCOUNT, place) for who, place in places.items()]
    return [clerk, *bindings] if draw(st.booleans()) else []


def _with_term(place, term, reason):
    return replace(place, since=term[0], until=term[1], reason=reason)
