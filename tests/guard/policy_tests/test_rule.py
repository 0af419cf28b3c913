"""``[[test]]`` on the outcome of a plan and on every state on the way to it."""

from __future__ import annotations

import pytest

from rbac_sync.errors import Place
from rbac_sync.guard import examine
from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Level,
    Permission,
)
from rbac_sync.model import address as named
from rbac_sync.model.expectation import Ability, Asset, Circle, Separation
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Plan

from ...build import bind, context, plan, role, service_account, state, team, user, who, workspace

PROD, DEV = named.workspace("prod"), named.workspace("dev")
PLACE = Place("tests.toml", 3)


def permissions(*names):
    return frozenset(map(Permission, names))


def permission(name):
    return Asset(name, permission=Permission(name))


def a_role(name, *levels):
    roles = (role_address(level, name) for level in levels or (Level.WORKSPACE,))
    return Asset(name, frozenset(roles))


def ability(principal, scope=PROD, **asked):
    return Ability("n", who(principal), scope, place=PLACE, **asked)


def company(*more):
    return state(
        user("ana", "owner"),
        user("bo"),
        user("cy"),
        service_account("ci"),
        team("data", "bo"),
        role("deployer", "write_flows"),
        workspace("prod", default="viewer"),
        workspace("dev"),
        bind("team:data", "prod", "runner"),
        *more,
    )


def found(live, desired, *expectations):
    """Return what the rule TEST says of the plan from one state to another."""
    asked = context(plan(live, desired), expectations=expectations)
    return [f.message for f in examine(asked) if f.rule == "TEST"]


def failing(expected, *more):
    """Return what fails where nothing changes."""
    return found(company(*more), company(*more), expected)


@pytest.mark.parametrize(
    ("expected", "more", "says"),
    [
        (ability("bo", can=permissions("run_flows", "see_blocks")), (), []),
        (
            ability("bo", can=permissions("write_flows")),
            (),
            ["`bo@acme.example` could not `write_flows` in workspace prod"],
        ),
        (ability("bo", cannot=permissions("write_flows")), (), []),
        (
            ability("bo", cannot=permissions("see_flows", "run_flows", "write_flows")),
            (),
            ["`bo@acme.example` could `run_flows`, `see_flows` in workspace prod"],
        ),
        (ability("bo", only=permissions("run_flows", "see_blocks")), (), []),
        (
            ability("bo", only=permissions("run_flows")),
            (),
            ["`bo@acme.example` could also `see_blocks` in workspace prod"],
        ),
        (
            ability("bo", DEV, only=permissions()),
            bind("bo", "dev", "viewer"),
            ["`bo@acme.example` could also `see_blocks`, `see_flows` in workspace dev"],
        ),
        (ability("team:data", at_most=role_address(Level.WORKSPACE, "runner")), (), []),
        (
            ability("bo", at_most=role_address(Level.WORKSPACE, "viewer")),
            (),
            ["`bo@acme.example` could `run_flows` in workspace prod, more than `viewer`"],
        ),
        (ability("bo", ACCOUNT, at_most=role_address(Level.ACCOUNT, "member")), (), []),
        (
            ability("everyone", ANYWHERE, can=permissions("see_flows")),
            (),
            ["`everyone` could not `see_flows` in workspace dev"],
        ),
    ],
)
def test_what_somebody_can_is_asked_where_the_test_says(expected, more, says):
    assert failing(expected, more) == [f"test `n` fails: {each}" for each in says]


def test_what_can_be_done_is_asked_of_now_and_what_cannot_of_all_that_may_come():
    later = bind("cy", "dev", "developer from 2026-12-01T00:00:00Z")
    over = bind("bo", "dev", "developer until 2026-11-01T00:00:00Z")
    secret = permissions("see_secret_blocks")

    both = ability("cy", DEV, can=secret), ability("cy", DEV, cannot=secret)

    assert [failing(each, later) for each in both] == [
        ["test `n` fails: `cy@acme.example` could not `see_secret_blocks` in workspace dev"],
        ["test `n` fails: `cy@acme.example` could `see_secret_blocks` in workspace dev"],
    ]
    assert failing(ability("bo", DEV, cannot=secret), over) == []


def test_whoever_is_invited_could_do_what_the_invitation_holds():
    invited = [*user("eve", status="pending"), *bind("eve", "dev", "viewer")]

    assert failing(ability("eve", DEV, cannot=permissions("see_flows")), invited) != []
    assert failing(ability("eve", DEV, only=permissions("see_blocks")), invited) != []


