"""The events of rows of the trail whose columns do not determine them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.backends.store import trail
from rbac_sync.backends.store.row_facts import RESTORE
from rbac_sync.backends.store.span import By, Span
from rbac_sync.model import Key, Membership, ServiceAccount, Team
from rbac_sync.planning import Change

from .stores import OWNER, connected, founded, links, owner

BOT = ServiceAccount("ci")
OLD, NEW = Key(BOT.address, "old"), Key(BOT.address, "new")
OPS = Team("ops")
BO = owner("bo")
CHANGES = (
    BO,
    Change(None, BOT),
    Change(None, OLD),
    Change(None, OPS),
    Change(None, NEW),
    Change(OLD, None),
    Change(
        OPS,
        replace(OPS, members=frozenset(map(Membership, (OWNER.address, BO.after.address)))),
    ),
)
EVENTS = {">api-key.created": 2, ">api-key.rotated": 1, ">team-membership.created": 2}


@pytest.fixture
def backend(store_url):
    return founded(store_url)


def record(backend):
    by = Authorship(OWNER.address, "run")

    def work(writer):
        for change in CHANGES:
            writer.make(change)
            writer.record(by.record(change, writer.now()))

    backend.transact(by.run, work)


def indexed(backend):
    """Return the number of events of each shape that ``audit_event`` has."""
    first, *_, last = links(backend)
    span = Span(first.record.timestamp, last.record.timestamp)
    with backend.open() as session:
        tallies = session.trail.events.tallies(span, By.SHAPE)
    return {tally.key: tally.size for tally in tallies if tally.key.startswith(">")}


@pytest.mark.parametrize("held", range(1, len(CHANGES) + 1))
def test_a_key_and_the_one_that_it_replaces_are_one_event_however_many_rows_are_held(
    backend, monkeypatch, held
):
    monkeypatch.setattr(trail, "FULL", held)
    record(backend)
    assert indexed(backend) == EVENTS
    with backend.open() as session:
        assert session.unrecorded() == []


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE audit_event SET member = 'x' WHERE {last}",
        "UPDATE audit_event SET place = 'workspace.x' WHERE {last}",
        "DELETE FROM audit_event WHERE {last}",
        """
        INSERT INTO audit_event SELECT account, seq, -2, shape, place, timestamp, applier,
            object_id, member FROM audit_event WHERE {last}
        """,
    ],
)
def test_an_event_that_does_not_follow_from_the_trail_is_named(backend, store_url, edit):
    record(backend)
    last = links(backend)[-1].seq
    with connected(store_url) as connection:
        connection.exec_driver_sql(edit.format(last=f"seq = {last} AND position = -1"))
    with backend.open() as session:
        found = {each.where: each for each in session.unrecorded()}
    position = -2 if "INSERT" in edit else -1
    named = found[f"`audit_event` row {last}, {position}"]
    assert (named.message, named.hint) == ("does not follow from the trail", RESTORE)
