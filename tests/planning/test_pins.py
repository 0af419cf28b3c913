from __future__ import annotations

import pytest

from rbac_sync.model import address as named
from rbac_sync.planning import Change, Plan
from rbac_sync.planning.pins import GONE, created, owners, pinned, read_set

from ..build import (
    CATALOGUE,
    access_list,
    bind,
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
from .company import company

# Which rows.


def rows(live, desired, *principals):
    return {str(a) for a in read_set(plan(live, desired), [who(p) for p in principals])}


def test_a_plan_depends_on_what_it_changes_and_on_whatever_that_refers_to():
    live = company(bind("bo", "prod", "viewer"))

    assert rows(live, company(bind("bo", "prod", "reader"))) == {
        "workspace.prod/access/bo@acme.example",
        "role.viewer",
        "member.bo@acme.example",
        "workspace.prod",
        "role.reader",
    }


def test_a_plan_depends_on_both_sides_of_a_change():
    live = company(bind("bo", "prod", "viewer"))

    assert {"role.viewer", "role.reader"} <= rows(live, company(bind("bo", "prod", "reader")))


def test_a_plan_depends_on_what_goes_with_what_it_deletes():
    live = company(
        user("gone"),
        bind("gone", "prod", "reader"),
        key("gone", "laptop"),
        team("ops", "gone", "bo"),
    )

    assert rows(live, company(team("ops", "bo"))) == {
        "member.gone@acme.example",
        "member.gone@acme.example/account_role",
        "member.gone@acme.example/key/laptop",
        "workspace.prod/access/gone@acme.example",
        "workspace.prod",
        "role.reader",
        "role.member",
        "team.ops",
    }


def test_a_plan_depends_on_every_binding_and_list_in_a_workspace_that_it_deletes():
    held = (bind("bo", "old", "reader"), bind("everyone", "old", "viewer"))
    live = company(workspace("old"), *held, access_list("block:s3/lake", "old", "bo"))

    assert {
        "workspace.old",
        "workspace.old/access/bo@acme.example",
        "workspace.old/default_role",
        "workspace.old/object/block:s3%2Flake",
        "member.bo@acme.example",
    } <= rows(live, company())


def test_what_a_plan_creates_needs_no_pin_because_its_change_says_that_it_was_not_there():
    desired = company(user("eve"), workspace("dev"), bind("eve", "dev", "reader"))
    found = plan(company(), desired)

    assert rows(company(), desired) == {"role.member", "role.reader"}
    assert set(map(str, created(found.changes))) == {
        "member.eve@acme.example",
        "member.eve@acme.example/account_role",
        "workspace.dev",
        "workspace.dev/access/eve@acme.example",
    }


def test_what_is_deleted_with_a_thing_is_pinned_even_if_it_is_created_again():
    live = company(bind("bo", "prod", "viewer"))
    (prod,), (held,) = workspace("prod"), bind("bo", "prod", "viewer")
    again = Change(prod, None), Change(None, prod), Change(None, held)

    assert {prod.address, held.address} <= read_set(Plan(live, again), [])
    assert created(again) == {held.address}


def test_a_plan_depends_on_what_gives_a_principal_authority():
    live = company(bind("cy", "test", "reader"), bind("team:data", "prod", "owner"))
    found = rows(
        live, company(bind("cy", "test", "reader"), bind("team:data", "prod", "owner")), "cy"
    )

    assert found == {
        "member.cy@acme.example",
        "member.cy@acme.example/account_role",
        "role.member",
        "team.data",
        "workspace.prod/access/team:data",
        "workspace.prod",
        "role.owner",
        "workspace.test/access/cy@acme.example",
        "workspace.test",
        "role.reader",
    }


def test_a_plan_does_not_depend_on_anything_else():
    live = company(bind("cy", "test", "reader"), team("ops", "cy"))
    desired = company(bind("cy", "test", "reader"), team("ops", "cy"), bind("bo", "prod", "viewer"))
    strangers = {"member.cy@acme.example", "team.ops", "workspace.test", "role.reader"}

    assert strangers.isdisjoint(rows(live, desired, "ana"))


def test_owners_are_those_who_hold_the_owner_role_in_the_account():
    live = company(user("zed", "owner"), user("bo", "admin"), bind("cy", "prod", "owner"))

    assert owners(live, CATALOGUE.owner) == [who("ana"), who("zed")]


# How each was.

ROWS = {
    "a person": (user("bo")[:1], user("bo", status="suspended")[:1]),
    "a service account": (service_account("ci")[:1], service_account("ci", description="D")[:1]),
    "a key": (key("sa:ci", "main"), key("sa:ci", "main", "2027-01-01T00:00:00Z")),
    "a team": (team("data", "cy"), team("data", "bo")),
    "a workspace": (workspace("prod"), workspace("prod", "Production")),
    "a role": (role("reader", "see_flows"), role("reader", "see_blocks")),
    "a binding": (bind("bo", "prod", "viewer"), bind("bo", "prod", "reader")),
    "a team's binding": (bind("team:data", "prod", "viewer"), bind("team:data", "prod", "reader")),
    "a default role": (bind("everyone", "prod", "viewer"), bind("everyone", "prod", "reader")),
    "an account role": (bind("bo", None, "member"), bind("bo", None, "admin")),
}
each_row = pytest.mark.parametrize("what", ROWS)


def pin(live, row, version="1"):
    """Return how *row* is pinned, by itself."""
    return pinned([row.address], live, lambda _: {row.address: version})[row.address]


@each_row
def test_a_row_is_pinned_by_its_version_and_its_content(what):
    (row,), (other,) = ROWS[what]
    then = pin(company([row]), row)

    assert then.startswith("1.")
    assert pin(company([row]), row) == then
    assert pin(company([other]), row) != then
    assert pin(company([row]), row, "2") != then


@each_row
def test_a_row_that_is_not_there_is_pinned_as_gone(what):
    (row,), _ = ROWS[what]

    assert pin(state(user("ana", "owner")), row) == GONE


def test_a_row_whose_version_nobody_knows_is_pinned_by_its_content():
    (row,) = bind("bo", "prod", "viewer")

    assert pin(company([row]), row, "") not in (GONE, pin(company([row]), row))


def test_only_the_rows_asked_for_are_pinned():
    rows = [named.workspace("prod"), who("bo")]

    assert list(pinned(rows, company(bind("bo", "prod", "viewer")), dict.fromkeys)) == rows


def test_versions_are_asked_of_live_rows_alone():
    (there,), (gone,) = bind("bo", "prod", "viewer"), bind("cy", "prod", "viewer")
    rows = [there.address, who("bo"), gone.address, who("cy"), named.workspace("other")]
    requested = []

    def versions(addresses):
        requested.extend(addresses)
        return {}

    pinned(rows, company([there]), versions)
    assert requested == [there.address, who("bo"), who("cy")]
