from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

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
from rbac_sync.views.effective import MOST_PLAIN, lines
from rbac_sync.views.plan import render_plan as view
from rbac_sync.views.plan_json import plan as plan_machine
from rbac_sync.views.reports.html import render_report as html
from rbac_sync.views.reports.markdown import render_report as markdown
from rbac_sync.views.run import Run
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


def headline(before, after, **declared):
    found = plan(state(*before), state(*after), **declared)
    return [line.text for line in lines(effects(context(found)), found.live)][2:]


def test_a_role_that_is_gained_whole_is_named():
    assert headline(PLAIN, (*PLAIN, bind("bo", "prod", "developer"))) == [
        (
            "  + bo@acme.example gains developer (6 permissions: see_secret_blocks and 5 more)"
            " in workspace prod"
        )
    ]


def test_few_permissions_are_named():
    before = (*PLAIN, bind("bo", "prod", "viewer"))
    assert headline(before, (*PLAIN, bind("bo", "prod", "developer"))) == [
        (
            "  + bo@acme.example gains see_secret_blocks, run_flows, write_blocks and write_flows"
            " in workspace prod, viewer -> developer"
        )
    ]


def test_many_permissions_are_counted_and_the_riskiest_of_them_named():
    found = headline(PLAIN, (*PLAIN, bind("bo", None, "admin")))
    assert found == [
        (
            "  + bo@acme.example gains create_workspaces, manage_members, manage_roles and"
            " manage_teams in the account, member -> admin"
        ),
        (
            "  + bo@acme.example gains 8 permissions (manage_access, see_secret_blocks,"
            " manage_workspace and 5 more) in every workspace, as account admin, who owns every"
            " workspace"
        ),
    ]


def test_a_permission_that_no_catalogue_lists_is_named():
    many = role("many", *(f"p{i:02}" for i in range(5)), "see_flows", "see_blocks", "run_flows")
    before = (*PLAIN, many, bind("bo", "prod", "viewer"))
    assert headline(before, (*PLAIN, many, bind("bo", "prod", "many"))) == [
        (
            "  + bo@acme.example gains p00, p01, p02, p03, p04 and run_flows in workspace prod,"
            " viewer -> many"
        )
    ]


def test_what_is_lost_everywhere_and_kept_somewhere_is_said_of_there():
    viewer = bind("zoe", "prod", "viewer")
    before, after = (*PLAIN, user("zoe", "owner"), viewer), (*PLAIN, user("zoe"), viewer)
    found = headline(before, after)
    assert any(line.startswith("  - zoe@acme.example loses") for line in found)
    assert found[-1] == "    zoe@acme.example keeps viewer (2 permissions) in workspace prod"


def test_a_swap_is_a_gain_and_a_loss():
    before = (*PLAIN, role("writer", "write_blocks"), bind("bo", "prod", "viewer"))
    after = (*PLAIN, role("writer", "write_blocks"), bind("bo", "prod", "writer"))
    assert headline(before, after) == [
        "  + bo@acme.example gains write_blocks in workspace prod, viewer -> writer",
        "  - bo@acme.example loses see_flows in workspace prod, so far as viewer",
    ]


def test_people_with_the_same_gain_are_one_entry():
    after = (*PLAIN, *(bind(name, "prod", "viewer") for name in NAMES))
    assert headline(PLAIN, after) == [
        (
            "  + bo@acme.example, cy@acme.example and 3 more gain viewer (2 permissions)"
            " in workspace prod"
        )
    ]


def test_scopes_with_the_same_gain_are_one_entry():
    after = (*PLAIN, bind("bo", "prod", "viewer"), bind("bo", "test", "viewer"))
    assert headline(PLAIN, after) == [
        "  + bo@acme.example gains viewer (2 permissions) in workspace prod and workspace test"
    ]


def test_a_gain_through_a_team_names_the_team_and_ends_with_the_place_in_it():
    before = (*PLAIN, team("data"), bind("team:data", "prod", "runner"))
    joined = team("data", "bo until 2026-12-01T00:00:00Z")
    after = (*PLAIN, joined, bind("team:data", "prod", "runner"))
    assert headline(before, after) == [
        (
            "  + bo@acme.example gains runner (3 permissions) in workspace prod,"
            " through team:data, which holds runner (until 2026-12-01T00:00:00Z)"
        )
    ]


def test_a_default_role_is_for_everyone():
    after = (*PEOPLE, workspace("prod", default="viewer"), workspace("test"))
    assert headline(PLAIN, after) == ["  + everyone gains viewer (2 permissions) in workspace prod"]


