"""The journal: intents and outcomes on the disk, the chain of its trail, and its lock."""

from __future__ import annotations

import getpass
import os
import socket
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.record import DONE, EVENT, FAILED, Authorship, Record
from rbac_sync.audit.search import Search
from rbac_sync.backends.database.engine import address as url_of
from rbac_sync.backends.database.engine import engine, reading, writing
from rbac_sync.backends.remote import journal_tables as t
from rbac_sync.backends.remote.journal import Journal
from rbac_sync.backends.remote.journal_connection import exclusive, opened
from rbac_sync.backends.remote.journal_database import connected
from rbac_sync.backends.remote.state_files import JournalPlace
from rbac_sync.backends.remote.state_files import journal as usual_place
from rbac_sync.errors import BackendError, Locked
from rbac_sync.model import Binding, Membership, Team, User, address
from rbac_sync.model.instant import parsed
from rbac_sync.planning import Change

NOW, LATER = parsed("2026-11-21T12:00:00Z"), parsed("2026-11-21T13:00:00Z")
ANA = address.user("ana@example.org")
ONE, TWO, THREE = (Change(None, Team(name)) for name in ("one", "two", "three"))
DIGEST = "d" * 64
KEY_ID = UUID("2cbe46a4-0000-4000-8000-000000000000")


SERVICE = "https://api.example/api"


@pytest.fixture
def place(store_url):
    """The place of a journal in each database; the folder of a file does not exist yet."""
    url = store_url.replace("rbac.db", "state/journals.db")
    return JournalPlace(url_of(url), SERVICE, "acme")


@pytest.fixture
def file(tmp_path):
    """The place of a journal without a database in the settings."""
    return usual_place(SERVICE, "acme", {"RBAC_SYNC_STATE_DIR": str(tmp_path / "state")})


@pytest.fixture
def journal(place):
    with opened(place, to_write=True) as found:
        yield found


def run(place, statement):
    """Run a statement on the database of the journal, past the journal."""
    with writing(engine(place.url, 5.0)) as connection:
        connection.rows(statement)


def by(run="run", digest=DIGEST):
    return Authorship(ANA, run, digest, on_behalf_of=address.user("bo@example.org"))


def make(journal, change, run="run", digest=DIGEST, at=NOW):
    if not journal.has_run(run):
        journal.begin(by(run, digest))
    intent = journal.intend(run, change, "")
    journal.record(by(run, digest).record(change, at), intent)


def test_a_journal_that_is_only_read_is_not_made(place):
    with opened(place, to_write=False) as journal:
        assert list(journal.links()) == journal.unrecorded() == []
        assert not journal.has_run("run")
    if place.file:
        assert not place.file.parent.exists()
        return
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    with reading(engine(place.url, 5.0)) as connection:
        assert connection.rows(tables) == []


def test_the_file_of_a_journal_is_its_owners_alone(file):
    with opened(file, to_write=True) as journal:
        make(journal, ONE)
        for each in file.file.parent.iterdir():
            assert stat.S_IMODE(each.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.file.parent.stat().st_mode) == 0o700


WITHOUT_SQLALCHEMY = """
import sys
from rbac_sync.backends.prefect_cloud.session import PrefectCloudBackend
from rbac_sync.backends.remote.journal import Journal
from rbac_sync.backends.remote.journal_connection import exclusive, opened
from rbac_sync.backends.remote.state_files import journal
place = journal("https://api.example/api", "acme")
with exclusive(place, 1) as written:
    written.lose("a" * 32)
with opened(place, to_write=False) as read:
    assert [id_.hex for id_ in read.lost()] == ["a" * 32]
sys.exit("sqlalchemy" in sys.modules)
"""


