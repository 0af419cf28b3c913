"""What the database loses is made again, from the start, and never twice."""

from __future__ import annotations

import logging
from contextlib import suppress
from itertools import count

import psycopg
import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.record import Authorship
from rbac_sync.backends.database import retry
from rbac_sync.backends.database.postgresql import BoundedConnection
from rbac_sync.backends.database.sql import ServerConnection
from rbac_sync.backends.store import batch, migrate, schema
from rbac_sync.errors import BackendError
from rbac_sync.planning import followed

from .stores import (
    OWNER,
    UNDOING_SINCE_0006,
    connected,
    dump,
    founded,
    links,
    live,
    workspaces,
)

CHANGES = workspaces(10)
BY = Authorship(OWNER.address, "run")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0.001)


class Run:
    """Work that counts how often it was begun, and keeps what it saw each time."""

    def __init__(self):
        self.seen = []

    def __call__(self, writer):
        self.seen.append(writer.read())
        for change in CHANGES:
            writer.make(change)
            writer.record(BY.record(change, writer.now()))
        return len(self.seen)


def is_made_once(backend, before):
    assert live(backend) == followed(before, CHANGES)
    found = links(backend)
    assert list(flaws(found)) == []
    assert [row.record.object_id for row in found if row.record.run == "run"] == [
        str(change.address) for change in CHANGES
    ]


def failing(url, state, times):
    """Let the database fail *times* runs with *state*, as they write their first workspace."""
    with connected(url) as connection:
        connection.exec_driver_sql("CREATE SEQUENCE failures")
        connection.exec_driver_sql(
            f"""
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('failures') <= {times} THEN
                RAISE EXCEPTION 'not now' USING ERRCODE = '{state}';
            END IF; RETURN NEW; END $$
            """
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER failing BEFORE INSERT ON run FOR EACH ROW EXECUTE FUNCTION fail()"
        )


@pytest.mark.parametrize("state", ["40001", "40P01"])
@pytest.mark.parametrize("times", [1, 4])
def test_x12_a_serialization_failure_or_deadlock_makes_the_whole_run_again(
    postgres_url, state, times
):
    backend = founded(postgres_url)
    before = live(backend)
    failing(postgres_url, state, times)
    run = Run()

    assert backend.transact("run", run) == times + 1
    assert run.seen == [before] * (times + 1)
    is_made_once(backend, before)


def test_x12_after_five_attempts_it_gives_up_and_nothing_is_changed(postgres_url):
    backend = founded(postgres_url)
    before = dump(postgres_url)
    failing(postgres_url, "40001", 99)
    run = Run()
    with pytest.raises(BackendError, match="the store refused: not now"):
        backend.transact("run", run)

    assert len(run.seen) == 5
    assert dump(postgres_url) == before


@pytest.mark.parametrize("state", ["23505", "22P02", "P0001"])
def test_other_errors_are_final(postgres_url, state):
    backend = founded(postgres_url)
    failing(postgres_url, state, 1)
    run = Run()
    with pytest.raises(BackendError, match="the store refused: not now"):
        backend.transact("run", run)
    assert len(run.seen) == 1


def test_what_work_raises_is_final_and_leaves_as_it_is(store_url):
    backend = founded(store_url)
    calls = []

    def work(_):
        calls.append(1)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        backend.transact("run", work)
    assert calls == [1]


@pytest.fixture
def terminating(postgres, monkeypatch):
    """A count of statements at whose end the server ends the connection."""
    count = {"left": -1, "seen": 0}

    def before(connection):
        count["seen"] += 1
        count["left"] -= 1
        if count["left"] == 0:
            terminate(postgres, connection.driver)

    def counted(run):
        return lambda connection, *words: (before(connection), run(connection, *words))[1]

    for name in ("_executed", "each", "begin_writing"):
        monkeypatch.setattr(ServerConnection, name, counted(getattr(ServerConnection, name)))
    return count


def terminate(server, connection):
    with psycopg.connect(server, autocommit=True) as other:
        pid = connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.parametrize("locks_late", [False, True])
def test_x13_a_connection_lost_at_any_statement_makes_the_whole_run_again(
    postgres_url, terminating, monkeypatch, caplog, locks_late
):
    monkeypatch.setattr(batch, "FULL", 4)
    statement, tried = 0, set()
    while True:
        statement += 1
        backend = founded(postgres_url, f"acme-{statement}")
        before, run = live(backend), Run()
        terminating.update(left=statement, seen=0)
        attempts = backend.transact("run", run, locks_late=locks_late)
        whole = terminating["left"] > 0
        terminating["left"] = -1
        is_made_once(backend, before)
        if whole:
            break
        tried.add(attempts)
    assert tried == {1, 2}, "lost before the work began, and after"
    assert statement > 15
    assert caplog.records == []


def test_x13_a_connection_lost_while_reading_is_told_as_such(postgres_url, postgres):
    backend = founded(postgres_url)

    def read():
        with backend.open() as session:
            terminate(postgres, session.account.connection.driver)
            session.read()

    with pytest.raises(BackendError, match=r"cannot be reached: .+") as refused:
        read()
    assert refused.value.hint == "see that it is running"
    assert "\n" not in str(refused.value)


def test_x13_a_connection_lost_at_any_step_of_a_migration_is_told_as_such(
    postgres_url, postgres, monkeypatch, caplog
):
    migrate(postgres_url, makes=True)
    usual, refused = BoundedConnection.wait, []
    for lost in count(1):
        steps = count(1)

        def wait(connection, *words, last=lost, steps=steps):
            if next(steps) == last:
                terminate(postgres, connection)
            return usual(connection, *words)

        monkeypatch.setattr(BoundedConnection, "wait", wait)
        try:
            migrate(postgres_url)
            break
        except BackendError as error:
            refused.append(str(error))
    assert len(refused) > 8
    assert [each for each in refused if "cannot be reached: " not in each] == []
    assert caplog.records == []


@pytest.mark.parametrize("stride", [17, pytest.param(1, marks=pytest.mark.long)])
def test_x13_a_migration_that_loses_its_connection_at_any_step_is_made_by_the_next(
    postgres_url, postgres, monkeypatch, stride
):
    backend = founded(postgres_url)
    assert backend.transact("run", Run()) == 1
    with connected(postgres_url) as connection:
        for statement in (*UNDOING_SINCE_0006, "UPDATE alembic_version SET version_num = '0005'"):
            connection.exec_driver_sql(statement)
    usual, migrated = BoundedConnection.wait, False
    for lost in count(1, stride):
        steps = count(1)

        def wait(connection, *words, last=lost, steps=steps):
            if next(steps) == last:
                terminate(postgres, connection)
            return usual(connection, *words)

        with monkeypatch.context() as here, suppress(BackendError):
            here.setattr(BoundedConnection, "wait", wait)
            migrated = migrate(postgres_url) == schema.HEAD
        if migrated:
            break
        with connected(postgres_url) as connection:
            there = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        if there == schema.HEAD:  # it was committed, and the answer lost
            break
        assert there == "0005"
    assert lost > stride
    migrate(postgres_url)
    with backend.open() as session:
        assert session.damage() == session.unrecorded() == []
        assert list(flaws(session.trail.links())) == []


def test_x13_what_the_driver_logs_is_not_on_standard_error(monkeypatch, capsys):
    monkeypatch.setattr(logging.root, "handlers", [])
    logging.getLogger("psycopg").warning("error ignored")
    assert capsys.readouterr().err == ""
