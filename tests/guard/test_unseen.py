"""UNSEEN: no change touches what the read of the account could not see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.guard import RuleId, examine
from rbac_sync.model import WHOLE, Kind
from rbac_sync.planning import Change, Plan

from ..build import (
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