def test_a_file_is_read_and_written_without_sqlalchemy(tmp_path):
    environment = {**os.environ, "RBAC_SYNC_STATE_DIR": str(tmp_path), "RBAC_SYNC_JOURNAL_URL": ""}
    command = [sys.executable, "-c", WITHOUT_SQLALCHEMY]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_file_of_something_else_is_not_copied_to_be_read(place):
    if place.file is None:
        return
    place.file.parent.mkdir()
    with sqlite3.connect(place.file) as connection:
        connection.execute("CREATE TABLE journal_run (other TEXT)")
    connection.close()
    with opened(place, to_write=False) as journal:
        assert not journal.has_run("run")


@pytest.mark.usefixtures("synced_files")
@pytest.mark.parametrize("to_write", [False, True])
def test_what_is_committed_to_a_file_is_on_the_disk(file, to_write):
    with opened(file, to_write=True):
        pass
    with connected(file, 0.1, to_write=to_write) as database:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        settings = [database.rows(f"PRAGMA {pragma}") for pragma in pragmas]
    full, milliseconds = 2, 100
    assert settings == [[("wal",)], [(full,)], [(1,)], [(milliseconds,)]]


def test_an_intent_is_committed_before_anything_else_happens(place, journal):
    journal.begin(by())
    journal.intend("run", ONE, "mark")
    with opened(place, to_write=False) as other:
        (intent,) = other.unrecorded()
    assert (intent.run, intent.change, intent.mark) == ("run", ONE, "mark")


def test_what_is_done_and_recorded_is_no_longer_open(journal):
    journal.begin(by())
    intent = journal.intend("run", ONE, "")
    assert journal.unrecorded() == [intent]
    journal.record(by().record(ONE, NOW), intent)
    assert journal.unrecorded() == []


def test_a_row_of_something_else_closes_no_intent(journal):
    journal.begin(by())
    journal.intend("run", ONE, "")
    journal.record(by("other").record(ONE, NOW))
    journal.record(Record(NOW, "log-in", "ana", "user", run="run", result=EVENT))
    assert len(journal.unrecorded()) == 1


def test_a_step_costs_the_same_in_a_long_journal(file):
    with opened(file, to_write=True) as journal:
        make(journal, ONE)
    steps = []
    with connected(file, 0.1, to_write=True) as database:
        journal = Journal(database, file)
        database.driver.set_progress_handler(lambda: steps.append(journal), 1)

        def cost():
            steps.clear()
            make(journal, ONE)
            return len(steps)

        early = cost()
        for _ in range(50):
            make(journal, ONE)
        assert cost() < early + 50


@pytest.mark.parametrize("outcome", [DONE, FAILED])
def test_an_intent_is_concluded_in_the_name_of_its_run(journal, outcome):
    make(journal, ONE)
    journal.intend("run", TWO, "")
    (intent,) = journal.unrecorded()
    journal.conclude(intent, outcome, LATER, "found live", "eve@example.org")
    assert journal.unrecorded() == []
    _, row = list(journal.links())
    record = row.record
    assert (record.applier, record.on_behalf_of) == ("ana@example.org", "bo@example.org")
    assert (record.run, record.plan_digest, record.result) == ("run", DIGEST, outcome)
    assert (record.timestamp, record.info) == (
        LATER,
        {"reason": "found live", "settled_by": "eve@example.org"},
    )
    assert journal.made(DIGEST) == ((ONE, TWO) if outcome == DONE else (ONE,))


def test_the_rows_are_a_chain_that_holds_over_openings(place):
    for change in (ONE, TWO, THREE):
        with opened(place, to_write=True) as journal:
            make(journal, change)
    with opened(place, to_write=False) as journal:
        links = list(journal.links())
    assert [row.seq for row in links] == [1, 2, 3]
    assert list(flaws(links)) == []


def test_a_row_that_is_changed_by_hand_shows(place, journal):
    make(journal, ONE)
    run(place, "UPDATE journal_audit SET applier = 'nobody'")
    assert [str(flaw) for flaw in flaws(journal.links())] == [
        "row 1: was changed after it was written"
    ]


