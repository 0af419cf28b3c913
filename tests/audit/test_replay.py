"""What a trail tells, compared with what is live."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.audit.record import EVENT, FAILED
from rbac_sync.audit.replay import differences, replay, with_recorded_reasons
from rbac_sync.catalogues import catalogue
from rbac_sync.errors import RbacSyncError
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Level,
    Membership,
    Permission,
    Role,
    State,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, followed

from .records import chained, made
from .separate_checks import gaps

CLOUD = catalogue("prefect-cloud")
ANA, PROD, OPS = User("ana@example.org"), Workspace("prod"), Team("ops")
MEMBER = held(role_address(Level.ACCOUNT, "member"))
VIEWER, DEVELOPER = (held(role_address(Level.WORKSPACE, n)) for n in ("viewer", "developer"))
READER = Role(Level.WORKSPACE, "reader", frozenset({Permission("see_flows")}))
ACCESS = Binding(ANA.address, PROD.address, VIEWER)
HISTORY = [
    Change(None, PROD),
    Change(None, OPS),
    Change(None, ANA, brings=(Binding(ANA.address, ACCOUNT, MEMBER),), joins=(OPS.address,)),
    Change(None, READER),
    Change(None, ACCESS),
    Change(PROD, replace(PROD, handle="production")),
]
LIVE = followed(State(CLOUD.roles.values()), HISTORY)


def told(*records):
    return [str(difference) for difference in differences(replay(records, CLOUD), LIVE)]


def test_a_whole_trail_tells_of_the_live_state():
    assert told(*made(*HISTORY)) == []
    assert LIVE.get(OPS.address) == replace(OPS, members=frozenset({Membership(ANA.address)}))


@pytest.mark.parametrize("missing", range(len(HISTORY)))
def test_a_change_without_a_row_shows(missing):
    records = made(*HISTORY)
    del records[missing]

    assert told(*records) or list(gaps(chained(records), CLOUD))


def test_a_whole_trail_has_no_gaps():
    renamed = Binding(ANA.address, replace(PROD, handle="production").address, VIEWER)
    end = [Change(OPS, None), Change(None, OPS), Change(renamed, None)]

    assert list(gaps(chained(made(*HISTORY, *end)), CLOUD)) == []


def test_a_change_that_later_rows_cover_up_shows_as_a_gap():
    records = made(*HISTORY[1:], Change(None, OPS))

    assert [str(flaw) for flaw in gaps(chained(records), CLOUD)] == [
        "row 5: changes `workspace.prod`, which no row before it made",
        "row 6: creates `team.ops`, which is there already",
    ]


def test_t09_a_row_without_a_change_shows():
    where = replace(PROD, handle="production").address
    before = Binding(ANA.address, where, VIEWER)
    forged = made(Change(before, replace(before, roles=DEVELOPER)))

    assert told(*made(*HISTORY), *forged) == [f"`{before.address}` is not as the trail says"]


def test_what_is_live_without_a_row_and_told_without_being_live_is_named():
    lone = Workspace("lone")

    assert told(*made(*HISTORY, Change(None, lone))) == [
        "`workspace.lone` is in the trail, but not live"
    ]
    assert told(*made(*(c for c in HISTORY if c.after is not READER))) == [
        "`role.reader` is live, but not in the trail"
    ]


@pytest.mark.parametrize("result", [EVENT, FAILED, "intent"])
def test_only_what_was_done_is_made_again(result):
    (record,) = made(Change(None, Workspace("never")))

    assert told(*made(*HISTORY), replace(record, result=result)) == []


def test_an_event_without_a_change_is_passed_over():
    (record,) = made(Change(None, ANA))

    assert told(*made(*HISTORY), replace(record, after=None)) == []


def test_permissions_are_closed_as_live_ones_are():
    wide = replace(READER, permissions=frozenset({Permission("manage_flows")}))
    role = replay(made(Change(None, wide)), CLOUD).get(wide.address)

    assert role.permissions == CLOUD.closed(wide.permissions) > wide.permissions


def test_a_row_that_cannot_be_read_is_an_error_that_names_it():
    (record,) = made(Change(None, ANA))
    with pytest.raises(RbacSyncError, match=r"2026-11-21T12:00:00Z, `member.ana@example.org`"):
        replay([replace(record, after={"kind": "dragon"})], CLOUD)


def because(reason, resource):
    if isinstance(resource, Team):
        members = frozenset(replace(m, reason=reason) for m in resource.members)
        return replace(resource, members=members)
    return replace(resource, roles=frozenset(replace(h, reason=reason) for h in resource.roles))


IN_OPS = replace(OPS, members=frozenset({Membership(ANA.address)}))
LATER = replace(IN_OPS, members=IN_OPS.members | {Membership(User("bo@example.org").address)})


def test_reasons_of_the_trail_are_those_of_what_is_live_without_them():
    granted = because("SOC 2", ACCESS)
    records = made(*HISTORY[:4], Change(None, granted), HISTORY[5])

    found = with_recorded_reasons(LIVE, records, CLOUD)

    production = replace(PROD, handle="production").address
    assert found.binding(ANA.address, production).roles == granted.roles
    assert LIVE.binding(ANA.address, production).roles == VIEWER


def test_a_reason_is_known_as_long_as_what_it_is_about_stays():
    joined, other = Change(OPS, because("rota", IN_OPS)), Change(IN_OPS, LATER)
    live = followed(LIVE, [Change(None, User("bo@example.org")), other])

    found = with_recorded_reasons(live, made(*HISTORY[:2], joined, other), CLOUD)
    assert Membership(ANA.address, reason="rota") in found.get(OPS.address).members

    left, back = Change(IN_OPS, OPS), Change(OPS, IN_OPS)
    found = with_recorded_reasons(LIVE, made(*HISTORY[:2], joined, left, back), CLOUD)
    assert found.get(OPS.address) == IN_OPS


def test_another_role_than_the_one_on_record_has_no_reason_from_there():
    records = made(*HISTORY[:4], Change(None, because("SOC 2", replace(ACCESS, roles=DEVELOPER))))
    live = followed(LIVE, [Change(replace(PROD, handle="production"), PROD)])

    assert with_recorded_reasons(live, records, CLOUD).find(ACCESS) == ACCESS


@pytest.mark.parametrize("first", range(len(HISTORY)))
def test_a_trail_that_begins_in_the_middle_tells_what_it_can(first):
    gone = [Change(IN_OPS, None), Change(ACCESS, None), Change(READER, None), Change(ANA, None)]
    for change in (*gone, Change(PROD, None), Change(OPS, replace(OPS, name="night"))):
        assert with_recorded_reasons(LIVE, made(change, *HISTORY[first:]), CLOUD) == LIVE
