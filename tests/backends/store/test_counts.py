"""Running counts of the trail: those of its events, whatever the order of their times."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.backends.store.row_facts import RESTORE
from rbac_sync.backends.store.span import By, Interval, Span
from rbac_sync.model import ACCOUNT, Binding, Key, Team, User, Workspace
from rbac_sync.model.address import user, workspace
from rbac_sync.planning import Change

from .stores import MEMBER, OWNER, VIEWER, connected, founded, links

BEGIN = datetime(2031, 1, 1, tzinfo=UTC)
MINUTES = (10, 20, 15, 15, 5, 30)
"""The time of each transaction: clocks are set back twice, and two see one time."""

BY = Authorship(OWNER.address, "run")
PEOPLE = (OWNER.address, user("bo@example.org"))
BO = User("bo@example.org")
CHANGES = (
    Change(None, Workspace("w1")),
    Change(Workspace("w1"), Workspace("w1", "One")),
    Change(None, Workspace("w2")),
    Change(Workspace("w2"), None),
    Change(None, BO, brings=(Binding(BO.address, ACCOUNT, MEMBER),)),
    Change(None, Binding(BO.address, workspace("w1"), VIEWER)),
    Change(Binding(BO.address, workspace("w1"), VIEWER), None),
    Change(None, Binding(BO.address, ACCOUNT, MEMBER)),
    Change(None, Team("ops")),
    Change(None, Key(BO.address, "main")),
)


def at(minute):
    return BEGIN + timedelta(minutes=minute)


@pytest.fixture
def backend(store_url):
    """A store with the records of some transactions, which nobody made."""
    made = founded(store_url)
    for n, minute in enumerate(MINUTES):
        by = Authorship(PEOPLE[n % 2], f"run {n}")

        def work(writer, by=by, minute=minute, n=n):
            for change in CHANGES[n % 3 :]:
                writer.record(by.record(change, at(minute)))

        made.transact(by.run, work)
    return made


MOST = 7
"""The events that are read at once."""

SPANS = {
    "all": Span(at(0), at(40)),
    "from the time of rows to the time of rows": Span(at(10), at(20)),
    "one time": Span(at(15), at(15)),
    "between two": Span(at(16), at(19)),
    "before all": Span(at(0), at(1)),
}
CRITERIA = {
    "everything": {},
    "a workspace": {"places": frozenset({workspace("w1")})},
    "two workspaces": {"places": frozenset({workspace("w1"), workspace("w2")})},
    "no workspace": {"places": frozenset()},
    "somebody": {"appliers": frozenset({"bo@example.org"})},
    "somebody in a workspace": {
        "appliers": frozenset({"bo@example.org"}),
        "places": frozenset({workspace("w1")}),
    },
    "shapes": {
        "shapes": frozenset({"workspace+", "membership-", "membership+a", ">api-key.created"})
    },
    "shapes in a workspace": {
        "shapes": frozenset({"workspace+", "membership-", ">api-key.created"}),
        "places": frozenset({workspace("w1")}),
    },
}


def shape(record):
    """Return the shape of the event of one of the records above."""
    if record.object_table == "api_key":
        return ">api-key.created"
    sides = {(False, True): "+", (True, False): "-", (True, True): "="}
    side = sides[record.before is not None, record.after is not None]
    more = {"user": "00", "membership": "a" if "account_role" in record.object_id else ""}
    return record.object_table + side + more.get(record.object_table, "")


def place(record):
    first = record.object_id.partition("/")[0]
    return first if first.startswith("workspace.") else ""


def meets(record, span):
    return (
        span.since <= record.timestamp <= span.until
        and (span.shapes is None or shape(record) in span.shapes)
        and (span.appliers is None or record.applier in span.appliers)
        and (span.places is None or place(record) in set(map(str, span.places)))
    )


KEYS = {
    By.SHAPE: shape,
    By.ACTOR: lambda record: record.applier,
    By.PLACE: place,
    By.THING: lambda record: (
        f"{shape(record)}/{record.object_id}" + ("/" if shape(record).startswith(">") else "")
    ),
    Interval(at(0), 7 * 60_000_000): lambda record: str(
        (record.timestamp - at(0)) // timedelta(minutes=7)
    ),
}


def test_events_of_a_span_are_counted_as_one_counts_them_by_hand(backend):
    rows = [link for link in links(backend) if link.record.timestamp >= BEGIN]
    with backend.open() as session:
        for span, criteria in product(SPANS.values(), CRITERIA.values()):
            narrowed = span._replace(**criteria)
            inside = [link for link in rows if meets(link.record, narrowed)]
            assert session.trail.events.count(narrowed) == len(inside), narrowed
            for by, key in KEYS.items():
                tallies = session.trail.events.tallies(narrowed, by)
                found = {tally.key: tally.size for tally in tallies}
                assert found == Counter(key(link.record) for link in inside), (narrowed, by)
                for tally in tallies:
                    its = [link for link in inside if key(link.record) == tally.key]
                    times = [link.record.timestamp for link in its]
                    assert (tally.first, tally.last) == (min(times), max(times))
                    assert tally.newest in {link.seq for link in its}


def test_events_of_a_span_are_read_in_order_of_their_times(backend):
    rows = [link for link in links(backend) if link.record.timestamp >= BEGIN]
    with backend.open() as session:
        for span, criteria in product(SPANS.values(), CRITERIA.values()):
            narrowed = span._replace(**criteria)
            inside = [link for link in rows if meets(link.record, narrowed)]
            inside.sort(key=lambda link: (link.record.timestamp, link.seq))
            for is_ascending, wanted in ((True, inside), (False, inside[::-1])):
                walked = session.trail.events.walk(narrowed, MOST, is_ascending=is_ascending)
                assert [(row.link, n) for row, n in walked] == [(link, 0) for link in wanted]


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE audit_count SET total = total + 1 WHERE aspect = 'all' AND shape = 'workspace+'",
        "DELETE FROM audit_count WHERE aspect = 'all' AND shape = 'workspace+'",
        "UPDATE audit_count SET part = 'bo' WHERE aspect = 'all' AND shape = 'workspace+'",
    ],
)
def test_counts_that_are_not_those_of_the_trail_are_named(store_url, edit):
    backend = founded(store_url)
    backend.transact("", lambda writer: writer.record(BY.record(CHANGES[0], at(0))))

    def unrecorded():
        with backend.open() as session:
            return session.unrecorded()

    before = unrecorded()
    with connected(store_url) as connection:
        connection.exec_driver_sql(edit)
    (found,) = [each for each in unrecorded() if each not in before]
    message = "`audit_count` row all, , workspace+, 2031-01-01T00:00:00.000000Z: "
    assert str(found) == message + "does not count the rows of the trail"
    assert found.hint == RESTORE


def test_a_count_that_the_store_has_twice_is_none_of_the_trail(store_url):
    backend = founded(store_url)
    more = "SELECT account, aspect, part, 'none', timestamp, size, total, seq FROM audit_count"
    with connected(store_url) as connection:
        for statement in (
            "CREATE TABLE loose AS SELECT * FROM audit_count",
            "DROP TABLE audit_count",
            "ALTER TABLE loose RENAME TO audit_count",
            f"INSERT INTO audit_count {more} UNION ALL {more}",
        ):
            connection.exec_driver_sql(statement)
    with backend.open() as session:
        (wrong,) = [each for each in session.unrecorded() if "count the rows" in each.message]
    assert ", none, " in wrong.where


REDEFINE = {
    "sqlite": """
        UPDATE sqlite_schema SET sql = replace(sql, 'THEN object_id', 'THEN {value}')
        WHERE name = 'audit'
    """,
    "postgresql": "UPDATE audit SET place = {value}",
}
"""What leaves the events of workspaces out, after ``PREPARE``."""
PREPARE = {
    "sqlite": ["PRAGMA writable_schema = ON"],
    "postgresql": [
        "SET session_replication_role = replica",
        "ALTER TABLE audit ALTER COLUMN place DROP EXPRESSION",
        "ALTER TABLE audit ALTER COLUMN place DROP NOT NULL",
    ],
}


@pytest.mark.parametrize("value", ["object_table", "NULL"])
def test_a_derived_column_that_somebody_redefined_is_named(store_url, value):
    backend = founded(store_url)
    backend.transact("", lambda writer: writer.record(BY.record(CHANGES[0], at(0))))
    with connected(store_url) as connection:
        dialect = connection.dialect.name
        for statement in (*PREPARE[dialect], REDEFINE[dialect].format(value=value)):
            connection.exec_driver_sql(statement)

    with backend.open() as session:
        (wrong,) = [each for each in session.unrecorded() if each.where.startswith("`audit` row ")]
    assert wrong.message == "`shape` or `place` does not follow from the row"
    assert wrong.hint.startswith("define the column again as the schema has it")
