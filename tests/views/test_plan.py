from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given

from rbac_sync.errors import Place
from rbac_sync.guard import examine
from rbac_sync.guard.effects import effects
from rbac_sync.model import Declaration, State, Status, User
from rbac_sync.model.instant import parsed
from rbac_sync.planning import Change, Plan
from rbac_sync.planning.plan import Reason
from rbac_sync.planning.planner import Planner
from rbac_sync.views.plan import principal, render_changes, render_plan
from rbac_sync.views.run import Run
from rbac_sync.views.terminal import Layout
from tests.build import (
    ALL,
    ANYTHING,
    BUILTIN,
    NOW,
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
from tests.planning.worlds import CLOUD, states
from tests.views.readers import (
    ATLANTIS,
    ATLANTIS_NONE,
    TFCMT_CREATED,
    TFCMT_DELETED,
    TFCMT_DESTROYS,
    TFCMT_FAIL,
    TFCMT_PASS,
    TFCMT_UPDATED,
)
from tests.views.scene import DESIRED, INVITING, LIVE, SOURCES, week

SMALL = state(
    user("ana", "owner"),
    user("bo"),
    workspace("prod"),
    team("data", "bo"),
    bind("team:data", "prod", "viewer"),
)


def shown(found, findings=(), **options):
    return told(found, effects(context(found)), findings, **options)


def told(found, meaning, findings, **options):
    run = Run((), SOURCES, found, findings=findings, known_effects=meaning)
    return render_plan(run, Layout(**options))


def edited(*more, of=SMALL):
    """Return the text of the plan from *of* to the same with *more* in it."""
    draft = of.draft()
    for resources in more:
        for resource in resources:
            draft.put(resource)
    return shown(plan(of, draft))


def of_change(change, live=SMALL):
    return shown(Plan(live, (change,)))


def headers(shown_text):
    return [line for line in shown_text.splitlines() if re.match(r"  # [^(]", line)]


def test_a_busy_week(snapshot):
    found = week()
    assert told(found, effects(context(found)), []) == snapshot


def test_a_busy_week_that_somebody_may_not_apply(snapshot):
    found = week()
    asked = context(found, "bo")
    assert told(found, effects(asked), examine(asked)) == snapshot


def test_a_busy_week_in_colour(snapshot):
    assert shown(week(), colour=True) == snapshot


def test_no_changes_are_said_in_terraforms_words():
    assert shown(plan(SMALL, SMALL)) == "No changes. Your infrastructure matches the configuration."


@pytest.mark.parametrize(
    ("resources", "header"),
    [
        (team("ops"), "# team.ops will be created"),
        (team("data"), "# team.data will be updated in-place"),
        (bind("bo", "prod", "viewer"), "# workspace.prod/access/bo@acme.example will be created"),
        (bind("bo", None, "admin"), "# member.bo@acme.example will be updated in-place"),
    ],
)
def test_a_change_is_headed_by_terraforms_sentence(resources, header):
    assert headers(edited(resources)) == [f"  {header}"]


def test_a_deletion_is_headed_by_terraforms_sentence():
    assert headers(of_change(Change(team("data", "bo")[0], None))) == [
        "  # team.data will be destroyed"
    ]


def test_what_a_destroyed_workspace_takes_with_it_is_said():
    line = "A workspace is destroyed with everything in it: prod."
    assert of_change(Change(workspace("prod")[0], None)).splitlines()[-1] == line
    assert line not in of_change(Change(team("data", "bo")[0], None))


def test_a_rename_says_both_names():
    change = Change(team("data", "bo")[0], team("science", "bo")[0])
    found = of_change(change)
    assert headers(found) == ["  # team.data has moved to team.science"]
    assert '~ name = "data" -> "science"' in found


def test_a_replaced_invitation_shows_only_what_differs():
    old = user("eve", "member", status="pending", expires="2026-11-20T00:00:00Z")
    new = replace(old[0], expires=parsed("2026-12-20T00:00:00Z"))
    live = state(user("ana", "owner"), old, workspace("prod"), bind("eve", "prod", "viewer"))
    brings = (*bind("eve", None, "member"), *bind("eve", "prod", "runner"))
    found = of_change(Change(old[0], new, brings), live)
    assert headers(found) == ["  # member.eve@acme.example must be replaced"]
    assert "account role" not in found
    assert "~ expires = 2026-11-20T00:00:00Z -> 2026-12-20T00:00:00Z" in found
    assert "~ role in workspace prod = viewer -> runner" in found


def test_a_member_and_its_account_role_are_one_entry():
    suspended = User("bo@acme.example", Status.SUSPENDED)
    found = edited([suspended], bind("bo", None, "admin"))
    assert headers(found) == ["  # member.bo@acme.example will be updated in-place"]
    assert '~ status = "active" -> "suspended"' in found
    assert "~ account role = member -> admin" in found


def test_the_steps_of_one_change_are_one_entry():
    found = plan(SMALL, state(*[[r] for r in _with(SMALL, team("data", "ana"))]))
    assert len(found.changes) == 2
    lines = shown(found).splitlines()
    at = lines.index("  # team.data will be updated in-place")
    assert lines[at + 1 : at + 3] == [
        "      - member = bo@acme.example",
        "      + member = ana@acme.example",
    ]


def _with(live: State, resources):
    draft = live.draft()
    for resource in resources:
        draft.put(resource)
    return [*draft.resources(), *draft.bindings()]


def test_an_account_role_given_to_what_exists_is_an_update():
    live = state(user("ana", "owner"), service_account("ci", None))
    found = edited(bind("sa:ci", None, "member"), of=live)
    assert headers(found) == ["  # service-account.ci will be updated in-place"]
    assert "Plan: 0 to add, 1 to change, 0 to destroy." in found


def test_what_comes_with_an_invitation_is_shown_with_it():
    invited = User("eve@acme.example", Status.PENDING)
    brings = (*bind("eve", None, "member"), *bind("eve", "prod", "viewer"))
    joins = (team("data")[0].address,)
    lines = of_change(Change(None, invited, brings, joins)).splitlines()
    at = lines.index("  # member.eve@acme.example will be created")
    assert lines[at + 1 : at + 5] == [
        '      + status = "pending"',
        "      + account role = member",
        "      + role in workspace prod = viewer",
        "      + team = data",
    ]


def test_what_disappears_with_a_deletion_is_shown_with_it():
    live = state(
        user("ana", "owner"),
        service_account("ci"),
        key("sa:ci", "build", "2027-01-01T00:00:00Z"),
        workspace("prod"),
        bind("sa:ci", "prod", "runner"),
        team("robots", "sa:ci"),
    )
    lines = of_change(Change(service_account("ci")[0], None), live).splitlines()
    at = lines.index("  # service-account.ci will be destroyed")
    assert lines[at + 1 : at + 5] == [
        "      - account role = member",
        "      - role in workspace prod = runner",
        "      - key = build (until 2027-01-01T00:00:00Z)",
        "      - team = robots",
    ]


def test_a_workspace_goes_with_everybodys_access():
    live = state(
        user("ana", "owner"),
        user("bo"),
        workspace("prod", "P", "viewer"),
        bind("bo", "prod", "runner"),
    )
    found = of_change(Change(workspace("prod", "P")[0], None), live)
    assert "      - default role = viewer\n" in found
    assert "      - role of bo@acme.example = runner\n" in found


def test_a_key_that_loses_its_end_is_no_mere_removal():
    live = state(
        user("ana", "owner"), service_account("ci"), key("sa:ci", "k", "2027-01-01T00:00:00Z")
    )
    assert "      ~ until = 2027-01-01T00:00:00Z -> no end\n" in edited(key("sa:ci", "k"), of=live)


def test_a_term_alone_is_one_difference():
    found = edited(team("data", "bo until 2027-01-01T00:00:00Z"))
    assert "~ member = bo@acme.example -> bo@acme.example (until 2027-01-01T00:00:00Z)" in found


def test_a_line_for_many_equal_changes_names_the_first_and_counts_the_others():
    many = [workspace(f"w{number:02}") for number in range(42)]
    found = plan(state(user("ana", "owner")), state(user("ana", "owner"), *many))
    [line] = [each for each in shown(found, full=False).splitlines() if "42 workspaces" in each]
    assert line.endswith("w39 and 2 more (--full names all)")


def test_below_a_header_stands_the_line_that_declares_it():
    lines = shown(plan(SMALL, DESIRED, origin=lambda _: Place("teams/data.toml", 12, 3))).split(
        "\n"
    )
    below = [lines[lines.index(header) + 1] for header in headers("\n".join(lines))]
    assert set(below) == {"  # (teams/data.toml:12)"}


def test_what_waits_for_somebody_says_for_whom():
    found = week()
    assert {str(c.address) for c in found.waiting} == {
        "team.audit",
        "workspace.prod/access/eve@acme.example",
    }
    waiting = shown(found).split("\nWaiting\n")[1].splitlines()
    accept = "is waiting for eve@acme.example to accept the invitation"
    assert f"  team.audit {accept}" in waiting
    assert f"  workspace.prod/access/eve@acme.example {accept}" in waiting


@pytest.mark.parametrize("reason", Reason)
def test_what_is_left_to_the_next_run_says_why(reason):
    change = Change(role("old", "see_flows")[0], None)
    found = shown(Plan(SMALL, (), deferred=(change,), reasons={change.address: reason}))
    assert f"  role.old is left to the next run, {reason}" in found.splitlines()


def test_what_nobody_declares_is_listed_and_the_rest_counted():
    many = state(user("ana", "owner"), *(team(f"t{i:03}") for i in range(123)))
    found = shown(plan(many, state(user("ana", "owner")), manage={}))
    assert "Not managed here: 123 live things that nobody declares" in found
    assert "  team.t019\n  and 103 more (see --json)" in found
    assert "team.t020" not in found


def test_the_tools_that_read_terraform_read_this():
    found = shown(week())
    assert TFCMT_PASS.findall(found) == ["Plan: 3"]
    assert TFCMT_DESTROYS.search(found)
    assert not TFCMT_FAIL.search(found)
    assert ATLANTIS.search(found).groups() == (None, "3", "8", "2")
    counts = [len(p.findall(found)) for p in (TFCMT_CREATED, TFCMT_UPDATED, TFCMT_DELETED)]
    assert counts == [3, 8, 2]
    nothing = shown(plan(SMALL, SMALL))
    assert TFCMT_PASS.match(nothing)
    assert ATLANTIS_NONE.match(nothing)


def test_saved_changes_are_shown_without_a_look_at_live(snapshot):
    assert render_changes(week().changes) == snapshot


def test_the_order_is_that_of_the_plan():
    found = week()
    named = [header.split()[1] for header in headers(shown(found))]
    assert named == list(dict.fromkeys(str(c.counted) for c in found.changes))


def test_ten_runs_give_the_same_bytes():
    assert len({shown(plan(LIVE, DESIRED, INVITING)) for _ in range(10)}) == 1


@given(states(), states())
def test_every_thing_that_is_counted_is_shown_once(live, desired):
    found = Planner(CLOUD, ANYTHING, NOW).plan(Declaration(desired, manage=ALL), live)
    lines = headers(told(found, [], []))
    assert len(lines) == len(set(lines)) == sum(found.counts)
    ends = [re.search(r"will be (created|destroyed)|(updated in-place)$", line) for line in lines]
    added, changed, destroyed = found.counts
    assert [e.group(1) or "changed" for e in ends].count("created") == added
    assert [e.group(1) or "changed" for e in ends].count("destroyed") == destroyed
    assert [e.group(1) or "changed" for e in ends].count("changed") == changed


def test_built_in_roles_are_nobodys_to_declare():
    assert not plan(State(BUILTIN), State()).unmanaged


@pytest.mark.parametrize(
    ("role", "roles"),
    [
        ("admin", " (admin)"),
        ("admin until 2126-01-01T00:00:00Z", " (admin)"),
        ("admin until 2020-01-01T00:00:00Z", ""),
    ],
)
def test_the_applier_is_named_with_the_roles_that_have_not_ended(role, roles):
    assert principal(who("max"), state(user("max", role)), NOW) == f"max@acme.example{roles}"
