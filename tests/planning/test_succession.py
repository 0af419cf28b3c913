"""People under a new address: what they hold is given to the new one before the old one goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.guard import examine
from rbac_sync.model import WHOLE, Action, Kind, Manage, ObjectAccess, Subject
from rbac_sync.planning import Change, Invitations, followed
from rbac_sync.planning.pins import read_set
from rbac_sync.planning.selection import Selection
from rbac_sync.views.not_changed import awaited

from ..build import (
    ALL,
    ANYTHING,
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

ACTIONS = {kind: frozenset(Action) for kind in Kind}
SERVICE = replace(
    ANYTHING,
    actions={**ACTIONS, Kind.USER: frozenset(Action) - {Action.RENAME}},
    invitations=Invitations.REQUIRED,
)
"""A target that knows people by their address, and invites them."""

FORMER = {who("ana.jones"): (who("ana.smith"),)}
OWNER, PROD = user("boss", "owner"), workspace("prod")
BEFORE, AFTER = "ana.smith", "ana.jones"


def company(*people: str, holders: tuple[str, ...] | None = None, **status: str):
    """Return an account in which *holders* (all of *people* unless said) are in a team and hold."""
    having = people if holders is None else holders
    return state(
        OWNER,
        PROD,
        *(user(name, "admin", status=status.get(name, "active")) for name in people),
        team("data", *having),
        *(bind(name, "prod", "developer") for name in having),
    )


def planned(live, desired=None, capabilities=SERVICE, **declared):
    declared = {"former": FORMER, **declared}
    return plan(live, desired or company(AFTER), capabilities, **declared)


def shown(changes):
    return [f"{change.action} {change.address}" for change in changes]


GOES = f"delete {who(BEFORE)}"
GIFTS = [
    f"create {bind(AFTER, 'prod', 'developer')[0].address}",
    "update team.data",
]


def test_where_the_target_can_the_person_keeps_its_place_and_everything():
    found = planned(company(BEFORE), capabilities=ANYTHING)

    assert shown(found.changes) == [f"rename {who(AFTER)}"]
    assert followed(company(BEFORE), found.changes) == company(AFTER)


def test_the_new_address_is_invited_and_the_old_one_stays():
    found = planned(company(BEFORE))

    assert shown(found.changes) == [f"create {who(AFTER)}"]
    assert GOES in shown(found.waiting)
    assert examine(context(found, "boss", capabilities=SERVICE)) == []


def test_a_role_of_the_old_address_is_deleted_with_it():
    extra = role("auditor", "see_flows"), bind(BEFORE, "prod", "auditor")
    live = state(OWNER, PROD, user(BEFORE, "admin"), *extra)
    desired = state(OWNER, PROD, user(AFTER, "admin"))
    first = planned(live, desired)
    gone = f"delete {extra[0][0].address}"

    assert shown(first.changes) == [f"create {who(AFTER)}"]
    assert shown(first.waiting) == [GOES, gone]
    assert [awaited(each, first) for each in first.waiting] == [[who(AFTER)]] * 2
    assert examine(context(first, "boss", capabilities=SERVICE)) == []
    there = state(OWNER, PROD, user(BEFORE, "admin"), user(AFTER, "admin"), *extra)
    assert shown(planned(there, desired).changes) == [GOES, gone]


@pytest.mark.parametrize("status", ["pending", "suspended"])
def test_an_address_that_is_no_member_yet_takes_nothing_over(status):
    found = planned(company(BEFORE, AFTER, holders=(BEFORE,), **{AFTER: status}))

    assert GOES not in shown(found.changes)
    assert GOES in shown(found.waiting)
    assert who(BEFORE) in {m.principal for m in found.outcome.get(who("team:data")).members}


def test_the_old_address_goes_after_all_that_the_new_one_gets():
    live = company(BEFORE, AFTER, holders=(BEFORE,))
    found = planned(live)

    assert sorted(shown(found.changes)[:-1]) == sorted(GIFTS)
    assert shown(found.changes)[-1] == GOES
    assert found.outcome == company(AFTER)
    assert examine(context(found, "boss", capabilities=SERVICE)) == []
    for number in range(len(found.changes)):
        there = followed(live, found.changes[:number])
        assert there.holdings(who(BEFORE), PROD[0].address)


def test_named_is_managed_even_where_others_are_left_alone():
    manage = {**ALL, Subject.MEMBERS: Manage.DECLARED}
    found = planned(company(BEFORE, AFTER), manage=manage)

    assert shown(found.changes) == [GOES]


def test_where_nobody_manages_people_nobody_is_invited_or_removed():
    manage = {**ALL, Subject.MEMBERS: Manage.NONE}
    found = planned(company(BEFORE), company(AFTER, holders=()), manage=manage)

    assert not any(change.address.kind is Kind.USER for change in found.changes)


def test_an_invitation_to_the_old_address_is_withdrawn_at_once():
    live = company(BEFORE, holders=(), **{BEFORE: "pending"})

    assert set(shown(planned(live).changes)) == {f"create {who(AFTER)}", GOES}
    both = company(BEFORE, holders=(), **{BEFORE: "pending"})
    assert set(shown(planned(both, capabilities=ANYTHING).changes)) >= {GOES}


def test_of_two_old_addresses_one_keeps_its_place_and_the_other_goes():
    former = {who(AFTER): (who(BEFORE), who("asmith"))}
    live = company(BEFORE, "asmith")

    found = planned(live, capabilities=ANYTHING, former=former)

    assert shown(found.changes) == [f"rename {who(AFTER)}", f"delete {who('asmith')}"]
    assert found.outcome == company(AFTER)


def test_what_is_not_seen_is_not_taken():
    horizon = replace(WHOLE, partly=frozenset({PROD[0].address}), reasons=("it is hidden",))
    from rbac_sync.model import Declaration
    from rbac_sync.planning.planner import Planner

    from ..build import CATALOGUE, NOW

    declaration = Declaration(company(AFTER), manage=ALL, former=FORMER)
    live = company(BEFORE, AFTER, holders=(BEFORE,))
    found = Planner(CATALOGUE, SERVICE, NOW, horizon=horizon).plan(declaration, live)

    assert GOES not in shown(found.changes)
    assert str(who(BEFORE)) in found.unknown


def test_a_part_of_the_plan_takes_nothing_before_it_gives():
    found = planned(company(BEFORE, AFTER, holders=(BEFORE,)))

    part = Selection((str(who(BEFORE)),)).of(found)
    assert sorted(shown(part.changes)) == sorted([*GIFTS, GOES])
    without = Selection((), ("team.data",)).of(found)
    assert GOES not in shown(without.changes)


def test_a_saved_plan_depends_on_what_the_new_address_holds():
    found = planned(company(BEFORE, AFTER))

    assert who(AFTER) in read_set(found, [])
    assert bind(AFTER, "prod", "developer")[0].address in read_set(found, [])


def test_the_guard_judges_the_removal_as_any_other():
    live = state(user("ana.smith", "owner"), user("ana.jones", "owner"), user("adi", "admin"))
    desired = state(user("ana.jones", "owner"), user("adi", "admin"))

    found = planned(live, desired)

    assert {f.rule for f in examine(context(found, "adi", capabilities=SERVICE))} == {"DOMINANCE"}
    lockout = examine(context(found, "ana.smith", capabilities=SERVICE))
    assert {f.rule for f in lockout} == {"SELF_LOCKOUT"}


def test_on_an_access_list_the_old_address_stays_until_it_goes_itself():
    def listing(*names: str):
        listed = frozenset(map(who, names))
        return [ObjectAccess(PROD[0].address, "deployment:etl/daily", listed, listed, listed)]

    before = followed(company(BEFORE), [Change(None, *listing(BEFORE))])
    after = followed(company(AFTER), [Change(None, *listing(AFTER))])

    found = planned(before, after)
    (there,) = found.outcome.of(ObjectAccess).values()
    assert there.principals == {who(BEFORE)}

    live = followed(company(BEFORE, AFTER), [Change(None, *listing(BEFORE))])
    found = planned(live, after)
    assert shown(found.changes)[-1] == GOES
    (there,) = found.outcome.of(ObjectAccess).values()
    assert there.principals == {who(AFTER)}
    assert planned(found.outcome, after).changes == ()


@pytest.mark.parametrize("subject", [Subject.ACCESS, Subject.TEAMS])
def test_where_something_declared_is_not_given_the_old_address_stays(subject):
    manage = {**ALL, subject: Manage.NONE}
    found = planned(company(BEFORE, AFTER, holders=(BEFORE,)), manage=manage)

    assert GOES not in shown(found.changes)
    assert GOES in shown(found.waiting)


def test_a_mistaken_old_address_of_an_owner_is_a_removal_that_the_guard_refuses():
    live = state(user("otto", "owner"), user("bo"), user("adi", "admin"))
    desired = state(user("bo"), user("adi", "admin"))
    manage = {**ALL, Subject.MEMBERS: Manage.DECLARED}
    found = planned(live, desired, former={who("bo"): (who("otto"),)}, manage=manage)

    assert shown(found.changes) == [f"delete {who('otto')}"]
    rules = {f.rule for f in examine(context(found, "adi", capabilities=SERVICE))}
    assert rules == {"DOMINANCE", "LAST_OWNER"}


def test_a_member_of_a_team_who_is_declared_is_as_declared_though_somebody_succeeds_them():
    live, desired = (
        state(
            OWNER, user(BEFORE), user(AFTER), team("data", f"{BEFORE} until {year}-01-01T00:00:00Z")
        )
        for year in (2027, 2028)
    )

    (change,) = (c for c in planned(live, desired).changes if c.address.kind is Kind.TEAM)
    (membership,) = change.after.members
    assert membership.until.year == 2028