def test_the_newest_rows_come_first_by_number_time_and_author(journal):
    for change, at in ((ONE, NOW), (TWO, LATER), (THREE, LATER)):
        make(journal, change, at=at)

    def names(*asked):
        return [row.record.object_id for row in journal.latest(Search(*asked))]

    assert names() == ["team.three", "team.two", "team.one"]
    assert names(LATER) == ["team.three", "team.two"]
    assert names(None, "ana@example.org") == names(None, "bo@example.org") == names()
    assert names(None, "nobody@example.org") == []


def test_a_search_reads_the_rows_that_it_may_select_and_no_others(journal):
    ana = address.user("an_a@example.org")
    team = Team("t_1", frozenset({Membership(ana)}))
    for change, run in (
        (Change(None, team), "one"),
        (Change(team, replace(team, name="t-1")), "two"),
        (Change(None, Team("tx1")), "two"),
        (Change(None, Binding(ana, address.workspace("w"), frozenset())), "three"),
        (Change(User("anna@example.org"), User("an_a@example.org")), "four"),
        (Change(User("an_a@example.org"), User("a@example.org")), "five"),
    ):
        make(journal, change, run)

    def numbers(**wanted):
        return [row.seq for row in journal.latest(Search(**wanted))]

    assert numbers(address="team.t_1") == [2, 1]
    assert numbers(address="team.t?1") == [3, 2, 1]
    assert numbers(address="*/access/*") == [4]
    assert numbers(about=ana) == [6, 5, 4, 2, 1]
    assert numbers(run="t") == [4, 3, 2]
    assert numbers(run="two", address="team.tx1") == [3]
    assert numbers(address="x" * 20_000, run="one") == [1]


def test_a_plan_is_applied_once_its_run_has_come_to_its_end(journal):
    make(journal, ONE)
    assert not journal.applied(DIGEST)
    assert journal.made(DIGEST) == (ONE,)
    journal.finish("run")
    assert journal.applied(DIGEST)
    assert journal.has_run("run")
    assert not journal.applied("e" * 64)


def test_what_several_runs_of_one_plan_made_is_told_in_its_order(journal):
    make(journal, ONE, "first")
    make(journal, TWO, "second")
    make(journal, THREE, "third", "e" * 64)
    assert journal.made(DIGEST) == (ONE, TWO)


def test_a_lost_key_stays_lost(place, journal):
    journal.lose(str(KEY_ID))
    journal.lose(str(KEY_ID))
    with opened(place, to_write=False) as other:
        assert other.lost() == {KEY_ID}


def test_a_row_that_cannot_be_written_leaves_nothing_behind(place, journal):
    make(journal, ONE)
    journal.intend("run", TWO, "")
    (intent,) = journal.unrecorded()
    run(place, "DELETE FROM journal_audit")
    run(place, "CREATE UNIQUE INDEX one ON journal_intent (recorded)")
    with pytest.raises(engine(place.url, 5.0).errors):
        journal.conclude(intent, FAILED, NOW, "")
    assert journal.unrecorded() == [intent]
    assert list(journal.links()) == []


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"before": null, "after": null}'])
def test_an_intent_that_was_changed_by_hand_is_an_error_of_the_journal(place, journal, text):
    journal.begin(by())
    journal.intend("run", ONE, "")
    run(place, f"UPDATE journal_intent SET outcome = '{DONE}', change = '{text}'")
    for read in (journal.unrecorded, lambda: journal.made(DIGEST)):
        with pytest.raises(BackendError) as error:
            read()
        assert str(error.value) == f"intent 1 in the journal `{place}` is not as it was written"
        assert error.value.hint == "put back a copy of it from before"


def test_a_journal_of_a_later_version_is_left_alone(place):
    with opened(place, to_write=True):
        pass
    run(place, "UPDATE journal_format SET number = 99")
    for to_write in (True, False):
        with (
            pytest.raises(BackendError, match="is of format 99; this version knows 2") as error,
            opened(place, to_write=to_write),
        ):
            pass
        assert error.value.hint == "use the version of rbac-sync that wrote it"


