"""A change of many things costs in proportion to their number, whatever the things are."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from rbac_sync.guard import examine
from rbac_sync.guard.effects import effects
from rbac_sync.guard.passing_access import ApplierWatch
from rbac_sync.model import WHOLE, Action, Declaration, Kind, Policy, State
from rbac_sync.planning import Change, Invitations, Plan
from rbac_sync.planning.order import in_safe_order
from rbac_sync.planning.planner import Planner

from ..build import (
    ALL,
    ANYTHING,
    CATALOGUE,
    NOW,
    access_list,
    bind,
    context,
    role,
    state,
    team,
    user,
    who,
    workspace,
)
from ..growth import FEW, TIMES, calls, too_large

BOSS = user("boss", "owner")
SERVICE = replace(
    ANYTHING,
    actions={kind: frozenset(Action) - {Action.RENAME} for kind in Kind},
    invitations=Invitations.REQUIRED,
)
HIDING = replace(WHOLE, more_workspaces=True, reasons=("some workspaces are not shown",))

Case = tuple[State, State, dict]
"""The live state, the desired state, and options of the plan."""


def people(n, prefix="p", account="member"):
    return [user(f"{prefix}{i}", account) for i in range(n)]


def workspaces(n, **options):
    return [workspace(f"w{i}", **options) for i in range(n)]


def held(n, prefix="p", name="developer"):
    return [bind(f"{prefix}{i}", f"w{i}", name) for i in range(n)]


def account(n, *more):
    return state(BOSS, *workspaces(n), *more)


def successors(n) -> Case:
    live = account(n, *people(n), *people(n, "q"), *held(n))
    former = {who(f"q{i}"): (who(f"p{i}"),) for i in range(n)}
    desired = account(n, *people(n, "q"), *held(n, "q"))
    return live, desired, {"former": former, "capabilities": SERVICE}


def renamed_people(n) -> Case:
    former = {who(f"q{i}"): (who(f"p{i}"),) for i in range(n)}
    live, desired = (account(n, *people(n, each), *held(n, each)) for each in "pq")
    return live, desired, {"former": former}


def unseen_workspaces(n) -> Case:
    live = state(BOSS, *people(n))
    return live, account(n, *people(n), *held(n)), {"horizon": HIDING}


def default_roles(n) -> Case:
    live = account(n, *people(n))
    return live, state(BOSS, *people(n), *workspaces(n, default="viewer")), {}


def new_roles(n) -> Case:
    roles = [role(f"r{i}", "see_flows", base="viewer") for i in range(n)]
    return account(1), account(1, *roles), {}


def wider_roles(n) -> Case:
    holders = [bind(f"p{i}", f"w{i}", f"r{i}") for i in range(n)]
    live, desired = (
        account(n, *people(n), *holders, *(role(f"r{i}", *permissions) for i in range(n)))
        for permissions in (["see_flows"], ["see_flows", "see_blocks"])
    )
    return live, desired, {}


def new_owners(n) -> Case:
    return account(1, *people(n)), account(1, *people(n, account="owner")), {}


def opened_lists(n) -> Case:
    live, desired = (
        account(n, *people(n), *held(n), *(opened(f"w{i}", view) for i in range(n)))
        for view in ("p0", "*")
    )
    return live, desired, {}


def opened(handle, view):
    return access_list("deployment:etl/daily", handle, view=view)


def new_teams(n) -> Case:
    teams = [team(f"t{i}", f"p{i}") for i in range(n)]
    places = [bind(f"team:t{i}", f"w{i}", "developer") for i in range(n)]
    return account(n, *people(n)), account(n, *people(n), *teams, *places), {}


def deleted_workspaces(n) -> Case:
    lists = [opened(f"w{i}", "p0") for i in range(n)]
    return account(n, *people(n), *held(n), *lists), state(BOSS, *people(n)), {}


def deleted_default_roles(n) -> Case:
    return account(n, *workspaces(n, default="viewer")), state(BOSS), {}


def floors(n) -> Case:
    owned = [bind(f"p{i}", f"w{i}", "owner") for i in range(n)]
    policy = Policy(workspace_owners={f"w{i}": 1 for i in range(n)})
    more = [bind(f"p{i + 1}", f"w{i}", "viewer") for i in range(n - 1)]
    live, desired = (account(n, *people(n), *owned, *added) for added in ([], more))
    return live, desired, {"policy": policy}


def owners_of_one_workspace(n) -> Case:
    live, desired = (
        account(1, *people(n, each), *(bind(f"{each}{i}", "w0", "owner") for i in range(n)))
        for each in "pq"
    )
    return live, desired, {}


def one_owner_of_all_workspaces(n) -> Case:
    live, desired = (
        account(n, user(each), *(bind(each, f"w{i}", "owner") for i in range(n)))
        for each in ("bo", "cy")
    )
    return live, desired, {}


def owning_teams_with_others(n) -> Case:
    teams = [bind(f"team:t{i}", f"w{i}", "owner") for i in range(n)]
    live, desired = (
        account(n, *people(n), *teams, *(team(f"t{i}", f"p{(i + by) % n}") for i in range(n)))
        for by in (0, 1)
    )
    return live, desired, {}


def an_owner_in_a_large_team_who_waits_for_the_next_one(n) -> Case:
    more = *people(1, "q"), workspace("z"), *(bind("team:t", f"w{i}", "owner") for i in range(n))
    live = account(
        n, *people(n), *more, team("t", *(f"p{i}" for i in range(n))), bind("p0", "z", "owner")
    )
    rest = team("t", *(f"p{i}" for i in range(1, n)))
    return live, account(n, *people(n)[1:], *more, rest, bind("q0", "z", "owner")), {}


def many_owning_teams(n):
    """Return an account in which each of *n* teams owns each of *n* workspaces."""
    teams = [team(f"t{i}", f"p{i}", f"q{i}") for i in range(n)]
    owned = [bind(f"team:t{i}", f"w{j}", "owner") for i in range(n) for j in range(n)]
    return account(n, *people(n), *people(n, "q"), *teams, *owned)


@pytest.mark.parametrize(
    "change",
    [
        Change(*team("t0", "p0", "q0"), *team("t0", "p0")),
        Change(*team("t0", "p0", "q0"), *team("t0", "p0", "q0", "p1")),
        Change(*team("t0", "p0", "q0"), None),
        Change(user("p0")[0], None),
        Change(*bind("team:t0", "w0", "owner"), None),
    ],
    ids=["leaves", "joins", "team", "person", "role"],
)
def test_a_change_of_one_of_many_owning_teams_costs_no_look_at_the_others(change):
    def costs(n):
        live = many_owning_teams(n)
        watcher = partial(ApplierWatch, CATALOGUE, who("boss"), NOW)
        policy = Policy(workspace_owners={f"w{i}": 2 for i in range(n)})
        assert live.scopes_of(who("boss"))  # the index of all bindings is made
        return {
            "order": calls(lambda: in_safe_order([change], live, CATALOGUE, watcher)),
            "guard": calls(lambda: examine(context(Plan(live, (change,)), "boss", policy=policy))),
        }

    few, many = costs(FEW), costs(FEW * TIMES)

    assert too_large(few, many) == {}


def costs(case: Case) -> dict[str, int]:
    """Return the calls that the plan of *case*, its judgement and its effects take."""
    live, desired, options = case
    capabilities = options.pop("capabilities", ANYTHING)
    horizon, policy = options.pop("horizon", WHOLE), options.pop("policy", Policy())
    declaration = Declaration(desired, manage=ALL, **options)
    watcher = partial(ApplierWatch, CATALOGUE, who("boss"), NOW)
    planner = Planner(CATALOGUE, capabilities, NOW, watcher, horizon)
    plan = planner.plan(declaration, live)
    about = {"capabilities": capabilities, "horizon": horizon, "policy": policy}
    return {
        "plan": calls(lambda: planner.plan(declaration, live)),
        "guard": calls(lambda: examine(context(plan, "boss", **about))),
        "effects": calls(lambda: effects(context(plan, "boss", **about))),
    }


@pytest.mark.parametrize(
    "shape",
    [
        successors,
        renamed_people,
        unseen_workspaces,
        default_roles,
        new_roles,
        wider_roles,
        new_owners,
        opened_lists,
        new_teams,
        deleted_workspaces,
        deleted_default_roles,
        floors,
        owners_of_one_workspace,
        one_owner_of_all_workspaces,
        owning_teams_with_others,
        an_owner_in_a_large_team_who_waits_for_the_next_one,
    ],
)
def test_the_cost_grows_no_faster_than_the_number_of_things(shape):
    few, many = costs(shape(FEW)), costs(shape(FEW * TIMES))

    assert too_large(few, many) == {}
