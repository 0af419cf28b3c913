from __future__ import annotations

from rbac_sync.guard.effects import effects
from rbac_sync.guard.risk import Risk
from rbac_sync.model import ACCOUNT, ANYWHERE, EVERYONE
from rbac_sync.views.effect_rows import effect_rows, few
from rbac_sync.views.short_names import ShortNames
from tests.build import bind, context, plan, role, service_account, state, team, user, workspace

NAMES = ["bo", "cy", "dan", "eli", "fay"]
PEOPLE = (user("ana", "owner"), *(user(name) for name in NAMES))
PLAIN = (*PEOPLE, workspace("prod"), workspace("test"))
SHORT = ShortNames.of({name: f"{name}@acme.example" for name in ["ana", *NAMES]})


def rows(before, after, names=SHORT):
    found = plan(state(*before), state(*after))
    return list(effect_rows(effects(context(found)), names))


def texts(before, after, names=SHORT):
    parts = (
        (row.where, row.who, row.step, row.permissions, row.ways)
        for row in rows(before, after, names)
    )
    return ["  ".join(filter(None, part)) for part in parts]


def test_a_row_says_where_who_from_role_to_role_and_the_riskiest_permissions():
    before = (*PLAIN, bind("bo", "prod", "viewer"))
    assert texts(before, (*PLAIN, bind("bo", "prod", "owner"))) == [
        "prod  bo  viewer -> owner  +manage_access +see_secret_blocks +4 more"
    ]


def test_a_row_of_a_team_says_what_its_people_have_besides():
    members = (*PLAIN, team("data", "bo", "cy"), bind("everyone", "prod", "viewer"))
    with_team = (*members, bind("team:data", "prod", "runner"))
    assert [row.step for row in rows(with_team, members)] == ["runner -> viewer"]
    assert [row.step for row in rows(members, with_team)] == ["viewer -> runner"]


def test_a_row_names_the_end_and_the_reason():
    [row] = rows(PLAIN, (*PLAIN, bind("bo", "prod", "viewer until 2027-03-01T00:00:00Z")))
    assert row.step == "viewer (until 2027-03-01)"


def test_a_row_names_what_stays_after_a_larger_role_ends():
    before = (*PLAIN, team("data", "bo", "cy"))
    own = bind("bo", "prod", "developer until 2027-03-01T00:00:00Z")
    [row, _] = rows(before, (*before, bind("team:data", "prod", "runner"), own))
    assert row.step == "developer (until 2027-03-01) and runner"
    assert row.ways == "directly, via team:data"


def test_a_row_names_what_is_held_before_a_larger_role_begins():
    later = bind("bo", "prod", "developer from 2027-03-01T00:00:00Z")
    after = (*PLAIN, bind("everyone", "prod", "viewer"), later)
    [row, _] = rows(PLAIN, after)
    assert row.step == "developer (from 2027-03-01) and viewer"


def test_a_row_leaves_out_a_smaller_role_that_ends_as_early():
    day = "2027-03-01T00:00:00Z"
    members = (*PLAIN, team("data", f"bo until {day}"), bind("team:data", "prod", "runner"))
    [row, _] = rows(PLAIN, (*members, bind("bo", "prod", f"developer until {day}")))
    assert row.step == "developer (until 2027-03-01)"


def test_a_row_names_a_smaller_role_that_has_ended_and_goes():
    ops = role("ops", "manage_access")
    ended = bind("bo", "prod", "viewer", "ops until 2020-01-01T00:00:00Z")
    [row] = rows((*PLAIN, ops, ended), (*PLAIN, ops, bind("bo", "prod", "viewer")))
    assert row.step == "viewer and ops (until 2020-01-01) -> viewer"


def test_a_row_does_not_count_a_start_that_is_past():
    member = (*PLAIN, team("data", "bo"), bind("team:data", "prod", "runner"))
    [row, _] = rows(PLAIN, (*member, bind("bo", "prod", "developer from 2020-01-01T00:00:00Z")))
    assert row.step == "developer (from 2020-01-01)"


def test_a_member_that_comes_into_a_team_is_a_row_with_the_team_as_the_way():
    before = (*PLAIN, team("data"), bind("team:data", "prod", "developer"))
    after = (*PLAIN, team("data", "bo"), bind("team:data", "prod", "developer"))
    assert texts(before, after) == [
        "prod  bo  developer  +see_secret_blocks +5 more  via team:data"
    ]


