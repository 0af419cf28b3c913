"""THRESHOLD counts people and what they hold, not only rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.guard import RuleId, examine
from rbac_sync.model import EVERYONE, WHOLE, Kind, Level, Limit, Policy, Role
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Plan, followed

from ..build import (
    access_list,
    bind,
    context,
    key,
    plan,
    role,
    service_account,
    state,
    team,
    user,
    workspace,
)
from ..recorded import Recorded

NAMES = [f"p{n:02}" for n in range(12)]
WIDE = Policy(max_removal_fraction=1.0)
STRICT = Policy(max_deletes=0)
FEBRUARY, MARCH = "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z"


def crew(*more, **roles):
    """Return an account of an owner and twelve members, who hold *roles* in prod by name."""
    return state(
        user("ana", "owner"),
        *(user(name) for name in NAMES),
        workspace("prod"),
        *(bind(name, "prod", held) for name, held in roles.items() if held),
        *more,
    )


def found(live, desired, policy, **declared):
    asked = context(plan(live, desired, **declared), policy=policy)
    return [f for f in examine(asked) if f.rule is RuleId.THRESHOLD]


def messages(live, desired, policy=WIDE):
    return [f.message for f in found(live, desired, policy)]


def all_of(held):
    return dict.fromkeys(NAMES, held)


def test_m0_f2_emptying_every_team_takes_access_from_people():
    def teams(*members):
        return [
            grant
            for n in range(4)
            for grant in (
                team(f"t{n}", *members[3 * n : 3 * n + 3]),
                bind(f"team:t{n}", "prod", "developer"),
            )
        ]

    (people,) = found(crew(*teams(*NAMES)), crew(*teams()), WIDE)

    assert people.message.startswith(
        "12 of 13 people and service accounts would lose something, in 12 places:"
        " `p00@acme.example`, `p01@acme.example`"
    )
    assert people.message.endswith("`p09@acme.example` and 2 more")
    assert people.hint == "if that is meant, pass `--allow-losers 12 --reason TEXT`"


def test_members_taken_out_of_teams_are_removals():
    live, desired = crew(team("data", *NAMES)), crew(team("data"))

    (removed,) = found(live, desired, Policy(max_losers=None))

    assert removed.message == "12 of 12 would be removed (members of teams)"
    assert removed.hint == "if that is meant, pass `--allow-deletes 12 --reason TEXT`"


def test_permissions_taken_out_of_roles_are_removals():
    live = crew(role("wide", "see_flows", "run_flows"), p00="wide")
    desired = crew(role("wide", "see_flows"), p00="wide")

    assert messages(live, desired, STRICT) == ["1 of 2 would be removed (permissions of roles)"]


def test_lowered_roles_are_removals():
    live, desired = crew(**all_of("developer")), crew(**all_of("viewer"))

    assert messages(live, desired, Policy(max_losers=None)) == [
        "12 of 12 would be removed (roles lowered)"
    ]


def test_lowered_account_roles_are_removals():
    live = state(user("ana", "owner"), *(user(name, "admin") for name in NAMES))
    desired = state(user("ana", "owner"), *(user(name) for name in NAMES))

    assert messages(live, desired, Policy(max_losers=None)) == [
        "12 of 13 would be removed (account roles lowered)"
    ]


def test_a_custom_role_that_everybody_holds_and_that_is_narrowed_costs_people():
    live = crew(role("wide", "see_flows", "run_flows"), **all_of("wide"))
    desired = crew(role("wide", "see_flows"), **all_of("wide"))

    (message,) = messages(live, desired)

    assert message.startswith("12 of 13 people and service accounts would lose something")


def test_a_default_role_that_goes_costs_everybody_who_holds_nothing_else():
    given = bind(EVERYONE, "prod", "viewer")
    kept = bind("p00", "prod", "developer")

    (message,) = messages(crew(given, kept), crew(kept))

    assert message.startswith("11 of 13 people and service accounts would lose something")


def test_an_end_that_comes_earlier_is_a_loss():
    live = crew(**all_of("developer"))
    desired = crew(**all_of("developer until 2026-11-22T00:00:00Z"))

    assert messages(live, desired)[0].startswith("12 of 13 people")


def test_a_beginning_that_comes_later_is_a_loss():
    live = crew(**all_of("developer"))
    desired = crew(**all_of("developer from 2027-11-22T00:00:00Z"))

    assert messages(live, desired)[0].startswith("12 of 13 people")


def test_what_has_ended_already_is_no_loss():
    live = crew(**all_of("developer until 2026-11-20T00:00:00Z"))

    assert messages(live, crew()) == ["12 of 12 would be removed (binding)"]


def test_a_gap_between_two_terms_is_a_loss():
    gap = bind("p01", "prod", f"viewer until {FEBRUARY}", f"developer from {MARCH}")
    none = bind("p01", "prod", f"viewer until {MARCH}", f"developer from {FEBRUARY}")
    live, policy = crew(p01="viewer"), replace(WIDE, max_losers=Limit(number=0))

    assert messages(live, crew(none), policy) == []
    (said,) = messages(live, crew(gap), policy)
    assert said.endswith("would lose something, in 1 place: `p01@acme.example`")


@pytest.mark.parametrize("way", ["team", "default"])
def test_suspended_people_lose_what_they_hold_in_workspaces_alone(way):
    shared = {
        "team": (workspace("prod"), team("data", "bo"), bind("team:data", "prod", "viewer")),
        "default": (workspace("prod", default="viewer"),),
    }[way]
    active, suspended = (
        state(user("ana", "owner"), user("bo", f"member from {MARCH}", status=status), *shared)
        for status in ("active", "suspended")
    )
    protecting = Policy(max_losers=None, protect=frozenset({"member.bo@acme.example"}))

    (said,) = messages(active, suspended, replace(WIDE, max_losers=Limit(number=0)))
    assert said.endswith("would lose something, in 2 places: `bo@acme.example`")
    found = examine(context(plan(active, suspended), policy=protecting))
    assert [f.rule for f in found] == [RuleId.PROTECTED]


def test_suspended_people_lose_what_they_hold():
    live = crew(**all_of("developer"))
    desired = state(
        user("ana", "owner"),
        *(user(name, status="suspended") for name in NAMES),
        workspace("prod"),
        *(bind(name, "prod", "developer") for name in NAMES),
    )

    assert messages(live, desired)[0].startswith("12 of 13 people")


def test_service_accounts_are_people_here():
    bots = [service_account(f"b{n}") for n in range(12)]
    live = crew(*bots, *(bind(f"sa:b{n}", "prod", "runner") for n in range(12)))
    desired = crew(*bots, *(bind(f"sa:b{n}", "prod", "viewer") for n in range(12)))

    assert messages(live, desired, Policy())[-1].startswith("12 of 25 people")


def test_a_share_counts_from_ten_people_on():
    live = state(user("ana", "owner"), user("bo"), workspace("prod"), bind("bo", "prod", "runner"))
    desired = state(user("ana", "owner"), user("bo"), workspace("prod"))

    assert messages(live, desired) == []


def test_a_number_counts_from_the_first_on():
    live, desired = crew(p00="runner", p01="runner"), crew(p00="viewer", p01="runner")

    (finding,) = found(live, desired, Policy(max_losers=Limit(number=0)))

    assert finding.message == (
        "1 of 13 people and service accounts would lose something, in 1 place: `p00@acme.example`"
    )


@pytest.mark.parametrize(("allowed", "refused"), [(11, 1), (12, 0)])
def test_a_run_may_accept_a_number_of_losers(allowed, refused):
    live, desired = crew(**all_of("developer")), crew(**all_of("viewer"))
    policy = Policy(max_removal_fraction=1.0, allow_losers=allowed)

    assert len(found(live, desired, policy)) == refused


def test_who_is_removed_is_no_loser():
    live = crew(**all_of("developer"))
    desired = state(user("ana", "owner"), workspace("prod"))

    assert "12 of 13 would be removed (member)" in messages(live, desired, Policy())
    assert not any("people" in m for m in messages(live, desired, Policy()))


def test_few_people_who_lose_many_places_are_found():
    spaces = [workspace(f"w{n}") for n in range(10)]

    def holding(names):
        return [bind(name, f"w{n}", "viewer") for name in names for n in range(10)]

    live = crew(*spaces, *holding(NAMES[:3]), p05="viewer", p06="viewer")
    desired = crew(*spaces, p05="viewer", p06="viewer")

    (message,) = messages(live, desired)

    assert message.startswith("3 of 13 people and service accounts would lose something, in 30")


def test_f3_everything_of_a_kind_takes_leave_however_few():
    spaces = [workspace("w1"), workspace("w2")]
    live, desired = state(user("ana", "owner"), *spaces), state(user("ana", "owner"))

    (finding,) = found(live, desired, WIDE)

    assert finding.message == "2 of 2 would be removed (workspace)"
    assert found(live, desired, Policy(allow_removals=2)) == []


def test_keys_of_service_accounts_that_end_earlier_count():
    def bots(until):
        keys = (key(f"sa:s{n:02}", "k", until) for n in range(12))
        return state(user("ana", "owner"), *(service_account(f"s{n:02}") for n in range(12)), *keys)

    soon, later = bots("2026-12-01T00:00:00Z"), bots("2027-06-01T00:00:00Z")
    (finding,) = found(later, soon, Policy())
    assert finding.message == "12 of 12 would be removed (keys shortened)"
    assert finding.hint == "if that is meant, pass `--allow-deletes 12 --reason TEXT`"
    assert found(later, soon, Policy(allow_removals=12)) == found(soon, later, Policy()) == []


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("", f" until {MARCH}"),
        (f" until {MARCH}", f" until {FEBRUARY}"),
        ("", f" from {FEBRUARY}"),
        (f" from {FEBRUARY}", f" from {MARCH}"),
    ],
)
def test_roles_and_places_in_teams_that_last_less_long_count(more, less):
    def teams(term):
        return crew(team("data", *(f"{name}{term}" for name in NAMES[:3])))

    def roles(term):
        return crew(**dict.fromkeys(NAMES[:3], f"viewer{term}"))

    policy = replace(STRICT, max_losers=None)
    for made, what in ((teams, "members of teams"), (roles, "roles lowered")):
        assert messages(made(less), made(more), policy) == []
        (said,) = messages(made(more), made(less), policy)
        assert said.endswith(f"would be removed ({what})")


def test_the_last_one_of_a_kind_may_go():
    live = state(user("ana", "owner"), workspace("w1"))

    assert messages(live, state(user("ana", "owner"))) == []


def test_a_mass_promotion_stops_only_where_that_is_asked_for():
    live, desired = crew(**all_of("viewer")), crew(**all_of("developer"))

    assert messages(live, desired) == []
    (finding,) = found(live, desired, Policy(max_gainers=Limit(number=3)))
    assert finding.message.startswith("12 of 13 people and service accounts would gain something")
    assert finding.hint == "if that is meant, pass `--allow-gainers 12 --reason TEXT`"


def test_m5_a_protected_member_keeps_the_account_role():
    live = state(user("ana", "owner"), user("cto", "owner"))
    policy = Policy(protect=frozenset({"member.cto@acme.example"}))

    asked = context(plan(live, state(user("ana", "owner"), user("cto"))), policy=policy)

    (finding,) = [f for f in examine(asked) if f.rule is RuleId.PROTECTED]
    assert finding.message == (
        "`member.cto@acme.example` is protected, and would hold less in the account"
    )
    assert finding.hint == "take it out of `protect` in `[guard]` first, in a change of its own"


def refused(address, *changes, hidden=WHOLE):
    """Return the findings about the protected *address*, which *hidden* does not show."""
    shown = () if hidden != WHOLE else (
        key("sa:ci", "main"), bind("bo", "prod", "viewer"),
        access_list("block:s3/lake", "prod", "bo"),
    )  # fmt: skip
    live = state(
        user("ana", "owner"), service_account("ci"), user("bo"), workspace("prod"), *shown
    )  # fmt: skip
    policy = Policy(protect=frozenset({address}))
    asked = context(Plan(live, changes), policy=policy, horizon=hidden)
    return [found for found in examine(asked) if found.rule is RuleId.PROTECTED]


def protected(address, *changes):
    return [found.message for found in refused(address, *changes)]


KEY, GRANT, LIST = (
    "service-account.ci/key/main",
    "workspace.prod/access/bo@acme.example",
    "workspace.prod/object/block:s3%2Flake",
)
GO_WITH = [
    (KEY, service_account("ci")[0], service_account("cd")[0]),
    (GRANT, workspace("prod")[0], workspace("live")[0]),
    (LIST, workspace("prod")[0], workspace("live")[0]),
]
"""What is protected, what it goes with, and that under another name."""


@pytest.mark.parametrize(("address", "thing", "renamed"), GO_WITH)
def test_a_protected_key_grant_or_access_list_stays_under_its_name(address, thing, renamed):
    destroyed = f"`{address}` is protected and would be destroyed"
    loses_its_name = f"`{address}` is protected, and would lose that name"

    assert protected(address, Change(thing, None)) == [destroyed]
    assert protected(address, Change(thing, renamed)) == [loses_its_name]
    both = protected(address, Change(thing, renamed), Change(renamed, None))
    assert both == [loses_its_name, destroyed]


HIDDEN = {
    KEY: replace(WHOLE, kinds=frozenset({Kind.KEY})),
    GRANT: replace(WHOLE, partly=frozenset({workspace("prod")[0].address})),
    LIST: replace(WHOLE, partly=frozenset({access_list("block:s3/lake", "prod")[0].address})),
}


@pytest.mark.parametrize(("address", "thing", "renamed"), GO_WITH)
def test_what_is_protected_and_not_shown_counts_as_there(address, thing, renamed):
    for change in (Change(thing, None), Change(thing, renamed)):
        (found,) = refused(address, change, hidden=HIDDEN[address])
        what = f"`{address}` is protected, and this key is not shown whether it exists"
        assert (found.address, found.message) == (change.address, what)
        assert found.hint == "take it out of `protect` in `[guard]` first, in a change of its own"
    assert refused(address, Change(None, renamed), hidden=HIDDEN[address]) == []
    assert refused(f"{address}x", Change(thing, renamed), hidden=HIDDEN[LIST]) == []


LOWERED = {
    "a lower role": "viewer",
    "an end": "owner until 2027-01-01T00:00:00Z",
    "a later start": "owner from 2027-01-01T00:00:00Z",
    "a narrower role": "lead",
}


@pytest.mark.parametrize("to", LOWERED.values(), ids=LOWERED)
@pytest.mark.parametrize("holder", ["bo", "team:ops", EVERYONE])
def test_a_protected_grant_gives_no_less(holder, to):
    def account(of, *lead):
        return state(
            user("ana", "owner"), user("bo"), team("ops"), workspace("prod"),
            role("lead", *lead), bind(holder, "prod", of),
        )  # fmt: skip

    def refused(before, after):
        (grant,) = bind(holder, "prod", after)
        made = plan(account(before, "see_flows", "run_flows"), account(after, "see_flows"))
        asked = context(made, policy=Policy(protect=frozenset({str(grant.address)})))
        return [(f.address, f.message, f.hint) for f in examine(asked) if f.rule == "PROTECTED"]

    (grant,) = bind(holder, "prod", to)
    what = f"`{grant.address}` is protected, and would give less"
    hint = "take it out of `protect` in `[guard]` first, in a change of its own"
    assert refused("lead" if to == "lead" else "owner", to) == [(grant.address, what, hint)]
    assert refused("viewer", "owner") == refused("viewer", "viewer") == []


@pytest.mark.parametrize("address", [GRANT, "team.ops/account_role"])
def test_a_protected_grant_gives_no_less_though_its_holder_loses_nothing(address):
    def account(of, implied, *more):
        implies = frozenset({role_address(Level.WORKSPACE, implied)})
        return state(
            user("ana", "owner"), user("bo"), team("ops"), workspace("prod"),
            [Role(Level.ACCOUNT, "lead", implies=implies)],
            bind("bo", "prod", of), bind("team:ops", None, "lead"), *more,
        )  # fmt: skip

    policy = Policy(protect=frozenset({address}))
    more = bind("bo", None, "owner"), bind("team:ops", "prod", "owner")
    made = plan(account("owner", "developer"), account("viewer", "viewer", *more))
    findings = examine(context(made, policy=policy))
    what = f"`{address}` is protected, and would give less"
    assert [f.message for f in findings if f.rule == "PROTECTED"] == [what]


def test_a_protected_grant_that_is_to_begin_begins_no_later():
    first, second = (bind("bo", "prod", f"owner from {begin}") for begin in (FEBRUARY, MARCH))
    policy = Policy(protect=frozenset({str(first[0].address)}))

    def refused(before, after):
        made = plan(crew(user("bo"), before), crew(user("bo"), after))
        return [f.rule for f in examine(context(made, policy=policy)) if f.rule == "PROTECTED"]

    assert (refused(first, second), refused(second, first)) == (["PROTECTED"], [])


@pytest.mark.parametrize(
    ("thing", "end"),
    [
        (key("sa:ci", "k", "2027-06-01T00:00:00Z")[0], "until"),
        (user("inv", status="pending", expires="2026-12-20T00:00:00Z")[0], "expires"),
    ],
)
def test_a_protected_key_or_invitation_does_not_end_earlier(thing, end):
    live = state(user("ana", "owner"), service_account("ci"), [thing])
    policy = Policy(protect=frozenset({str(thing.address)}))

    def found(until):
        change = Change(thing, replace(thing, **{end: parsed(until)}))
        return examine(context(Plan(live, (change,)), policy=policy))

    (sooner,) = found("2026-12-01T00:00:00Z")
    assert sooner.message == f"`{thing.address}` is protected, and would end earlier"
    assert sooner.hint == "take it out of `protect` in `[guard]` first, in a change of its own"
    later = found("2026-12-21T00:00:00Z" if end == "expires" else "2027-07-01T00:00:00Z")
    assert later == []


def test_a_protected_grant_is_as_it_was_though_its_holder_loses_what_everyone_held():
    both = [user("ana", "owner"), user("bo"), workspace("prod"), bind("bo", "prod", "viewer")]
    live = state(*both, bind(EVERYONE, "prod", "developer"))
    policy = Policy(protect=frozenset({"workspace.prod/access/bo@acme.example"}))

    assert examine(context(plan(live, state(*both)), policy=policy)) == []


def test_a_protected_member_is_not_suspended():
    live = state(user("ana", "owner"), user("cto", "admin"))
    desired = state(user("ana", "owner"), user("cto", "admin", status="suspended"))
    policy = Policy(protect=frozenset({"member.cto@acme.example"}))

    assert RuleId.PROTECTED in {
        f.rule for f in examine(context(plan(live, desired), policy=policy))
    }


@pytest.mark.parametrize("status", ["suspended", "pending"])
@pytest.mark.parametrize("role", ["member", "admin until 2026-12-01T00:00:00Z"])
def test_a_protected_member_who_is_not_active_keeps_the_account_role(status, role):
    def with_cto(held):
        return state(user("ana", "owner"), user("cto", held, status=status))

    policy = Policy(protect=frozenset({"member.cto@acme.example"}))

    (finding,) = examine(context(plan(with_cto("admin"), with_cto(role)), policy=policy))

    assert finding.rule is RuleId.PROTECTED
    assert finding.message == (
        "`member.cto@acme.example` is protected, and would hold less in the account"
    )
    assert finding.hint == ("take it out of `protect` in `[guard]` first, in a change of its own")
    assert examine(context(plan(with_cto("admin"), with_cto("owner")), policy=policy)) == []


def test_a_protected_member_may_be_raised():
    live = state(user("ana", "owner"), user("cto", "admin"))
    desired = state(user("ana", "owner"), user("cto", "owner"))
    policy = Policy(protect=frozenset({"member.cto@acme.example"}))

    assert examine(context(plan(live, desired), policy=policy)) == []


def test_a_workspace_keeps_as_many_owners_as_the_policy_asks():
    live = crew(team("ops", "p01"), bind("team:ops", "prod", "owner"), p00="owner")
    desired = crew(team("ops", "p01"), bind("team:ops", "prod", "owner"))
    policy = Policy(workspace_owners={"prod": 2})

    (finding,) = examine(context(plan(live, desired), policy=policy))

    assert finding.rule is RuleId.LAST_OWNER
    assert finding.message == (
        "`workspace.prod/access/p00@acme.example` would leave 1 active person who owns"
        " workspace prod; the minimum is 2"
    )
    assert finding.hint == "make somebody else an owner there first, in a plan of its own"


def test_a_workspace_that_is_made_again_keeps_as_many_owners():
    (prod,) = workspace("prod")
    changes = Change(prod, None), Change(None, prod)
    asked = context(Plan(crew(p00="owner"), changes), policy=Policy(workspace_owners={"prod": 1}))

    messages = [f.message for f in examine(asked) if f.rule is RuleId.LAST_OWNER]
    what = "`workspace.prod` would leave 0 active people who own workspace prod; the minimum is 1"
    assert messages == [what]


TO_MARCH = " until 2027-03-01T00:00:00Z"


@pytest.mark.parametrize(
    ("role", "place"), [(f"owner{TO_MARCH}", "p01"), ("owner", f"p01{TO_MARCH}")]
)
def test_an_owner_of_a_workspace_counts_until_the_role_or_the_place_in_the_team_ends(role, place):
    live = crew(team("ops", "p01"), bind("team:ops", "prod", "owner"), p00="owner")
    desired = crew(team("ops", place), bind("team:ops", "prod", role), p00="owner")

    for floor, said in ((1, []), (2, ["from 2027-03-01T00:00:00Z on; the minimum is 2"])):
        asked = context(plan(live, desired), policy=Policy(workspace_owners={"prod": floor}))
        found = examine(asked)
        assert {f.rule for f in found} <= {RuleId.LAST_OWNER}
        assert [f.message.partition("workspace prod ")[2] for f in found] == said


def renamed(floors, *names):
    """Return the findings on workspaces that get other names, one after the other."""
    live = crew(workspace("test"), p00="owner", p01="owner")
    changes = tuple(Change(*workspace(old), *workspace(new)) for old, new in names)
    return examine(context(Plan(live, changes), policy=Policy(workspace_owners=floors)))


@pytest.mark.parametrize(
    ("floors", "names"),
    [
        ({"prod": 2}, (("prod", "live"),)),
        ({"prod": 2, "live": 1}, (("prod", "live"),)),
        ({"prod": 2}, (("prod", "live"), ("test", "prod"))),
    ],
)
def test_a_workspace_keeps_the_name_by_which_the_policy_asks_for_owners(floors, names):
    (finding,) = renamed(floors, *names)

    assert finding.rule is RuleId.LAST_OWNER
    assert finding.message == (
        "`workspace.prod` has a minimum of 2 in `workspace_owners`,"
        " and its new name has a smaller one"
    )
    assert finding.hint == "write `live` there in place of the old name"


def test_a_workspace_is_renamed_to_a_name_by_which_the_policy_asks_for_as_many_owners():
    assert renamed({"live": 2}, ("prod", "live")) == []
    assert renamed({"prod": 2, "live": 2}, ("prod", "live")) == []


def test_workspaces_that_lose_their_owner_by_one_step_are_named_in_order():
    spaces = [f"w{n}" for n in range(8)]
    live, desired = (
        crew(
            *map(workspace, spaces),
            team("ops", *ops),
            *(bind("team:ops", w, "owner") for w in spaces),
        )
        for ops in (["p01"], [])
    )
    asked = context(plan(live, desired), policy=Policy(workspace_owners=dict.fromkeys(spaces, 1)))

    lost = [f.scope.key for f in examine(asked) if f.rule is RuleId.LAST_OWNER]
    assert lost == spaces


def test_a_workspace_below_its_floor_may_stay_there():
    live, desired = crew(p00="owner"), crew(p00="owner", p01="viewer")

    assert examine(context(plan(live, desired), policy=Policy(workspace_owners={"prod": 2}))) == []


def test_g7_a_role_that_is_widened_under_a_service_account_is_found():
    def bots(*permissions):
        return state(
            user("ana", "owner"),
            role("ci", *permissions, level=Level.ACCOUNT),
            service_account("robot", "ci"),
        )

    member = next(iter(bind("ana", None, "member")[0].roles)).role
    policy = Policy(bots_account_role=member)

    asked = context(plan(bots("see_account"), bots("see_account", "manage_members")), policy=policy)

    (finding,) = examine(asked)
    assert finding.rule is RuleId.BOT
    assert finding.message == "`sa:robot` would hold `role.ci`, more than `role.member`"
    assert finding.hint == "service accounts hold at most `bots_account_role` of `[guard]`"


def after(recent, live, desired, policy):
    """Return what is found where the changes of the plan *recent* were made shortly before."""
    asked = replace(
        context(plan(live, desired), policy=policy), recent=Recorded(recent.changes, live)
    )
    return [(f.message, f.hint) for f in examine(asked) if f.rule is RuleId.THRESHOLD]


def robots(*numbers):
    return state(user("ana", "owner"), *(service_account(f"r{n}") for n in numbers))


def test_what_was_removed_shortly_before_counts_with_what_a_plan_removes():
    recent = plan(robots(0, 1, 2, 3, 4), robots(2, 3, 4))
    policy = Policy(max_deletes=2, max_removal_fraction=1.0)

    assert after(recent, robots(2, 3, 4), robots(3, 4), policy) == [
        (
            "3 of 5 would be removed (service-account), 2 of them before this",
            "wait an hour, or apply it with the command and `--allow-deletes 3 --reason TEXT`",
        )
    ]
    assert after(recent, robots(2, 3, 4), robots(2, 3, 4, 5), policy) == []


def test_who_lost_something_shortly_before_counts_with_whom_a_plan_takes_it_from():
    policy = Policy(max_removal_fraction=1.0, max_losers=Limit(number=2))
    full, less, least = (crew(**dict.fromkeys(NAMES[:n], "developer")) for n in (5, 3, 2))
    recent = plan(full, less)

    assert after(recent, less, least, policy) == [
        (
            (
                "3 of 13 people and service accounts would lose something, in 3 places:"
                " `p02@acme.example`, `p03@acme.example`, `p04@acme.example`"
            ),
            "wait an hour, or apply it with the command and `--allow-losers 3 --reason TEXT`",
        )
    ]
    assert after(recent, less, full, policy) == []


def test_members_taken_out_of_a_team_shortly_before_are_people_who_lost_something():
    policy = Policy(max_removal_fraction=1.0, max_losers=Limit(number=2))
    full, less, least = (
        crew(team("t", *NAMES[:n]), bind("team:t", "prod", "viewer")) for n in (4, 2, 1)
    )
    assert [message[:4] for message, _ in after(plan(full, less), less, least, policy)] == ["3 of"]


@pytest.mark.parametrize("renamed_by_plan", [0, 2])
def test_who_lost_something_shortly_before_counts_under_a_new_name(renamed_by_plan):
    """Two lose a role, one of them by a team; then robot and team get new names; a third loses."""
    (sa,), *teams = service_account("r1", None), team("t", "sa:r0"), team("u", "sa:r0")
    held = [bind(name, "prod", "viewer")[0] for name in ("team:t", "sa:r1", "sa:r2")]
    renames = [Change(sa, replace(sa, name="n1")), Change(*teams[0], *teams[1])]
    robots = [service_account(f"r{n}") for n in range(3)]
    full = state(user("ana", "owner"), workspace("prod"), *robots, teams[0], held)
    losses = [Change(each, None) for each in held]
    recent = [*losses[:2], *renames[renamed_by_plan:]]
    changes = *renames[:renamed_by_plan], losses[2]
    policy = Policy(allow_removals=9, max_losers=Limit(number=2))
    asked = Plan(followed(full, recent), changes)

    (found,) = examine(context(asked, policy=policy, recent=Recorded(recent, asked.live)))

    assert found.message == (
        "3 of 4 people and service accounts would lose something, in 3 places:"
        " `sa:n1`, `sa:r0`, `sa:r2`"
    )


def test_a_run_of_the_command_is_judged_by_itself():
    assert context(plan(robots(0), robots(0))).recent.changes({}, ()) == ()


def test_people_made_shortly_before_do_not_count_as_those_of_whom_a_share_may_lose():
    new = [user(f"new{n}") for n in range(8)]
    made = Plan(crew(), tuple(Change(None, person) for person, *_ in new))
    full, less = (crew(*new, **dict.fromkeys(NAMES[:n], "developer")) for n in (4, 0))
    policy = Policy(max_removal_fraction=1.0, allow_removals=9)

    assert after(Plan(full, ()), full, less, policy) == []
    ((message, _),) = after(made, full, less, policy)
    assert message.startswith("4 of 13 people and service accounts would lose something")
