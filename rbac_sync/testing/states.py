"""Small random accounts on Prefect Cloud's catalogue, as a Hypothesis strategy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from hypothesis import strategies as st

from ..catalogues import catalogue
from ..model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Binding,
    Level,
    Membership,
    Permission,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
    held,
)
from ..model.resources import role as role_address

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


def workspace_role(name: str) -> Address:
    """Return the address of the workspace role *name*."""
    return role_address(Level.WORKSPACE, name)


def account_role(name: str) -> Address:
    """Return the address of the account role *name*."""
    return role_address(Level.ACCOUNT, name)


BASE = st.sampled_from([(), ("viewer",), ("runner",), ("worker",)])
ACCOUNT_ROLES = st.sampled_from(
    [account_role(name) for name in ("member", "admin", "owner", "collaborator")]
)
SOME_PEOPLE = st.sets(st.sampled_from(PEOPLE))
SOME_BOTS = st.sets(st.sampled_from(BOTS))
SOME_TEAMS = st.sets(st.sampled_from(TEAMS))
SOME_SPACES = st.sets(st.sampled_from(SPACES))
SOME_CUSTOM = st.sets(st.sampled_from(CUSTOM))
SOME_PERMISSIONS = st.sets(st.sampled_from(list(map(Permission, SOME))))


@cache
def one_of(addresses: tuple[Address, ...]) -> st.SearchStrategy[Address]:
    """Return the strategy of *addresses*. *Why* a cache: Hypothesis checks each new strategy."""
    return st.sampled_from(addresses)


@cache
def some_of(addresses: tuple[Address, ...]) -> st.SearchStrategy[set[Address]]:
    """Return the strategy of sets of *addresses*, which may be none."""
    return st.sets(one_of(addresses)) if addresses else st.just(set())


@st.composite
def roles(draw: st.DrawFn) -> list[Role]:
    """Draw some custom workspace roles, each with a built-in base role or none."""
    return [
        Role(
            Level.WORKSPACE,
            name,
            CLOUD.closed(draw(SOME_PERMISSIONS)),
            base=frozenset(map(workspace_role, draw(BASE))),
        )
        for name in draw(SOME_CUSTOM)
    ]


ROLES = roles()


@st.composite
def states(draw: st.DrawFn) -> State:
    """Draw an account: its owner, and some resources of every kind of a store except keys."""
    custom = draw(ROLES)
    people, bots, spaces = draw(SOME_PEOPLE), draw(SOME_BOTS), draw(SOME_SPACES)
    principals = sorted([*(user.address for user in people), *(bot.address for bot in bots)])
    teams = _teams(draw, principals)
    holders = [*principals, *(team.address for team in teams), EVERYONE]
    bindings = [Binding(OWNER.address, ACCOUNT, held(account_role("owner")))]
    bindings += [Binding(p, ACCOUNT, held(draw(ACCOUNT_ROLES))) for p in principals]
    bindings += _bindings(draw, [s.address for s in spaces], holders, custom)
    return State(
        [*CLOUD.roles.values(), *custom, OWNER, *people, *bots, *teams, *spaces, *bindings]
    )


def _teams(draw: st.DrawFn, principals: Sequence[Address]) -> list[Team]:
    """Draw some teams of some of *principals*."""
    members = some_of(tuple(principals))
    return [Team(name, frozenset(map(Membership, draw(members)))) for name in draw(SOME_TEAMS)]


def _bindings(
    draw: st.DrawFn, spaces: Iterable[Address], holders: Sequence[Address], custom: Iterable[Role]
) -> list[Binding]:
    """Draw bindings of *holders* in each of *spaces*, with built-in and *custom* roles."""
    builtin = map(workspace_role, ("viewer", "developer", "worker"))
    role = one_of((*builtin, *(each.address for each in custom)))
    return [
        Binding(holder, space, held(draw(role)))
        for space in sorted(spaces)
        for holder in sorted(draw(some_of(tuple(holders))))
    ]