def test_what_somebody_can_is_asked_once_the_invitation_is_accepted():
    asked = ability("eve", DEV, can=permissions("run_flows"))
    assert failing(asked, user("eve", status="pending")) == []
    assert failing(asked, user("eve", status="suspended")) != []
    assert failing(asked, user("eve")) != []


def circle(asset, scope=PROD, only=None, at_most=None, at_least=None):
    allowed = None if only is None else frozenset(map(who, only))
    return Circle("n", asset, scope, allowed, at_most, PLACE, at_least=at_least)


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        (circle(permission("run_flows"), only=["ana", "team:data"]), []),
        (circle(permission("see_flows"), only=["everyone"]), []),
        (
            circle(permission("run_flows"), only=["team:data"]),
            ["`ana@acme.example` could `run_flows` in workspace prod"],
        ),
        (
            circle(a_role("owner"), ANYWHERE, only=[]),
            ["`ana@acme.example` could hold `owner` in every workspace"],
        ),
        (circle(a_role("owner", Level.ACCOUNT), ACCOUNT, at_most=1), []),
        (
            circle(a_role("owner", Level.ACCOUNT), ACCOUNT, at_most=0),
            ["1 could hold `owner` in the account, and at most 0 may"],
        ),
        (circle(permission("see_flows"), at_most=3), []),
        (
            circle(permission("see_flows"), at_most=2),
            ["3 could `see_flows` in workspace prod, and at most 2 may"],
        ),
        (
            circle(permission("see_account"), ACCOUNT, only=["ana", "bo", "cy"]),
            ["`sa:ci` could `see_account` in the account"],
        ),
    ],
)
def test_who_may_hold_something_are_the_named_and_not_too_many(expected, says):
    assert failing(expected) == [f"test `n` fails: {each}" for each in says]


OWNER = a_role("owner", Level.ACCOUNT)
INVITED = {"status": "pending", "expires": "2027-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("expected", "more", "says"),
    [
        (circle(permission("run_flows"), at_least=2), (), []),
        (
            circle(permission("run_flows"), at_least=3),
            (),
            ["2 can `run_flows` in workspace prod, and at least 3 must"],
        ),
        (circle(permission("run_flows"), at_least=3), bind("cy", "prod", "runner"), []),
        (
            circle(permission("run_flows"), at_least=3),
            bind("cy", "prod", "runner from 2099-01-01T00:00:00Z"),
            ["2 can `run_flows` in workspace prod, and at least 3 must"],
        ),
        (
            circle(OWNER, ACCOUNT, at_least=2),
            user("eve", "owner", **INVITED),
            ["1 can hold `owner` in the account, and at least 2 must"],
        ),
        (
            circle(a_role("deployer"), at_least=1),
            (),
            ["0 can hold `deployer` in workspace prod, and at least 1 must"],
        ),
        (
            circle(permission("run_flows"), ANYWHERE, at_least=2),
            (),
            ["1 can `run_flows` in workspace dev, and at least 2 must"],
        ),
        (circle(permission("run_flows"), ANYWHERE, at_least=1), (), []),
    ],
)
def test_so_many_must_be_able_to_do_it_now_in_each_workspace_that_there_is(expected, more, says):
    assert failing(expected, list(more)) == [f"test `n` fails: {each}" for each in says]


def test_so_many_must_hold_it_at_each_step_on_the_way():
    live, runs, _ = swapped()
    gap = in_order(live, Change(runs, None), JOINS)

    assert gap(circle(permission("run_flows"), at_least=3)) == [
        (
            "test `n` would fail after `workspace.prod/access/cy@acme.example`, and not at the end:"
            " 2 can `run_flows` in workspace prod, and at least 3 must"
        )
    ]
    assert gap(circle(permission("run_flows"), at_least=2)) == []


def test_somebody_who_leaves_the_account_is_counted_no_longer():
    few = circle(permission("run_flows"), at_least=3)
    runs = bind("cy", "prod", "runner")
    gone = state(user("ana", "owner"), user("bo"), workspace("prod"))

    assert found(company(runs), company(runs), few) == []
    assert found(company(runs), gone, few) == [
        "test `n` fails: 1 can `run_flows` in workspace prod, and at least 3 must"
    ]


