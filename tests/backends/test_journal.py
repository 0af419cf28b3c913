"""The journal: on the disk before and after, chained, and never in two minds."""

from __future__ import annotations

import sqlite3
import stat

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.record import DONE, EVENT, FAILED, Authorship, Record
from rbac_sync.backends.journal import opened
from rbac_sync.errors import BackendError
from rbac_sync.model import Team, address
from rbac_sync.model.instant import parsed
from rbac_sync.planning import Change

NOW, LATER = parsed("2026-11-21T12:00:00Z"), parsed("2026-11-21T13:00:00Z")
ANA = address.user("ana@example.org")
ONE, TWO, THREE = (Change(None, Team(name)) for name in ("one", "two", "three"))
DIGEST = "d" * 64


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "acme.journal"


@pytest.fixture
def journal(path):
    with opened(path, "acme", to_write=True) as found:
        yield found


def by(run="run", digest=DIGEST):
    return Authorship(ANA, run, digest, on_behalf_of=address.user("bo@example.org"))


def make(journal, change, run="run", digest=DIGEST, at=NOW):
    if not journal.has_run(run):
        journal.begin(by(run, digest))
    journal.settle(journal.intend(run, change, ""), DONE)
    journal.record(by(run, digest).record(change, at))


def test_a_journal_that_is_only_read_is_not_made(path):
    with opened(path, "acme", to_write=False) as journal:
        assert list(journal.links()) == journal.unrecorded() == []
        assert not journal.has_run("run")
    assert not path.parent.exists()


def test_a_journal_is_its_owners_alone(path, journal):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_an_intent_is_on_the_disk_before_anything_else_happens(path, journal):
    journal.begin(by())
    journal.intend("run", ONE, "mark")
    with opened(path, "acme", to_write=False) as other:
        (intent,) = other.unrecorded()
    assert (intent.run, intent.change, intent.mark, intent.outcome) == ("run", ONE, "mark", None)


def test_what_is_done_and_recorded_is_no_longer_open(journal):
    journal.begin(by())
    journal.settle(journal.intend("run", ONE, ""), DONE)
    assert [i.outcome for i in journal.unrecorded()] == [DONE]
    journal.record(by().record(ONE, NOW))
    assert journal.unrecorded() == []


def test_a_row_of_another_run_or_of_something_else_closes_no_intent(journal):
    journal.begin(by())
    journal.settle(journal.intend("run", ONE, ""), DONE)
    journal.record(by("other").record(ONE, NOW))
    journal.record(Record(NOW, "log-in", "ana", "user", run="run", result=EVENT))
    assert len(journal.unrecorded()) == 1


@pytest.mark.parametrize("outcome", [DONE, FAILED])
def test_an_intent_is_concluded_in_the_name_of_its_run(journal, outcome):
    make(journal, ONE)
    journal.intend("run", TWO, "")
    (intent,) = journal.unrecorded()
    journal.conclude(intent, outcome, LATER, "found live")
    assert journal.unrecorded() == []
    _, row = list(journal.links())
    record = row.record
    assert (record.applier, record.on_behalf_of) == ("ana@example.org", "bo@example.org")
    assert (record.run, record.plan_digest, record.result) == ("run", DIGEST, outcome)
    assert (record.timestamp, record.info) == (LATER, {"reason": "found live"})
    assert journal.made(DIGEST) == ((ONE, TWO) if outcome == DONE else (ONE,))


def test_the_rows_are_a_chain_that_holds_over_openings(path):
    for change in (ONE, TWO, THREE):
        with opened(path, "acme", to_write=True) as journal:
            make(journal, change)
    with opened(path, "acme", to_write=False) as journal:
        links = list(journal.links())
    assert [row.seq for row in links] == [1, 2, 3]
    assert list(flaws(links)) == []


def test_a_row_that_is_changed_by_hand_shows(path, journal):
    make(journal, ONE)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE audit SET applier = 'nobody'")
    assert [str(flaw) for flaw in flaws(journal.links())] == [
        "row 1: was changed after it was written"
    ]


def test_the_newest_rows_come_first_by_number_time_and_author(journal):
    for change, at in ((ONE, NOW), (TWO, LATER), (THREE, LATER)):
        make(journal, change, at=at)

    def names(*asked):
        return [row.record.object_id for row in journal.latest(*asked)]

    assert names() == ["team.three", "team.two", "team.one"]
    assert names(2) == ["team.three", "team.two"]
    assert names(None, LATER) == ["team.three", "team.two"]
    assert names(None, None, "ana@example.org") == names(None, None, "bo@example.org") == names()
    assert names(None, None, "nobody@example.org") == []


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


def test_a_lost_key_stays_lost(path, journal):
    journal.lose("k1")
    journal.lose("k1")
    with opened(path, "acme", to_write=False) as other:
        assert other.lost() == {"k1"}


def test_a_row_that_cannot_be_written_leaves_nothing_behind(journal):
    journal.begin(by())
    journal.settle(journal.intend("run", ONE, ""), DONE)
    (intent,) = journal.unrecorded()
    journal._connection.execute(
        "CREATE TRIGGER no BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END"
    )
    with pytest.raises(sqlite3.Error):
        journal.conclude(intent, FAILED, NOW)
    assert journal.unrecorded() == [intent]


def test_a_journal_of_a_later_version_is_left_alone(path):
    with opened(path, "acme", to_write=True):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with (
        pytest.raises(BackendError, match="of format 99; this version knows 1"),
        opened(path, "acme", to_write=True),
    ):
        pass


def test_a_file_that_is_no_journal_is_an_error(path):
    path.parent.mkdir()
    path.write_text("not a database, though of some length" * 100)
    with (
        pytest.raises(BackendError, match="cannot be used: file is not a database"),
        opened(path, "acme", to_write=False),
    ):
        pass


def test_an_error_of_what_is_done_meanwhile_is_not_the_journals(tmp_path):
    with (
        pytest.raises(FileNotFoundError),
        opened(tmp_path / "x.journal", "acme", to_write=True),
    ):
        (tmp_path / "elsewhere").read_bytes()


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


def test_a_journal_of_before_knows_no_keys_and_takes_them_once_it_is_written(path):
    with opened(path, "acme", to_write=True):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE made_key")

    with opened(path, "acme", to_write=False) as journal:
        assert journal.keys() == {}
    with opened(path, "acme", to_write=True) as journal:
        journal.keep_key(OWNER, "active", "one")
        assert journal.keys() == {(OWNER, "active"): "one"}
