"""What was taken by changes shortly before a plan, one by one, counts as by one plan."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given

from rbac_sync.guard import RuleId, examine
from rbac_sync.guard.earlier import losers, net, turns_before
from rbac_sync.guard.losses import losses
from rbac_sync.guard.recent import Earlier
from rbac_sync.model import EVERYONE, Action, Limit, Policy, Team, Workspace
from rbac_sync.planning import Change, Plan, followed

from ..build import access_list, bind, context, plan, role, service_account, state, team, user
from ..build import workspace as space
from ..planning.worlds import accounts
from ..recorded import Recorded

FREE = Policy(max_removal_fraction=1.0, allow_removals=99)
STRICT = replace(FREE, max_losers=Limit(number=2))


def refused(live, changes, plan_changes, policy=STRICT):
    """Return what is found about a plan that comes after *changes*, which were made one by one."""
    now = followed(live, changes)
    asked = context(Plan(now, (*plan_changes,)), policy=policy, recent=Recorded(changes, now))
    return [f.message for f in examine(asked) if f.rule is RuleId.THRESHOLD]


def steps(*states):
    """Return the changes from each of *states* to the next."""
    return [change for one, other in pairwise(states) for change in plan(one, other).changes]


@given(accounts(), accounts())
def test_whoever_loses_something_by_one_plan_has_lost_it_by_its_changes_one_by_one(before, after):
    whole = context(plan(before, after))
    changes = whole.sound
    goes = (Team, Workspace)
    if any(c.action is Action.DELETE and isinstance(c.before, goes) for c in changes):
        return  # the record of these does not have the roles that went with them
    later = context(Plan(followed(before, changes), ()))
    found = losers(net(turns_before([*map(Earlier, changes)], {}, later.live)), later)
    for who, scopes in losses(whole).losers.items():
        assert scopes <= found[who]


PEOPLE = [user(name) for name in "abcdef"]
NARROW, WIDE = (
    [role(f"r{name}", *permissions) for name in "abc"]
    for permissions in (["see_flows"], ["see_flows", "run_flows"])
)
HELD = [bind(name, "prod", f"r{name}") for name in "abc"]


def account(*more):
    return state(user("ana", "owner"), *PEOPLE, space("prod"), space("test"), space("live"), *more)


LISTS = [
    [
        access_list(f"deployment:etl/{name}", "prod", "", "" if taken else name, "")
        for name, taken in of
    ]
    for of in (zip("abc", [*[True] * n, *[False] * 3], strict=False) for n in range(4))
]
WAYS = {
    "narrowed roles": [
        account(*HELD, *NARROW[:n], *WIDE[n:]) for n in range(4)
    ],
    "default roles": [
        account(
            *(bind(EVERYONE, at, "viewer") for at in ("prod", "test", "live")[n:]),
            *(bind(name, at, "developer") for at in ("prod", "test", "live") for name in "def"),
            *(bind("ana", at, "owner") for at in ("prod", "test", "live")),
            *(bind(name, "prod", "runner") for name in "bc"),
            *(bind(name, "test", "runner") for name in "ac"),
            *(bind(name, "live", "runner") for name in "ab"),
        )
        for n in range(4)
    ],
    "access lists": [
        account(*(bind(name, "prod", "runner") for name in "abc"), *lists) for lists in LISTS
    ],
    "teams that go": [
        account(*(each for name in "abc"[n:] for each in (
            team(f"t{name}", name), bind(f"team:t{name}", "prod", "viewer")
        )))
        for n in range(4)
    ],
    "members of a team": [
        account(team("ops", *"abc"[n:]), bind("team:ops", "prod", "viewer")) for n in range(4)
    ],
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_people_who_lose_by_one_change_each_are_added_up(way):
    states = WAYS[way]

    assert refused(states[1], steps(*states[1:3]), steps(*states[2:])[1:2]) == []
    (message,) = refused(states[0], steps(*states[:3]), steps(*states[2:]))
    assert message.startswith("3 of 7 people and service accounts would lose something")


def test_who_got_it_back_has_lost_nothing():
    full, less = account(*(bind(n, "prod", "viewer") for n in "abc")), account()
    third = account(*(bind(n, "prod", "viewer") for n in "ab"))

    assert refused(full, steps(full, less, full), steps(full, third)) == []
    assert refused(full, steps(full, third), steps(third, less)) != []


def test_what_was_given_just_before_may_be_taken():
    full, less = account(*(bind(n, "prod", "viewer") for n in "abcd")), account()

    turns = net(turns_before([*map(Earlier, steps(less, full, less))], {}, less))
    assert losers(turns, context(Plan(less, ()))) == {}


@pytest.mark.parametrize("allowed", [True, False])
def test_what_a_run_was_allowed_to_take_does_not_count(allowed):
    full, less, least = (
        account(*(bind(n, "prod", "viewer") for n in of)) for of in ("abcd", "d", "")
    )
    recent = Recorded(steps(full, less), less, counts=not allowed)
    asked = context(plan(less, least), policy=STRICT, recent=recent)

    assert bool(examine(asked)) is not allowed


CI, CD = service_account("ci")[0], service_account("cd")[0]
OLD = [service_account(f"r{n}")[0] for n in range(4)]


def disguised(old, n):
    """Return changes that take the role of *old* while a newer robot has its name, and give it."""
    new, held = replace(CI, name=f"n{n}"), bind(f"sa:{old.name}", "prod", "viewer")[0]
    theirs = replace(held, principal=new.address)
    passed = replace(old, name=new.name)
    return [
        Change(None, new), Change(None, theirs), Change(held, None), Change(new, None),
        Change(old, passed),
    ]  # fmt: skip


def test_what_is_taken_from_one_is_not_hidden_by_another_of_the_same_name():
    held = [bind(f"sa:{old.name}", "prod", "viewer") for old in OLD]
    live = state(user("ana", "owner"), space("prod"), [*OLD], *held)
    changes = [each for n, old in enumerate(OLD[:3]) for each in disguised(old, n)]

    (message,) = refused(live, changes, [Change(held[3][0], None)])
    assert message.startswith("4 of 5 people and service accounts would lose something")
    counted = replace(FREE, allow_removals=0, max_deletes=2, max_losers=None)
    (message,) = refused(live, changes, [Change(held[3][0], None)], counted)
    assert message == "4 of 4 would be removed (binding), 3 of them before this"


def test_robots_made_and_deleted_within_the_hour_count_neither_as_taken_nor_as_existing():
    live = state(user("ana", "owner"), space("prod"), [*OLD])
    new = [service_account(f"n{n}")[0] for n in range(20)]
    given = [bind(f"sa:{each.name}", "prod", "viewer")[0] for each in new]
    made = [Change(None, each) for each in (*new, *given)]
    gone = [Change(each, None) for each in new[:10]]
    counted = replace(FREE, allow_removals=0, max_deletes=0)

    (message,) = refused(live, [*made, *gone], [Change(OLD[0], None)], counted)
    assert message == "1 of 4 would be removed (service-account)"
    assert refused(live, [*made, *gone], [Change(new[10], None)], counted) == []
    assert refused(live, [*made, *gone], [Change(given[11], None)], counted) == []


def test_members_who_joined_an_old_team_make_no_room():
    old, more = team("ops", *"abcdef"), team("ops", *"abcdef", *(f"sa:r{n}" for n in range(4)))
    live = state(user("ana", "owner"), *PEOPLE, [*OLD], old)
    joined = [Change(*old, *more)]
    less = team("ops", *"bcdef", *(f"sa:r{n}" for n in range(4)))
    counted = replace(FREE, allow_removals=0, max_deletes=0)

    (message,) = refused(live, joined, [Change(*more, *less)], counted)
    assert message == "1 of 6 would be removed (members of teams)"
    back = team("ops", *"abcdef", *(f"sa:r{n}" for n in range(3)))
    assert refused(live, joined, [Change(*more, *back)], counted) == []
