"""SQLite files: read where they cannot be written, never made by reading, written in turns."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading

import pytest

from rbac_sync.backends.database import writer_queue
from rbac_sync.backends.database.engine import address, engine, reading, writing
from rbac_sync.backends.database.faults import explained
from rbac_sync.backends.database.sqlite import MAKE_STORE
from rbac_sync.backends.database.writer_queue import Turns, turn
from rbac_sync.backends.store import StoreBackend
from rbac_sync.errors import BackendError, Locked
from rbac_sync.model import User
from rbac_sync.model.settings import WAIT
from tests.backends.store.stores import founded, links, live, made, workspaces


@pytest.fixture
def file(tmp_path):
    (tmp_path / "store").mkdir()
    return tmp_path / "store" / "rbac.db"


def at(file, query=""):
    return StoreBackend(f"sqlite:///{file}{query}", "acme")


def refused(call, *arguments, error=BackendError):
    with pytest.raises(error) as found:
        call(*arguments)
    return found.value


def test_a_full_disk_is_told_with_what_to_do(file):
    founded(f"sqlite:///{file}")
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(sqlite3.OperationalError) as found:
        connection.execute("CREATE TABLE more AS SELECT zeroblob(1000000)")
    connection.close()
    told = explained(found.value, engine(address(f"sqlite:///{file}"), WAIT))
    assert str(told).endswith("cannot be used: database or disk is full")
    assert told.hint == "make room on the disk, and run the command again; nothing was changed"


@pytest.fixture
def unwritable(file):
    """A store beside which nothing can be made, whoever tries: its log's index is a folder."""
    founded(f"sqlite:///{file}")
    (file.parent / "rbac.db-shm").mkdir()
    yield file
    (file.parent / "rbac.db-shm").rmdir()


@pytest.mark.parametrize("query", ["", "?mode=ro", "?immutable=1"])
def test_a_store_that_cannot_be_written_can_be_read(unwritable, query):
    backend, before = at(unwritable, query), unwritable.read_bytes()
    assert [user.email for user in live(backend).of(User).values()] == ["olivia@example.org"]
    assert len(links(backend)) == 2
    error = refused(made, backend, *workspaces(1))
    assert str(error) == f"the store is read-only: `sqlite:///{unwritable}`"
    assert error.hint == "the store can be read here; apply on a machine that may write to it"
    assert unwritable.read_bytes() == before


@pytest.mark.parametrize("query", ["?mode=ro", "?immutable=1", "?mode=ro&immutable=1"])
def test_a_url_can_ask_for_reading_alone(file, query, recwarn):
    founded(f"sqlite:///{file}")
    assert live(at(file, query)) == live(at(file))
    assert str(refused(made, at(file, query), *workspaces(1))).startswith("the store is read-only")
    assert not recwarn.list


def test_a_store_may_be_named_as_sqlite_names_it(file, recwarn):
    founded(f"sqlite:///{file}")
    url = f"sqlite:///file:{file}?immutable=1&uri=true"
    with StoreBackend(url, "acme").open() as session:
        assert session.read() == live(at(file))
        assert session.target == target(at(file))
    assert not recwarn.list


def target(backend):
    with backend.open() as session:
        return session.target


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?cache=shared", "the database's url has an option that is not known"),
        ("?timeout=9", "the database's url has an option that is not known"),
        ("?mode=memory", "`mode` in the database's url has a value that is not allowed"),
        ("?immutable=yes", "`immutable` in the database's url has a value that is not allowed"),
    ],
)
def test_other_options_are_refused(file, query, message):
    founded(f"sqlite:///{file}")
    error = refused(live, at(file, query))
    assert str(error) == message
    assert error.hint == "a file knows `?mode=ro` and `?immutable=1`"


