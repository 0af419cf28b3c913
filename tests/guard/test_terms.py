"""TERM: roles that must be given with an end, and not for too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rbac_sync.guard import Entrance, RuleId, examine
from rbac_sync.model import EVERYONE, Level, Policy
from rbac_sync.model.instant import length
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Plan
from rbac_sync.planning.capabilities import Expresses

from ..build import (
    ANYTHING,
    CATALOGUE,
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

OWNER = role_address(Level.WORKSPACE, "owner")
OWNS = CATALOGUE.roles[OWNER].permissions
LONGEST = Policy(max_term={OWNER: timedelta(days=90)})
ENDING = Policy(require_end_for=frozenset({OWNER}))
HINT = "write an `until` beside it, no later than `[guard]` allows"
BASE = (user("ana", "owner"), user("bo"), workspace("prod"))
ENDED, SOON, LATE = (
    f"{(NOW + timedelta(days=days)).isoformat().replace('+00:00', 'Z')}" for days in (-1, 90, 91)
)
ENDLESS = replace(ANYTHING, expresses=ANYTHING.expresses & ~Expresses.ENDS)


def account(*more):
    return state(*BASE, *more)


def judged(live, desired, policy=LONGEST, capabilities=ANYTHING, entrance=Entrance.COMMAND):
    asked = context(
        plan(live, desired, capabilities),
        policy=policy,
        capabilities=capabilities,
        declared=desired,
    )
    return [f for f in examine(asked, entrance) if f.rule is RuleId.TERM]


def messages(*args, **more):
    return [finding.message for finding in judged(*args, **more)]


def test_a_grant_without_an_end_is_refused():
    (finding,) = judged(account(), account(bind("bo", "prod", "owner")))

    assert finding.message == (
        "`bo@acme.example` in workspace prod would hold `owner` without an end"
    )
    assert finding.hint == HINT
    assert messages(account(), account(bind("bo", "prod", "owner")), ENDING)


def test_a_plan_file_without_the_declared_end_is_judged_by_what_it_gives():
    declared = account(bind("bo", "prod", f"owner until {SOON}"))
    forged = Plan(account(), (Change(None, bind("bo", "prod", "owner")[0]),))
    asked = context(forged, policy=LONGEST, capabilities=ANYTHING, declared=declared)

    (finding,) = [f for f in examine(asked) if f.rule is RuleId.TERM]
    assert finding.message == (
        "`bo@acme.example` in workspace prod would hold `owner` without an end"
    )


def test_a_grant_ends_within_the_longest_term():
    late = account(bind("bo", "prod", f"owner until {LATE}"))

    assert messages(account(), late) == [
        (
            f"`bo@acme.example` in workspace prod would hold `owner` until {LATE},"
            " for longer than 90 days"
        )
    ]
    assert messages(account(), late, ENDING) == []
    assert messages(account(), account(bind("bo", "prod", f"owner until {SOON}"))) == []
    assert messages(account(), account(bind("bo", "prod", "viewer"))) == []


def test_the_term_of_what_has_not_begun_counts_from_its_beginning():
    begins = (NOW + timedelta(days=1)).isoformat().replace("+00:00", "Z")

    assert (
        messages(account(), account(bind("bo", "prod", f"owner from {begins} until {LATE}"))) == []
    )


@pytest.mark.parametrize(
    ("member", "grant", "is_refused"),
    [
        ("bo", "owner", True),
        (f"bo until {SOON}", "owner", False),
        ("bo", f"owner until {SOON}", False),
        (f"bo until {LATE}", f"owner until {SOON}", False),
        (f"bo until {LATE}", "owner", True),
    ],
)
def test_by_a_team_somebody_holds_a_role_for_as_long_as_both_last(member, grant, is_refused):
    desired = account(team("ops", member), bind("team:ops", "prod", grant))
    joined = account(team("ops"), bind("team:ops", "prod", grant))

    assert bool(judged(account(), desired)) is is_refused
    assert bool(judged(joined, desired)) is is_refused
    assert judged(account(), joined) == []


COPY = "; `{}` has all permissions of a role that `[guard]` names"


@pytest.mark.parametrize("policy", [LONGEST, ENDING])
@pytest.mark.parametrize("copy", [role("boss", base="owner"), role("boss", *OWNS, "odd_one")])
def test_a_copy_of_a_role_needs_an_end_as_the_role_does(copy, policy):
    live, desired = account(copy), account(copy, bind("bo", "prod", "boss"))

    for before in (live, account()):
        (finding,) = judged(before, desired, policy)
        assert finding.message == (
            "`bo@acme.example` in workspace prod would hold `boss` without an end"
        )
        assert finding.hint == HINT + COPY.format("boss")
    assert messages(live, account(copy, bind("bo", "prod", f"boss until {SOON}")), policy) == []
    assert messages(desired, account(copy, bind("bo", "prod", "boss"), user("cy")), policy) == []


def test_a_role_that_becomes_a_copy_needs_an_end_for_all_its_holders():
    held = (team("ops", "bo"), bind("team:ops", "prod", "boss"))
    live = account(*held, role("boss", "see_flows"))

    assert messages(live, account(*held, role("boss", base="owner"))) == [
        "`bo@acme.example`, through `team:ops`, in workspace prod would hold `boss` without an end"
    ]
    assert messages(live, account(*held, role("boss", base="developer"))) == []


def test_an_account_role_that_implies_a_role_needs_an_end_as_the_role_does():
    (god,) = role("god", level=Level.ACCOUNT)
    given = Change(*bind("bo", None, "member"), *bind("bo", None, "god"))
    changes = (Change(None, replace(god, implies=frozenset({OWNER}))), given)

    (finding,) = examine(context(Plan(account(), changes), policy=ENDING))
    assert finding.message == "`bo@acme.example` in the account would hold `god` without an end"


def test_a_copy_of_another_role_with_a_shorter_term_has_that_one():
    developer = role_address(Level.WORKSPACE, "developer")
    policy = Policy(max_term={developer: timedelta(days=90), OWNER: timedelta(days=7)})
    held = bind("bo", "prod", f"boss until {SOON}")
    states = [account(held, role("boss", base=base)) for base in ("developer", "owner")]

    (message,) = messages(*states, policy)
    assert message.endswith(f"would hold `boss` until {SOON}, for longer than 7 days")
    assert messages(*reversed(states), policy) == []


def test_a_copy_of_another_role_that_needs_an_end_has_one():
    developer = role_address(Level.WORKSPACE, "developer")
    policy = replace(ENDING, max_term={developer: timedelta(days=90)})

    def found(term):
        held = bind("bo", "prod", f"boss{term}")
        states = (account(held, role("boss", base=base)) for base in ("developer", "owner"))
        return messages(*states, policy)

    assert found("") == ["`bo@acme.example` in workspace prod would hold `boss` without an end"]
    assert found(f" until {LATE}") == []


def test_an_account_role_of_which_an_implied_role_becomes_a_copy_needs_an_end():
    (god,), (narrow,), (wide,) = (
        role("god", level=Level.ACCOUNT),
        role("boss", "see_flows"),
        role("boss", base="owner"),
    )
    god = replace(god, implies=frozenset({narrow.address}))
    live = account([god, narrow], bind("bo", None, "god"))
    policy = replace(ENDING, require_reason_for=ENDING.require_end_for)

    found = examine(context(Plan(live, (Change(narrow, wide),)), policy=policy))
    assert [finding.message for finding in found] == [
        "`bo@acme.example` in the account would act as `god`, and no reason is given",
        "`bo@acme.example` in the account would hold `god` without an end",
    ]


def test_a_longest_term_of_the_copy_itself_holds():
    copy = role("boss", base="owner")
    own = role_address(Level.WORKSPACE, "boss")
    longer = replace(LONGEST, max_term={**LONGEST.max_term, own: timedelta(days=200)})
    desired = account(copy, bind("bo", "prod", f"boss until {LATE}"))

    assert messages(account(copy), desired)
    assert messages(account(copy), desired, longer) == []


LEAD, BOSS = (role_address(Level.WORKSPACE, name) for name in ("lead", "boss"))
WEEK, MONTH = timedelta(days=7), timedelta(days=30)
LEAD_WEEK = "has a longest term of 7 days in `max_term`, and its new name allows a longer one"
LEAD_END = "is in `require_end_for`, and its new name needs no end"
NAMED = frozenset({LEAD})


def renamed(policy, *names):
    """Return the findings on roles that get other names, one after the other."""
    live = account(role("lead", "see_flows"), role("rest", "see_flows"))
    changes = [Change(*role(old, "see_flows"), *role(new, "see_flows")) for old, new in names]
    return examine(context(Plan(live, tuple(changes)), policy=policy))


@pytest.mark.parametrize(
    ("policy", "fault"),
    [
        (Policy(max_term={LEAD: WEEK}), LEAD_WEEK),
        (Policy(max_term={LEAD: WEEK, BOSS: MONTH}), LEAD_WEEK),
        (Policy(max_term={LEAD: WEEK}, require_end_for=frozenset({BOSS})), LEAD_WEEK),
        (Policy(require_end_for=NAMED), LEAD_END),
    ],
)
def test_a_role_is_not_renamed_to_a_name_with_a_looser_term(policy, fault):
    for names in ([("lead", "boss")], [("lead", "boss"), ("rest", "lead")]):
        (finding,) = renamed(policy, *names)
        assert (finding.rule, finding.message) == (RuleId.TERM, f"`role.lead` {fault}")
        assert finding.hint == "write `boss` there first"


@pytest.mark.parametrize(
    "policy",
    [
        Policy(max_term={LEAD: WEEK, BOSS: WEEK}),
        Policy(max_term={BOSS: WEEK}, require_end_for=NAMED),
        Policy(require_end_for=NAMED | {BOSS}),
        Policy(max_term={BOSS: WEEK}),
    ],
)
def test_a_role_is_renamed_to_a_name_with_as_strict_a_term(policy):
    assert renamed(policy, ("lead", "boss")) == []


def test_a_copy_is_renamed_for_it_keeps_its_limit():
    boss, chief = role("boss", base="owner"), role("chief", base="owner")
    rename = Change(*boss, *chief)

    assert examine(context(Plan(account(boss), (rename,)), policy=LONGEST)) == []
    given = Change(None, *bind("bo", "prod", "chief"))
    (finding,) = examine(context(Plan(account(boss), (rename, given)), policy=LONGEST))
    assert finding.rule is RuleId.TERM
    assert finding.message.endswith("would hold `chief` without an end")


def test_the_message_names_the_team():
    grant = bind("team:ops", "prod", "owner")

    assert messages(account(team("ops"), grant), account(team("ops", "bo"), grant)) == [
        "`bo@acme.example`, through `team:ops`, in workspace prod would hold `owner` without an end"
    ]


def test_a_default_role_has_no_end():
    desired = state(*BASE[:2], workspace("prod", default="owner"))

    assert messages(account(), desired) == [
        "every user in workspace prod would hold `owner` without an end"
    ]


@pytest.mark.parametrize(
    ("live", "new", "is_refused"),
    [
        (f" until {SOON}", f" until {LATE}", True),
        (f" until {SOON}", "", True),
        (f" until {ENDED}", f" until {LATE}", True),
        (f" until {LATE}", f" until {SOON}", False),
        ("", f" until {LATE}", False),
        (f" from {SOON}", "", True),
        ("", f" from {SOON}", False),
    ],
)
def test_a_forbidden_default_role_is_not_given_earlier_or_for_longer(live, new, is_refused):
    before, after = (bind(EVERYONE, "prod", f"owner{term}") for term in (live, new))
    policy = Policy(default_role_forbids=frozenset({"see_secret_blocks"}))
    asked = context(Plan(account(before), (Change(*before, *after),)), policy=policy)

    found = [(f.message, f.hint) for f in examine(asked) if f.rule is RuleId.DEFAULT_ROLE]
    what = "every user would come to hold in workspace prod: `see_secret_blocks`"
    hint = "give it to named people or teams, or take it out of `default_role_forbids`"
    assert found == [(what, hint)] * is_refused


def test_an_invitation_into_a_team_is_judged():
    grant = bind("team:ops", "prod", "owner")
    eve = user("eve", status="pending", expires="2026-12-01T00:00:00Z")
    change = Change(None, eve[0], brings=(eve[1],), joins=(who("team:ops"),))
    asked = context(Plan(account(team("ops"), grant), (change,)), policy=LONGEST)

    assert RuleId.TERM in {f.rule for f in examine(asked)}


def test_what_is_live_and_lasts_no_longer_is_not_refused():
    old, shorter = bind("bo", "prod", "owner"), bind("bo", "prod", f"owner until {LATE}")

    assert judged(account(old), account(old, user("cy"))) == []
    assert judged(account(old), account(shorter)) == []
    assert judged(account(shorter), account(old))


@pytest.mark.parametrize("holder", ["bo", "team:ops"])
@pytest.mark.parametrize(
    ("begins", "fault"),
    [("", True), (" from 2027-05-31T00:00:00Z", True), (" from 2027-06-02T00:00:00Z", False)],
)
def test_a_role_that_is_to_begin_begins_no_earlier(holder, begins, fault):
    def given(since):
        grant = bind(holder, "prod", f"owner{since} until 2027-08-30T00:00:00Z")
        return account(team("ops", "bo"), grant)

    live = given(" from 2027-06-01T00:00:00Z")
    assert judged(account(), live) == []
    assert bool(judged(live, given(begins))) is fault


def test_the_declared_end_counts_where_the_target_keeps_none():
    dated = account(bind("bo", "prod", f"owner until {SOON}"))
    late = account(bind("bo", "prod", f"owner until {LATE}"))

    assert judged(account(), dated, capabilities=ENDLESS) == []
    assert judged(account(), late, capabilities=ENDLESS)
    live = account(bind("bo", "prod", "owner"))
    assert judged(live, dated, capabilities=ENDLESS) == []


def test_a_strict_run_refuses_what_is_live_and_declared():
    old = account(bind("bo", "prod", "owner"))
    (finding,) = judged(old, old, replace(LONGEST, is_strict=True))

    assert finding.message == "`bo@acme.example` in workspace prod holds `owner` without an end"
    assert (finding.hint, finding.address, finding.scope) == (HINT, who("bo"), who_scope("prod"))
    twice = judged(account(), old, replace(LONGEST, is_strict=True))
    assert len(twice) == 1
    copied = account(role("boss", base="owner"), bind("bo", "prod", "boss"))
    (finding,) = judged(copied, copied, replace(LONGEST, is_strict=True))
    assert finding.hint == HINT + COPY.format("boss")


def test_a_server_asks_for_ends_only_with_a_policy():
    desired = account(bind("bo", "prod", "owner"))

    assert judged(account(), desired, entrance=Entrance.SERVER_WITH_POLICY)
    assert judged(account(), desired, entrance=Entrance.SERVER) == []


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(days=90), "90 days"),
        (timedelta(hours=24), "1 day"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=90), "90 minutes"),
    ],
)
def test_a_length_is_said_in_its_largest_unit(span, text):
    assert length(span) == text


def who_scope(handle):
    return workspace(handle)[0].address


def test_a_place_in_a_team_of_no_such_role_needs_no_end():
    desired = account(team("ops", "bo"), bind("team:ops", "prod", "viewer"))

    assert judged(account(), desired) == []


def saved_before_the_end(scope, role, end):
    """Return what EXPIRY says of a plan for a target without ends, applied at ``NOW``."""
    granted = bind("bo", scope, role)[0]
    before = account().binding(granted.principal, granted.scope)
    saved = Plan(account(), (Change(before, granted),))
    declared = account(bind("bo", scope, f"{role} until {end}"))
    findings = examine(context(saved, capabilities=ENDLESS, declared=declared))
    return [(f.rule, f.message, f.hint) for f in findings]


@pytest.mark.parametrize(("scope", "role"), [("prod", "owner"), (None, "admin")])
def test_a_plan_that_was_saved_before_a_declared_end_gives_nothing_after_it(scope, role):
    address = bind("bo", scope, role)[0].address
    ended = (
        RuleId.EXPIRY,
        f"a term of `{address}` ended 2026-11-21T11:00:00Z",
        "choose a later end",
    )

    assert saved_before_the_end(scope, role, "2026-11-21T11:00:00Z") == [ended]
    assert saved_before_the_end(scope, role, SOON) == []
