"""What a server asks of a store: documents, ids both ways, whose key it is."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config

from rbac_sync.backends.store import StoreBackend, migrate, schema
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.errors import BackendError, CredentialError
from rbac_sync.model import ACCOUNT, Kind, Workspace
from rbac_sync.planning import Change

from .stores import OWNER, UNDOING_SINCE_0006, connected, founded, made

PROD = Workspace("prod")


def without_what_came_later(connection):
    for statement in UNDOING_SINCE_0006:
        connection.exec_driver_sql(statement)
    for table in ("binding", "team_member"):
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN reason")


def test_what_is_held_since_before_reasons_were_kept_has_none_and_can_be_given_one(store_url):
    backend = founded(store_url)
    with connected(store_url) as connection:
        without_what_came_later(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
    with pytest.raises(BackendError, match="has schema 0003"):
        Accounts(store_url).check()
    assert migrate(store_url) == schema.HEAD
    before = account_role(backend)
    assert {holding.reason for holding in before.roles} == {""}
    after = replace(before, roles=frozenset(replace(h, reason="founder") for h in before.roles))
    made(backend, Change(before, after))
    assert account_role(backend) == after


def account_role(backend):
    with backend.open() as session:
        return session.read().binding(OWNER.address, ACCOUNT)


def test_a_store_of_the_first_schema_is_brought_up_to_date(store_url):
    migrate(store_url)
    with connected(store_url) as connection:
        connection.exec_driver_sql("DROP TABLE document")
        connection.exec_driver_sql("DROP INDEX ix_api_key_hash")
        connection.exec_driver_sql("ALTER TABLE api_key DROP COLUMN shown")
        without_what_came_later(connection)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(BackendError, match="has schema 0001"):
        Accounts(store_url).check()
    assert migrate(store_url) == schema.HEAD
    Accounts(store_url).check()


def test_accounts_from_before_roles_were_a_feature_have_it(store_url):
    backend = founded(store_url)
    with connected(store_url) as connection:
        without_what_came_later(connection)
        connection.exec_driver_sql("""UPDATE account SET features = '["audit-trail"]'""")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    assert migrate(store_url) == schema.HEAD
    with backend.open() as session:
        assert session.account.features == {"audit-trail", "basic-rbac"}


def test_migrations_go_one_by_one(store_url):
    settings = Config()
    settings.set_main_option("script_location", "rbac_sync.backends.store:migrations")
    from pathlib import Path

    if store_url.startswith("sqlite"):
        Path(store_url.removeprefix("sqlite:///")).touch()
    with connected(store_url) as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0001")
    assert migrate(store_url) == schema.HEAD


def test_documents_are_kept_changed_and_gone_with_their_owner(store_url):
    backend = founded(store_url)

    def keep(writer):
        writer.make(Change(None, PROD))
        documents = writer.documents
        first = documents.add("note", PROD.address, "a", {"x": 1})
        documents.set("note", PROD.address, {"y": 2}, "a")
        documents.set("note", ACCOUNT, {"z": 3})
        return first.id

    id_ = backend.transact("one", keep)
    with backend.open() as session:
        assert session.documents.get("note", id_).content == {"y": 2}
        assert session.documents.get("other", id_) is None
        assert session.documents.named("note", ACCOUNT).content == {"z": 3}
        assert len(session.documents.of("note")) == 2
    assert Accounts(store_url).account_of(id_, "prefect-cloud") == "acme"
    assert Accounts(store_url).account_of(id_, "prefect-cloud-1") is None
    made(backend, Change(PROD, None), run="two")
    with backend.open() as session:
        assert [d.owner for d in session.documents.of("note")] == [ACCOUNT]
    assert Accounts(store_url).account_of(id_, "prefect-cloud") is None


def test_documents_of_one_transaction_are_listed_as_they_were_added(store_url):
    backend, names = founded(store_url), [f"{n:02}" for n in range(20)]

    def keep(writer):
        for name in names:
            writer.documents.add("note", ACCOUNT, name, {})

    backend.transact("one", keep)
    with backend.open() as session:
        assert [d.name for d in session.documents.of("note")] == names


def test_documents_follow_their_owner_through_a_rename(store_url):
    backend, live = founded(store_url), Workspace("live")
    made(backend, Change(None, PROD))
    backend.transact("two", lambda w: w.documents.add("note", PROD.address, None, {}))
    made(backend, Change(PROD, live), run="three")
    with backend.open() as session:
        assert [d.owner for d in session.documents.of("note", live.address)] == [live.address]


def test_ids_lead_to_names_and_back(store_url):
    backend = founded(store_url)
    made(backend, Change(None, PROD))
    with backend.open() as session:
        register = session.register()
        entry = register.named[PROD.address]
        assert register.find(Kind.WORKSPACE, entry.id) == PROD.address
        assert register.find(Kind.TEAM, entry.id) is None
        owner = register.named[OWNER.address]
        assert owner.actor_id != owner.id
        assert register.actor(owner.actor_id) == OWNER.address
        assert register.actor(owner.id) is None
        (row,) = register.held_by(ACCOUNT, OWNER.address)
        assert register.row(ACCOUNT, row.id) == row
        assert register.row(ACCOUNT, uuid4()) is None


def test_a_key_says_whose_it_is_in_whichever_account(store_url):
    one = founded(store_url)
    two = founded(store_url, "other")
    service = Accounts(store_url)
    assert service.whose(one._api_key).account == "acme"
    assert service.whose(two._api_key).account == "other"
    assert service.whose(two._api_key).principal == OWNER.address
    with pytest.raises(CredentialError, match="not known"):
        service.whose("pnu_nobody")


def test_a_server_uses_one_engine_for_all_accounts(store_url):
    founded(store_url)
    service = Accounts(store_url)
    backend = service.backend("acme", None)
    assert isinstance(backend, StoreBackend)
    assert backend._engine() is service._store
