"""Whoever holds something for a time gives it for no longer, in whatever form."""

from __future__ import annotations

import pytest

from rbac_sync.guard import examine
from rbac_sync.model import ACCOUNT, EVERYONE, Level, Role
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Plan

from ..build import bind, context, key, role, service_account, state, team, user, who, workspace

END, BEFORE, AFTER = "2026-12-01T00:00:00Z", "2026-11-30T00:00:00Z", "2026-12-02T00:00:00Z"


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
