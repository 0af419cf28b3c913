"""The trail in the database: nothing but appended to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rbac_sync.audit.chain import flaws, link
from rbac_sync.audit.record import Authorship
from rbac_sync.audit.search import Search
from rbac_sync.audit.texts import FIELDS, PLAIN
from rbac_sync.backends.database import parts
from rbac_sync.backends.store import account, batch, tables, trail
from rbac_sync.backends.store.span import Span
from rbac_sync.model import (
    ACCOUNT,
    WHOLE,
    Binding,
    Key,
    Level,
    Role,
    Team,
    User,
    Workspace,
)
from rbac_sync.model.address import workspace
from rbac_sync.planning import Change
from rbac_sync.server.limits import MOST_PARTS

from .stores import MEMBER, OWNER, VIEWER, connected, dump, founded, links, workspaces

BY, NOW = Authorship(OWNER.address, "run"), datetime(2026, 11, 21, tzinfo=UTC)
UNGUARDED = {
    "sqlite": ["DROP TRIGGER audit_refuses_update", "DROP TRIGGER audit_refuses_delete"],
    "postgresql": ["DROP TRIGGER audit_refuses_change ON audit"],
}


def test_a_row_has_a_column_for_each_field_of_a_record():
    columns = {name: column.is_nullable for name, column in tables.audit.columns.items()}
    place = dict.fromkeys(("account", "seq", "prev", "hash"), False)
    assert list(columns.items()) == [*place.items(), *((name, name in PLAIN) for name in FIELDS)]


def recorded(backend, changes, run="run"):
    def work(writer):
        for change in changes:
            writer.make(change)
            writer.record(BY.record(change, writer.now()))

    backend.transact(run, work)


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE audit SET applier = 'mallory' WHERE seq = 1",
        "UPDATE audit SET seq = seq + 1",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit",
    ],
)
def test_the_database_refuses_to_change_or_delete_rows(store_url, attempt):
    founded(store_url)
    before = dump(store_url)
    with connected(store_url) as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.exec_driver_sql(attempt)
    assert dump(store_url) == before


def test_the_database_refuses_to_empty_it(postgres_url):
    founded(postgres_url)
    with connected(postgres_url) as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.exec_driver_sql("TRUNCATE audit")


def test_r10_the_database_refuses_a_second_row_in_the_same_place_or_behind_the_same_row(store_url):
    backend = founded(store_url)
    _, last = links(backend)
    columns = ", ".join(f'"{name}"' for name in ("account", "seq", "prev", "hash", *FIELDS))
    told = ", ".join("NULL" if text is None else "'x'" for text in last.texts)
    for seq, prev in ((2, "new"), (3, last.prev)):
        fork = f"INSERT INTO audit ({columns}) VALUES (1, {seq}, '{prev}', 'h', {told})"
        with connected(store_url) as connection, pytest.raises(DBAPIError, match=r"(?i)unique"):
            connection.exec_driver_sql(fork)


def test_rows_come_back_as_they_were_written(store_url):
    backend = founded(store_url)
    changes = [Change(None, Workspace("x", "Ünï 😀 \x1b[31m\x00'\"\\")), *workspaces(3)]
    changes = changes[1:] if "postgresql" in store_url else changes
    recorded(backend, changes)

    assert [row.record.after["handle"] for row in links(backend)[2:]] == [
        change.after.handle for change in changes
    ]
    assert list(flaws(links(backend))) == []


def test_a_long_run_is_written_in_parts_and_is_one_chain(store_url, monkeypatch):
    monkeypatch.setattr(batch, "FULL", 7)
    monkeypatch.setattr("rbac_sync.backends.store.trail.FULL", 7)
    backend = founded(store_url)
    recorded(backend, workspaces(40))

    assert [row.seq for row in links(backend)] == list(range(1, 43))
    assert list(flaws(links(backend))) == []


@pytest.mark.parametrize(
    ("attack", "shows"),
    [
        ("UPDATE audit SET applier = 'mallory' WHERE seq = 3", "row 3: was changed"),
        ("DELETE FROM audit WHERE seq = 3", "row 4: stands where row 3 should"),
        ('UPDATE audit SET "after" = NULL WHERE seq = 4', "row 4: was changed"),
        ("UPDATE audit SET message = 'not JSON', info = '{' WHERE seq = 5", "row 5: was changed"),
    ],
)
def test_what_is_falsified_past_the_triggers_shows(store_url, attack, shows):
    backend = founded(store_url)
    recorded(backend, workspaces(4))
    with connected(store_url) as connection:
        for statement in (*UNGUARDED[connection.dialect.name], attack):
            connection.exec_driver_sql(statement)

    assert shows in str(next(flaws(links(backend))))


def test_t03_a_forged_row_at_the_end_is_chained_but_tells_of_what_is_not_live(store_url):
    from rbac_sync.audit.replay import differences, replay

    from .stores import CLOUD, live

    backend = founded(store_url)
    last = links(backend)[-1]
    forged = link("acme", 3, last.hash, BY.record(Change(None, Workspace("forged")), NOW))
    values = dict(zip(FIELDS, forged.texts, strict=True))
    row = {"account": 1, "seq": 3, "prev": forged.prev, "hash": forged.hash, **values}
    with connected(store_url) as connection:
        names, values = (
            ", ".join(f'"{name}"' for name in row),
            ", ".join(f":{name}" for name in row),
        )
        connection.execute(text(f"INSERT INTO audit ({names}) VALUES ({values})"), row)

    found = links(backend)
    assert list(flaws(found)) == []
    told = replay((each.record for each in found), CLOUD)
    assert [str(d) for d in differences(told, live(backend))] == [
        "`workspace.forged` is in the trail, but not live"
    ]


@pytest.mark.parametrize("most", [1, 2, 3, 1_000])
def test_a_chain_is_read_part_by_part_and_whole(store_url, monkeypatch, most):
    backend = founded(store_url)
    recorded(backend, workspaces(5))
    whole = links(backend)
    monkeypatch.setattr(account, "PAGE", most)

    assert links(backend) == whole
    assert [row.seq for row in whole] == list(range(1, len(whole) + 1))


def test_the_newest_rows_are_read_part_by_part_as_far_as_they_are_needed(store_url, monkeypatch):
    backend = founded(store_url)
    recorded(backend, [Change(None, Team(f"t{n}")) for n in range(8)])
    whole = links(backend)[::-1]
    monkeypatch.setattr(parts, "FIRST_PART", 2)
    monkeypatch.setattr(parts, "LATER_PARTS", 3)
    with backend.open() as session:
        assert list(session.trail.latest()) == whole
        assert list(session.trail.latest(Search(whole[4].record.timestamp))) == whole[:8]
        assert list(session.trail.latest(Search(datetime(2999, 1, 1, tzinfo=UTC)))) == []
        monkeypatch.setattr(parts, "LATER_PARTS", "not read")
        assert list(islice(session.trail.latest(), 2)) == whole[:2]


def test_a_span_is_of_as_many_workspaces_as_one_request_names(store_url):
    backend = founded(store_url)
    recorded(backend, [*workspaces(3), Change(None, bound(Workspace("w1")))])
    first, *_, last = links(backend)
    places = frozenset(workspace(f"w{n}") for n in range(1, MOST_PARTS))
    span = Span(first.record.timestamp, last.record.timestamp, places=places)

    with backend.open() as session:
        assert session.trail.events.count(span) == 3


WHO = User("bo@example.org")


def bound(scope):
    return Binding(OWNER.address, scope.address, VIEWER)


@pytest.mark.parametrize(
    ("changes", "scopes"),
    [
        ([], ()),
        ([Change(None, bound(Workspace("w1")))], ("w1",)),
        ([Change(None, Workspace("w2")), Change(Workspace("w2"), Workspace("w3"))], ("w2", "w3")),
        ([Change(Workspace("w0"), None), Change(None, bound(Workspace("w1")))], ("w0", "w1")),
        ([Change(None, WHO, brings=(Binding(WHO.address, ACCOUNT, MEMBER),))], None),
        ([Change(None, Team("ops"))], None),
        ([Change(None, Role(Level.WORKSPACE, "reader"))], None),
        ([Change(None, Key(OWNER.address, "second"))], None),
    ],
)
def test_the_trail_tells_in_which_workspaces_something_changed_since(store_url, changes, scopes):
    backend = founded(store_url)
    recorded(backend, workspaces(2))
    with backend.open() as session:
        moment = session.moment()
    recorded(backend, changes, run="later")
    with backend.open() as session:
        changed = session.changed_since(moment)
    expected = None if scopes is None else {Workspace(each).address for each in scopes}
    assert changed == expected


def test_of_a_moment_that_an_account_never_came_to_nothing_is_told(store_url):
    backend = founded(store_url)
    recorded(backend, workspaces(2))
    with backend.open() as session:
        moment = session.moment()
    recorded(backend, [Change(None, bound(Workspace("w0")))], run="later")
    with backend.open() as session:
        for other in (
            moment._replace(account="other"),
            moment._replace(seq=moment.seq + 5, serial=moment.serial),
            moment._replace(hash="0" * 64),
            moment._replace(serial=moment.serial + 100),
            session.moment()._replace(serial=moment.serial),
        ):
            assert session.changed_since(other) is None


@pytest.mark.parametrize(
    "attempt",
    [
        "DELETE FROM audit WHERE seq = {}",
        "UPDATE audit SET object_id = 'workspace.w0/access/bo@example.org' WHERE seq = {}",
        "UPDATE audit SET before = NULL WHERE seq = {}",
    ],
)
def test_of_a_trail_that_does_not_hold_together_nothing_is_told(store_url, attempt):
    backend = founded(store_url)
    recorded(backend, workspaces(2))
    with backend.open() as session:
        moment = session.moment()
    made = Change(None, bound(Workspace("w1")))
    recorded(backend, [made, Change(made.after, None), made], run="later")
    with connected(store_url) as connection:
        for statement in (*UNGUARDED[connection.dialect.name], attempt.format(moment.seq + 2)):
            connection.exec_driver_sql(statement)
    with backend.open() as session:
        assert session.changed_since(moment) is None


def test_of_so_many_changes_that_reading_is_quicker_nothing_is_told(store_url, monkeypatch):
    backend = founded(store_url)
    with backend.open() as session:
        moment = session.moment()
    recorded(backend, workspaces(3))
    with backend.open() as session:
        assert len(session.changed_since(moment)) == 3
        monkeypatch.setattr(trail, "MOST_CHANGES", 3)
        assert session.changed_since(moment) is None


def test_what_is_passed_over_or_outside_of_an_extent_is_not_read(store_url):
    backend = founded(store_url)
    recorded(
        backend, [*workspaces(3), *(Change(None, bound(Workspace(f"w{n}"))) for n in range(3))]
    )
    first, second, third = (Workspace(f"w{n}").address for n in range(3))
    with backend.open() as session:
        session.pass_over({first})
        assert session.horizon() == replace(WHOLE, passed_over=frozenset({first}))
        session.restrict(frozenset({second}))
        horizon = session.horizon()
        assert horizon.passed_over == {first}
        assert horizon.unread == session.read().of(Workspace).keys() - {first, second}
        state = session.read()
        assert state.row(ACCOUNT)
        rows = [bool(state.row(scope)) for scope in (first, second, third)]
        assert rows == [False, True, False]
        session.pass_over(())
        session.restrict(None)
        assert (session.horizon(), bool(session.read().row(first))) == (WHOLE, True)
