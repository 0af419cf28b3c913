"""Access lists of objects: who may change one, what a plan takes and gives by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.guard import Access, RuleId, examine
from rbac_sync.guard.effect import one_by_one
from rbac_sync.guard.effects import effects
from rbac_sync.guard.gains import Gains
from rbac_sync.guard.losses import losses
from rbac_sync.model import (
    EVERYONE,
    Declaration,
    Horizon,
    Key,
    Level,
    Limit,
    ObjectAccess,
    Policy,
    Team,
    Workspace,
    label,
)
from rbac_sync.model import address as named
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import opened
from rbac_sync.planning import Change, Plan, followed
from rbac_sync.planning.planner import Planner
from rbac_sync.planning.renames import named_like

from ..build import (
    ALL,
    ANYTHING,
    CATALOGUE,
    NOW,
    access_list,
    bind,
    context,
    plan,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)

DAILY = "deployment:etl/daily"
AT = named.workspace_object(named.workspace("prod"), DAILY)
REST = (
    user("ana", "owner"),
    user("bo"),
    user("cy"),
    user("dee"),
    service_account("ci"),
    team("data", "dee"),
    role("lister", "manage_access", "run_flows", base="viewer"),
    workspace("prod", default="viewer"),
    bind("bo", "prod", "lister"),
    bind("cy", "prod", "runner"),
    bind("team:data", "prod", "runner"),
    bind("sa:ci", "prod", "runner"),
)


def listed(**levels):
    return access_list(DAILY, "prod", **levels)


def live(**levels):
    return state(*REST, listed(**levels))


def change(before: dict[str, str], after: dict[str, str], applier: str = "ana", **asked):
    """Return what the guard is asked when *applier* changes the list."""
    one, other = live(**before), live(**after)
    return context(plan(one, other), applier, **asked)


def refused(asked) -> list[tuple[RuleId, str, str]]:
    return [(f.rule, f.message, f.hint) for f in examine(asked)]


def test_an_owner_of_the_account_narrows_and_widens_any_list():
    for before, after in (({}, {"run": "cy"}), ({"run": ""}, {}), ({"manage": ""}, {"run": ""})):
        assert refused(change(before, after)) == []


def test_whoever_has_the_right_and_the_object_changes_its_list():
    assert refused(change({}, {"run": "bo sa:ci"}, "bo")) == []
    assert refused(change({"manage": "bo"}, {"manage": "bo", "run": "cy"}, "bo")) == []


def test_the_right_in_the_workspace_is_asked_of_whoever_is_on_the_list():
    (rule, message, hint), *others = refused(
        change({"manage": "cy"}, {"manage": "cy", "run": "cy"}, "cy")
    )

    assert rule is RuleId.CAPABILITY
    assert [rule for rule, *_ in others] == [RuleId.DOMINANCE]
    assert message == f"`cy@acme.example` may not update `{AT}`"
    assert hint == "the change needs `manage_access` in workspace prod"


def test_nobody_changes_the_list_of_an_object_that_they_may_not_manage():
    asked = change({"manage": "ana"}, {"manage": "ana", "run": ""}, "bo")
    ((rule, message, hint),) = refused(asked)

    assert rule is RuleId.DOMINANCE
    assert message == (
        f"`{AT}` would take or replace in `{DAILY}` of workspace prod what `bo@acme.example` does"
        " not hold: `manage`"
    )
    assert hint == "ask somebody who holds all of this to apply the plan, or leave the change out"


def test_nobody_grants_what_they_may_not_do_with_the_object():
    rules = [r for r, *_ in refused(change({"run": "ana"}, {"run": "ana cy"}, "bo"))]

    assert rules == [RuleId.ESCALATION]


PASSER = (role("passer", "manage_access", "manage_workspace"), user("eve"))
"""Eve passes every list and may change one, and may not run anything."""


@pytest.mark.parametrize("level", ["run", "view"])
@pytest.mark.parametrize("before", ["ana", "ana eve", "team:data"])
def test_to_pass_every_list_or_be_on_one_is_not_to_have_the_right_of_a_level(level, before):
    bound = bind("eve", "dev", "passer")
    one = state(
        *REST, *PASSER, workspace("dev"), bound, access_list(DAILY, "dev", **{level: before})
    )
    at = named.workspace_object(named.workspace("dev"), DAILY)
    step = Change(one.get(at), replace(one.get(at), **{level: frozenset({EVERYONE})}))
    rules = {finding.rule for finding in examine(context(Plan(one, (step,)), "eve"))}

    assert RuleId.ESCALATION in rules
    gains = Gains(one, CATALOGUE, (who("eve"),), NOW).gains_beyond(step)
    assert gains == {(EVERYONE, at, level)}


def test_one_role_passes_every_list_and_another_gives_the_right():
    first = (
        *REST,
        *PASSER,
        bind("eve", "prod", "passer"),
        team("crew", "eve"),
        listed(run="ana cy"),
    )
    one, two = state(*first), state(*first, bind("team:crew", "prod", "runner"))
    after = replace(one.get(AT), run=one.get(AT).run | {EVERYONE})

    for before, is_refused in ((one, True), (two, False)):
        step = Change(before.get(AT), after)
        assert bool(examine(context(Plan(before, (step,)), "eve"))) is is_refused
        assert bool(Gains(before, CATALOGUE, (who("eve"),), NOW).gains_beyond(step)) is is_refused


def test_a_level_lasts_as_long_as_the_place_on_the_list_and_the_right_do():
    term = "runner from 2026-11-01T00:00:00Z until 2026-12-01T00:00:00Z"
    crew = team("crew", "eve until 2026-11-28T00:00:00Z")
    bound, at = bind("eve", "prod", term), listed(view="", run="team:crew")
    one = state(user("eve"), workspace("prod"), crew, bound, at)
    (path,) = Access(one, CATALOGUE).paths(who("eve"), AT)

    assert (path.holder, path.bound) == (who("team:crew"), AT)
    assert path.since == parsed("2026-11-01T00:00:00Z")
    assert path.until == parsed("2026-11-28T00:00:00Z")


def test_nobody_puts_themselves_on_a_list():
    rules = {r for r, *_ in refused(change({"manage": "ana"}, {"manage": "ana bo"}, "bo"))}

    assert rules == {RuleId.ESCALATION, RuleId.DOMINANCE}


def test_to_give_up_the_list_together_with_a_change_of_it_is_one_step():
    assert refused(change({"manage": "bo ana"}, {"manage": "ana cy"}, "bo")) == []


def test_who_joins_a_team_gets_the_levels_that_lists_give_to_the_team():
    others = [r for r in REST if r != user("bo")]
    base = (*others, user("bo", "teamster"), role("teamster", "manage_teams", level=Level.ACCOUNT))
    one = state(*base, listed(manage="team:data"))
    (data,) = team("data", "dee", "cy")
    asked = context(Plan(one, (Change(one.get(data.address), data),)), "bo")

    findings = examine(asked)
    assert {f.rule for f in findings} == {RuleId.ESCALATION}
    assert "`manage`" in findings[-1].message


def test_the_second_wall_sees_what_a_list_gives():
    one = live(manage="ana")
    (after,) = listed(manage="ana bo")
    step = Change(one.get(AT), after)

    wall = Gains(one, CATALOGUE, (who("bo"),), NOW)
    assert wall.gains_beyond(step) == {(who("bo"), AT, "manage")}
    assert not Gains(one, CATALOGUE, (who("ana"),), NOW).gains_beyond(step)


def test_the_second_wall_sees_that_a_list_is_opened():
    one = live(manage="ana", run="ana")
    step = Change(one.get(AT), opened(named.workspace("prod"), DAILY))

    gains = Gains(one, CATALOGUE, (who("bo"),), NOW).gains_beyond(step)
    assert gains == {(EVERYONE, AT, level) for level in ("run", "manage")}


def test_the_second_wall_sees_what_a_team_on_a_list_gives_its_new_members():
    one = live(manage="team:data")
    (data,) = team("data", "dee", "cy")
    step = Change(one.get(data.address), data)

    gains = Gains(one, CATALOGUE, (who("bo"),), NOW).gains_beyond(step)
    assert (who("cy"), AT, "manage") in gains


def test_a_key_opens_what_lists_give_to_its_owner():
    one = live(manage="sa:ci", run="ana")
    step = Change(None, Key(who("sa:ci"), "k"))

    gains = Gains(one, CATALOGUE, (who("bo"),), NOW).gains_beyond(step)
    assert (who("sa:ci"), AT, "manage") in gains
    rules = {f.rule for f in examine(context(Plan(one, (step,)), "bo"))}
    assert RuleId.ESCALATION in rules


def test_who_gets_access_in_the_same_plan_is_listed_after_that():
    new = (team("new", "cy"), bind("team:new", "prod", "viewer"))
    one, two = state(*REST, listed()), state(*REST, *new, listed(run="team:new"))
    steps = plan(one, two)

    assert refused(context(steps)) == []
    assert steps.changes[-1].address == AT


def test_an_object_that_is_not_there_is_refused_with_what_to_do():
    one, two = state(*REST), live(run="cy")
    ((rule, message, hint),) = refused(context(plan(one, two)))

    assert rule is RuleId.UNSUPPORTED
    assert message == f"there is no `{DAILY}` in workspace prod"
    assert hint == "make it first and plan again, correct the name, or take its table out"


def test_what_is_not_seen_is_not_missing():
    one, two = state(*REST), live(run="cy")
    horizon = Horizon(
        frozenset(),
        frozenset({AT}),
        frozenset(),
        frozenset(),
        more_workspaces=False,
        reasons=("hidden",),
    )
    declaration = Declaration(two, manage=ALL)
    planned = Planner(CATALOGUE, ANYTHING, NOW, horizon=horizon).plan(declaration, one)

    assert planned.changes == ()
    assert planned.unknown == (str(AT),)
    (step,) = plan(live(), two).changes
    asked = context(Plan(live(), (step,)), horizon=horizon)
    assert [f.rule for f in examine(asked)] == [RuleId.UNSEEN]


def test_a_list_that_is_not_declared_stays_as_it_is():
    one = live(run="cy", manage="")

    assert plan(one, state(*REST)).changes == ()


def test_a_plan_says_by_class_whom_it_narrows():
    asked = change({}, {"view": "team:data", "run": "sa:ci", "manage": ""})
    seen = {label(e.principal): (e.lost, e.gained) for e in one_by_one(effects(asked))}

    assert seen == {
        "everyone": (("view",), ()),
        "bo@acme.example": (("manage", "run", "view"), ()),
        "cy@acme.example": (("run", "view"), ()),
        "sa:ci": (("view",), ()),
        "team:data": (("run",), ()),
        "dee@acme.example": (("run",), ()),
    }
    assert {e.scope for e in effects(asked)} == {AT}


def test_a_gain_by_a_list_is_an_effect_and_to_manage_is_a_risk():
    asked = change({"manage": "", "run": ""}, {"manage": "bo", "run": "sa:ci"})
    found = {label(e.principal): (e.gained, e.risk) for e in one_by_one(effects(asked))}

    assert found == {"bo@acme.example": (("manage",), "access"), "sa:ci": (("run",), "plain")}


def test_those_whom_a_list_shuts_out_count_as_losers():
    asked = change({}, {"run": "sa:ci"}, policy=Policy(max_losers=Limit(number=0)))

    assert set(losses(asked).losers) >= {who("cy"), who("dee"), who("bo")}
    assert [f.rule for f in examine(asked)] == [RuleId.THRESHOLD]


@pytest.mark.parametrize("level", ["view", "manage"])
def test_a_list_names_only_levels_that_the_object_has(level):
    before = opened(named.workspace("prod"), "block:secret/x")
    after = replace(before, **{level: frozenset({who("cy")})}, run=frozenset({who("cy")}))
    one = state(*REST, [before])
    findings = examine(context(Plan(one, (Change(before, after),))))

    assert [f.message for f in findings] == [
        f"`{before.address}` has nobody to run it: a block is not run"
    ]


def test_a_list_follows_renames_and_forgets_who_goes():
    one = live(run="cy team:data", manage="bo")
    draft = one.draft()
    draft.remove(one.get(who("cy")))
    draft.rename(one.get(who("team:data")), Team("ops", one.get(who("team:data")).members))
    before = one.get(named.workspace("prod"))
    draft.rename(before, named_like(before, Workspace("live")))
    (found,) = draft.of(ObjectAccess).values()

    assert found.workspace == named.workspace("live")
    assert found.run == {who("team:ops")}
    assert draft.lists_naming(who("bo")) == [found]
    draft.remove(draft.get(named.workspace("live")))
    assert not draft.of(ObjectAccess)


def test_the_bound_in_an_object_follows_a_renamed_workspace():
    one = live(manage="bo")
    prod = one.get(named.workspace("prod"))
    renamed = Change(prod, named_like(prod, Workspace("live")))
    after = followed(one, [renamed])
    (before,) = after.of(ObjectAccess).values()
    step = Change(before, replace(before, run=frozenset({who("cy")})))
    findings = examine(context(Plan(one, (renamed, step)), "ana"))

    assert findings == []


def test_no_plan_removes_a_list():
    one = live(run="cy")
    step = Change(one.get(AT), None)

    assert [f.rule for f in examine(context(Plan(one, (step,))))] == [RuleId.INVALID]
