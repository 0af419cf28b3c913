"""What an account would be without one run: for every plan what it was before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from rbac_sync.audit.record import Authorship
from rbac_sync.audit.replay import differences
from rbac_sync.audit.undo import run_named, without
from rbac_sync.errors import RbacSyncError
from rbac_sync.model import (
    Binding,
    Declaration,
    Holding,
    Key,
    Level,
    Membership,
    Permission,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
)
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, followed
from rbac_sync.planning.planner import Planner
from rbac_sync.planning.target_form import normal
from tests.build import ALL, ANYTHING, NOW
from tests.planning.worlds import CLOUD, states

EMPTY = State(CLOUD.roles.values())


def records(run, changes):
    by = Authorship(None, run)
    return [by.record(change, NOW) for change in changes]


def planned(live, desired):
    return Planner(CLOUD, ANYTHING, NOW).plan(Declaration(desired, manage=ALL), live)


@given(states(), states())
def test_for_every_plan_the_account_without_it_is_what_it_was(before, desired):
    first = planned(EMPTY, before)
    second = planned(first.outcome, desired)
    trail = records("first", first.changes) + records("second", second.changes)
    if second.changes:
        found = without("second", trail, CLOUD, second.outcome, NOW).state
        assert [str(d) for d in differences(normal(found, CLOUD), first.outcome)] == []


DATA, OPS = Team("data"), Team("ops")
LONG = "0123456789abcdef"


def test_a_run_is_named_by_enough_of_its_beginning():
    trail = records(LONG, [Change(None, DATA)]) + records("init", [Change(None, OPS)])
    assert run_named(LONG[:8], trail) == run_named(LONG, trail) == LONG
    assert run_named("init", trail) == "init"


@pytest.mark.parametrize("written", [LONG[:7], "", "f" * 8])
def test_what_names_no_run_is_refused(written):
    with pytest.raises(RbacSyncError, match=f"no run `{written}` is on record") as refused:
        run_named(written, records(LONG, [Change(None, DATA)]))
    assert "`rbac-sync audit log` shows the runs" in refused.value.hint


def test_what_begins_two_runs_is_refused_with_both():
    trail = records(f"{LONG}1", [Change(None, DATA)]) + records(f"{LONG}2", [Change(None, OPS)])
    with pytest.raises(RbacSyncError, match="begins more than one run") as refused:
        run_named(LONG, trail)
    assert refused.value.hint == f"write more of it: `{LONG}1`, `{LONG}2`"


def test_what_was_changed_since_is_in_the_way():
    trail = records("first", [Change(None, DATA)])
    live = followed(EMPTY, [Change(None, Team("data", description="since"))])
    with pytest.raises(RbacSyncError, match=r"`team.data` has been changed since that run"):
        without("first", trail, CLOUD, live, NOW)


def test_what_is_taken_back_already_is_in_nobodys_way():
    trail = records("first", [Change(None, DATA)]) + records("second", [Change(DATA, None)])
    assert without("first", trail, CLOUD, EMPTY, NOW).state == EMPTY


BO, PROD = User("bo@example.org"), Workspace("prod")
LAB = Team("lab")
WITH_BO = Team("data", frozenset({Membership(BO.address)}))


def role_of(name, *permissions):
    return Role(Level.WORKSPACE, name, frozenset(map(Permission, permissions)))


def given(principal, scope, role, *more):
    holdings = frozenset(Holding(r.address) for r in (role, *more))
    return Binding(principal.address, scope.address, holdings)


VIEWER = CLOUD.roles[role_address(Level.WORKSPACE, "viewer")]
RUNNER = CLOUD.roles[role_address(Level.WORKSPACE, "runner")]
READER = role_of("reader", "see_blocks")
FORMER = role_of("former", "see_blocks")
GRANT = given(BO, PROD, READER)
CI = ServiceAccount("ci")
ROBOT = ServiceAccount("robot")
KEY = Key(CI.address, "build")
OWN_KEY = Key(BO.address, "laptop")


def undone(*runs):
    """Take the second of *runs* back once all have been made; each is a list of changes."""
    names = ("begin0000", "theone000", "later0000", "last00000")
    trail = [
        row for name, changes in zip(names, runs, strict=False) for row in records(name, changes)
    ]
    live = followed(EMPTY, [change for changes in runs for change in changes])
    return without("theone000", trail, CLOUD, live, NOW)


def new(*resources):
    return [Change(None, resource) for resource in resources]


def gone(*resources):
    return [Change(resource, None) for resource in resources]


def described(resource, text="changed"):
    return [Change(resource, replace(resource, description=text))]


SINCE = {
    "a team renamed": (
        [new(DATA), described(DATA), [Change(replace(DATA, description="changed"), OPS)]],
        "`team.data` has been renamed to `team.ops` since that run (run later000, 2026-11-21T12",
    ),
    "a team that the run made renamed": (
        [[], new(DATA), [Change(DATA, OPS)]],
        "`team.data` has been renamed to `team.ops` since",
    ),
    "a team deleted": (
        [new(DATA), described(DATA), gone(replace(DATA, description="changed"))],
        "`team.data` has been deleted since that run (run later000",
    ),
    "a team made anew with other members": (
        [new(BO, WITH_BO), described(WITH_BO), [*gone(WITH_BO), *new(DATA)]],
        "`team.data` has been deleted and made anew since",
    ),
    "a team made anew just as it was": (
        [
            new(DATA),
            described(DATA),
            [*gone(DATA), *new(replace(DATA, description="changed"))],
        ],
        "`team.data` has been deleted and made anew since that run (run later000",
    ),
    "another team under the name of one that the run deleted": (
        [new(BO, WITH_BO), gone(WITH_BO), new(DATA)],
        "another `team.data` has been made since that run (run later000",
    ),
    "a role renamed, and another made under the old name": (
        [
            new(BO, PROD, READER, GRANT),
            described(READER),
            [Change(replace(READER, description="changed"), FORMER), *new(READER)],
        ],
        "`role.reader` has been renamed to `role.former` since",
    ),
    "a role that the run took, renamed, and another made under the old name": (
        [new(BO, PROD, READER, GRANT), gone(GRANT), [Change(READER, FORMER), *new(READER)]],
        "`role.reader` has been renamed to `role.former` since",
    ),
    "a user removed and invited again": (
        [new(BO, PROD, GRANT), gone(GRANT), [*gone(BO), *new(BO)]],
        "`member.bo@example.org` has been deleted and made anew since",
    ),
    "a user removed and invited again, who is in a team that the run deleted": (
        [new(BO, WITH_BO), gone(WITH_BO), [*gone(BO), *new(BO)]],
        "`member.bo@example.org` has been deleted and made anew since",
    ),
    "a workspace made anew under the same handle": (
        [new(BO, PROD), new(GRANT), [*gone(PROD), *new(PROD, GRANT)]],
        "`workspace.prod` has been deleted and made anew since",
    ),
    "a workspace made anew after the run deleted it": (
        [new(BO, PROD, GRANT), gone(PROD), new(PROD)],
        "another `workspace.prod` has been made since",
    ),
    "a rename after a second rename": (
        [new(DATA), [Change(DATA, OPS)], [Change(OPS, LAB)]],
        "`team.data` has been renamed to `team.lab` since",
    ),
    "a rename whose old name another has": (
        [new(DATA), [Change(DATA, OPS)], new(DATA)],
        "another `team.data` has been made since",
    ),
    "a rename turned round, and changed": (
        [new(DATA), [Change(DATA, OPS)], [Change(OPS, DATA), *described(DATA)]],
        "`team.data` has got that name back since",
    ),
    "something that uses what the run made": (
        [new(PROD), new(DATA), new(given(DATA, PROD, VIEWER))],
        "`team.data` has come to be used by `workspace.prod/access/team:data` since that run (run",
    ),
    "a role that is held by now": (
        [new(BO, PROD), new(READER), new(GRANT)],
        "`role.reader` has come to be used by `workspace.prod/access/bo@example.org` since",
    ),
    "a member of a team that the run invited": (
        [new(DATA), new(BO), [Change(DATA, WITH_BO)]],
        "`member.bo@example.org` has come to be used by `team.data` since",
    ),
}


@pytest.mark.parametrize("since", SINCE)
def test_what_is_another_thing_since_is_refused_with_what_happened(since):
    runs, message = SINCE[since]
    with pytest.raises(RbacSyncError) as refused:
        undone(*runs)
    assert str(refused.value).startswith(message)
    assert refused.value.hint == "undo the later run first, or change it in the configuration"


def test_who_did_it_and_for_whom_is_said():
    by = Authorship(User("ana@example.org").address, "later0000", on_behalf_of=BO.address)
    trail = [*records("begin", new(DATA)), *records("theone", described(DATA))]
    renamed = Change(replace(DATA, description="changed"), OPS)
    live = followed(EMPTY, [*new(DATA), *described(DATA), renamed])
    with pytest.raises(RbacSyncError) as refused:
        without("theone", [*trail, by.record(renamed, NOW)], CLOUD, live, NOW)
    assert str(refused.value).endswith(
        "since that run (run later000, 2026-11-21T12:00:00Z, ana@example.org for bo@example.org)"
    )


def test_a_run_that_was_an_undo_is_taken_back_like_any_other():
    found = undone([*new(BO, PROD, GRANT), *gone(GRANT)], new(GRANT))
    assert found.state.binding(BO.address, PROD.address) is None


def test_of_a_run_that_is_partly_undone_the_rest_is_taken_back():
    changed = given(BO, PROD, RUNNER)
    found = undone(
        new(BO, PROD, GRANT, DATA),
        [Change(GRANT, changed), *described(DATA)],
        [Change(replace(DATA, description="changed"), DATA)],
    )
    assert found.state.binding(BO.address, PROD.address) == GRANT
    assert found.state.get(DATA.address) == DATA


def test_a_rename_is_taken_back_by_the_name_of_now():
    found = undone(new(DATA), [Change(DATA, OPS), Change(OPS, LAB)])
    assert found.former == {DATA.address: LAB.address}
    assert found.state.get(DATA.address) == DATA


def test_a_rename_that_was_turned_round_is_taken_back_already():
    found = undone(new(DATA), [Change(DATA, OPS)], [Change(OPS, DATA)])
    assert found.state == followed(EMPTY, new(DATA))


def test_other_things_may_have_changed_since():
    found = undone(
        new(BO, PROD, DATA), new(GRANT), [Change(DATA, OPS), *described(PROD), *new(LAB)]
    )
    assert found.state.binding(BO.address, PROD.address) is None
    assert found.state.get(OPS.address) == OPS


@pytest.mark.parametrize(
    ("begin", "run"),
    [
        (new(CI, KEY), gone(KEY)),
        (new(CI, KEY), gone(CI)),
        (new(BO, OWN_KEY), gone(OWN_KEY)),
        (new(BO, OWN_KEY), gone(BO)),
    ],
)
def test_a_key_that_the_run_ended_is_not_made_again(begin, run):
    key = begin[-1].after
    found = undone(begin, run)
    assert found.state.get(key.address) is None
    assert found.state.get(key.owner) is not None
    assert found.keys == (key.address,)


def test_a_key_of_a_person_that_the_run_made_stays():
    found = undone(new(BO), new(OWN_KEY))
    assert found.state.get(OWN_KEY.address) == OWN_KEY
    assert found.keys == (OWN_KEY.address,)


def test_a_key_of_a_service_account_that_the_run_made_is_revoked():
    found = undone(new(CI), new(KEY))
    assert found.state.get(KEY.address) is None
    assert not found.keys


def test_keys_follow_the_name_of_their_owner():
    found = undone(new(CI, KEY), [Change(CI, ROBOT)])
    assert found.state.get(KEY.address) == KEY
    assert not found.keys


def test_a_key_that_is_another_one_since_is_left_alone():
    longer = replace(KEY, until=NOW)
    with pytest.raises(RbacSyncError, match="has been deleted and made anew since"):
        undone(new(CI, KEY), [Change(KEY, longer)], [*gone(longer), *new(longer)])


LATER = NOW + timedelta(days=1)
OVER, OPEN = Holding(READER.address, until=NOW), Holding(FORMER.address, until=LATER)
BASIS = new(BO, PROD, READER, FORMER)


def held_in(scope, *holdings):
    return Binding(BO.address, scope.address, frozenset(holdings))


def places(*ends):
    """Return a team with a member for each of *ends*."""
    members = (Membership(BO.address, until=end) for end in ends)
    return Team("data", frozenset(members))


@pytest.mark.parametrize(
    ("was", "back"),
    [
        (held_in(PROD, OVER, OPEN), held_in(PROD, OPEN)),
        (held_in(PROD, OPEN), held_in(PROD, OPEN)),
        (held_in(PROD, OVER), None),
        (places(NOW), places()),
        (places(LATER), places(LATER)),
    ],
)
def test_what_a_run_took_away_and_has_ended_stays_away(was, back):
    taken = [Change(was, places() if isinstance(was, Team) else None)]
    again = [Change(taken[0].after, back)] if taken[0].after != back else []
    for later in ([], again):
        found = undone([*BASIS, *new(was)], taken, later)
        assert found.state.find(was) == back


@pytest.mark.parametrize(("expires", "is_back"), [(NOW, False), (LATER, True)])
def test_an_invitation_that_has_ended_stays_away_with_all_that_went_with_it(expires, is_back):
    eve = User("eve@example.org", status=Status.PENDING, expires=expires)
    team = Team("data", frozenset({Membership(eve.address)}))
    went = [eve, given(eve, PROD, READER), team]
    found = undone([*BASIS, *new(*went)], [Change(eve, None)]).state
    assert [found.find(each) == each for each in went] == [is_back] * len(went)
    assert found.find(team) is not None


def test_an_ended_role_that_the_run_left_stays_as_it_is():
    was, since = held_in(PROD, OVER, OPEN), held_in(PROD, OVER)
    found = undone([*BASIS, *new(was)], [Change(was, since)])
    assert found.state.find(was) == was


def test_an_ended_role_in_place_of_which_a_run_gave_another_goes_with_it():
    was, since = held_in(PROD, OVER), held_in(PROD, OPEN)
    assert undone([*BASIS, *new(was)], [Change(was, since)]).state.find(was) is None


def test_changes_of_others_in_between_are_refused():
    one, other = records("theone", new(DATA, LAB)), records("other", new(OPS))
    live = followed(EMPTY, new(DATA, OPS, LAB))
    with pytest.raises(RbacSyncError, match="between the changes of that run others were made"):
        without("theone", [one[0], *other, one[1]], CLOUD, live, NOW)


def test_a_run_is_undone_although_an_event_stands_between_its_changes():
    by = Authorship(None, "second")
    events = [by.remark(DATA.address, "seen", NOW)]
    trail = records("first", [Change(None, OPS)])
    trail += [*records("second", [Change(None, DATA)]), *events]
    trail += records("second", [Change(None, Team("more"))])
    live = State([*CLOUD.roles.values(), OPS, DATA, Team("more")])

    assert set(without("second", trail, CLOUD, live, NOW).state.of(Team)) == {OPS.address}
