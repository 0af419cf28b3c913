"""Each principal beside each scope: no other access than the guard's, told in full."""

from __future__ import annotations

from hypothesis import given

from rbac_sync.errors import Place
from rbac_sync.guard import GuardContext
from rbac_sync.model import ACCOUNT, Declaration, ServiceAccount, Team, User, label
from rbac_sync.model import address as named
from rbac_sync.planning.planner import Planner
from rbac_sync.views.reports.matrix import Matrix
from rbac_sync.views.reports.tables import MIXED, NONE
from tests.build import (
    ALL,
    ANYTHING,
    NOW,
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
from tests.planning.worlds import CLOUD, OWNER, states
from tests.views.scene import week

PEOPLE = (user("ana", "owner"), user("bo"), user("cy"))
PROD = (*PEOPLE, workspace("prod", default="viewer"))


def shown(found):
    asked = context(found)
    return Matrix(asked).to_json()


def of(before, after, **more):
    return shown(plan(state(*before), state(*after), **more))


def cell(found, person, scope):
    """Return a cell, with the names of roles, ways and permissions in place of their numbers."""
    (row,) = (row for row in found["principals"] if row["name"] == person)
    at = [scope["name"] for scope in found["scopes"]].index(scope)
    alike = found["alike"][row["alike"]]
    own, shared = row.get("cells", {}), alike["cells"]
    number = found["cells"][own.get(at, shared.get(at, found["nothing"]))]
    if at == 0 or at in own:
        places = row.get("places", {}).get(at, [])
    else:
        places = sorted({*alike["places"].get(at, []), *row.get("lines", [])})
    return {
        "before": role_name(found, number["before"]),
        "after": role_name(found, number["after"]),
        "was": [found["ways"][n]["text"] for n in number["was"]],
        "will": [found["ways"][n]["text"] for n in number["will"]],
        "gained": names(found, number["gained"]),
        "lost": names(found, number["lost"]),
        "places": places,
    }


def role_name(found, number):
    other = {NONE: None, MIXED: "mixed"}
    return other[number] if number in other else found["roles"][number]["name"]


def names(found, number):
    return [found["permissions"][n]["name"] for n in found["sets"][number]]


def test_a_cell_says_what_comes_and_goes_and_by_which_way():
    found = cell(shown(week()), "cy@acme.example", "prod")
    assert found == {
        "before": "runner",
        "after": "developer",
        "was": ["by the default role viewer", "through team:data, which holds runner"],
        "will": ["by the default role runner", "through team:data, which holds developer"],
        "gained": ["see_secret_blocks", "write_blocks", "write_flows"],
        "lost": [],
        "places": ["workspaces/prod.toml:2"],
    }


def test_a_role_of_ones_own_is_no_default_role_even_where_everyone_holds_the_same():
    found = of(PROD, (*PROD, workspace("test"), bind("bo", "test", "viewer")))
    assert cell(found, "everyone", "prod")["will"] == ["by the default role viewer"]
    assert cell(found, "bo@acme.example", "test")["will"] == ["as viewer"]


def test_who_is_owner_of_every_workspace_owns_each():
    found = cell(of(PROD, (*PROD, bind("bo", None, "admin"))), "bo@acme.example", "prod")
    assert (found["before"], found["after"]) == ("viewer", "owner")
    assert "as account admin, who owns every workspace" in found["will"]


def test_of_several_roles_the_one_that_grants_them_all_is_shown():
    found = cell(of(PROD, (*PROD, bind("bo", "prod", "developer"))), "bo@acme.example", "prod")
    assert (found["before"], found["after"]) == ("viewer", "developer")


def test_several_roles_none_of_which_grants_all_are_mixed():
    before = (*PROD, role("watch", "manage_access"))
    found = cell(of(before, (*before, bind("bo", "prod", "watch"))), "bo@acme.example", "prod")
    assert (found["after"], found["gained"]) == ("mixed", ["manage_access"])


def test_no_role_is_no_role():
    found = cell(of(PEOPLE, (*PEOPLE, workspace("prod"))), "bo@acme.example", "prod")
    assert (found["before"], found["after"], found["will"]) == (None, None, [])


def test_who_comes_goes_or_is_not_there_yet_is_said():
    found = shown(week())
    notes = {row["name"]: row["note"] for row in found["principals"] if "note" in row}
    assert notes == {
        "eve@acme.example": "new; pending",
        "max@acme.example": "will be gone",
        "team:audit": "new",
    }


def test_a_status_that_changes_is_said():
    before = (*PEOPLE[:2], user("cy", status="suspended"))
    (note,) = (row["note"] for row in of(before, PEOPLE)["principals"] if "note" in row)
    assert note == "suspended, will be active"


def test_a_workspace_that_comes_is_said():
    assert [s["note"] for s in of(PEOPLE, PROD)["scopes"]] == ["", "new"]


def test_a_path_that_is_not_open_now_says_so():
    after = (*PROD, bind("bo", "prod", "runner from 2027-01-01T00:00:00Z"))
    found = of(PROD, after)
    assert [way["shut"] for way in found["ways"] if way["shut"]] == ["not yet: "]


def test_everyone_stands_there_only_where_everyone_holds_something():
    assert [row["name"] for row in of(PEOPLE, PEOPLE)["principals"]] == [
        f"{name}@acme.example" for name in ("ana", "bo", "cy")
    ]
    assert of(PEOPLE, PROD)["principals"][0]["name"] == "everyone"


def test_principals_stand_in_groups():
    after = (*PROD, service_account("ci"), team("data", "bo"))
    groups = dict.fromkeys(row["group"] for row in of(PEOPLE, after)["principals"])
    assert list(groups) == ["Everyone", "Users", "Service accounts", "Teams"]


def test_a_default_role_that_changes_names_its_line_for_each_user():
    after = (*PEOPLE, workspace("prod", default="runner"))
    found = of(PROD, after, origin=lambda _: Place("w.toml", 7))
    assert cell(found, "bo@acme.example", "prod")["places"] == ["w.toml:7"]
    assert cell(found, "bo@acme.example", "account")["places"] == []


def test_a_role_says_what_it_grants_before_and_after():
    found = shown(week())
    (oncall,) = (role for role in found["roles"] if role["custom"])
    assert names(found, oncall["before"]) == ["manage_access", "run_flows", "see_flows"]
    assert names(found, oncall["after"]) == ["run_flows", "see_blocks", "see_flows", "write_blocks"]
    assert [found["roles"][base]["name"] for base in oncall["base"]] == ["runner"]


def test_a_role_that_comes_or_goes_grants_nothing_on_the_other_side():
    one, other = PROD, (*PROD, role("watch", "see_flows"))
    for before, after, side in ((one, other, "before"), (other, one, "after")):
        (watch,) = (role for role in of(before, after)["roles"] if role["custom"])
        assert watch[side] == NONE


def test_a_cell_is_written_only_where_somebody_holds_gains_or_loses_something():
    spaces = [workspace(f"w{n}") for n in range(50)]
    before = (*PEOPLE, *spaces, team("data", "bo", "cy"), bind("bo", "w3", "viewer"))
    found = of(before, (*before, bind("team:data", "w7", "runner"), bind("cy", "w9", "viewer")))
    rows = {row["name"]: list(row.get("cells", ())) for row in found["principals"]}
    assert rows == {
        "ana@acme.example": [],
        "bo@acme.example": [column(found, "w3")],
        "cy@acme.example": [column(found, "w9")],
        "team:data": [column(found, "w7")],
    }
    bo = next(row for row in found["principals"] if row["name"] == "bo@acme.example")
    assert list(found["alike"][bo["alike"]]["cells"]) == [0, column(found, "w7")]


def column(found, handle):
    return [scope["name"] for scope in found["scopes"]].index(handle)


def test_the_lines_of_a_cell_that_many_share_are_those_of_each():
    people = [user(name) for name in ("dan", "eve")]
    after = (*PROD, *people, team("data", "dan", "eve"), bind("team:data", "prod", "runner"))
    found = of(PROD, after, origin=lambda address: Place(f"{address}.toml", 1))
    for person in ("dan@acme.example", "eve@acme.example"):
        own = [f"member.{person}.toml:1"]
        assert cell(found, person, "account")["places"] == own
        assert cell(found, person, "prod")["places"] == [
            *own,
            "team.data.toml:1",
            "workspace.prod/access/team:data.toml:1",
        ]


def test_what_is_alike_is_said_once():
    people = [user(f"p{n}") for n in range(100)]
    found = of((*PROD, *people), (*PROD, *people))
    assert len(found["principals"]) == 104
    assert len(found["cells"]) <= 6


KINDS = (User, ServiceAccount, Team)


@given(states(), states())
def test_every_cell_says_what_the_guard_knows(live, desired):
    found = Planner(CLOUD, ANYTHING, NOW).plan(Declaration(desired, manage=ALL), live)
    asked = GuardContext(found, CLOUD, OWNER.address, NOW)
    told = Matrix(asked).to_json()
    sides = (asked.before, asked.outcome)
    for principal in {p for side in sides for kind in KINDS for p in side.state.of(kind)}:
        for scope in told["scopes"]:
            at = ACCOUNT if scope["place"] == "the account" else named.workspace(scope["name"])
            was, will = (side.potential(principal, at) for side in sides)
            seen = cell(told, label(principal), scope["name"])
            assert set(seen["gained"]) == asked.outcome.alphabet.names(will & ~was)
            assert set(seen["lost"]) == asked.outcome.alphabet.names(was & ~will)
            assert bool(seen["will"]) == bool(will)
            assert (seen["after"] is None) == (not will)


def test_whoever_is_asked_about_is_written_as_on_the_command_line():
    found = of(PEOPLE, (*PEOPLE, service_account("ci"), team("data")))
    listed = {row["name"] for row in found["principals"]}
    assert {label(who("sa:ci")), label(who("team:data"))} <= listed
