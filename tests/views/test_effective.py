from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from rbac_sync.errors import Place
from rbac_sync.guard import Inquiry
from rbac_sync.guard.effects import effects
from rbac_sync.model import Declaration, label
from rbac_sync.planning.planner import Planner
from rbac_sync.views.effective import MOST_ENTRIES, lines
from tests.build import (
    ALL,
    ANYTHING,
    NOW,
    bind,
    inquiry,
    plan,
    role,
    state,
    team,
    user,
    workspace,
)
from tests.planning.worlds import CLOUD, OWNER, states

NAMES = ["bo", "cy", "dan", "eli", "fay"]
PEOPLE = (user("ana", "owner"), *(user(name) for name in NAMES))
SPACES = (workspace("prod"), workspace("test"))
PLAIN = (*PEOPLE, *SPACES)


def headline(before, after, **declared):
    found = plan(state(*before), state(*after), **declared)
    return [line.text for line in lines(effects(inquiry(found)), found.live)][2:]


def test_a_role_that_is_gained_whole_is_named():
    assert headline(PLAIN, (*PLAIN, bind("bo", "prod", "developer"))) == [
        "  + bo@acme.example gains developer (6 permissions) in workspace prod"
    ]


def test_few_permissions_are_named():
    before = (*PLAIN, bind("bo", "prod", "viewer"))
    assert headline(before, (*PLAIN, bind("bo", "prod", "developer"))) == [
        (
            "  + bo@acme.example gains run_flows, see_secret_blocks, write_blocks and write_flows"
            " in workspace prod, as developer"
        )
    ]


def test_many_permissions_are_counted_and_the_first_of_them_named():
    many = role("many", *(f"p{i:02}" for i in range(20)), "see_flows")
    before = (*PLAIN, many, bind("bo", "prod", "viewer"))
    assert headline(before, (*PLAIN, many, bind("bo", "prod", "many")))[0] == (
        "  + bo@acme.example gains 20 permissions (p00, p01, p02 and 17 more)"
        " in workspace prod, as many"
    )


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
        "  + bo@acme.example gains write_blocks in workspace prod, as writer",
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


def test_an_account_role_that_reaches_every_workspace_says_so():
    after = (*PLAIN, bind("bo", None, "admin"))
    assert headline(PLAIN, after)[0] == (
        "  + bo@acme.example gains 8 permissions (manage_access, manage_workspace, run_flows and"
        " 5 more) in every workspace, as account admin, who owns every workspace"
    )


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


def test_of_many_entries_the_widest_gains_are_shown_and_the_rest_is_counted():
    people = [f"p{i:03}" for i in range(100)]
    roles = [role(f"r{i:03}", f"permission_{i:03}") for i in range(100)]
    before = (*PLAIN, *map(user, people), *roles)
    given = (bind(p, "prod", f"r{i:03}") for i, p in enumerate(people))
    found = headline(before, (*before, *given, bind("bo", "test", "developer")))
    assert found[0].startswith("  + bo@acme.example gains developer (6 permissions)")
    assert len(found) == MOST_ENTRIES + 1
    assert found[-1] == "    and 61 more entries about 61 principals (see --json)"


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
    meaning = effects(Inquiry(found, CLOUD, OWNER.address, NOW))
    shown = "\n".join(line.text for line in lines(meaning, found.live))
    missing = {label(e.principal) for e in meaning if label(e.principal) not in shown}
    assert not missing or " more " in shown
    assert bool(meaning) == ("Nobody" not in shown)
