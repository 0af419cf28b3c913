"""The events of rows of the trail whose columns do not determine them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from rbac_sync.audit.chain import VERIFY
from rbac_sync.audit.record import Authorship
from rbac_sync.audit.shapes import INDEXED, TABLE, is_indexed
from rbac_sync.audit.texts import FIELDS
from rbac_sync.backends.database.engine import address, engine, writing
from rbac_sync.backends.store import migrate, schema, tables, trail
from rbac_sync.backends.store.bulk import load
from rbac_sync.backends.store.row_facts import RESTORE
from rbac_sync.backends.store.span import By, Span
from rbac_sync.errors import BackendError
from rbac_sync.model import Key, Membership, ServiceAccount, Team
from rbac_sync.model.kind import SPECS
from rbac_sync.model.settings import WAIT
from rbac_sync.planning import Change

from .stores import OWNER, UNDOING_SINCE_0006, connected, founded, links, owner
from .test_row_facts import UNGUARDED, tampered

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
LATER = datetime(2040, 1, 1, tzinfo=UTC)
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


def span_of(backend):
    first, *_, last = links(backend)
    return Span(first.record.timestamp, last.record.timestamp)


def indexed(backend):
    """Return the number of events of each shape that ``audit_event`` has."""
    span = span_of(backend)
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


def test_the_database_and_the_program_agree_on_which_rows_have_their_events_there(
    backend, store_url
):
    sides = (None, "", "{}", '{"status":"active"}', '{"status":"pending"}')
    kinds = product([each.table for each in SPECS.values()], sides, sides)
    begun = len(links(backend))
    rows = [
        (1, seq, f"{seq}", "", *({**EMPTY, "object_table": of, "before": b, "after": a}.values()))
        for seq, (of, b, a) in enumerate(kinds, begun + 1)
    ]
    with writing(engine(address(store_url), WAIT)) as connection:
        load(connection, tables.audit, rows)
        found = connection.rows(f"SELECT seq FROM audit WHERE shape IN {INDEXED} ORDER BY seq")
    assert [(link.seq,) for link in links(backend) if is_indexed(link)] == found
    assert len(found) > 40


EMPTY = dict.fromkeys(FIELDS, "") | {"info": None}


@pytest.mark.parametrize(
    "edit",
    ["seq = 99", "seq = 1", "position = -9", "position = 3", "timestamp = '2031-01-01T00:00:00Z'"],
)
def test_an_event_that_the_trail_does_not_have_is_not_told(backend, store_url, edit):
    record(backend)
    span, last = span_of(backend)._replace(until=LATER), links(backend)[-1].seq
    tampered(store_url, f"UPDATE audit_event SET {edit} WHERE seq = {last} AND position = -1")
    with pytest.raises(BackendError, match=r"^`audit_event` row \d+, -?\d does not") as refused:
        list(told(backend, span))
    assert refused.value.hint == VERIFY


def told(backend, span):
    with backend.open() as session:
        yield from session.trail.events.walk(span, 50)


FORGED = """UPDATE audit SET "after" = '{"kind":"x","members":[]}' WHERE seq = %s"""


@pytest.mark.parametrize("table", ["api_key", "team"])
def test_a_row_that_cannot_be_read_has_no_events_and_stops_no_migration(backend, store_url, table):
    record(backend)
    rows = [link.seq for link in links(backend) if link.texts[TABLE] == table]
    last = rows[-2] if table == "api_key" else rows[-1]
    with connected(store_url) as connection:
        unguarded = UNGUARDED[connection.dialect.name]
    back = "UPDATE alembic_version SET version_num = '0005'"
    tampered(store_url, *unguarded, FORGED % last, *UNDOING_SINCE_0006, back)
    assert migrate(store_url) == schema.HEAD
    span = span_of(backend)
    assert last not in [row.link.seq for row, _ in told(backend, span)]
    with backend.open() as session:
        assert [each for each in session.unrecorded() if "audit" in each.where] == []