def test_what_was_written_last_is_not_left_out(file):
    backend = founded(f"sqlite:///{file}")
    held = sqlite3.connect(file)
    held.execute("SELECT 1 FROM account").fetchone()  # keeps the log from being put away
    made(backend, *workspaces(1))
    copy = file.parent / "copy.db"
    for end in ("", "-wal"):
        shutil.copy(f"{file}{end}", f"{copy}{end}")
    held.close()
    error = refused(live, at(copy, "?immutable=1"))
    assert str(error) == f"`{copy}-wal` holds what was written last, and cannot be read here"
    assert error.hint == "copy both files to where they can be written"
    assert live(at(copy)) == live(backend)


@pytest.mark.parametrize("query", ["", "?mode=ro", "?immutable=1"])
def test_a_store_that_is_gone_is_not_made_by_anything(file, query):
    backend = at(file, query)
    founded(f"sqlite:///{file}")
    for each in file.parent.iterdir():
        each.unlink()
    for call in (lambda: live(backend), lambda: made(backend, *workspaces(1))):
        error = refused(call)
        assert str(error) == f"there is no store at `{file}`"
        assert error.hint == MAKE_STORE
    assert list(file.parent.iterdir()) == []


def test_a_store_that_nobody_may_see_is_named(file):
    error = refused(live, at(file / "x" / "rbac.db"))
    assert "there is no store at" in str(error)
    file.touch()
    error = refused(live, at(file / "rbac.db"))
    assert str(error) == f"`{file}/rbac.db` cannot be opened: Not a directory"


def test_a_new_store_is_its_owners_alone_and_keeps_a_log(file):
    old = os.umask(0)
    try:
        founded(f"sqlite:///{file}")
    finally:
        os.umask(old)
    assert file.stat().st_mode & 0o777 == 0o600
    with reading(engine(address(f"sqlite:///{file}"), WAIT)) as connection:
        assert connection.rows("PRAGMA journal_mode") == [("wal",)]


def test_a_reader_changes_nothing_of_how_a_file_is_kept(file):
    founded(f"sqlite:///{file}")
    store = engine(address(f"sqlite:///{file}"), WAIT)
    with sqlite3.connect(file) as past:
        past.execute("PRAGMA journal_mode = DELETE")
    past.close()
    modes = []
    for door in (reading, writing):
        with door(store) as connection:
            modes += connection.rows("PRAGMA journal_mode")
    assert modes == [("delete",), ("wal",)]


def test_turns_come_in_the_order_of_asking():
    line, order, threads = Turns(), [], []
    assert line.take(0)
    for number in range(20):
        thread = threading.Thread(target=lambda n=number: (line.take(30), order.append(n)))
        thread.start()
        while len(line._waiting) <= number:
            """It is in the queue before the next one comes."""
        threads.append(thread)
    for thread in threads:
        line.give()
        thread.join()
    assert order == list(range(20))
    line.give()
    assert line.take(0)


def test_who_has_waited_too_long_leaves_the_queue(monkeypatch, tmp_path):
    monkeypatch.setattr(writer_queue, "LONGEST", 0.01)
    place = str(tmp_path / "rbac.db")
    with turn(place):
        error = refused(turn(place).__enter__, error=Locked)
        assert str(error) == "other writers have kept the store busy for 0 s"
        assert error.hint == "ask again later"
    with turn(place):
        assert writer_queue._turns[place].take(0) is False


def test_a_writer_that_fails_gives_its_turn_on(file):
    backend = founded(f"sqlite:///{file}")
    for _ in range(3):
        with pytest.raises(KeyError):
            backend.transact("run", lambda _: {}["mine"])
    made(backend, *workspaces(1))


def test_many_writers_at_once_all_come_to_write(file):
    backend = founded(f"sqlite:///{file}", wait=1.0)  # one that closes holds it for a moment
    failures = []

    def write(number):
        for step in range(5):
            try:
                backend.transact(f"{number}-{step}", lambda writer: writer.read())
            except BackendError as error:
                failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