def test_somebody_can_do_at_least_what_a_role_gives():
    runner, deployer = (role_address(Level.WORKSPACE, name) for name in ("runner", "deployer"))

    assert failing(ability("bo", at_least=runner)) == []
    assert failing(ability("bo", at_least=deployer)) == [
        "test `n` fails: `bo@acme.example` could not `write_flows` in workspace prod"
    ]


def apart(*assets, scope=None, exempt=()):
    return Separation("n", assets, scope, frozenset(map(who, exempt)), PLACE)


WRITES, RUNS = permission("write_flows"), permission("run_flows")
TOGETHER = "test `n` fails: `bo@acme.example` could hold `run_flows`, `write_flows` together"


@pytest.mark.parametrize(
    ("expected", "writes_in", "says"),
    [
        (apart(RUNS, WRITES, scope=PROD), "prod", [f"{TOGETHER} in workspace prod"]),
        (apart(RUNS, WRITES, scope=PROD), "dev", []),
        (apart(RUNS, WRITES, scope=ANYWHERE), "dev", []),
        (apart(RUNS, WRITES, scope=ANYWHERE), "prod", [f"{TOGETHER} in workspace prod"]),
        (apart(RUNS, WRITES), "dev", [TOGETHER]),
        (apart(RUNS, WRITES, exempt=["ana", "team:data"]), "dev", []),
        (
            apart(a_role("runner"), a_role("deployer"), permission("see_blocks")),
            "dev",
            [
                (
                    "test `n` fails: `bo@acme.example` could hold"
                    " `deployer`, `runner`, `see_blocks` together"
                )
            ],
        ),
    ],
)
def test_what_is_kept_apart_nobody_holds_together(expected, writes_in, says):
    exempt = {named.user("ana@acme.example"), *expected.exempt}
    kept = Separation("n", expected.assets, expected.scope, frozenset(exempt), PLACE)

    assert failing(kept, bind("bo", writes_in, "deployer")) == says


@pytest.mark.parametrize(
    ("more", "apart_from"),
    [
        (bind("bo", "dev", "deployer"), "see_blocks"),
        (bind(EVERYONE, "dev", "deployer"), "run_flows"),
        (bind("team:data", "dev", "deployer"), "see_blocks"),
        (bind("bo", None, "admin"), "see_account"),
    ],
    ids=["itself", "everyone", "a team", "the account"],
)
def test_what_is_held_here_and_there_is_held_together_by_whatever_way(more, apart_from):
    kept = apart(WRITES, permission(apart_from), exempt=["ana"])

    said = [each for each in failing(kept, more) if "`bo@acme.example`" in each]

    assert len(said) == 1


def test_a_role_that_grows_for_a_moment_brings_together_what_is_kept_apart():
    live = company(bind("cy", "dev", "deployer"))
    (was,), (grown,) = (
        role("deployer", *names) for names in (["write_flows"], ["write_flows", "run_flows"])
    )
    passing = in_order(live, Change(was, grown), Change(grown, was))

    (message,) = passing(apart(WRITES, RUNS, exempt=["ana"]))

    assert "`cy@acme.example` could hold `run_flows`, `write_flows` together" in message


def test_an_owner_of_every_workspace_holds_an_account_permission_and_one_of_workspaces_together():
    kept = apart(permission("manage_billing"), WRITES)

    assert failing(kept) == [
        "test `n` fails: `ana@acme.example` could hold `manage_billing`, `write_flows` together"
    ]


def test_a_failing_test_is_found_where_it_is_written():
    asked = context(
        plan(company(), company()),
        expectations=(ability("bo", cannot=permissions("run_flows")),),
    )

    (finding,) = [f for f in examine(asked) if f.rule == "TEST"]

    assert finding.place == PLACE
    assert (finding.address, finding.scope) == (who("bo"), PROD)
    assert finding.permissions == ("run_flows",)


def handed_over():
    """Return a plan that makes bo an owner and ana none; owners are made before any goes."""
    live = state(user("ana", "owner"), user("bo"), user("cy", "owner"))
    desired = state(user("ana"), user("bo", "owner"), user("cy", "owner"))
    return plan(live, desired)


