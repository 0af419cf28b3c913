"""What is kept beside the model is on record with the change that wrote it, by every road."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from sqlalchemy import text

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.record import Authorship
from rbac_sync.audit.row_facts import recorded
from rbac_sync.backends.store import log_ins, migrate
from rbac_sync.backends.store.key_scope import KeyScope, keep
from rbac_sync.backends.store.row_facts import RESTORE
from rbac_sync.errors import BackendError
from rbac_sync.model import Key, ServiceAccount
from rbac_sync.planning import Change

from .stores import OWNER, UNDOING_SINCE_0006, connected, founded, links, owner

CI = ServiceAccount("ci")
OTHER = "0" * 64
MAIN = Key(CI.address, "main")
UNGUARDED = {
    "sqlite": ["DROP TRIGGER audit_refuses_update", "DROP TRIGGER audit_refuses_delete"],
    "postgresql": ["DROP TRIGGER audit_refuses_change ON audit"],
}


def recording(backend, *changes, run="made", then=lambda writer: None):
    by = Authorship(OWNER.address, run)

    def work(writer):
        for change in changes:
            writer.make(change)
            writer.record(by.record(change, writer.now()))
        then(writer)

    backend.transact(run, work)


def unrecorded(backend):
    with backend.open() as session:
        return session.unrecorded()


def tampered(store_url, *statements):
    with connected(store_url) as connection:
        for statement in statements:
            connection.execute(text(statement))


def told(backend):
    return [list((row.record.info or {}).get("kept", {})) for row in links(backend)]


@pytest.fixture
def filled(store_url):
    """A service account with a key, and an owner who has logged in."""
    backend = founded(store_url)
    recording(backend, Change(None, CI), Change(None, MAIN))
    backend.transact("in", lambda w: log_ins.begin(w.documents, OWNER.address, uuid4(), w.now()))
    return backend


def test_a_key_is_on_record_with_its_row(filled):
    assert unrecorded(filled) == []
    ours = [[label.partition("/")[0] for label in row] for row in told(filled)][2:]
    assert ours == [["service_account"], ["api_key"], ["document"]]
    assert links(filled)[-1].record.message == "`account`: what decides who may come in was changed"
    assert list(flaws(links(filled))) == []


def test_how_far_a_key_reaches_is_on_record_in_the_row_of_the_key(store_url):
    backend = founded(store_url)
    reach = KeyScope(everywhere=True)

    def then(writer):
        keep(writer.documents, writer.register(), MAIN, reach)

    recording(backend, Change(None, CI), Change(None, MAIN), then=then)
    kinds = [label.partition("/")[0] for label in told(backend)[-1]]
    assert kinds == ["api_key", "document"]
    assert unrecorded(backend) == []


@pytest.mark.parametrize(
    ("statement", "where", "message"),
    [
        (
            f"UPDATE api_key SET hash = '{OTHER}' WHERE name = 'main'",
            "`service-account.ci/key/main`",
            "`hash` is not as the trail says",
        ),
        (
            """UPDATE account SET features = '["audit-trail"]'""",
            "account `acme`",
            "`features` is not as the trail says",
        ),
        (
            "UPDATE \"user\" SET id = actor_id, created = '2020-01-01T00:00:00.000000Z'",
            "`member.olivia@example.org`",
            "`created` and `id` are not as the trail says",
        ),
    ],
)
def test_a_fact_that_was_changed_past_us_shows(filled, store_url, statement, where, message):
    tampered(store_url, statement)
    (found,) = unrecorded(filled)
    assert (found.where, found.message) == (where, message)
    assert found.hint


def test_a_key_that_reaches_farther_than_it_was_given_shows(filled, store_url):
    tampered(
        store_url,
        'UPDATE document SET content = \'{"default"\\:null,"everywhere"\\:false,'
        "\"maker\"\\:null}' WHERE kind = 'key'",
    )
    (found,) = unrecorded(filled)
    assert found.where.startswith("key of `member.olivia@example.org`, `document` row `")
    assert found.message == "`content` is not as the trail says"
    assert found.hint == "revoke the key, and make a new one"


def test_a_log_in_that_was_put_in_or_taken_out_shows(filled, store_url):
    tampered(store_url, f"UPDATE document SET id = '{uuid4()}' WHERE kind = 'log-in'")
    new, old = unrecorded(filled)
    assert new.message == "is there, but not in the trail"
    assert new.hint == "delete that row of `document`; the person logs in again"
    assert old.message == "is in the trail, but not there"
    assert old.hint.startswith("put the row back from a backup")


def test_what_goes_with_its_owner_is_not_missed(filled):
    recording(filled, owner("ada"), run="ada")
    tokens = Authorship(OWNER.address, "in2")
    ada = owner("ada").after

    def log_in(writer):
        log_ins.begin(writer.documents, ada.address, uuid4(), writer.now())
        writer.record(tokens.remark(ada.address, "logged in", writer.now()))

    filled.transact("in2", log_in)
    recording(filled, Change(ada, None), run="gone")
    assert unrecorded(filled) == []


def test_a_store_of_an_older_version_is_put_on_record_as_it_is_found(filled, store_url):
    with connected(store_url) as connection:
        unguarded = UNGUARDED[connection.dialect.name]
    older = [
        "UPDATE audit SET info = NULL",
        *UNDOING_SINCE_0006,
        "UPDATE alembic_version SET version_num = '0004'",
    ]
    tampered(store_url, *unguarded, *older)
    migrate(store_url)
    assert unrecorded(filled) == []
    last = links(filled)[-1].record
    words = "what decides who may come in was put on record as it was found"
    assert last.message == f"`account`: {words}"
    assert last.info["adopted"] is True
    kinds = {label.partition("/")[0] for label in recorded([last.info])}
    assert kinds >= {"account", "api_key", "user"}
    count = len(links(filled))
    migrate(store_url)
    assert len(links(filled)) == count


def test_a_damaged_row_that_stops_a_migration_is_named_and_nothing_is_changed(filled, store_url):
    with connected(store_url) as connection:
        unguarded = UNGUARDED[connection.dialect.name]
    tampered(
        store_url,
        *unguarded,
        *UNDOING_SINCE_0006,
        "UPDATE alembic_version SET version_num = '0004'",
        "UPDATE document SET content = 'x' WHERE kind = 'log-in'",
    )
    with pytest.raises(BackendError) as refused:
        migrate(store_url)
    words = r"the store is damaged: `document` row id \S+: `content` cannot be read: 'x'"
    assert re.fullmatch(words, str(refused.value))
    assert refused.value.hint == f"{RESTORE}; `rbac-sync audit verify` lists all such rows"
    with pytest.raises(BackendError, match="the store has schema 0004"):
        unrecorded(filled)