def test_what_people_have_by_a_team_is_said_in_the_row_of_the_team():
    before = (*PLAIN, team("data", "bo", "cy"))
    after = (*before, bind("team:data", "prod", "developer"), bind("team:data", "test", "runner"))
    assert texts(before, after) == [
        "prod  team:data (bo and cy)  developer  +see_secret_blocks +5 more",
        "test  team:data (bo and cy)  runner",
    ]


def test_a_member_of_the_team_with_an_end_of_its_own_keeps_its_row():
    before = (*PLAIN, team("data", "bo", "cy until 2027-03-01T00:00:00Z"))
    after = (*before, bind("team:data", "prod", "runner"))
    assert texts(before, after) == [
        "prod  team:data (bo)  runner",
        "prod  cy  runner (until 2027-03-01)  via team:data",
    ]


def test_an_outsider_keeps_its_row():
    before = (*PLAIN, user("mal@other.example"), team("data", "bo", "mal@other.example"))
    after = (*before, bind("team:data", "prod", "runner"))
    assert texts(before, after) == [
        "prod  mal@other.example  runner  via team:data",
        "prod  team:data (bo)  runner",
    ]


def test_a_default_role_is_the_row_of_everyone():
    after = (*PEOPLE, workspace("prod", default="viewer"), workspace("test"))
    assert texts(PLAIN, after) == ["prod  everyone  viewer"]
    assert texts(PLAIN, (*after, user("zed"))) == [
        "prod  everyone (zed@acme.example)  viewer",
        "account  zed@acme.example  member",
    ]


def test_a_role_of_the_account_is_one_row_with_every_workspace():
    assert texts(PLAIN, (*PLAIN, bind("bo", None, "owner"))) == [
        (
            "everywhere  bo  member -> owner"
            "  +create_workspaces +manage_members +manage_roles +10 more"
        )
    ]


def test_a_role_that_grows_names_what_it_grows_by():
    before, after = (
        (*PLAIN, role("ops", *names), bind("bo", "prod", "ops"))
        for names in (["see_flows"], ["see_flows", "manage_access"])
    )
    assert texts(before, after) == ["prod  bo  ops grows  +manage_access"]
    assert texts(after, before) == ["prod  bo  ops shrinks  -manage_access"]


def test_who_loses_all_has_nothing():
    before = (*PLAIN, bind("bo", "prod", "viewer"))
    assert texts(before, PLAIN) == ["prod  bo  viewer -> nothing"]


def test_an_exchange_has_both_sides():
    writer = role("writer", "write_blocks")
    before = (*PLAIN, writer, bind("bo", "prod", "viewer"))
    assert texts(before, (*PLAIN, writer, bind("bo", "prod", "writer"))) == [
        "prod  bo  viewer -> writer  +write_blocks -see_flows"
    ]


def test_many_are_counted_and_named_in_a_list_of_all():
    after = (*PLAIN, service_account("ci"), *(bind(n, "prod", "owner") for n in NAMES))
    [row, *_] = rows((*PLAIN, service_account("ci")), after)
    assert row.who == "5 people"
    assert list(row.all_names) == ["bo, cy, dan, eli, fay"]


def test_the_account_and_everyone_are_named_and_not_counted():
    people = [each[0].address for each in PEOPLE[1:]]
    prod, test = (PLAIN[-2][0].address, PLAIN[-1][0].address)
    assert few([EVERYONE, *people], SHORT) == "everyone and 5 people"
    assert few([ACCOUNT, ANYWHERE, prod, test], SHORT, 1) == (
        "account, every workspace and 2 workspaces"
    )


def test_gains_of_outsiders_and_losses_by_deletion_come_before_plain_gains():
    before = (*PLAIN, user("mal@other.example"), user("zed"))
    after = (
        *PLAIN,
        user("mal@other.example"),
        bind("mal@other.example", "prod", "viewer"),
        bind("bo", "prod", "runner"),
    )
    found = rows(before, after)
    assert [row.risk for row in found] == [Risk.OUTSIDER, Risk.DELETION, Risk.PLAIN]
    assert [row.who for row in found] == ["mal@other.example", "zed@acme.example", "bo"]


def test_without_an_owner_who_is_a_person_nobody_is_an_outsider():
    before = (user("bo"), workspace("prod"))
    [row] = rows(before, (*before, bind("bo", "prod", "viewer")))
    assert row.risk is Risk.PLAIN


def test_a_short_name_that_is_no_word_of_the_mailbox_is_not_used():
    names = ShortNames.of({"ana": "mallory@acme.example", "bo": "bo.reed@acme.example"})
    assert names.by_email == {"bo.reed@acme.example": "bo"}
