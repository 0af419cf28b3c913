"""Who waits for whom, and for how long."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic import command

from rbac_sync.backends.store import StoreBackend, founding, init, migrate, schema
from rbac_sync.backends.store.founding import branch
from rbac_sync.errors import BackendError, Locked
from rbac_sync.model import Workspace
from rbac_sync.planning import Change

from .children import holding
from .stores import CLOUD, OWNER, connected, dump, founded, live, made

PROD = Change(None, Workspace("prod"))


def hasty(url, account="acme"):
    """Return a backend with no patience."""
    return StoreBackend(url, account, wait=0.05)


@pytest.mark.parametrize("locks_late", [False, True])
@pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=pytest.mark.long)])
def test_x11_a_writer_gives_up_after_its_wait_and_changes_nothing(store_url, rounds, locks_late):
    backend = founded(store_url)
    before = dump(store_url)
    with holding(backend):
        for _ in range(rounds):
            with pytest.raises(Locked, match="the store is locked by") as refused:
                hasty(store_url).transact(
                    "edit", lambda writer: writer.make(PROD), locks_late=locks_late
                )
            assert refused.value.exit_code == 5
            assert refused.value.hint == "wait until it is done"
        assert dump(store_url) == before
    made(backend, PROD)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists who locks a file")
def test_x11_the_process_that_holds_a_file_is_named(tmp_path):
    url = f"sqlite:///{tmp_path}/rbac.db"
    with holding(founded(url)) as child, pytest.raises(Locked, match=f"by process {child.pid}$"):
        made(hasty(url), PROD)


def test_x11_the_session_that_holds_an_account_is_named(postgres_url):
    with holding(founded(postgres_url)), pytest.raises(Locked) as refused:
        made(hasty(postgres_url), PROD)
    with connected(postgres_url) as connection:
        user = connection.exec_driver_sql("SELECT current_user").scalar()
    assert f"by `{user}` on this machine (process " in str(refused.value)


def test_a_store_that_is_being_written_to_is_read_as_it_was(store_url):
    backend = founded(store_url)
    before = live(backend)

    def work(writer):
        writer.make(PROD)
        writer.read()
        return live(backend)

    assert backend.transact("edit", work) == before


def test_a_migration_waits_like_any_writer(tmp_path):
    url = f"sqlite:///{tmp_path}/rbac.db"
    with holding(founded(url)), pytest.raises(Locked):
        migrate(url, wait=0.05)


def test_a_migration_that_ends_a_deadlock_is_made_again(postgres_url):
    backend, hasty_url = founded(postgres_url), f"{postgres_url}%20-cdeadlock_timeout%3D100ms"
    with connected(postgres_url) as connection:
        connection.exec_driver_sql("DELETE FROM appearance")

    def work(writer):
        migration = pool.submit(migrate, hasty_url)
        waits = "SELECT 1 FROM pg_locks WHERE NOT granted"
        while not (migration.done() or writer.account.rows(waits)):
            pass  # each query takes a while
        schema.alone(writer.account.connection)
        return migration

    with ThreadPoolExecutor(1) as pool:
        assert backend.transact("edit", work).result() == schema.HEAD


def branched(backend, _):
    backend.transact("branch", lambda writer: branch(writer, "other", OWNER, reason="asked"))


def served(backend, _):
    backend.transact("edit", lambda writer: writer.make(PROD), locks_late=True)


@pytest.mark.parametrize(
    ("write", "locked"),
    [
        (lambda backend, _: made(backend, PROD), "account"),
        (served, "account"),
        (branched, "alembic_version"),
        (lambda _, url: init(url, "other", CLOUD.world, OWNER.email), "alembic_version"),
    ],
    ids=["an apply", "a request", "another account", "store init"],
)
def test_a_writer_that_waits_for_a_migration_does_not_write_to_the_new_schema(
    postgres_url, monkeypatch, write, locked
):
    backend = founded(postgres_url)
    before = dump(postgres_url)
    monkeypatch.setattr(founding, "migrate", lambda _, makes: None)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with (
        ThreadPoolExecutor(1) as pool,
        psycopg.connect(postgres_url) as migration,
        psycopg.connect(postgres_url, autocommit=True) as watch,
    ):
        migration.execute(f"SELECT 1 FROM {locked} FOR UPDATE")
        writing = pool.submit(write, backend, postgres_url)
        while not (writing.done() or watch.execute(waiting).fetchone()[0]):
            ...
        migration.execute("UPDATE alembic_version SET version_num = '9999'")
        migration.commit()
        with pytest.raises(BackendError, match="the store has schema 9999; this version knows"):
            writing.result()
    assert dump(postgres_url) == before


def test_a_migration_waits_for_the_writers_of_every_account(postgres_url, monkeypatch):
    backend = founded(postgres_url)
    monkeypatch.setattr(schema, "HEAD", "9999")
    monkeypatch.setattr(command, "upgrade", lambda *_: pytest.fail("a writer is at work"))
    with holding(backend), pytest.raises(Locked):
        migrate(postgres_url, wait=0.05)


def test_on_a_server_only_the_account_is_locked(postgres_url):
    one, _ = founded(postgres_url, "one"), founded(postgres_url, "two")
    with holding(one):
        made(hasty(postgres_url, "two"), PROD)
        with pytest.raises(Locked):
            made(hasty(postgres_url, "one"), PROD)


def test_r11_the_lock_of_a_killed_process_is_free(store_url):
    backend = founded(store_url)
    with holding(backend) as child:
        child.kill()
        child.join()
        made(StoreBackend(store_url, "acme", wait=5), PROD)

    assert PROD.address in {r.address for r in live(backend).resources()}


def test_a_wait_that_is_long_enough_succeeds(postgres_url):
    """Not by luck: the holder lets go only once the server says that we wait."""
    backend = founded(postgres_url)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"

    with psycopg.connect(postgres_url) as holder, psycopg.connect(postgres_url) as watch:
        holder.execute("SELECT 1 FROM account FOR UPDATE")
        watch.autocommit = True
        from threading import Thread

        rival = Thread(target=made, args=(backend, PROD))
        rival.start()
        while not watch.execute(waiting).fetchone()[0]:
            ...
        holder.rollback()
        rival.join()
    assert live(backend).get(PROD.address) == PROD.after


def test_others_write_while_a_request_is_judged(store_url):
    backend, rival = founded(store_url), Change(None, Workspace("rival"))

    def judged_slowly(writer):
        if (kept := writer.account.basis) is not None:
            made(hasty(store_url), rival, run="rival")
        writer.make(PROD)
        return kept is not None

    assert backend.transact("edit", judged_slowly, locks_late=True)
    assert {PROD.address, rival.address} <= {each.address for each in live(backend).resources()}
