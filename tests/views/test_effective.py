from __future__ import annotations

import re

import pytest
from hypothesis import given

from rbac_sync.catalogues import catalogue, worlds
from rbac_sync.errors import Place
from rbac_sync.guard import GuardContext
from rbac_sync.guard.effects import effects
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Declaration,
    Holding,
    Level,
    Permission,
    Role,
    State,
    User,
    Workspace,
    address,
    label,
)
from rbac_sync.planning.planner import Planner
from rbac_sync.views.effect_rows import effect_rows
from rbac_sync.views.effective import MOST_PLAIN, lines, reminder
from rbac_sync.views.plan import render_plan as view
from rbac_sync.views.plan_json import plan as plan_machine
from rbac_sync.views.reports.html import render_report as html
from rbac_sync.views.reports.markdown import render_report as markdown
from rbac_sync.views.run import Run
from rbac_sync.views.short_names import NO_NAMES
from rbac_sync.views.terminal import Layout
from tests.build import (
    ALL,
    ANYTHING,
    NOW,
    bind,
    context,
    plan,
    role,
    state,
    team,
    user,
    who,
    workspace,
)
from tests.planning.worlds import CLOUD, OWNER, states

from .scene import saved

NAMES = ["bo", "cy", "dan", "eli", "fay"]
PEOPLE = (user("ana", "owner"), *(user(name) for name in NAMES))
SPACES = (workspace("prod"), workspace("test"))
PLAIN = (*PEOPLE, *SPACES)
EIGHT = "  +manage_access +see_secret_blocks +6 more"


def headline(before, after, **declared):
    """Return the rows of a plan, without the blanks that align them."""
    found = plan(state(*before), state(*after), **declared)
    texts = (line.text for line in lines(effects(context(found)), full=False))
    rows = (text for text in texts if text.startswith("  "))
    return [text[:4] + re.sub(r"  +", "  ", text[4:]) for text in rows]


def sections(before, after, **options):
    found = plan(state(*before), state(*after))
    return [line.text for line in lines(effects(context(found)), **options)]


def test_the_risks_stand_before_the_gains_and_the_losses():
    before = (*PLAIN, bind("cy", "prod", "viewer"), user("zed"))
    after = (*PLAIN, bind("bo", "prod", "viewer"), bind("dan", "test", "developer"))
    assert sections(before, after) == [
        "Risks",
        "  ! test     dan@acme.example  developer  +see_secret_blocks +5 more",
        "  ! account  zed@acme.example  member -> nothing",
        "",
        "Who gains",
        "  + prod     bo@acme.example   viewer",
        "",
        "Who loses",
        "  - prod     cy@acme.example   viewer -> nothing",
    ]


def test_what_is_lost_everywhere_and_kept_somewhere_is_said_of_there():
    viewer = bind("zoe", "prod", "viewer")
    before, after = (*PLAIN, user("zoe", "owner"), viewer), (*PLAIN, user("zoe"), viewer)
    found = headline(before, after)
    assert found[0].startswith("  - everywhere  zoe@acme.example  owner -> member")
    assert found[-1] == "    prod  zoe@acme.example  keeps viewer"


