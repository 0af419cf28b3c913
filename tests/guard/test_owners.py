"""Who is counted as an owner, and as one who can come in, after each change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from rbac_sync.guard import examine
from rbac_sync.guard.owner_counts import shortfall
from rbac_sync.guard.owners import Owners
from rbac_sync.model import ACCOUNT, Policy, Status
from rbac_sync.planning import Change, Plan, followed

from ..build import (
    CATALOGUE,
    NOW,
    bind,
    context,
    key,
    plan,
    service_account,
    state,
    team,
    user,
    workspace,
)
from ..planning.worlds import CLOUD, SPACES, accounts, workspace_role

ENDED, OPEN = "2026-11-21T12:00:00Z", "2026-11-21T12:00:01Z"


def account(*more):
    """Return an account of two owners, of whom ana alone has a key."""
    return state(user("ana", "owner"), user("bo", "owner"), user("cy"), key("ana", "first"), *more)


def counted(live, *changes):
    draft = live.draft()
    owners = Owners(draft, CATALOGUE, {ACCOUNT: 1}, NOW)
    for change in changes:
        owners.make(change)
    ((_, active), *_), ((_, with_key), *_) = owners.count()
    return active, with_key


ANA = user("ana")[0]


@pytest.mark.parametrize(
    ("count", "changes"),
    [
        ((2, 1), []),
        ((2, 0), [Change(*key("ana", "first"), None)]),
        ((2, 2), [Change(None, *key("bo", "other", OPEN))]),
        ((2, 1), [Change(None, *key("bo", "other", ENDED))]),
        ((2, 1), [Change(None, *key("cy", "other"))]),
        ((2, 0), [Change(*key("ana", "first"), *key("ana", "first", ENDED))]),
        ((1, 0), [Change(*bind("ana", None, "owner"), *bind("ana", None, "member"))]),
        ((3, 1), [Change(*bind("cy", None, "member"), *bind("cy", None, "owner"))]),
        ((1, 0), [Change(ANA, replace(ANA, status=Status.SUSPENDED))]),
        ((1, 0), [Change(ANA, None)]),
        ((2, 1), [Change(ANA, user("anna")[0])]),
        ((1, 0), [Change(ANA, user("anna")[0]), Change(user("anna")[0], None)]),
    ],
)
def test_owners_are_counted_with_those_who_can_come_in(count, changes):
    assert counted(account(), *changes) == count


def test_a_service_account_is_no_owner():
    robot = service_account("ci", "owner"), key("sa:ci", "build")
    assert counted(account(*robot))[:2] == (2, 1)


FLOORS = dict.fromkeys((ACCOUNT, *(space.address for space in SPACES)), 1)


def owned(account):
    """Return *account* with workspaces that those own who can view them in the original."""
    draft, viewer = account.draft(), workspace_role("viewer")
    for binding in list(account.bindings_with(viewer)):
        held = (replace(h, role=workspace_role("owner")) for h in binding.roles if h.role == viewer)
        draft.put(replace(binding, roles=frozenset(held)))
    return draft


@given(accounts(), accounts())
def test_owners_that_follow_a_plan_are_those_of_each_state(before, after):
    before, after = owned(before), owned(after)
    draft = before.draft()
    owners = Owners(draft, CLOUD, FLOORS, NOW)
    for change in plan(before, after).changes:
        owners.make(change)
        anew = Owners(draft, CLOUD, FLOORS, NOW)
        for scope in filter(draft.knows, FLOORS):
            assert owners.count(scope) == anew.count(scope)


def test_a_renamed_workspace_keeps_its_minimum_though_it_has_no_owner():
    (prod,), (main,) = workspace("prod"), workspace("main")
    owners = Owners(account([prod]).draft(), CATALOGUE, {ACCOUNT: 1, prod.address: 2}, NOW)

    owners.make(Change(prod, main))

    assert owners.floors == {ACCOUNT: 1, main.address: 2}


MANY = dict.fromkeys(FLOORS, 99)
"""Floors that no scope reaches, so that all owners of each are counted."""


def short(owners, end, changes):
    """Make *changes*; return after each the scopes with fewer owners than before and in *end*."""
    return [
        {
            each.scope
            for each in owners.make(change)
            if any(map(shortfall, each.before, each.after, end.count(each.scope)))
        }
        for change in changes
    ]


@given(accounts(), accounts())
def test_people_whom_no_change_touches_make_no_scope_short_of_owners(before, after):
    before, after = owned(before), owned(after)
    changes = plan(before, after).changes
    outcome = followed(before, changes)
    scopes = {scope: 99 for scope in MANY if before.knows(scope) and outcome.knows(scope)}
    all_, alone = (
        [Owners(each.draft(), CLOUD, scopes, NOW) for each in (before, outcome)] for _ in range(2)
    )
    places = set().union(*(each.touched_by(changes) for each in alone))
    for each in alone:
        each.only(places)

    assert short(*alone, changes) == short(*all_, changes)


def test_nobody_but_the_people_named_is_counted_whatever_is_made():
    (prod,), ops = workspace("prod"), team("ops", "ana", "bo")
    live = account([prod], ops, bind("team:ops", "prod", "owner"))
    owners = Owners(live.draft(), CATALOGUE, {prod.address: 1}, NOW)

    owners.only({(prod.address, ANA.address)})
    owners.make(Change(None, *ops))

    assert owners.count(prod.address).active == ((NOW, 1),)


MARCH, APRIL, MAY = (f"2027-0{month}-01T00:00:00Z" for month in (3, 4, 5))
TO_MARCH = Change(*bind("ana", None, "owner"), *bind("ana", None, f"owner until {MARCH}"))


def refusals(*people, floor=1, changes=(TO_MARCH,)):
    """Return what LAST_OWNER says of *changes* where ana, who has a key, and *people* are there."""
    keys = key("ana", "first"), *((key("bo", "first"),) if people else ())
    live = state(user("ana", "owner"), user("cy"), *people, *keys)
    asked = context(Plan(live, changes), policy=Policy(min_owners=floor))
    return [(f.message, f.hint) for f in examine(asked) if f.rule == "LAST_OWNER"]


@pytest.mark.parametrize(
    ("bo", "floor", "said"),
    [
        ("member", 1, f"0 active owners from {MARCH} on; the minimum is 1"),
        ("owner", 2, f"1 active owner from {MARCH} on; the minimum is 2"),
        (f"owner until {APRIL}", 1, f"0 active owners from {APRIL} on; the minimum is 1"),
        (f"owner from {APRIL}", 1, f"0 active owners from {MARCH} on; the minimum is 1"),
        (f"owner from {MARCH} until {MAY}", 1, f"0 active owners from {MAY} on; the minimum is 1"),
        ("owner", 1, ""),
        (f"owner from {MARCH}", 1, ""),
    ],
)
def test_an_owner_counts_until_the_role_ends(bo, floor, said):
    hint = "give it a later `until`, or make somebody else an owner for longer first"
    what = f"`member.ana@acme.example/account_role` would leave {said}"

    assert refusals(user("bo", bo), floor=floor) == ([(what, hint)] if said else [])


@pytest.mark.parametrize("status", ["suspended", "pending"])
def test_whoever_cannot_come_in_is_no_owner_later(status):
    assert refusals(user("bo", "owner", status=status, expires=MAY))


def test_all_who_become_owners_later_count():
    new = [user(name, f"owner from {MARCH}") for name in ("neo", "nia")]
    bo = Change(*bind("bo", None, "owner"), *bind("bo", None, f"owner until {MARCH}"))
    added = (Change(None, who, (account,)) for who, account in new)
    changes = (*added, Change(None, *key("nia", "first")), TO_MARCH, bo)

    assert refusals(user("bo", "owner"), floor=2, changes=changes) == []
    assert refusals(user("bo", "owner"), floor=2, changes=changes[1:])


def test_a_longer_term_of_the_only_owner_is_not_refused():
    longer = Change(
        *bind("ana", None, f"owner until {MARCH}"), *bind("ana", None, f"owner until {APRIL}")
    )
    live = state(user("ana", f"owner until {MARCH}"), key("ana", "first"), user("cy"))

    assert "LAST_OWNER" not in rules(live, longer)


def test_an_owner_who_was_to_leave_does_not_leave_earlier_than_the_next_one_comes():
    bo = user("bo", f"owner from {APRIL}"), key("bo", "first")

    def said(until, *people):
        ana = Change(
            *bind("ana", None, f"owner until {MAY}"), *bind("ana", None, f"owner until {until}")
        )
        live = state(user("ana", f"owner until {MAY}"), key("ana", "first"), *people)
        return [f.message for f in examine(context(Plan(live, (ana,)))) if f.rule == "LAST_OWNER"]

    what = f"`member.ana@acme.example/account_role` would leave 0 active owners from {MARCH} on"
    assert said(MARCH) == [f"{what}; the minimum is 1"]
    assert said(MARCH, *bo) == [f"{what}; the minimum is 1"]
    assert said(APRIL, *bo) == []


def test_an_owner_who_is_to_come_stays_one():
    """Nothing ends or begins afterwards, so that the time of the lower number is that of before."""
    live = state(user("ana", "owner"), key("ana", "first"), user("bo", f"owner from {MARCH}"))
    bo = Change(*bind("bo", None, f"owner from {MARCH}"), *bind("bo", None, "member"))
    asked = context(Plan(live, (bo,)), policy=Policy(min_owners=2))
    (found,) = [f for f in examine(asked) if f.rule == "LAST_OWNER"]

    what = f"would leave 1 active owner from {MARCH} on; the minimum is 2"
    assert found.message == f"`member.bo@acme.example/account_role` {what}"


@pytest.mark.parametrize("bo", ["owner", f"owner from {MARCH}"])
def test_an_owner_with_a_key_stays_after_the_end_of_each_role(bo):
    live = state(user("ana", "owner"), key("ana", "first"), user("bo", bo))
    (found,) = [f for f in examine(context(Plan(live, (TO_MARCH,)))) if f.rule == "LAST_OWNER"]

    what = f"would leave no active human owner with a key from {MARCH} on"
    assert found.message == f"`member.ana@acme.example/account_role` {what}"
    assert found.hint == "make a key for an owner who stays first: `rbac-sync store key create`"


def rules(live, change):
    return {f.rule for f in examine(context(Plan(live, (change,))))}


OWNERS = user("ana", "owner"), user("bo", "owner")
DEMOTED = Change(*bind("bo", None, "owner"), *bind("bo", None, "member"))


@pytest.mark.parametrize("keys", [[], key("cy", "first"), key("ana", "old", ENDED)], ids=len)
def test_where_no_owner_can_come_in_none_is_kept_for_it(keys):
    live = state(*OWNERS, user("cy"), keys)
    assert "LAST_OWNER" not in rules(live, DEMOTED)


def test_the_owner_with_the_only_key_stays_one():
    live = state(*OWNERS, key("bo", "first"))
    assert "LAST_OWNER" in rules(live, DEMOTED)


def test_a_key_that_ends_soon_is_no_reason_to_revoke_the_only_other_one():
    live = state(user("ana", "owner"), key("ana", "long", MAY))
    revoked = Change(*key("ana", "long", MAY), None)

    def said(until):
        changes = (Change(None, *key("ana", "new", until)), revoked)
        found = examine(context(Plan(live, changes)))
        return [(f.message, f.hint) for f in found if f.rule == "LAST_OWNER"]

    what = "`member.ana@acme.example/key/long` would leave no active human owner with a key"
    hint = "make a key for an owner who stays first: `rbac-sync store key create`"
    assert said(OPEN) == [(f"{what} from {OPEN} on", hint)]
    assert said("2026-11-22T12:00:00Z") == []
