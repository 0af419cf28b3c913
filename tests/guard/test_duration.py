"""Whoever holds something for a time gives it for no longer, in whatever form."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.guard import GuardContext, RuleId, examine
from rbac_sync.guard.gains import Gains
from rbac_sync.model import ACCOUNT, EVERYONE, Binding, Holding, Level, Policy, Role, Status, User
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Plan, followed

from ..build import (
    CATALOGUE,
    NOW,
    access_list,
    bind,
    context,
    key,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)
from ..planning.test_properties import plan_of
from ..planning.worlds import CLOUD, LATER, OWNER, PEOPLE, accounts

END, BEFORE, AFTER = "2026-12-01T00:00:00Z", "2026-11-30T00:00:00Z", "2026-12-02T00:00:00Z"


WIDE = Policy(max_losers=None)


def company(*more):
    """Return an account whose owner ana is one until ``END``."""
    return state(
        user("cy", "owner"),
        user("ana", f"owner until {END}"),
        user("bo"),
        user("dee"),
        service_account("ci"),
        team("data", "dee"),
        role("reader", "see_flows"),
        workspace("prod"),
        bind("dee", "prod", "reader"),
        bind("team:data", "prod", "reader"),
        bind("sa:ci", "prod", "reader"),
        *more,
    )


def one(resources):
    (found,) = resources
    return found


def until(end):
    return f" until {end}" if end else ""


def binding(end):
    return Change(None, one(bind("bo", "prod", f"reader{until(end)}")))


def binding_of_a_team(end):
    (was,), (will,) = (
        bind("team:data", "prod", name) for name in ("reader", f"viewer{until(end)}")
    )
    return Change(was, will)


def account_role(end):
    (_, was), (_, will) = user("bo"), user("bo", f"admin{until(end)}")
    return Change(was, will)


def later_end(end):
    (was,) = bind("bo", "prod", f"reader until {BEFORE}")
    return Change(was, one(bind("bo", "prod", f"reader{until(end)}")))


def place_in_a_team(end):
    return Change(one(team("data", "dee")), one(team("data", "dee", f"bo{until(end)}")))


def longer_place_in_a_team(end):
    was = team("data", "dee", f"bo until {BEFORE}")
    return Change(one(was), one(team("data", "dee", f"bo{until(end)}")))


def new_user(end):
    found, account = user("eve", f"member{until(end)}")
    return Change(None, found, (account,))


def invitation(end):
    found, account = user("eve", f"member until {BEFORE}", status="pending", expires=BEFORE)
    return Change(None, found, (account, one(bind("eve", "prod", f"reader{until(end)}"))))


def new_service_account(end):
    found, account = service_account("etl", f"member{until(end)}")
    return Change(None, found, (account,))


def api_key(end):
    return Change(None, one(key("sa:ci", "main", end or "")))


TERMED = (
    binding,
    binding_of_a_team,
    account_role,
    later_end,
    place_in_a_team,
    longer_place_in_a_team,
    new_user,
    invitation,
    new_service_account,
    api_key,
)
NEEDS = {
    later_end: bind("bo", "prod", f"reader until {BEFORE}"),
    longer_place_in_a_team: team("data", "dee", f"bo until {BEFORE}"),
}


def late(change, form=None):
    """Return what the rule says of *change*, made by ana."""
    plan = Plan(company(NEEDS.get(form, ())), (change,))
    return [f.message for f in examine(context(plan)) if f.rule == "DURATION"]


@pytest.mark.parametrize("form", TERMED, ids=lambda form: form.__name__)
@pytest.mark.parametrize("end", [AFTER, None], ids=["later", "for good"])
def test_nothing_is_given_for_longer_than_it_is_held(form, end):
    messages = late(form(end), form)

    assert messages
    held = f"until {AFTER}" if end else "for good"
    assert all(
        held in each and "`ana@acme.example` holds for less long" in each for each in messages
    )


def test_it_is_the_author_who_holds_it_for_less_long_where_it_is_not_the_applier():
    found = examine(context(Plan(company(), (binding(None),)), "cy", author=who("ana")))
    (message,) = (finding.message for finding in found if finding.rule == "DURATION")
    assert "for good what `ana@acme.example` holds for less long" in message


@pytest.mark.parametrize("owner", ["sa:ci", "cy"])
def test_a_key_is_open_to_its_author_too(owner):
    def made(end):
        plan_ = Plan(company(), (Change(None, one(key(owner, "main", end))),))
        return examine(context(plan_, "cy", author=who("ana")))

    (found, *_) = made(AFTER)

    assert {f.rule for f in made(AFTER)} == {RuleId.DURATION}
    assert found.message.startswith("`ana@acme.example` would hold in the account until 2026-12-02")
    assert "what `ana@acme.example` holds for less long" in found.message
    assert found.hint == "give it an `until` no later than your own"
    assert made(END) == []


@pytest.mark.parametrize("form", TERMED, ids=lambda form: form.__name__)
@pytest.mark.parametrize("end", [BEFORE, END], ids=["earlier", "as long"])
def test_what_ends_with_the_applier_is_given(form, end):
    assert late(form(end), form) == []


def wider():
    return one(role("reader", "see_flows", "run_flows"))


ENDLESS = {
    "a default role": lambda: Change(None, one(bind(EVERYONE, "prod", "reader"))),
    "a wider role": lambda: Change(one(role("reader", "see_flows")), wider()),
    "another base": lambda: Change(
        one(role("reader", "see_flows")), one(role("reader", "see_flows", base="runner"))
    ),
    "an entered team": lambda: Change(
        None,
        user("eve", status="pending", expires=BEFORE)[0],
        (one(user("eve", f"member until {BEFORE}")[1:]),),
        (who("team:data"),),
    ),
}


@pytest.mark.parametrize("change", ENDLESS.values(), ids=ENDLESS)
def test_what_has_no_end_of_its_own_is_given_by_nobody_who_has_one(change):
    assert late(change()) != []


def test_a_role_that_comes_to_reach_into_every_workspace_is_held_for_good():
    account = Role(Level.ACCOUNT, "lead", frozenset())
    reaching = Role(
        Level.ACCOUNT, "lead", implies=frozenset({role_address(Level.WORKSPACE, "viewer")})
    )
    live = company([account], bind("bo", None, "lead"))

    findings = examine(context(Plan(live, (Change(account, reaching),))))

    assert [f.message for f in findings if f.rule == "DURATION"] == [
        (
            "`bo@acme.example` would hold in every workspace for good"
            " what `ana@acme.example` holds for less long: `see_blocks`, `see_flows`"
        )
    ]
    assert live.holdings(who("bo"), ACCOUNT)


@pytest.mark.parametrize(
    ("status", "expires"), [("suspended", ""), ("pending", "2026-11-20T00:00:00Z")]
)
def test_whoever_comes_back_gains_all_that_they_held(status, expires):
    live = company(user("sue", "owner", status=status, expires=expires))
    before = live.get(who("sue"))
    back = Change(before, replace(before, status=Status.ACTIVE, expires=None))

    found = [f for f in examine(context(Plan(live, (back,)))) if f.scope == ACCOUNT]

    assert [(f.rule, f.message, f.hint) for f in found] == [
        (
            RuleId.DURATION,
            (
                "`sue@acme.example` would hold in the account for good what `ana@acme.example`"
                " holds for less long: `create_workspaces`, `manage_billing`, `manage_members`,"
                " `manage_roles`, `manage_teams`, `see_account`"
            ),
            "give it an `until` no later than your own",
        )
    ]


def test_whoever_comes_back_for_less_long_than_the_applier_may():
    live = company(user("sue", f"owner until {BEFORE}", status="suspended"))
    before = live.get(who("sue"))

    assert (
        examine(context(Plan(live, (Change(before, replace(before, status=Status.ACTIVE)),)))) == []
    )


@pytest.mark.parametrize("until", ["", f" until {BEFORE}"], ids=["for good", "for less long"])
def test_a_longer_invitation_gives_again_all_that_the_invited_person_would_hold(until):
    live = company(user("ivy", f"owner{until}", status="pending", expires=BEFORE))
    before = live.get(who("ivy"))
    longer = Change(before, replace(before, expires=parsed(AFTER)))

    found = examine(context(Plan(live, (longer,))))

    said = "in the account for good what `ana@acme.example` holds for less long"
    hint = "give it an `until` no later than your own"
    assert [(f.rule, said in f.message, f.hint) for f in found if f.scope == ACCOUNT] == (
        [] if until else [(RuleId.DURATION, True, hint)]
    )


def test_an_entry_of_a_list_lasts_even_where_its_principal_needs_none():
    before, after = (access_list("work_pool:main", "prod", manage=m)[0] for m in ("ana", "ana cy"))
    live = company([before])

    (found,) = examine(context(Plan(live, (Change(before, after),))))

    assert (found.rule, found.message, found.hint) == (
        RuleId.DURATION,
        (
            "`cy@acme.example` would hold in `work_pool:main` of workspace prod for good"
            " what `ana@acme.example` holds for less long: `manage`"
        ),
        "give it an `until` no later than your own",
    )


@pytest.mark.parametrize(("begin", "is_refused"), [(AFTER, True), (BEFORE, False)])
def test_who_is_to_enter_a_team_on_a_list_is_not_listed_earlier(begin, is_refused):
    before, after = (
        access_list("work_pool:main", "prod", manage=f"ana team:new{more}")[0]
        for more in ("", " bo")
    )
    live = company([before], team("new", f"bo from {begin}"))

    found = examine(context(Plan(live, (Change(before, after),))))

    said = "`bo@acme.example` would hold in `work_pool:main` of workspace prod for good what"
    said = f"{said} `ana@acme.example` holds for less long: `manage`"
    assert [f.message for f in found] == [said] * is_refused


@pytest.mark.parametrize(
    ("before", "after", "is_refused"),
    [
        ("active", "suspended", False),
        ("suspended", "active", True),
    ],
)
def test_who_is_to_hold_something_is_suspended_by_whoever_holds_it_for_less_long(
    before, after, is_refused
):
    one_side, other = (User("bo@acme.example", status=Status(each)) for each in (before, after))
    roles = one(bind("bo", None, f"member from {AFTER}"))
    cy, ana = user("cy", "owner"), user("ana", f"owner until {END}")

    found = examine(context(Plan(state(cy, ana, [one_side, roles]), (Change(one_side, other),))))

    assert {f.rule for f in found} == ({RuleId.DURATION} if is_refused else set())


@pytest.mark.parametrize(
    ("before", "after", "is_refused"), [("", "mine", True), ("okta", "", False)]
)
@pytest.mark.parametrize(("term", "outlasts"), [("", True), (f" until {END}", False)])
def test_a_team_tied_to_a_directory_is_open_to_the_applier(
    before, after, is_refused, term, outlasts
):
    one_side, other = (one(team("new", managed_by=directory)) for directory in (before, after))
    live = company([one_side], bind("team:new", "prod", f"reader{term}"))

    found = examine(context(Plan(live, (Change(one_side, other),))))

    said = "`ana@acme.example` would hold in workspace prod for good what"
    said = f"{said} `ana@acme.example` holds for less long: `see_flows`"
    assert [f.message for f in found] == [said] * (is_refused and outlasts)


@pytest.mark.parametrize("status", Status)
def test_a_default_role_is_no_reason_to_give_the_same_for_longer(status):
    live = company(
        service_account("hr", f"owner until {END}"),
        bind("everyone", "prod", "reader"),
    )
    bo = replace(one(user("bo")[:1]), status=status)
    draft = live.draft()
    draft.put(bo)
    change = Change(None, one(bind("bo", "prod", "reader")))

    (found,) = examine(context(Plan(draft, (change,)), "sa:hr"))

    assert (found.rule, found.message, found.hint) == (
        RuleId.DURATION,
        (
            "`bo@acme.example` would hold in workspace prod for good what `sa:hr` holds for less"
            " long: `see_flows`"
        ),
        "give it an `until` no later than your own",
    )


AUTHORS = st.sampled_from([None, *(each.address for each in PEOPLE)])
APPLIERS = st.sampled_from([OWNER, one(service_account("hr")[:1])])


@given(accounts(), accounts(), st.sampled_from(["owner", "admin"]), AUTHORS, APPLIERS)
def test_the_second_wall_never_has_to_stop_whoever_holds_a_role_for_a_time(
    live, desired, name, author, applier
):
    term = frozenset({Holding(role_address(Level.ACCOUNT, name), until=LATER)})
    begin, end = live.draft(), desired.draft()
    for draft in (begin, end):
        draft.put(applier)
        draft.put(Binding(applier.address, ACCOUNT, term))
    for user_ in desired.of(User).values():
        end.put(replace(user_, status=Status.ACTIVE))
    policy = Policy(min_owners=0, allow_removals=1_000, allow_losers=1_000)

    plan = plan_of(begin, end)

    found = examine(GuardContext(plan, CLOUD, applier.address, NOW, policy, author=author))

    assert [f.message for f in found if f.rule is RuleId.OUTCOME] == []


@pytest.mark.parametrize("by_team", [False, True])
@pytest.mark.parametrize(
    ("was", "will", "is_refused"),
    [
        (AFTER, "", True),
        (AFTER, f" from {END}", True),
        (AFTER, f" from {AFTER} until 2026-12-03T00:00:00Z", False),
        (AFTER, " from 2026-12-03T00:00:00Z", False),
        (BEFORE, "", False),
    ],
)
def test_what_begins_after_the_term_of_the_applier_does_not_begin_earlier(
    by_team, was, will, is_refused
):
    def given(term):
        return one(team("new", f"bo{term}") if by_team else bind("bo", "prod", f"reader{term}"))

    before, after = given(f" from {was}"), given(will)
    live = company([before], *([bind("team:new", "prod", "reader")] if by_team else []))

    found = examine(context(Plan(live, (Change(before, after),))))

    said = "`bo@acme.example` would hold in workspace prod for good what"
    said = f"{said} `ana@acme.example` holds for less long: `see_flows`"
    assert [f.message for f in found if f.rule is RuleId.DURATION] == [said] * is_refused
    alone = Gains(live, CATALOGUE, (who("ana"),), NOW).gains_beyond(Change(before, after))
    assert (who("bo"), workspace("prod")[0].address, "see_flows") in alone or not is_refused
    assert bool(alone) is is_refused


def test_the_second_wall_sees_a_gap_that_is_closed_after_the_term_of_the_applier():
    third, fourth = "2026-12-03T00:00:00Z", "2026-12-04T00:00:00Z"
    (before,) = bind("bo", "prod", f"reader until {AFTER}")
    live = company([before], team("new", f"bo from {fourth}"), bind("team:new", "prod", "reader"))

    def gains(end):
        (after,) = bind("bo", "prod", f"reader until {end}")
        return Gains(live, CATALOGUE, (who("ana"),), NOW).gains_beyond(Change(before, after))

    assert {each for each, _, _ in gains(third)} == {who("bo")}
    assert gains(BEFORE) == set()


PAST = "2026-11-01T00:00:00Z"
MARCH, MAY = "2027-03-01T00:00:00Z", "2027-05-01T00:00:00Z"


def of_an_owner(end):
    """Return an account in which much gives the role of an owner until *end*."""
    return state(
        user("hugo", "hr"),
        user("bo"),
        user("cy"),
        user("ed"),
        service_account("ci"),
        user("inv", "owner", status="pending", expires=end),
        role("hr", "see_account", "manage_members", "manage_teams", level=Level.ACCOUNT),
        role("gate", "manage_access", "see_flows"),
        workspace("prod"),
        bind("hugo", "prod", "gate"),
        bind("bo", "prod", f"owner until {end}"),
        bind("sa:ci", "prod", f"owner until {end}"),
        key("sa:ci", "live", MAY),
        team("data", f"cy until {end}"),
        bind("team:data", "prod", f"owner until {end}"),
    )


def ending(end):
    """Return changes that take or go with what ends at *end*."""
    role_of_bo, place = f"owner until {end}", one(team("data", f"cy until {end}"))
    return {
        "the role is taken": Change(*bind("bo", "prod", role_of_bo), None),
        "the role is replaced": Change(
            *bind("bo", "prod", role_of_bo), *bind("bo", "prod", "gate")
        ),
        "the role stays": Change(
            *bind("bo", "prod", role_of_bo), *bind("bo", "prod", role_of_bo, "gate")
        ),
        "the person goes": Change(user("bo")[0], None),
        "the place is taken": Change(place, one(team("data"))),
        "another member comes": Change(place, one(team("data", f"cy until {end}", "ed"))),
        "the member goes": Change(user("cy")[0], None),
        "the invitation goes": Change(user("inv", status="pending", expires=end)[0], None),
        "the key goes": Change(*key("sa:ci", "live", MAY), None),
        "another key comes": Change(None, *key("sa:ci", "new", "2026-12-21T00:00:00Z")),
    }


@pytest.mark.parametrize("change", ending(PAST))
@pytest.mark.parametrize("end", [PAST, MARCH])
def test_what_is_stored_counts_as_given_and_as_taken_even_if_it_has_ended(change, end):
    asked = context(Plan(of_an_owner(end), (ending(end)[change],)), "hugo", policy=WIDE)

    rules = {f.rule for f in examine(asked)} - {RuleId.DURATION}

    gives = {"the role stays", "another key comes", "another member comes"}
    takes = change not in {"another key comes", "another member comes"}
    expected = {RuleId.ESCALATION: change in gives, RuleId.DOMINANCE: takes}
    assert rules == {rule for rule, objects in expected.items() if objects}


def test_a_role_in_every_workspace_that_begins_later_is_a_role_in_each():
    live = company(bind("ana", "prod", f"owner until {END}"), user("eve", f"owner from {END}"))
    ana = followed(
        live, [Change(*bind("ana", None, f"owner until {END}"), *bind("ana", None, "member"))]
    )
    change = Change(None, *bind("eve", "prod", "owner"))

    assert examine(context(Plan(ana, (change,)))) == []