def test_the_reason_and_the_lines_that_cause_it_are_named_each_once():
    after = (*PLAIN, *(bind(name, "prod", "viewer") for name in NAMES))
    column = {f"workspace.prod/access/{name}@acme.example": i for i, name in enumerate(NAMES)}

    def origin(address):
        return Place("w/prod.toml", 1 + column[str(address)] // 2, 3 + column[str(address)])

    assert headline(PLAIN, after, origin=origin) == [
        "  + prod  5 people  viewer  (w/prod.toml:1 and 2 more)"
    ]


def test_the_line_of_a_membership_or_permission_stands_before_that_of_its_table():
    def origin(_):
        return Place("teams.toml", 1)

    def entry(_, element):
        return Place("teams.toml", 6 if element == who("bo") else 7)

    before = (*PLAIN, team("data", "ana"), role("ops"), bind("team:data", "prod", "runner"))
    before = (*before, bind("cy", "test", "ops"))
    after = (*PLAIN, team("data", "ana", "bo"), role("ops", "run_flows"), *before[-2:])
    found = plan(state(*before), state(*after), origin=origin, entry=entry)
    shown = "\n".join(line.text for line in lines(effects(context(found))))
    assert "runner  via team:data  (teams.toml:6)" in shown
    assert re.search(r"ops .*\(teams.toml:7\)", shown)
    assert {found.place(change).line for change in found.changes} == {6, 7}


def test_nobody_gains_by_a_description():
    after = (*PEOPLE, workspace("prod", description="New"), workspace("test"))
    assert sections(PLAIN, after) == ["Nobody gains or loses anything."]


def crowd(count):
    """Return *count* people, each with a role of its own that is no risk, and what gives it."""
    names = [f"p{number:03}" for number in range(count)]
    ends = [
        f"viewer until {2030 + number // 300}-{1 + number // 25 % 12:02}-{1 + number % 25:02}"
        "T00:00:00Z"
        for number in range(count)
    ]
    given = [bind(name, "prod", end) for name, end in zip(names, ends, strict=True)]
    return [user(name) for name in names], given


def test_of_many_plain_rows_some_are_shown_and_the_rest_is_counted():
    people, given = crowd(100)
    before = (*PLAIN, *people)
    after = (*before, *given, bind("bo", "test", "developer"))
    found = sections(before, after, full=False)
    assert "bo@acme.example" in found[1]
    assert len(found) == len(["Risks", "bo", "", "Who gains"]) + MOST_PLAIN + 1
    assert found[-1] == (
        "    and 60 more about 60 principals, none of them a risk (--full names all)"
    )
    assert len(sections(before, after)) == len(["Risks", "bo", "", "Who gains"]) + 100


def test_no_report_leaves_out_what_a_deletion_takes_and_calls_it_no_risk():
    people, given = crowd(50)
    found = plan(state(*PLAIN, *people, *given), state(*PLAIN))
    run = Run(plan=found, saved=saved(found), context=context(found))

    for report in (markdown(run), html(run)):
        changes = report.partition("#### Deletions")[0].partition('<section class="paths"')[0]
        assert "without a risk" not in report
        assert {f"p{n:03}" for n in range(50)} == {*re.findall(r"p0\d\d(?=@)", changes)}


def hundred_risks():
    people, given = crowd(100)
    roles = [role(f"r{number:03}", "see_secret_blocks", base="runner") for number in range(100)]
    risky = [bind(f"p{number:03}", "test", f"r{number:03}") for number in range(100)]
    before = (*PLAIN, *people, *roles, role("helper", "manage_access"))
    return before, (*before, *given, *risky, bind("bo", "prod", "helper"))


def test_no_risk_is_left_out():
    found = sections(*hundred_risks(), full=False)
    rows = [line for line in found if "+see_secret_blocks" in line]
    assert len(rows) == 100


def test_before_many_risks_there_is_an_index_by_permission():
    assert sections(*hundred_risks(), full=False)[:5] == [
        "Risks by permission",
        "  ! manage_access  bo@acme.example (prod)",
        "  ! see_secret_blocks  100 people (test)",
        "",
        "Risks",
    ]


def test_of_a_risk_every_name_is_shown_in_a_note_if_not_in_the_row():
    people, _ = crowd(10)
    before = (*PLAIN, *people)
    given = (bind(f"p{number:03}", "prod", "owner") for number in range(10))
    names = ", ".join(f"p{number:03}@acme.example" for number in range(10))
    assert headline(before, (*before, *given)) == [
        "  ! prod  10 people  owner  +manage_access +see_secret_blocks +6 more  [1]",
        f"  [1]  {names}".replace("]  ", "] "),
    ]


def test_of_a_risk_every_workspace_is_shown():
    spaces = [workspace(f"w{number}") for number in range(9)]
    before = (*PLAIN, *spaces)
    given = (bind("bo", f"w{number}", "developer") for number in range(9))
    found = headline(before, (*before, *given))
    assert found[0].startswith("  ! 9 workspaces  bo@acme.example  developer")
    assert found[0].endswith("[1]")
    assert "w7, w8" in found[-1]


def test_a_question_says_the_risks_again_and_many_of_them_by_permission():
    one = (*PLAIN, bind("bo", "prod", "developer"), bind("cy", "prod", "viewer"))
    asked = [
        reminder(effects(context(plan(state(*a), state(*b)))), NO_NAMES)
        for a, b in ((PLAIN, one), hundred_risks(), (PLAIN, (*PLAIN, bind("cy", "prod", "viewer"))))
    ]
    few_, many, none = [[line.text for line in each] for each in asked]
    assert few_ == ["  ! prod  bo@acme.example  developer  +see_secret_blocks +5 more", ""]
    assert many[0] == "  ! manage_access  bo@acme.example (prod)"
    assert len(many) == 3
    assert none == []


def test_the_gravest_gain_comes_first():
    reader = role("reader", "see_secret_blocks")
    helper = role("helper", "manage_access")
    before = (*PLAIN, reader, helper, bind("cy", "prod", "viewer"))
    given = (
        bind("fay", None, "owner"),
        bind("bo", "prod", "developer"),
        bind("cy", "prod", "helper", "viewer"),
        bind("dan", "test", "reader"),
        bind("eli", "test", "runner"),
    )
    without_role = [user("zoe", None)]
    found = headline((*before, *without_role), (*before[:-1], user("zoe", "member"), *given))
    people = [line.split()[2].split("@")[0] for line in found]
    assert people == ["fay", "cy", "bo", "dan", "zoe", "eli"]
    assert found[1] == "  ! prod  cy@acme.example  viewer -> viewer and helper  +manage_access"


def test_what_is_held_for_longer_is_a_gain():
    short, longer = "owner until 2026-12-01T00:00:00Z", "owner until 2027-12-01T00:00:00Z"
    before = (*PLAIN, bind("bo", "prod", short))
    for after, term in (
        (bind("bo", "prod", "owner"), ""),
        (bind("bo", "prod", longer), " (until 2027-12-01)"),
    ):
        assert headline(before, (*PLAIN, after)) == [
            f"  ! prod  bo@acme.example  owner (until 2026-12-01) -> owner{term}{EIGHT}"
        ]


def test_what_begins_earlier_is_a_gain_and_later_a_loss():
    later = bind("bo", "prod", "viewer from 2027-01-01T00:00:00Z")
    sooner = bind("bo", "prod", "viewer")
    assert headline((*PLAIN, later), (*PLAIN, sooner)) == [
        "  + prod  bo@acme.example  viewer (from 2027-01-01) -> viewer  +see_blocks +see_flows"
    ]
    assert headline((*PLAIN, sooner), (*PLAIN, later)) == [
        "  - prod  bo@acme.example  viewer -> viewer (from 2027-01-01)"
    ]


def test_what_ends_sooner_is_a_loss_of_all_who_have_it():
    def account(end):
        people = (user("cy"), user("dan", "member"), team("ops", "cy", "dan"))
        return (
            *PLAIN,
            *people,
            bind("team:ops", "prod", f"viewer{end}"),
            bind("dan", "prod", "owner"),
        )

    assert headline(account(""), account(" until 2027-01-01T00:00:00Z")) == [
        "  - prod  team:ops (cy@acme.example)  viewer -> viewer (until 2027-01-01)"
    ]


def test_what_has_begun_begins_no_earlier():
    begun, endless = (
        bind("bo", "prod", f"viewer{term}") for term in (" from 2020-01-01T00:00:00Z", "")
    )
    assert headline((*PLAIN, begun), (*PLAIN, endless)) == []


def test_who_is_suspended_no_more_gains_all_that_they_hold():
    rest = (
        user("ana", "owner"),
        team("data", "bo"),
        bind("team:data", "prod", "owner"),
        workspace("prod", default="viewer"),
    )
    away, here = (user("bo", status="suspended"), *rest), (user("bo"), *rest)
    assert headline(away, here) == [
        f"  ! prod  bo@acme.example  owner{EIGHT}  via team:data",
        "  ! account  bo@acme.example  member",
    ]
    assert headline(here, away) == [
        "  - account  bo@acme.example  member -> nothing",
        "  - prod  bo@acme.example  owner -> nothing  via team:data",
    ]


def test_a_workspace_that_becomes_public_is_a_risk():
    people, given = crowd(60)
    before = (*PEOPLE, *people, workspace("prod"), workspace("test"))
    after = (*PEOPLE, *people, workspace("prod"), workspace("test", public=True), *given)
    assert headline(before, after)[0] == ("  ! test  everyone  becomes public: open to everybody")


MOST_LINES = 40
"""The lines of a first screen."""

GRAVE = [
    *((world, p) for world in worlds() for p in sorted(catalogue(world).managing)),
    *((world, p) for world in worlds() for p in sorted(catalogue(world).reads_secrets)),
]


SLICE = GRAVE[:: len(GRAVE) // 3]
AMONG_MANY = [
    *((*each, 60) for each in GRAVE),
    *((*each, 500) for each in SLICE),
    *(pytest.param(*each, 500, marks=pytest.mark.long) for each in GRAVE if each not in SLICE),
]


@pytest.mark.parametrize(("world", "permission", "count"), AMONG_MANY)
def test_a_dangerous_grant_among_many_changes_is_on_the_first_screen(world, permission, count):
    run = one_among_many(catalogue(world), Permission(permission), count)
    for full in (True, False):
        first = view(run, Layout(full=full, width=80), NOW).split("\n")[:MOST_LINES]
        words = " ".join(first).split()
        assert "theo@acme.example" in words
        assert f"+{permission}" in words
    comment = markdown(run).partition("#### Deletions")[0].partition("<details>")[0]
    named = [line for line in comment.split("\n") if "theo@acme.example" in line]
    assert any(permission in line for line in named)
    meaning = plan_machine(run)["effects"]
    risky = [effect for effect in meaning if effect["risk"] in ("access", "secrets")]
    assert risky[0] == meaning[0]
    assert (risky[0]["principal"], permission in risky[0]["grave"]) == ("theo@acme.example", True)
    page = html(run).partition("<noscript>")[0]
    assert permission in page.partition("What changes")[2]


@pytest.mark.parametrize(("world", "permission"), SLICE)
def test_a_dangerous_grant_among_500_other_dangerous_ones_is_on_the_first_screen(world, permission):
    run = one_among_many(catalogue(world), Permission(permission), 500, dangerous=True)
    first = view(run, Layout(full=False, width=80), NOW).split("\n")[:MOST_LINES]
    line = next(line for line in first if "theo@acme.example" in line)
    assert f"! {permission}  theo@acme.example (" in line
    assert any("500 people" in line for line in first)


def one_among_many(known, permission, count, *, dangerous=False):
    """Return the run of *count* grants of a permission and one of a role that holds *permission*.

    That of the many is no risk, or another one if *dangerous*.
    """
    level = known.titles[permission].level
    grave = known.managing | known.reads_secrets
    plain = next(
        p
        for p, t in sorted(known.titles.items())
        if t.level is level and (p in grave) is dangerous and p != permission
    )
    scope = ACCOUNT if level is Level.ACCOUNT else address.workspace("prod")
    people = [User(f"p{number:03}@acme.example") for number in range(count)]
    theo = User("theo@acme.example")
    roles = [
        Role(level, f"r{number:03}", frozenset({plain}), description=str(number))
        for number in range(count)
    ]
    helper = Role(level, "helper", frozenset({permission} if dangerous else {permission, plain}))
    applier = Binding(who("ana"), ACCOUNT, frozenset({Holding(known.owner)}))
    first = [*known.roles.values(), User("ana@acme.example"), Workspace("prod"), theo, *people]
    live = State([*first, *roles, helper, applier])
    given = [
        Binding(found.address, scope, frozenset({Holding(role.address)}))
        for found, role in zip([*people, theo], [*roles, helper], strict=True)
    ]
    desired = State([*first, *roles, helper, applier, *given])
    found = Planner(known, ANYTHING, NOW).plan(Declaration(desired, manage=ALL), live)
    asked = GuardContext(found, known, who("ana"), NOW)
    return Run((), {}, found, saved(found), asked)


def test_gains_come_before_losses_however_large():
    before = (*PLAIN, bind("bo", "prod", "owner"))
    found = headline(before, (*PLAIN, bind("cy", "test", "viewer")))
    assert [line[:3] for line in found] == ["  +", "  -"]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 12])
def test_the_people_of_a_row_are_named_or_counted(count):
    people = [f"p{i:03}" for i in range(count)]
    before = (*PLAIN, *map(user, people))
    [row] = headline(before, (*before, *(bind(p, "prod", "viewer") for p in people)))
    assert row.count("@acme.example") == count or f"{count} people" in row


@given(states(), states())
def test_every_principal_that_gains_or_loses_is_named_or_counted(live, desired):
    found = Planner(CLOUD, ANYTHING, NOW).plan(Declaration(desired, manage=ALL), live)
    meaning = effects(GuardContext(found, CLOUD, OWNER.address, NOW))
    rows = list(effect_rows(meaning))
    named = {who for row in rows for who in (*row.effect.principals, *row.people)}
    assert named == {who for effect in meaning for who in effect.principals}
    shown = "\n".join(line.text for line in lines(meaning))
    missing = {label(e.principal) for e in meaning if label(e.principal) not in shown}
    assert not missing or re.search(r"\d (people|teams|service accounts)", shown)
    assert bool(meaning) == ("Nobody" not in shown)
