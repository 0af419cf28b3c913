"""What a server asks of a store: documents, ids both ways, whose key it is."""

from __future__ import annotations

from uuid import uuid4

import pytest

from rbac_sync.backends.store import StoreBackend
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.errors import CredentialError
from rbac_sync.model import ACCOUNT, Kind, Workspace
from rbac_sync.planning import Change

from .stores import OWNER, founded, made

PROD = Workspace("prod")


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
