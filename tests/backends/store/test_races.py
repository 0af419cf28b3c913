"""Two processes at once, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.record import Authorship
from rbac_sync.audit.replay import differences, replay
from rbac_sync.errors import StalePlan
from rbac_sync.model import ACCOUNT, Binding, Level, Permission, Role, User, Workspace, held
from rbac_sync.planning import Change
from tests.audit.separate_checks import gaps

from .children import race, recorded
from .stores import CLOUD, MEMBER, OWNER, OWNS, founded, links, live, owner

ANN, BEA = User("ann@example.org"), User("bea@example.org")
PROD = Workspace("prod")
NARROW, WIDE = (
    Role(Level.WORKSPACE, "x", CLOUD.closed([Permission(name)]))
    for name in ("see_flows", "manage_blocks")
)
ROUNDS = pytest.mark.parametrize("rounds", [6, pytest.param(200, marks=pytest.mark.long)])
GRANT = Change(None, Binding(ANN.address, PROD.address, held(NARROW.address)))


def owners(state):
    return {who for who, roles in state.row(ACCOUNT).items() if roles == OWNS}


def is_whole(backend):
    found = links(backend)
    told = replay((row.record for row in found), CLOUD)
    assert list(flaws(found)) == list(gaps(found, CLOUD)) == []
    assert [str(d) for d in differences(told, live(backend))] == []


def demoted(backend, number, who):
    def work(writer):
        if len(owners(writer.read())) < 2:
            return "refused"
        change = Change(Binding(who.address, ACCOUNT, OWNS), Binding(who.address, ACCOUNT, MEMBER))
        writer.make(change)
        writer.record(Authorship(who.address, "r").record(change, writer.now()))
        return "demoted"

    return backend.transact(f"{who.email} {number}", work)


def demote_ann(backend, number):
    return demoted(backend, number, ANN)


def demote_bea(backend, number):
    return demoted(backend, number, BEA)


@ROUNDS
def test_r01_two_owners_who_demote_each_other_at_once_leave_one(store_url, rounds):
    backend = founded(store_url)
    recorded(backend, [owner("ann"), owner("bea")], "come")
    oli = Binding(OWNER.address, ACCOUNT, OWNS)
    recorded(backend, [Change(oli, replace(oli, roles=MEMBER))], "demote")

    def prepare(number):
        lost = {ANN.address, BEA.address} - owners(live(backend))
        changes = [
            Change(Binding(who, ACCOUNT, MEMBER), Binding(who, ACCOUNT, OWNS)) for who in lost
        ]
        recorded(backend, changes, f"restore {number}")

    def check(number, said):
        assert sorted(said) == ["demoted", "refused"]
        assert len(owners(live(backend))) == 1

    race(backend, (demote_ann, demote_bea), rounds, prepare, check)
    is_whole(backend)


def applied(backend, number, description):
    """Apply a plan that both made from the same state: two changes, pinned at their versions."""
    spaces = [Workspace(f"{name} {number}") for name in ("one", "two")]
    with backend.open() as session:
        pins = session.versions(s.address for s in spaces)

    def work(writer):
        if writer.versions(pins) != pins:
            raise StalePlan("stale")
        for space in spaces:
            change = Change(space, replace(space, description=description))
            writer.make(change)
            writer.record(Authorship(OWNER.address, "r").record(change, writer.now()))

    try:
        backend.transact(f"{description} {number}", work)
    except StalePlan:
        return "stale"
    return "applied"


def apply_ann(backend, number):
    return applied(backend, number, "ann")


def apply_bea(backend, number):
    return applied(backend, number, "bea")


@ROUNDS
def test_r02_of_two_who_apply_what_they_planned_from_the_same_state_one_wins(store_url, rounds):
    backend = founded(store_url)

    def prepare(number):
        spaces = (Workspace(f"{name} {number}") for name in ("one", "two"))
        recorded(backend, [Change(None, space) for space in spaces], f"prepare {number}")

    def check(number, said):
        state = live(backend)
        shown = {
            state.get(Workspace(f"{name} {number}").address).description for name in ("one", "two")
        }
        assert len(shown) == 1
        assert shown < {"ann", "bea"}
        assert set(said) <= {"applied", "stale", "Locked"}
        assert "applied" in said

    race(backend, (apply_ann, apply_bea), rounds, prepare, check)
    is_whole(backend)


def widen(backend, number):
    recorded(backend, [Change(NARROW, WIDE)], f"widen {number}")
    return "widened"


def grant(backend, number):
    def work(writer):
        if writer.read().get(NARROW.address).permissions != NARROW.permissions:
            return "refused"
        writer.make(GRANT)
        writer.record(Authorship(OWNER.address, "r").record(GRANT, writer.now()))
        return "granted"

    return backend.transact(f"grant {number}", work)


@ROUNDS
def test_r03_a_role_is_granted_only_as_it_is_when_the_grant_is_committed(store_url, rounds):
    backend = founded(store_url)
    recorded(backend, [Change(None, r) for r in (ANN, PROD, NARROW)], "begin")

    def prepare(number):
        state = live(backend)
        back = [Change(GRANT.after, None)] if state.row(PROD.address) else []
        if state.get(NARROW.address).permissions != NARROW.permissions:
            back.append(Change(WIDE, NARROW))
        recorded(backend, back, f"restore {number}")

    def check(number, said):
        _, granted = said
        last = [row.record.object_table for row in links(backend)[-2:]]
        assert (granted, last[-1]) in {("granted", "role"), ("refused", "role")}
        assert (granted == "granted") == (last == ["membership", "role"])

    race(backend, (widen, grant), rounds, prepare, check)
    is_whole(backend)


def append(backend, number):
    recorded(backend, [Change(None, Workspace(f"a {number}"))], f"a {number}")


def append_too(backend, number):
    recorded(backend, [Change(None, Workspace(f"b {number}"))], f"b {number}")


@pytest.mark.parametrize("rounds", [6, pytest.param(2000, marks=pytest.mark.long)])
def test_r10_two_who_append_at_once_make_one_chain(store_url, rounds):
    backend = founded(store_url, wait=30)

    race(backend, (append, append_too), rounds, lambda _: None, lambda *_: None)

    assert len(links(backend)) == 2 + 2 * rounds
    is_whole(backend)