def test_a_file_that_is_no_journal_is_an_error(file):
    file.file.parent.mkdir()
    file.file.write_text("not a database, though of some length" * 100)
    with (
        pytest.raises(BackendError, match="cannot be used: file is not a database") as error,
        opened(file, to_write=False),
    ):
        pass
    assert error.value.hint == (
        "see `RBAC_SYNC_JOURNAL_URL` or `RBAC_SYNC_STATE_DIR`, and whether the disk is full"
    )


def test_a_folder_that_cannot_be_made_is_an_error(file):
    file.file.parent.write_text("a file where the folder belongs")
    with (
        pytest.raises(BackendError, match="cannot be made: file exists") as error,
        opened(file, to_write=True),
    ):
        pass
    assert error.value.hint == (
        "set `RBAC_SYNC_STATE_DIR` to a folder that this user may write to, or"
        " `RBAC_SYNC_JOURNAL_URL` to a database"
    )


def test_a_database_that_is_not_there_is_an_error():
    place = JournalPlace(url_of("postgresql://u:secret@127.0.0.1:1/d"), SERVICE, "acme")
    with (
        pytest.raises(
            BackendError, match=r"`postgresql://u@127\.0\.0\.1:1/d` cannot be used"
        ) as error,
        opened(place, to_write=True),
    ):
        pass
    assert "secret" not in str(error.value)
    assert error.value.hint == "see `RBAC_SYNC_JOURNAL_URL`, and whether the database is running"


def test_an_error_of_what_is_done_meanwhile_is_not_the_journals(place, tmp_path):
    with pytest.raises(FileNotFoundError), opened(place, to_write=True):
        (tmp_path / "elsewhere").read_bytes()


def test_a_database_keeps_the_journals_of_several_accounts_apart(place, journal):
    other = replace(place, account="beta")
    make(journal, ONE)
    journal.keep_key(OWNER, "active", "one")
    with opened(other, to_write=True) as beta:
        assert list(beta.links()) == []
        assert beta.keys() == {}
        assert not beta.has_run("run")
        make(beta, TWO)
        make(beta, THREE)
    assert [row.account for row in journal.links()] == ["acme"]
    with opened(other, to_write=False) as beta:
        links = list(beta.links())
    assert [(row.account, row.seq) for row in links] == [("beta", 1), ("beta", 2)]
    assert list(flaws(links)) == []


def test_one_account_at_two_services_has_two_journals(place, journal):
    make(journal, ONE)
    with opened(replace(place, service="https://other.example"), to_write=False) as other:
        assert list(other.links()) == []


def test_a_run_that_finds_the_account_held_says_by_whom(place):
    with exclusive(place, 0.1) as journal:
        since = journal.holder().partition(" since ")[2]
        assert parsed(since)
        with pytest.raises(Locked) as error, exclusive(place, 0.1):
            pass
    who = f"process {os.getpid()} of `{getpass.getuser()}` on `{socket.gethostname()}`"
    assert str(error.value) == f"the account `acme` is held by {who} since {since}"
    assert error.value.hint == "wait until it is done"
    assert error.value.exit_code == 5
    with exclusive(place, 0.1) as journal:
        make(journal, ONE)


def test_the_lock_of_one_account_keeps_no_other_waiting(place):
    with exclusive(place, 0.1) as acme, exclusive(replace(place, account="beta"), 0.1) as beta:
        make(acme, ONE)
        make(beta, TWO)


def test_a_run_whose_lock_was_taken_away_intends_nothing_more(postgres_url):
    place = JournalPlace(url_of(postgres_url), SERVICE, "acme")
    with exclusive(place, 0.1) as journal:
        journal.begin(by())
        journal.intend("run", ONE, "")
        run(place, KILL)
        with pytest.raises(BackendError, match="the account's lock is gone") as error:
            journal.intend("run", TWO, "")
        assert error.value.hint == "plan and apply again to go on"
        assert len(journal.unrecorded()) == 1
    with exclusive(place, 0.1):
        pass