@pytest.mark.parametrize("at_least", [None, 2])
def test_of_a_handover_the_number_at_the_end_may_not_be_too_high(at_least):
    few = circle(OWNER, ACCOUNT, at_most=2, at_least=at_least)

    asked = context(handed_over(), "cy", expectations=(few,))

    assert [f for f in examine(asked) if f.rule == "TEST"] == []


@pytest.mark.parametrize("in_one", [True, False])
@pytest.mark.parametrize(("at_most", "is_refused"), [(None, True), (2, True), (1, False)])
def test_of_a_handover_of_one_holder_the_number_is_too_low_only_if_two_plans_can_keep_it(
    at_most, is_refused, in_one
):
    live = company(bind("bo", "prod", "deployer"))
    swapped = plan(live, company(bind("cy", "prod", "deployer")))
    numbers = {"at_least": 1, "at_most": at_most}
    tests = [numbers] if in_one else [{key: number} for key, number in numbers.items()]
    asked = context(swapped, expectations=[circle(a_role("deployer"), **each) for each in tests])

    found = [f for f in examine(asked) if f.rule == "TEST"]

    said = "test `n` would fail after `workspace.prod/access/bo@acme.example`, and not at the end:"
    said += " 0 can hold `deployer` in workspace prod, and at least 1 must"
    hint = "make the change in two plans: first what gives, then what takes"
    assert [(f.message, f.hint) for f in found] == [(said, hint)] * is_refused


def test_what_fails_before_and_after_is_said_once():
    few = circle(OWNER, ACCOUNT, at_most=1)

    asked = context(handed_over(), "cy", expectations=(few,))

    assert [f.message for f in examine(asked) if f.rule == "TEST"] == [
        "test `n` fails: 2 could hold `owner` in the account, and at most 1 may"
    ]


def in_order(live, *changes):
    """Return the findings of *changes* made in the order given, not in a safe one."""

    def with_tests(*expectations):
        asked = context(Plan(live, changes), expectations=expectations)
        return [f.message for f in examine(asked) if f.rule == "TEST"]

    return with_tests


JOINS = Change(*team("late"), *team("late", "cy"))


def swapped():
    late = team("late"), bind("team:late", "prod", "runner")
    live = company(bind("cy", "prod", "runner"), *late)
    (runs,) = bind("cy", "prod", "runner")
    (writes,) = bind("cy", "prod", "deployer")
    return live, runs, writes


def test_what_can_be_done_before_and_after_can_be_done_in_between():
    live, runs, _ = swapped()
    gap = in_order(live, Change(runs, None), JOINS)

    assert gap(ability("cy", can=permissions("run_flows"))) == [
        (
            "test `n` would fail after `workspace.prod/access/cy@acme.example`, and not at the end:"
            " `cy@acme.example` could not `run_flows` in workspace prod"
        )
    ]


def test_a_new_workspace_is_none_in_which_something_was_possible():
    desired = company(workspace("new"), bind("cy", "new", "viewer"), bind("cy", "dev", "viewer"))
    live = company(bind("cy", "dev", "viewer"))

    assert found(live, desired, ability("cy", ANYWHERE, can=permissions("see_flows"))) == []


def test_who_leaves_a_team_that_a_test_names_is_no_longer_allowed_by_it():
    live = company(bind("cy", "prod", "runner"), team("ops", "cy"), team("late"))
    leaves = Change(*team("ops", "cy"), *team("ops"))
    passing = in_order(live, leaves, Change(*team("late"), *team("late", "cy")))

    (message,) = passing(circle(RUNS, only=["ana", "bo", "team:ops", "team:late"]))

    assert message.startswith("test `n` would fail after `team.ops`, and not at the end")


def test_what_could_not_be_done_before_may_come_late():
    live, runs, writes = swapped()
    late = in_order(live, JOINS, Change(runs, writes))

    assert late(ability("cy", can=permissions("write_flows"))) == []


@pytest.mark.parametrize(
    "expected",
    [
        ability("cy", cannot=permissions("write_flows")),
        ability("cy", only=permissions("run_flows", "see_blocks")),
        ability("cy", at_most=role_address(Level.WORKSPACE, "runner")),
        circle(WRITES, only=["ana"]),
        circle(a_role("deployer"), ANYWHERE, only=[]),
        apart(RUNS, WRITES, scope=PROD, exempt=["ana"]),
        apart(RUNS, WRITES, exempt=["ana"]),
    ],
    ids=["cannot", "only", "at_most", "circle", "role", "apart", "anywhere"],
)
def test_what_must_not_be_is_found_in_between(expected):
    live = company(bind("cy", "prod", "runner"), team("ops"), bind("team:ops", "prod", "deployer"))
    (empty,), (joined,), (grant,) = (
        team("ops"),
        team("ops", "cy"),
        bind("team:ops", "prod", "deployer"),
    )
    flare = in_order(live, Change(empty, joined), Change(grant, None))

    (message,) = flare(expected)

    assert message.startswith("test `n` would fail after `team.ops`")