def test_the_lines_that_cause_it_are_named_each_once():
    after = (*PLAIN, *(bind(name, "prod", "viewer") for name in NAMES))
    column = {f"workspace.prod/access/{name}@acme.example": i for i, name in enumerate(NAMES)}

    def origin(address):
        return Place("w/prod.toml", 1 + column[str(address)] // 2, 3 + column[str(address)])

    assert headline(PLAIN, after, origin=origin)[0].endswith(
        "  (w/prod.toml:1, w/prod.toml:2 and w/prod.toml:3)"
    )


def test_nobody_gains_by_a_description():
    after = (*PEOPLE, workspace("prod", description="New"), workspace("test"))
    assert headline(PLAIN, after) == ["  Nobody gains or loses anything."]


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


def test_of_many_plain_entries_some_are_shown_and_the_rest_is_counted():
    people, given = crowd(100)
    before = (*PLAIN, *people)
    found = headline(before, (*before, *given, bind("bo", "test", "developer")))
    assert found[0].startswith("  + bo@acme.example gains developer (6 permissions: see_secret")
    assert len(found) == 1 + MOST_PLAIN + 1
    assert found[-1] == (
        "    and 60 more entries about 60 principals, none of them a risk (see --json)"
    )


def test_no_risky_entry_is_left_out():
    people, given = crowd(100)
    roles = [role(f"r{number:03}", "see_secret_blocks", base="runner") for number in range(100)]
    risky = [bind(f"p{number:03}", "test", f"r{number:03}") for number in range(100)]
    before = (*PLAIN, *people, *roles)
    found = headline(before, (*before, *given, *risky))
    assert len([line for line in found if "see_secret_blocks" in line]) == 100
    assert len(found) == 100 + MOST_PLAIN + 1


def test_of_a_risky_entry_every_name_is_shown_in_a_note_if_not_in_the_line():
    people, _ = crowd(10)
    before = (*PLAIN, *people)
    given = (bind(f"p{number:03}", "prod", "owner") for number in range(10))
    assert headline(before, (*before, *given)) == [
        (
            "  + 10 principals [1] gain owner (8 permissions: manage_access, see_secret_blocks and"
            " 6 more) in workspace prod"
        ),
        "    [1] p000@acme.example, p001@acme.example, p002@acme.example, p003@acme.example",
        "        p004@acme.example, p005@acme.example, p006@acme.example, p007@acme.example",
        "        p008@acme.example, p009@acme.example",
    ]


def test_of_a_risky_entry_every_workspace_is_shown():
    spaces = [workspace(f"w{number}") for number in range(9)]
    before = (*PLAIN, *spaces)
    given = (bind("bo", f"w{number}", "developer") for number in range(9))
    found = headline(before, (*before, *given))
    assert found[0].endswith("and 5 more) in 9 workspaces [1]")
    assert "workspace w8" in found[-1]


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
    who_ = [line.split()[1].split("@")[0] for line in found]
    assert who_ == ["fay", "fay", "cy", "bo", "dan", "zoe", "eli"]
    assert (
        "gains helper (1 permission: manage_access) in workspace prod, viewer -> helper"
        in (found[2])
    )


def test_what_is_held_for_longer_is_a_gain():
    short, longer = "owner until 2026-12-01T00:00:00Z", "owner until 2027-12-01T00:00:00Z"
    eight = "owner (8 permissions: manage_access, see_secret_blocks and 6 more)"
    before = (*PLAIN, bind("bo", "prod", short))
    assert headline(before, (*PLAIN, bind("bo", "prod", "owner"))) == [
        f"  + bo@acme.example holds {eight} for longer in workspace prod"
    ]
    assert headline(before, (*PLAIN, bind("bo", "prod", longer))) == [
        (
            f"  + bo@acme.example holds {eight} for longer in workspace prod,"
            " as owner (until 2027-12-01T00:00:00Z)"
        )
    ]


def test_what_begins_earlier_is_a_gain():
    later = bind("bo", "prod", "viewer from 2027-01-01T00:00:00Z")
    sooner = bind("bo", "prod", "viewer")
    assert headline((*PLAIN, later), (*PLAIN, sooner)) == [
        "  + bo@acme.example holds viewer (2 permissions) for longer in workspace prod"
    ]
    assert headline((*PLAIN, sooner), (*PLAIN, later)) == ["  Nobody gains or loses anything."]


@pytest.mark.parametrize(
    ("was", "will"),
    [
        ("viewer from 2020-01-01T00:00:00Z", "viewer"),
        ("viewer", "viewer until 2027-01-01T00:00:00Z"),
    ],
    ids=["what has begun begins no earlier", "what ends sooner"],
)
def test_a_term_that_gives_nothing_is_no_gain(was, will):
    before, after = ((*PLAIN, bind("bo", "prod", term)) for term in (was, will))
    assert headline(before, after) == ["  Nobody gains or loses anything."]


def test_who_is_suspended_no_more_gains_all_that_they_hold():
    rest = (
        user("ana", "owner"),
        team("data", "bo"),
        bind("team:data", "prod", "owner"),
        workspace("prod", default="viewer"),
    )
    away, here = (user("bo", status="suspended"), *rest), (user("bo"), *rest)
    back, gone = headline(away, here), headline(here, away)
    assert [line.split(" (")[0] for line in back] == [
        "  + bo@acme.example gains owner and viewer",
        "  + bo@acme.example gains member",
    ]
    assert [line.split(" (")[0] for line in gone] == [
        "  - bo@acme.example loses member",
        "  - bo@acme.example loses owner and viewer",
    ]


def test_a_workspace_that_becomes_public_is_a_risk():
    people, given = crowd(60)
    before = (*PEOPLE, *people, workspace("prod"), workspace("test"))
    after = (*PEOPLE, *people, workspace("prod"), workspace("test", public=True), *given)
    assert headline(before, after)[0] == "  + workspace test becomes public: open to everybody"


GRAVE = [
    *((world, p) for world in worlds() for p in sorted(catalogue(world).managing)),
    *((world, p) for world in worlds() for p in sorted(catalogue(world).reads_secrets)),
]


@pytest.mark.parametrize(("world", "permission"), GRAVE)
def test_a_dangerous_grant_among_500_changes_is_on_the_first_screen(world, permission):
    run = one_among_many(catalogue(world), Permission(permission))
    first = view(run.plan, run.effects, (), {}).split("\n")[:20]
    assert any("theo@acme.example" in line and permission in line for line in first)
    comment = markdown(run).partition("#### Deletions")[0].partition("<details>")[0]
    named = [line for line in comment.split("\n") if "theo@acme.example" in line]
    assert any(permission in line for line in named)
    risky = [
        effect for effect in machine(run)["effects"] if effect["risk"] in ("access", "secrets")
    ]
    assert risky[0] == machine(run)["effects"][0]
    assert (risky[0]["principal"], permission in risky[0]["grave"]) == ("theo@acme.example", True)
    page = html(run).partition("<noscript>")[0]
    assert permission in page.partition("Risky gains")[2]


def one_among_many(known, permission):
    """Return the run of 500 plain grants and one of a role that holds *permission*."""
    level = known.titles[permission].level
    plain = next(
        p
        for p, t in sorted(known.titles.items())
        if t.level is level and p not in known.managing | known.reads_secrets
    )
    scope = ACCOUNT if level is Level.ACCOUNT else address.workspace("prod")
    people = [User(f"p{number:03}@acme.example") for number in range(500)]
    theo = User("theo@acme.example")
    roles = [
        Role(level, f"r{number:03}", frozenset({plain}), description=str(number))
        for number in range(500)
    ]
    helper = Role(level, "helper", frozenset({permission, plain}))
    applier = Binding(who("ana"), ACCOUNT, frozenset({Holding(known.owner)}))
    first = [*known.roles.values(), User("ana@acme.example"), Workspace("prod"), theo, *people]
    live = State([*first, *roles, helper], [applier])
    given = [
        Binding(found.address, scope, frozenset({Holding(role.address)}))
        for found, role in zip([*people, theo], [*roles, helper], strict=True)
    ]
    desired = State([*first, *roles, helper], [applier, *given])
    found = Planner(known, ANYTHING, NOW).plan(Declaration(desired, manage=ALL), live)
    asked = GuardContext(found, known, who("ana"), NOW)
    return Run((), {}, found, saved(found), asked)


def machine(run):
    return plan_machine(run.plan, run.effects, (), run.saved)


def test_gains_come_before_losses_however_large():
    before = (*PLAIN, bind("bo", "prod", "owner"))
    found = headline(before, (*PLAIN, bind("cy", "test", "viewer")))
    assert [line[:3] for line in found] == ["  +", "  -"]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 12])
def test_the_people_of_an_entry_are_named_or_counted(count):
    people = [f"p{i:03}" for i in range(count)]
    before = (*PLAIN, *map(user, people))
    (found,) = headline(before, (*before, *(bind(p, "prod", "viewer") for p in people)))
    more = int((re.search(r"and (\d+) more", found) or [0, 0])[1])
    assert found.count("@acme.example") + more == count


@settings(deadline=None)
@given(states(), states())
def test_every_principal_that_gains_or_loses_is_named_or_counted(live, desired):
    found = Planner(CLOUD, ANYTHING, NOW).plan(Declaration(desired, manage=ALL), live)
    meaning = effects(GuardContext(found, CLOUD, OWNER.address, NOW))
    shown = "\n".join(line.text for line in lines(meaning, found.live))
    missing = {label(e.principal) for e in meaning if label(e.principal) not in shown}
    assert not missing or " more " in shown
    assert bool(meaning) == ("Nobody" not in shown)
