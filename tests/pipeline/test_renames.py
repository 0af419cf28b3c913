"""Renames that go wrong: a slip in `renamed_from` never destroys what it was to keep."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.errors import ConfigError, Place
from rbac_sync.model import Address, Declaration, Kind, Level, Manage, Subject
from rbac_sync.model import address as named
from rbac_sync.model.resources import role as role_address
from rbac_sync.pipeline.advice import with_live_advice
from rbac_sync.pipeline.renames import with_rename_advice

from ..build import ALL, NOW, bind, plan, role, service_account, state, team, user, workspace

BOSS = user("ana", "owner")
HERE = Place("rbac.toml", 7)


def a_team(name, *rest):
    return team(name, "bo"), *rest


def a_workspace(name):
    return workspace(name), bind("ana", name, "viewer")


def a_role(name):
    return (role(name, "see_flows"),)


def a_service_account(name):
    return service_account(name), workspace("w"), bind(f"sa:{name}", "w", "viewer")


MAKE = {
    Kind.TEAM: a_team,
    Kind.WORKSPACE: a_workspace,
    Kind.ROLE: a_role,
    Kind.SERVICE_ACCOUNT: a_service_account,
}
KEPT = {
    Kind.TEAM: "members",
    Kind.WORKSPACE: "access",
    Kind.ROLE: "permissions",
    Kind.SERVICE_ACCOUNT: "grants",
}


def address(kind, name):
    return role_address(Level.WORKSPACE, name) if kind is Kind.ROLE else Address(kind, name)


def of(*parts):
    return state(BOSS, user("bo"), *parts)


def advice(live, desired, former=None, manage=ALL):
    """Return (code, message, hint) of the advice on the plan from *live* to *desired*."""
    old_names = {new: (old,) for new, old in (former or {}).items()}
    declaration = Declaration(desired, former=old_names, manage=manage, origin=lambda _: HERE)
    made = plan(live, desired, former=old_names, manage=manage)
    found = with_rename_advice(declaration, made, {}).advice
    assert all(d.place == HERE for d in found)
    return [(d.code, d.message, d.hint) for d in found]


def refusal(*args, **more):
    with pytest.raises(ConfigError) as caught:
        advice(*args, **more)
    (found,) = caught.value.diagnostics
    return found


DECLARED = dict.fromkeys(Subject, Manage.DECLARED)


@pytest.mark.parametrize("kind", MAKE)
def test_a_slip_is_refused_where_the_same_plan_destroys_something_of_that_kind(kind):
    live, desired = of(*MAKE[kind]("data-eng")), of(*MAKE[kind]("engineers"))
    new, old = address(kind, "engineers"), address(kind, "data_eng")

    found = refusal(live, desired, {new: old})

    gone = address(kind, "data-eng")
    assert found.code == "RS316"
    assert found.message == (
        f"`{old}` is not live, so it cannot become `{new}`, and `{gone}` would be destroyed"
    )
    assert found.hint == (
        "did you mean `data-eng`? correct `renamed_from`, or take it out if these are two things"
    )
    assert found.place == HERE


def test_a_slip_that_is_like_nothing_is_refused_too():
    former = {named.team("new"): named.team("zzz")}

    found = refusal(of(*a_team("data")), of(*a_team("new")), former)

    assert found.hint == "correct `renamed_from`, or take it out if these are two things"


def test_a_slip_by_composition_shows_the_code_points():
    former = {named.team("new"): named.team("Cafe\u0301")}

    found = refusal(of(*a_team("Caf\u00e9")), of(*a_team("new")), former)

    assert "did you mean `Caf\u00e9`? `Cafe\\u0301` is not `Caf\\u00e9`" in found.hint


@pytest.mark.parametrize("kind", MAKE)
def test_a_slip_is_advice_where_nothing_is_destroyed_and_a_like_name_is_live(kind):
    live, desired = of(*MAKE[kind]("data-eng")), of(*MAKE[kind]("engineers"))
    new, old = address(kind, "engineers"), address(kind, "data_eng")

    (found,) = advice(live, desired, {new: old}, DECLARED)

    assert found == (
        "RS508",
        f"`{old}` is not live, so it cannot become `{new}`",
        "did you mean `data-eng`?",
    )


@pytest.mark.parametrize("kind", MAKE)
def test_a_folder_that_serves_two_accounts_is_silent_where_the_old_name_never_was(kind):
    desired = of(*MAKE[kind]("engineers"))
    former = {address(kind, "engineers"): address(kind, "data")}

    assert advice(of(), desired, former) == []
    assert advice(of(*MAKE[kind]("zebra")), desired, former, DECLARED) == []


def test_what_is_destroyed_of_another_kind_does_not_count():
    former = {named.team("new"): named.team("data")}

    assert advice(of(*a_workspace("zebra")), of(*a_team("new")), former) == []


def test_what_is_destroyed_of_another_level_does_not_count():
    new, old = role_address(Level.WORKSPACE, "new"), role_address(Level.WORKSPACE, "old")
    live = of(role("zebra", "see_account", level=Level.ACCOUNT))

    assert advice(live, of(role("new", "see_flows")), {new: old}) == []


@pytest.mark.parametrize("kind", MAKE)
def test_a_rename_that_finds_its_thing_is_no_slip(kind):
    live, desired = of(*MAKE[kind]("data")), of(*MAKE[kind]("science"))

    assert advice(live, desired, {address(kind, "science"): address(kind, "data")}) == []


def test_a_declared_thing_of_a_like_name_is_not_what_is_meant():
    former = {named.team("new"): named.team("data_eng")}

    assert advice(of(team("data-eng")), of(team("data-eng"), team("new")), former) == []


def test_what_is_not_managed_is_not_created_and_not_spoken_of():
    former = {named.team("new"): named.team("data_eng")}
    manage = {**ALL, Subject.TEAMS: Manage.NONE}

    assert advice(of(team("data-eng")), of(team("new")), former, manage) == []


@pytest.mark.parametrize("kind", MAKE)
def test_what_looks_like_a_rename_that_nobody_declares_is_advice(kind):
    live, desired = of(*MAKE[kind]("data")), of(*MAKE[kind]("science"))
    new, old = address(kind, "science"), address(kind, "data")

    (found,) = advice(live, desired)

    assert found == (
        "RS509",
        f"`{new}` has the same {KEPT[kind]} as `{old}`, which would be destroyed",
        'if it is the same thing, write `renamed_from = "data"`',
    )


def test_what_has_other_members_or_none_looks_like_no_rename():
    assert advice(of(team("data", "bo")), of(team("science", "ana"))) == []
    assert advice(of(team("data")), of(team("science"))) == []
    assert advice(of(workspace("data")), of(workspace("science"))) == []
    assert advice(of(service_account("data")), of(service_account("science"))) == []


def test_the_hint_writes_a_name_as_toml_takes_it():
    (found,) = advice(of(team("Caf\u00e9", "bo")), of(team("science", "bo")))

    assert found[2].endswith('write `renamed_from = "Caf\\u00e9"`')


def test_advice_of_other_sorts_is_kept():
    desired = of()
    before = Declaration(desired, manage=ALL)
    made = plan(desired, desired)

    assert with_rename_advice(replace(before, advice=("x",)), made, {}).advice == ("x",)


ANA, SLIP = named.user("ana.jones@acme.example"), named.user("ana.smiht@acme.example")


def test_a_slip_in_an_old_address_is_refused_where_the_person_would_be_removed():
    live = of(user("ana.smith@acme.example"), user("lee"))

    found = refusal(live, of(user("ana.jones@acme.example")), {ANA: SLIP})

    assert found.code == "RS316"
    assert found.message == (
        f"`{SLIP}` is not live, so it cannot become `{ANA}`,"
        " and `member.ana.smith@acme.example` would be destroyed"
    )
    assert found.hint == (
        "did you mean `ana.smith@acme.example`?"
        " correct `renamed_from`, or take it out if these are two things"
    )


def test_a_slip_in_the_number_of_an_old_address_is_refused_too():
    live, slip = of(user("ana2@acme.example")), named.user("ana1@acme.example")
    found = refusal(live, of(user("ana.jones@acme.example")), {ANA: slip})
    assert found.code == "RS316"
    assert found.hint == "correct `renamed_from`, or take it out if these are two things"


def test_other_people_may_leave_beside_an_old_address_that_is_done_with():
    assert advice(of(user("lee")), of(user("ana.jones@acme.example")), {ANA: SLIP}) == []


def test_a_thing_comes_from_one_old_name_only():
    former = {named.team("new"): (named.team("a"), named.team("b"))}
    desired = of(*a_team("new"))
    declaration = Declaration(desired, former=former, manage=ALL, origin=lambda _: HERE)

    with pytest.raises(ConfigError) as caught:
        with_live_advice(declaration, of(*a_team("a"), team("b")), NOW, {})

    (error,) = caught.value.diagnostics
    assert (error.code, error.message) == (
        "RS314",
        "`team.a` and `team.b` cannot both become `team.new`",
    )
    assert error.hint == (
        "take `renamed_from` out: these are two things, and the plan says what happens to each"
    )


def test_a_person_may_be_live_under_both_addresses_and_a_done_rename_says_so():
    old = named.user("ana.smith@acme.example")
    desired = of(user("ana.jones@acme.example"))
    declaration = Declaration(desired, former={ANA: (old,)}, manage=ALL, origin=lambda _: HERE)
    both = of(user("ana.jones@acme.example"), user("ana.smith@acme.example"))

    assert with_live_advice(declaration, both, NOW, {}).advice == ()
    (done,) = with_live_advice(declaration, desired, NOW, {}).advice
    assert (done.code, done.message) == ("RS505", f"`{ANA}` has its new name already")
    assert done.hint == "delete `renamed_from`, unless another account is still to be renamed"


def test_many_done_renames_are_one_piece_of_advice():
    names = [f"t{number}" for number in range(8)]
    former = {named.team(name): (named.team(f"old-{name}"),) for name in names}
    desired = of(*(team(name, "bo") for name in names))
    declaration = Declaration(desired, former=former, manage=ALL, origin=lambda _: HERE)

    (done,) = with_live_advice(declaration, desired, NOW, {}).advice
    listed = ", ".join(f"`team.t{number}`" for number in range(5))
    assert done.message == f"{listed} and 3 more have their new names already"
