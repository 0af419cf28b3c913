"""UNSEEN: no change touches what the read of the account could not see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.guard import RuleId, examine
from rbac_sync.model import WHOLE, Declaration, Kind
from rbac_sync.planning import Change, Plan
from rbac_sync.planning.planner import Planner

from ..build import (
    ALL,
    ANYTHING,
    CATALOGUE,
    NOW,
    access_list,
    bind,
    context,
    key,
    plan,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)

LIVE = state(
    user("ana", "owner"),
    user("bo"),
    service_account("ci"),
    team("data", "bo"),
    workspace("prod"),
    role("reader", "see_flows"),
)
MORE = replace(WHOLE, more_workspaces=True)
WITHOUT_TEAMS = replace(WHOLE, kinds=frozenset({Kind.TEAM}))
PARTLY = replace(WHOLE, partly=frozenset({workspace("prod")[0].address}))
REST = [user("ana", "owner"), user("bo"), service_account("ci"), workspace("prod")]
SOON = key("sa:ci", "soon", "2026-12-01T00:00:00Z")
READER, DATA = role("reader", "see_flows"), team("data", "bo")

CASES = {
    "a workspace that may be there already": (MORE, [*REST, READER, DATA, workspace("secret")]),
    "a role that may be held elsewhere": (MORE, [*REST, DATA]),
    "a wider role that may be held elsewhere": (MORE, [*REST, DATA, role("reader", "run_flows")]),
    "a team that may hold a role elsewhere": (MORE, [*REST, READER]),
    "a key of what may hold a role elsewhere": (MORE, [*REST, READER, DATA, SOON]),
    "a person who may hold a role elsewhere": (
        MORE,
        [REST[0], user("bo", status="suspended"), *REST[2:], READER, DATA],
    ),
    "a kind that is not shown": (WITHOUT_TEAMS, [*REST, READER, DATA, team("more")]),
    "access of a kind that is not shown": (
        WITHOUT_TEAMS,
        [*REST, READER, DATA, bind("team:data", "prod", "viewer")],
    ),
    "access that is not shown": (PARTLY, [*REST, READER, DATA, bind("bo", "prod", "viewer")]),
    "a workspace of which access is not shown": (PARTLY, [*REST[:-1], READER, DATA]),
}


def findings(horizon, desired):
    asked = context(plan(LIVE, state(*desired)), horizon=horizon)
    return [found for found in examine(asked) if found.rule == RuleId.UNSEEN]


@pytest.mark.parametrize("case", CASES)
def test_a_change_beyond_the_horizon_is_refused(case):
    horizon, desired = CASES[case]

    assert findings(horizon, desired)
    assert not findings(WHOLE, desired)


def test_the_refusal_says_what_is_not_shown_and_what_to_do():
    (found,) = findings(MORE, [*REST, READER, DATA, workspace("secret")])

    assert found.message == "`workspace.secret` touches what this key is not shown"
    assert found.hint == (
        "use a key that sees all of the account; `rbac-sync whoami` says what it lacks"
    )


def test_what_is_seen_whole_may_be_changed():
    new = [service_account("new"), key("sa:new", "soon", "2026-12-01T00:00:00Z")]
    desired = [*REST, READER, team("data", "bo", "ana"), bind(who("bo"), "prod", "viewer"), *new]

    assert not findings(MORE, desired)


def test_the_unseen_access_of_a_person_goes_to_no_other_address():
    bo = user("bo")[0]
    renamed = Plan(LIVE, (Change(bo, replace(bo, email="bob@acme.example")),))

    assert [str(f.rule) for f in examine(context(renamed, horizon=MORE))] == ["UNSEEN"]
    assert not examine(context(renamed))


def test_the_unseen_access_of_an_invited_person_is_given_for_no_longer():
    (eve, longer_invited), (_, member) = (
        (user("eve", status="pending", expires=f"2026-12-0{day}T00:00:00Z")[0] for day in "12"),
        user("eve"),
    )
    live = state(user("ana", "owner"), [eve, member])
    longer = Plan(live, (Change(eve, longer_invited),))

    assert "UNSEEN" in {str(f.rule) for f in examine(context(longer, horizon=MORE))}
    assert not examine(context(longer))


PROD, OPS = workspace("prod")[0], team("ops", "bo")[0]
LIST = access_list("deployment:etl/daily", "prod", view="bo")[0]
NEW_PROD, NEW_OPS = replace(PROD, handle="live"), replace(OPS, name="late")
NEW_LIST = replace(LIST, workspace=NEW_PROD.address)
HIDDEN_UNDER_OLD_NAMES = {
    "access in a workspace": (PROD, NEW_PROD, Change(None, bind("bo", "live", "viewer")[0])),
    "the workspace": (PROD, NEW_PROD, Change(NEW_PROD, None)),
    "members of a team": (OPS, NEW_OPS, Change(NEW_OPS, team("late", "bo", "ana")[0])),
    "an access list": (LIST, NEW_LIST, Change(NEW_LIST, replace(NEW_LIST, view=frozenset()))),
}


@pytest.mark.parametrize("case", HIDDEN_UNDER_OLD_NAMES)
def test_what_is_not_shown_is_not_touched_under_a_new_name(case):
    hidden, new, touching = HIDDEN_UNDER_OLD_NAMES[case]
    before, after = (PROD, NEW_PROD) if case == "an access list" else (hidden, new)
    live = state(user("ana", "owner"), user("bo"), [PROD, OPS, LIST])
    asked = Plan(live, (Change(before, after), touching))
    horizon = replace(WHOLE, partly=frozenset({hidden.address}))

    unseen = [f for f in examine(context(asked, horizon=horizon)) if f.rule is RuleId.UNSEEN]

    assert [f.address for f in unseen] == [touching.address]


def test_nothing_is_planned_under_a_new_name_for_what_is_not_shown():
    live = state(user("ana", "owner"), workspace("prod"))
    desired = state(user("ana", "owner"), workspace("live"), bind("ana", "live", "viewer"))
    declaration = Declaration(desired, manage=ALL, former={NEW_PROD.address: (PROD.address,)})

    planned = Planner(CATALOGUE, ANYTHING, NOW, horizon=PARTLY).plan(declaration, live)

    assert planned.changes == (Change(PROD, NEW_PROD),)
    assert planned.unknown == ("workspace.live", "workspace.live/access/ana@acme.example")
