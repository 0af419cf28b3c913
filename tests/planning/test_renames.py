"""Renames: one change of a name, with all that is held; then what else differs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.guard import GuardContext, examine
from rbac_sync.guard.effects import effects
from rbac_sync.guard.passing_access import ApplierWatch
from rbac_sync.model import (
    Action,
    Declaration,
    Kind,
    Level,
    Manage,
    Policy,
    Subject,
)
from rbac_sync.model import address as named
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, followed
from rbac_sync.planning.pins import read_set
from rbac_sync.planning.plain_change import change_of, plain_change
from rbac_sync.planning.planner import Planner
from rbac_sync.planning.renames import renames, under_new_names
from rbac_sync.planning.selection import Selection
from rbac_sync.planning.target_form import normal

from ..build import (
    ALL,
    ANYTHING,
    CATALOGUE,
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
from .worlds import CLOUD, CUSTOM, OWNER, SPACES, TEAMS, states

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def company(
    *more,
    bot="ci",
    group="data",
    space="prod",
    custom="reader",
    permission="see_flows",
    bo="reader",
):
    """Return an account; equal to every other one but for what is said."""
    held = custom if bo == "reader" else bo
    return state(
        user("ana", "owner"),
        user("bo"),
        service_account(bot),
        key(f"sa:{bot}", "main"),
        team(group, "bo", f"sa:{bot}"),
        role(custom, permission, base="viewer"),
        workspace(space, "Production", default=custom),
        bind("bo", space, held),
        bind(f"sa:{bot}", space, "runner"),
        bind(f"team:{group}", space, "viewer"),
        *more,
    )


def a_role(name):
    return role_address(Level.WORKSPACE, name)


RENAMES = {
    "a service account": ({"bot": "builder"}, who("sa:builder"), who("sa:ci")),
    "a team": ({"group": "science"}, who("team:science"), who("team:data")),
    "a workspace": ({"space": "live"}, named.workspace("live"), named.workspace("prod")),
    "a role": ({"custom": "looker"}, a_role("looker"), a_role("reader")),
}


def shown(found):
    return [f"{change.action} {change.address}" for change in found.changes]


@pytest.mark.parametrize(("new", "to", "of"), RENAMES.values(), ids=RENAMES)
def test_a_rename_is_one_change_and_leaves_what_is_declared(new, to, of):
    live, desired = company(), company(**new)

    found = plan(live, desired, former={to: (of,)})

    assert shown(found) == [f"rename {to}"]
    assert found.counts == (0, 1, 0)
    assert normal(followed(live, found.changes), CATALOGUE) == normal(desired, CATALOGUE)
    assert plan(desired, desired, former={to: (of,)}).changes == ()


@pytest.mark.parametrize(("new", "to", "of"), RENAMES.values(), ids=RENAMES)
def test_without_renamed_from_the_old_one_goes_and_a_new_one_comes(new, to, of):
    found = plan(company(), company(**new))

    assert {f"create {to}", f"delete {of}"} <= set(shown(found))


@pytest.mark.parametrize(("new", "to", "of"), RENAMES.values(), ids=RENAMES)
def test_a_rename_means_nothing_to_anybody_and_is_not_refused(new, to, of):
    asked = context(plan(company(), company(**new), former={to: (of,)}))

    assert examine(asked) == []
    assert effects(asked) == []


def test_a_rename_and_an_edit_are_two_steps_the_name_first():
    desired = company(space="live", bo="runner")
    former = {named.workspace("live"): (named.workspace("prod"),)}

    found = plan(company(), desired, former=former)

    assert shown(found) == [
        "rename workspace.live",
        "update workspace.live/access/bo@acme.example",
    ]
    (effect,) = effects(context(found))
    assert (effect.principal, effect.scope) == (who("bo"), named.workspace("live"))
    assert (effect.gained, effect.lost) == (("run_flows",), ())
    assert examine(context(found)) == []


def test_a_role_is_renamed_and_changed_in_one_plan():
    desired = company(custom="looker", permission="see_blocks")

    found = plan(company(), desired, former={a_role("looker"): (a_role("reader"),)})

    assert [c.action for c in found.changes] == [Action.RENAME]
    wider = company(custom="looker", permission="write_flows")
    found = plan(company(), wider, former={a_role("looker"): (a_role("reader"),)})
    assert shown(found) == ["rename role.looker", "update role.looker"]
    assert normal(followed(company(), found.changes), CATALOGUE) == normal(wider, CATALOGUE)


def test_a_new_role_that_takes_the_place_of_a_renamed_one_is_another_one():
    found = plan(
        company(),
        company(role("helper", "run_flows"), custom="looker"),
        former={a_role("looker"): (a_role("reader"),)},
    )
    assert sorted(shown(found)) == ["create role.helper", "rename role.looker"]


def test_what_nobody_manages_keeps_its_name():
    manage = {**ALL, Subject.TEAMS: Manage.NONE}
    former = {who("team:science"): (who("team:data"),)}
    desired = company(group="science")

    assert (
        list(renames(Declaration(desired, manage=manage, former=former), company(), ANYTHING)) == []
    )


def test_where_both_names_are_live_nothing_is_renamed():
    live = company(team("science"))
    former = {who("team:science"): (who("team:data"),)}

    assert list(renames(Declaration(company(group="science"), former=former), live, ANYTHING)) == []


def test_an_applier_that_is_renamed_stays_the_applier():
    live = company(service_account("deploy", "owner"))
    desired = company(service_account("deployer", "owner"), bo="runner")
    found = plan(live, desired, former={who("sa:deployer"): (who("sa:deploy"),)})

    assert shown(found)[0] == "rename service-account.deployer"
    assert examine(context(found, "sa:deploy")) == []


def test_whoever_lacks_the_right_may_not_rename():
    found = plan(
        company(), company(custom="looker"), former={a_role("looker"): (a_role("reader"),)}
    )

    rules = {finding.rule for finding in examine(context(found, "bo"))}

    assert "CAPABILITY" in rules


def test_a_role_that_is_worth_more_than_the_applier_holds_may_not_be_renamed():
    more = bind("bo", None, "admin")[0]
    live = company(role("big", "manage_access"), role("small"))
    limited = state(user("cy", "member"))
    found = plan(
        followed(
            live, [Change(None, limited.get(who("cy")), (limited.binding(who("cy"), more.scope),))]
        ),
        followed(
            company(role("huge", "manage_access"), role("small")),
            [Change(None, limited.get(who("cy")), (limited.binding(who("cy"), more.scope),))],
        ),
        former={a_role("huge"): (a_role("big"),)},
    )

    rules = {finding.rule for finding in examine(context(found, "cy"))}

    assert {"ESCALATION", "DOMINANCE"} <= rules


def test_a_target_that_cannot_rename_says_what_to_do_instead():
    bare = replace(
        ANYTHING, actions={k: frozenset(Action) - {Action.RENAME} for k in ANYTHING.actions}
    )
    former = {named.workspace("live"): (named.workspace("prod"),)}
    found = plan(company(), company(space="live"), former=former)

    (finding,) = examine(context(found, capabilities=bare))

    assert finding.rule == "UNSUPPORTED"
    assert finding.message == "this backend cannot rename a workspace"
    assert finding.hint.startswith("take `renamed_from` out: the plan then creates the new one")


def test_a_plan_that_renames_depends_on_the_rows_as_they_are_called_now():
    desired = company(space="live", bot="builder", bo="runner")
    former = {
        named.workspace("live"): (named.workspace("prod"),),
        who("sa:builder"): (who("sa:ci"),),
    }

    rows = read_set(plan(company(), desired, former=former), [])

    assert named.binding(who("bo"), named.workspace("prod")) in rows


def test_a_rename_is_read_back_as_it_was_written():
    found = plan(
        company(), company(group="science"), former={who("team:science"): (who("team:data"),)}
    )

    assert [change_of(plain_change(change)) for change in found.changes] == list(found.changes)


@pytest.mark.parametrize("chosen", ["workspace.live", "workspace.prod"])
def test_a_rename_is_chosen_by_either_name(chosen):
    former = {named.workspace("live"): (named.workspace("prod"),)}
    found = plan(company(), company(space="live"), former=former)

    assert shown(Selection(targets=[chosen]).of(found)) == ["rename workspace.live"]
    assert shown(Selection(excludes=[chosen]).of(found)) == []


def test_what_is_chosen_brings_the_rename_that_it_needs_and_goes_without_it():
    former = {named.workspace("live"): (named.workspace("prod"),)}
    gone = state(*([r] for r in company(space="live").resources() if not getattr(r, "builtin", 0)))
    found = plan(company(), gone, former=former)
    revoked = "workspace.live/access/bo@acme.example"

    assert shown(Selection(targets=[revoked]).of(found)) == [
        "rename workspace.live",
        f"delete {revoked}",
    ]
    left = Selection(excludes=["workspace.live"]).of(found)
    assert [text for text in shown(left) if "workspace.live" in text] == []


EVERY_NAME = [
    *(named.team(name) for name in TEAMS),
    *(space.address for space in SPACES),
    *(a_role(name) for name in CUSTOM),
    named.service_account("ci"),
]


@given(states(), states(), st.sets(st.sampled_from(EVERY_NAME)))
def test_following_a_plan_with_renames_leads_to_what_is_declared(live, desired, old):
    """What is declared is under other names than those that are drawn."""
    wanted, former = desired, {}
    for address in sorted(old):
        if found := wanted.get(address):
            move = Change(found, replace_name(found))
            wanted, former = under_new_names(wanted, [move]), {**former, move.address: (address,)}
    declaration = Declaration(wanted, manage=dict.fromkeys(Subject, Manage.ALL), former=former)
    planner = Planner(CLOUD, ANYTHING, NOW, partial(ApplierWatch, CLOUD, OWNER.address, NOW))

    found = planner.plan(declaration, live)
    outcome = followed(live, found.changes)

    assert normal(outcome, CLOUD) == normal(wanted, CLOUD)
    assert planner.plan(declaration, outcome).changes == ()
    policy = Policy(min_owners=1, allow_removals=1_000, allow_losers=1_000)
    findings = examine(GuardContext(found, CLOUD, OWNER.address, NOW, policy))
    assert [(f.rule, f.message) for f in findings] == []


def replace_name(found):
    attribute = "handle" if found.kind is Kind.WORKSPACE else "name"
    return replace(found, **{attribute: f"new-{getattr(found, attribute)}"})
