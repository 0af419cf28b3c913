"""Small random accounts on Prefect Cloud's catalogue, for properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from rbac_sync.catalogues import catalogue
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Holding,
    Key,
    Level,
    Membership,
    Permission,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model import address as named
from rbac_sync.model.resources import role as role_address

CLOUD = catalogue("prefect-cloud")
OWNER = User("olivia@example.org")
PEOPLE = [User(f"{name}@example.org") for name in ("ann", "bea", "cyd", "dan")]
BOTS = [ServiceAccount(name) for name in ("ci", "etl")]
TEAMS = ["data", "ops"]
SPACES = [Workspace(handle, handle) for handle in ("prod", "test")]
CUSTOM = ["reader", "releaser"]
SOME = [
    "see_flows",
    "run_flows",
    "see_blocks",
    "see_secret_blocks",
    "manage_blocks",
    "run_deployments",
]


def workspace_role(name: str):
    return role_address(Level.WORKSPACE, name)


def account_role(name: str):
    return role_address(Level.ACCOUNT, name)


@st.composite
def roles(draw):
    found = []
    for name in draw(st.sets(st.sampled_from(CUSTOM))):
        base = draw(st.sampled_from([None, "viewer", "runner", "worker"]))
        found.append(
            Role(
                Level.WORKSPACE,
                name,
                CLOUD.closed(draw(st.sets(st.sampled_from(list(map(Permission, SOME)))))),
                base=frozenset({workspace_role(base)} if base else ()),
            )
        )
    return found


@st.composite
def states(draw):
    custom = draw(roles())
    people = draw(st.sets(st.sampled_from(PEOPLE)))
    bots = draw(st.sets(st.sampled_from(BOTS)))
    spaces = draw(st.sets(st.sampled_from(SPACES)))
    principals = [p.address for p in (*people, *bots)]
    held_roles = st.sampled_from(
        [
            *(workspace_role(n) for n in ("viewer", "developer", "worker")),
            *(r.address for r in custom),
        ]
    )
    members = st.frozensets(st.sampled_from(principals)) if principals else st.just(frozenset())
    teams = [
        Team(name, frozenset(map(Membership, draw(members))))
        for name in draw(st.sets(st.sampled_from(TEAMS)))
    ]
    names = ("member", "admin", "owner", "collaborator")
    account = st.sampled_from([account_role(name) for name in names])
    bindings = [Binding(OWNER.address, ACCOUNT, held(account_role("owner")))]
    bindings += [Binding(p, ACCOUNT, held(draw(account))) for p in sorted(principals)]
    holders = [*principals, *(t.address for t in teams), EVERYONE]
    for space in sorted(spaces, key=lambda s: s.handle):
        for holder in sorted(draw(st.sets(st.sampled_from(holders)))):
            bindings.append(Binding(holder, space.address, held(draw(held_roles))))
    return State(
        [*CLOUD.roles.values(), *custom, OWNER, *people, *bots, *teams, *spaces, *bindings]
    )


def address(text: str):
    kind, _, name = text.rpartition(":")
    return {"team": named.team, "sa": named.service_account, "": named.user}[kind](name)


SOON, LATER = (datetime(2026, 12, day, tzinfo=UTC) for day in (1, 20))
TERMS = st.sampled_from([(None, None), (None, LATER), (SOON, None), (SOON, LATER), (None, SOON)])
REASONS = st.sampled_from(["", "INC-1", "rota"])


@st.composite
def accounts(draw):
    """Return a state with suspended people, terms, reasons, bindings of several roles, and keys."""
    state = draw(states())
    draft = state.draft()
    for user in draw(st.sets(st.sampled_from(PEOPLE))):
        if state.get(user.address):
            draft.put(replace(user, status=Status.SUSPENDED))
    for team in list(state.of(Team).values()):
        members = (_with_term(m, draw(TERMS), draw(REASONS)) for m in sorted(team.members, key=str))
        draft.put(replace(team, members=frozenset(members)))
    more = st.sampled_from([None, *(workspace_role(name) for name in ("viewer", "worker"))])
    for binding in sorted(state.bindings(), key=lambda b: str(b.address)):
        if binding.scope == ACCOUNT:
            continue
        held_here = {_with_term(h, draw(TERMS), draw(REASONS)) for h in binding.roles}
        if (role := draw(more)) and role not in {h.role for h in held_here}:
            held_here.add(Holding(role))
        draft.put(replace(binding, roles=frozenset(held_here)))
    for bot in sorted(state.of(ServiceAccount)):
        if until := draw(st.sampled_from([None, SOON, LATER])):
            draft.put(Key(bot, "main", until))
    return draft


def _with_term(place, term, reason):
    return replace(place, since=term[0], until=term[1], reason=reason)
