"""Log-ins: whose they are, how long they last, and what is kept of them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from rbac_sync.backends.credential import ACCESS, REFRESH
from rbac_sync.backends.database.engine import address, engine, reading
from rbac_sync.backends.store import StoreBackend, init, log_ins
from rbac_sync.backends.store.row_facts import LOG_IN
from rbac_sync.errors import CredentialError
from rbac_sync.model.settings import WAIT
from rbac_sync.planning import Change

from .stores import OWNER, dump, founded, made, owner

WHO = OWNER.address
TENANT = uuid4()


@pytest.fixture
def begun(store_url):
    backend = founded(store_url)
    tokens = backend.transact("in", lambda w: log_ins.begin(w.documents, WHO, TENANT, w.now()))
    return backend, tokens


def whose(store_url, token, sort=ACCESS):
    with reading(engine(address(store_url), WAIT)) as connection:
        return log_ins.whose(connection, token, sort)


def found(writer):
    (document,) = writer.documents.of(LOG_IN, WHO)
    return document


def test_each_token_is_found_as_what_it_is(store_url, begun):
    _, tokens = begun
    log_in = whose(store_url, tokens.access)
    assert (log_in.account, log_in.person, log_in.tenant) == ("acme", WHO, TENANT)
    assert whose(store_url, tokens.refresh, REFRESH) == log_in
    for token, sort in ((tokens.access, REFRESH), (tokens.refresh, ACCESS)):
        with pytest.raises(CredentialError, match="has ended"):
            whose(store_url, token, sort)


@pytest.mark.parametrize(
    "change", [lambda t: "", lambda t: t[:-1], lambda t: t + "x", lambda t: t[:-1] + "é"]
)
def test_another_token_is_nobodys(store_url, begun, change):
    with pytest.raises(CredentialError):
        whose(store_url, change(begun[1].access))


def test_an_id_without_its_secret_is_nobodys(store_url, begun):
    token = begun[1].access
    with pytest.raises(CredentialError):
        whose(store_url, token[:36] + "x" * (len(token) - 36))


def test_no_token_is_kept(store_url, begun):
    everything = repr(dump(store_url))
    assert begun[1].access[4:] not in everything
    assert begun[1].refresh[-36:] not in everything


def test_new_tokens_end_the_old_ones_and_may_choose_another_tenant(store_url, begun):
    backend, old = begun
    other = uuid4()
    new = backend.transact("on", lambda w: log_ins.renew(w.documents, found(w), w.now(), other))
    assert whose(store_url, new.access).tenant == other
    for token, sort in ((old.access, ACCESS), (old.refresh, REFRESH)):
        with pytest.raises(CredentialError):
            whose(store_url, token, sort)


def test_an_access_token_ends_before_its_log_in_and_that_ends_too(store_url, begun, monkeypatch):
    backend, tokens = begun
    with backend.open() as session:
        start = session.now()

    def at(later):
        monkeypatch.setattr(log_ins, "clock", lambda _: start + later)

    at(log_ins.SHORT)
    with pytest.raises(CredentialError):
        whose(store_url, tokens.access)
    assert whose(store_url, tokens.refresh, REFRESH)
    at(log_ins.LONG + timedelta(seconds=1))
    with pytest.raises(CredentialError):
        whose(store_url, tokens.refresh, REFRESH)


def test_what_has_ended_is_forgotten_with_the_next_log_in(store_url, begun, monkeypatch):
    backend, _ = begun
    with backend.open() as session:
        late = session.now() + log_ins.LONG * 2
    backend.transact("again", lambda w: log_ins.begin(w.documents, WHO, TENANT, late))
    with backend.open() as session:
        assert len(session.documents.of(LOG_IN)) == 1


def test_no_token_outlasts_its_log_in(begun):
    backend, _ = begun

    def late(writer):
        at = writer.now() + log_ins.LONG - timedelta(minutes=1)
        return log_ins.renew(writer.documents, found(writer), at).until - at

    assert backend.transact("late", late) <= timedelta(minutes=1)


def test_who_is_removed_is_logged_out(store_url, begun):
    backend, tokens = begun
    made(backend, owner("rae"), Change(OWNER, None), run="out")
    with pytest.raises(CredentialError):
        whose(store_url, tokens.access)


def test_a_log_in_is_as_good_as_a_key_in_its_account_alone(store_url, begun):
    _, tokens = begun
    with StoreBackend(store_url, "acme", tokens.access).open() as session:
        assert session.applier() == WHO
    init(store_url, "other", "prefect-cloud", OWNER.email)
    with (
        StoreBackend(store_url, "other", tokens.access).open() as session,
        pytest.raises(CredentialError, match="not one of this account"),
    ):
        session.applier()