LEAVES = (user("cy")[:1], [None])


@pytest.mark.parametrize(
    ("comes", "goes"),
    [
        (
            (team("data", "bo"), team("data", "bo", "cy")),
            (bind("team:data", "prod", "runner"), [None]),
        ),
        (
            (role("deployer", "write_flows"), role("deployer", "write_flows", "run_flows")),
            (bind("cy", "prod", "deployer"), [None]),
        ),
        ((bind(EVERYONE, "prod", "viewer"), bind(EVERYONE, "prod", "runner")), LEAVES),
        ((user("cy")[1:], user("cy", "admin")[1:]), LEAVES),
    ],
    ids=["by a team", "by a role", "by default", "by the account"],
)
def test_a_flare_is_found_by_whatever_way_it_comes(comes, goes):
    live = company(bind("cy", "prod", "deployer"))
    changes = (Change(was, will) for (was,), (will,) in (comes, goes))
    passing = in_order(live, *changes)

    (message,) = passing(circle(RUNS, only=["ana", "bo"]))

    assert "`cy@acme.example` could `run_flows` in workspace prod" in message
    assert "and not at the end" in message


def test_a_plan_without_tests_asks_nothing():
    assert found(company(), state(user("ana", "owner"))) == []


def moved(*more, cy="member", custom=("write_flows",)):
    """Return an account; equal to every other one but for what is given."""
    return state(
        user("ana", "owner"), user("cy", cy), role("deployer", *custom), workspace("prod"), *more
    )


def test_in_a_workspace_that_is_gone_nobody_is_asked_about_every_one():
    expected = ability("cy", ANYWHERE, can=permissions("see_flows"))
    kept = bind("cy", "prod", "viewer")
    gone = (workspace("dev"), bind("cy", "dev", "viewer"))

    assert found(moved(kept, *gone), moved(kept, cy="admin"), expected) == []


def test_a_role_that_a_test_measures_by_means_on_the_way_what_it_means_at_either_end():
    expected = ability("cy", at_most=role_address(Level.WORKSPACE, "deployer"))
    live = moved(bind("cy", "prod", "deployer"))
    desired = moved(bind("cy", "prod", "viewer"), custom=("see_flows", "see_blocks"))
    developer = moved(role("writer", "write_flows"), bind("cy", "prod", "writer"))

    assert found(live, desired, expected) == []
    assert found(developer, desired, expected) == []


@pytest.mark.parametrize(
    ("renamed", "holder", "handle"),
    [
        (Change(workspace("prod")[0], workspace("live")[0]), "cy", "live"),
        (Change(user("cy")[0], user("dee")[0]), "dee", "prod"),
    ],
)
def test_what_a_plan_renames_passes_no_test_of_its_old_name(renamed, holder, handle):
    grant = Change(None, bind(holder, handle, "owner")[0])
    asked = context(
        Plan(company(), (renamed, grant)),
        expectations=(ability("cy", cannot=permissions("write_flows")),),
    )

    assert [finding.message for finding in examine(asked)] == [
        f"test `n` fails: `{holder}@acme.example` could `write_flows` in workspace {handle}"
    ]


@pytest.mark.parametrize(
    "expected",
    [
        circle(a_role("deployer"), only=["ana"]),
        apart(a_role("deployer"), permission("see_flows"), scope=PROD, exempt=["ana"]),
    ],
    ids=["circle", "separation"],
)
def test_a_role_that_a_plan_renames_passes_no_test_of_its_old_name(expected):
    (deployer,), (other,) = role("deployer", "write_flows"), role("other", "write_flows")
    grants = Change(deployer, other), Change(None, bind("cy", "prod", "other")[0])

    (finding,) = examine(context(Plan(company(), grants), expectations=(expected,)))

    assert finding.rule == "TEST"
    assert finding.message.startswith("test `n` fails: `cy@acme.example` could hold `deployer`")