@pytest.mark.parametrize("suffix", [".lock", ".journal"])
@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_run_whose_file_was_deleted_or_replaced_intends_nothing_more(
    tmp_path, suffix, is_replaced
):
    place = usual_place(SERVICE, "acme", {"RBAC_SYNC_STATE_DIR": str(tmp_path)})
    with exclusive(place, 0.1) as journal:
        journal.begin(by())
        journal.intend("run", ONE, "")
        file = place.file.with_name(f"{place.name}{suffix}")
        file.rename(tmp_path / "away")
        if is_replaced:
            file.touch()
        with pytest.raises(BackendError, match="was deleted or replaced while this run") as error:
            journal.intend("run", TWO, "")
        assert str(error.value).startswith(f"`{file}`")
        assert error.value.hint == "plan and apply again to go on"


KILL = """SELECT pg_terminate_backend(l.pid) FROM pg_locks l
    WHERE l.relation = CAST('journal' AS regclass) AND l.mode = 'RowShareLock' AND l.granted"""
"""Ends the connection that holds a row of the table of journals."""


FORMAT_1 = Path(__file__).with_name("journal_1.sql")
"""A journal as rbac-sync 0.1 wrote it: two runs, one of them interrupted."""


@pytest.fixture
def old(file):
    file.file.parent.mkdir()
    with sqlite3.connect(file.file) as connection:
        connection.executescript(FORMAT_1.read_text())
    connection.close()
    return file


@pytest.mark.parametrize("to_write", [False, True])
def test_a_file_of_before_is_read_with_all_that_is_in_it(old, to_write):
    with opened(old, to_write=to_write) as journal:
        links = list(journal.links())
        assert list(flaws(links)) == []
        assert [row.record.object_id for row in links] == ["team.one", "service-account.ci"]
        assert [(i.change, i.mark) for i in journal.unrecorded()] == [(TWO, "m")]
        assert journal.has_run("run")
        assert journal.has_run("broken")
        assert journal.applied("d" * 64)
        assert not journal.applied("e" * 64)
        assert journal.lost() == {KEY_ID}
        assert journal.keys() == {(OWNER, "active"): "k1"}


def dumped(file):
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def test_a_file_of_before_goes_on_as_one_of_today(old):
    before = dumped(old.file)
    with opened(old, to_write=False):
        pass
    assert dumped(old.file) == before
    with opened(old, to_write=True) as journal:
        make(journal, THREE, "next")
    with opened(old, to_write=True) as journal:
        links = list(journal.links())
    assert [row.seq for row in links] == [1, 2, 3]
    assert list(flaws(links)) == []
    with sqlite3.connect(old.file) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    assert tables.isdisjoint({"run", "intent", "lost", "made_key", "audit"})
    assert version == t.FORMAT  # an earlier version refuses this format


def test_a_file_of_before_that_knows_no_keys_yet_is_read_too(old):
    with sqlite3.connect(old.file) as connection:
        connection.execute("DROP TABLE made_key")
    connection.close()
    for to_write in (False, True):
        with opened(old, to_write=to_write) as journal:
            assert journal.keys() == {}


OWNER = str(address.service_account("ci"))


def test_w2_the_journal_keeps_the_id_of_each_key_that_was_made(journal):
    journal.keep_key(OWNER, "active", "one")
    journal.keep_key(OWNER, "active", "two")
    journal.keep_key(OWNER, "old", "three")
    journal.drop_key(OWNER, "old")

    assert journal.keys() == {(OWNER, "active"): "two"}


def test_w2_a_key_is_known_under_the_new_name_of_its_owner(journal):
    journal.keep_key(OWNER, "active", "one")
    journal.rename_owner(OWNER, "service-account.cd")

    assert journal.keys() == {("service-account.cd", "active"): "one"}
