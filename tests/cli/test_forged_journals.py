"""A journal that somebody changed by hand: no secret is lost, nothing doubled, no wrong "done"."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from rbac_sync import pipeline
from rbac_sync.backends.remote.journal import Journal
from rbac_sync.backends.remote.journaled_writer import JournaledWriter
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.model import Key
from rbac_sync.server.guarded_store import GuardedStore

from ..server.serving import Server, served, serving
from .running import bare, run, soon
from .test_journal import CONFIGURATION, opened

APPLY = "apply --auto-approve --keys-out keys.json"
OPEN = "UPDATE journal_intent SET {} WHERE recorded = 0"
ALL = "UPDATE journal_intent SET {}"
SWAP = """UPDATE journal_made_key SET id =
    (SELECT o.id FROM journal_made_key o WHERE o.owner <> journal_made_key.owner)"""
USUAL = ("done and recorded", "mark of what is live")
"""What is forged in the usual run once all is kept; the rest where long tests are asked for."""

FORGED = {
    "nothing": "SELECT 1",
    "done": OPEN.format("outcome = 'done'"),
    "failed": OPEN.format("outcome = 'failed'"),
    "done and recorded": OPEN.format("outcome = 'done', recorded = 1"),
    "failed and recorded": OPEN.format("outcome = 'failed', recorded = 1"),
    "recorded": OPEN.format("recorded = 1"),
    "no mark": OPEN.format("mark = ''"),
    "another mark": OPEN.format("mark = 'x'"),
    "mark of what is live": OPEN.format("mark = '{live}'"),
    "marks of what is live": ALL.format("mark = '{live}'"),
    "intent gone": "DELETE FROM journal_intent WHERE recorded = 0",
    "intents gone": "DELETE FROM journal_intent",
    "first intent gone": "DELETE FROM journal_intent WHERE number = 1",
    "all open again": ALL.format("recorded = 0"),
    "nothing known of any": ALL.format("recorded = 0, outcome = NULL"),
    "all failed": ALL.format("outcome = 'failed'"),
    "all failed and open": ALL.format("outcome = 'failed', recorded = 0"),
    "all done": ALL.format("outcome = 'done'"),
    "all done and recorded": ALL.format("outcome = 'done', recorded = 1"),
    "unknown outcome": OPEN.format("outcome = 'perhaps'"),
    "keys forgotten": "DELETE FROM journal_made_key",
    "keys swapped": SWAP,
    "other keys": "UPDATE journal_made_key SET id = 'x'",
    "key of what is live": "INSERT OR REPLACE INTO journal_made_key"
    " SELECT id, 'service-account.c', 'active', '{live}' FROM journal",
    "run finished": "UPDATE journal_run SET finished = 1",
    "runs of another plan": "UPDATE journal_run SET plan_digest = 'd'",
    "runs of nobody": "UPDATE journal_run SET applier = ''",
    "no rows": "DELETE FROM journal_audit",
    "rows failed": "UPDATE journal_audit SET result = 'failed'",
    "last row gone": "DELETE FROM journal_audit WHERE seq = (SELECT max(seq) FROM journal_audit)",
    "everything gone": "; ".join(
        f"DELETE FROM {table}"
        for table in ("journal_intent", "journal_run", "journal_made_key", "journal_audit")
    ),
    "held by nobody": "DELETE FROM journal_hold",
    "held by another": "UPDATE journal_hold SET who = 'x'",
    "live key lost": "INSERT INTO journal_lost_key SELECT id, '{live}' FROM journal",
}
REFUSED = {
    "unreadable": OPEN.format("change = '{{'"),
    "no runs": "DELETE FROM journal_run",
    "a lost key without an id": "INSERT INTO journal_lost_key SELECT id, 'x' FROM journal",
}


class Killed(BaseException):
    """What the process gets in the middle of things."""


def dies_unkept(patch):
    """Let the run end once the third key is made, and before its secret is anywhere."""
    original, keys = JournaledWriter.make, []

    def make(self, change):
        made = original(self, change)
        keys.extend([change] if isinstance(change.after, Key) else [])
        if len(keys) == 3:
            raise Killed
        return made

    patch.setattr(JournaledWriter, "make", make)


def dies_unrecorded(patch):
    """Let the run end once the secret of the third key is kept, and before that is noted."""
    original, keys = Journal.record, []

    def record(self, row, intent=None):
        keys.extend([row] if row.object_table == "api_key" else [])
        if len(keys) == 3:
            raise Killed
        return original(self, row, intent)

    patch.setattr(Journal, "record", record)


once_kept = pytest.mark.parametrize("interrupted", [dies_unrecorded], indirect=True)


@pytest.fixture(scope="module")
def interrupted(request, tmp_path_factory):
    """What an interrupted run left: store, journal and keys file; and the key of the owner."""
    folder = tmp_path_factory.mktemp("interrupted")
    with pytest.MonkeyPatch.context() as patch, served(f"sqlite:///{folder / 'rbac.db'}") as server:
        bare(patch)
        prepare(folder, server, patch)
        request.param(patch)
        with pytest.raises(Killed):
            run(APPLY)
    return folder, server.key


def prepare(folder, server, patch):
    patch.chdir(folder)
    patch.setenv("RBAC_SYNC_API_KEY", server.key)
    patch.setenv("RBAC_SYNC_JOURNAL_URL", "sqlite:///journal.db")
    root = f"{server.root}/api"
    file = folder / "rbac.toml"
    old = pipeline.load(folder).account if file.exists() else ""
    file.write_text(CONFIGURATION.format(root=server.root, end=soon()))
    if old:
        keys = folder / "keys.json"
        keys.write_text(keys.read_text().replace(old, pipeline.load(folder).account))
        name = moved(root)
        with closing(sqlite3.connect(folder / "journal.db", isolation_level=None)) as journal:
            journal.execute("PRAGMA foreign_keys = OFF")
            journal.execute("UPDATE journal SET id = ?, service = ?", (name, root))
            for table in ("hold", "run", "intent", "lost_key", "made_key", "audit"):
                journal.execute(f"UPDATE journal_{table} SET journal = ?", (name,))


def moved(root):
    """Return what the journal of the account is called at another port of the server."""
    from rbac_sync.backends.remote.state_files import journal

    return journal(root, "acme", {"RBAC_SYNC_JOURNAL_URL": "sqlite:///journal.db"}).name


@pytest.fixture
def account(interrupted, tmp_path, monkeypatch):
    """The account where the run was interrupted, served anew from a copy of all that is left."""
    folder, key = interrupted
    shutil.copytree(folder, tmp_path / "here")
    store = tmp_path / "here" / "rbac.db"
    guarded = GuardedStore(Accounts(f"sqlite:///{store}"))
    with serving(guarded) as root:
        server = Server(root, guarded, key)
        prepare(tmp_path / "here", server, monkeypatch)
        with closing(sqlite3.connect(store)) as connection:
            (server.live,) = connection.execute(
                "SELECT k.id FROM api_key k ORDER BY k.created DESC, k.version DESC LIMIT 1"
            ).fetchone()
        yield server
        for client in server.clients:
            client.close()


def forge(statements, live):
    with closing(sqlite3.connect("journal.db")) as journal:
        journal.executescript(statements.format(live=live))


def of_usual_run(death, name):
    return name == "nothing" if death is dies_unkept else name in USUAL


@pytest.mark.parametrize(
    ("interrupted", "name"),
    [
        pytest.param(death, name, marks=[] if of_usual_run(death, name) else [pytest.mark.long])
        for death in (dies_unkept, dies_unrecorded)
        for name in FORGED
    ],
    indirect=["interrupted"],
)
def test_no_secret_is_lost_and_nothing_doubled(account, tmp_path, name):
    forge(FORGED[name], account.live)
    for _ in range(2):
        ran = run(APPLY)
        assert ran.code == 0, ran.err
    assert run("plan --detailed-exitcode").code == 0
    assert opened(account, (tmp_path / "here").glob("*.json")) == {"a", "b", "c"}


@once_kept
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("done and recorded", "`service-account.c/key/active` is done, which no row tells"),
        ("first intent gone", "stands where intent 1 should"),
        ("all failed", "is failed, which no row tells"),
        ("runs of nobody", "row 1 of the trail: names another applier, author or plan than run"),
        ("intents gone", "row 1 of the trail: tells of `service-account.a`, which no intent"),
    ],
)
def test_an_audit_finds_what_was_changed_in_the_journal(account, name, message):
    assert run("audit verify").code == 0
    forge(FORGED[name], account.live)
    ran = run("audit verify")
    assert ran.code == 1
    assert message in ran.out
    assert "help: put back a copy of it from before" in ran.out


@once_kept
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_a_way_on(account, name):
    forge(REFUSED[name], account.live)
    ran = run(APPLY)
    assert ran.code == 1
    assert "in the journal `journal.db` is not as it was written" in ran.err
    assert "put back a copy of it from before" in ran.err
