"""Keys: who they belong to, and that nothing of their secret is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rbac_sync.backends.store import StoreBackend
from rbac_sync.errors import CredentialError
from rbac_sync.model import Key, ServiceAccount, User
from rbac_sync.planning import Change

from .stores import OWNER, dump, founded, made

CI = ServiceAccount("ci")


def applier(url, key, account="acme"):
    with StoreBackend(url, account, key).open() as session:
        return session.applier()


def test_without_a_key_there_is_no_applier(store_url):
    founded(store_url)
    assert applier(store_url, None) is None


@pytest.mark.parametrize("key", ["", "rbs_", "rbs_" + "x" * 36, "é", "' OR 1=1 --", "\udcff"])
def test_a_key_that_is_not_known_is_refused(store_url, key):
    founded(store_url)
    with pytest.raises(CredentialError, match="this API key is not known here") as refused:
        applier(store_url, key)
    assert refused.value.exit_code == 4
    assert "store key create" in refused.value.hint


def test_a_key_belongs_to_a_service_account_as_well_as_to_a_user(store_url):
    backend = founded(store_url)
    key = Key(CI.address, "main")
    _, secrets = made(backend, Change(None, CI), Change(None, key))

    assert applier(store_url, secrets[str(key.address)]) == CI.address


def test_a_key_follows_its_owner_s_new_name(store_url):
    backend = founded(store_url)
    key = Key(CI.address, "main")
    _, secrets = made(backend, Change(None, CI), Change(None, key))
    made(backend, Change(CI, ServiceAccount("builder")), run="rename")

    assert applier(store_url, secrets[str(key.address)]) == ServiceAccount("builder").address


def test_a_key_ends_when_it_says_by_the_database_s_clock(store_url):
    backend = founded(store_url)
    with backend.open() as session:
        now = session.now()
    past, future = (
        Key(OWNER.address, n, now + timedelta(hours=h)) for n, h in (("p", -1), ("f", 1))
    )
    secrets = made(backend, Change(None, past), Change(None, future))

    assert applier(store_url, secrets[1][str(future.address)]) == OWNER.address
    with pytest.raises(CredentialError, match="this API key has expired"):
        applier(store_url, secrets[0][str(past.address)])


def test_a_revoked_key_and_a_key_of_who_has_left_are_not_known(store_url):
    backend = founded(store_url)
    ana = User("ana@example.org")
    keys = Key(CI.address, "one"), Key(ana.address, "two")
    *_, one, two = made(backend, *(Change(None, r) for r in (CI, ana, *keys)))
    made(backend, Change(keys[0], None), Change(ana, None), run="end")
    for secret in (*one.values(), *two.values()):
        with pytest.raises(CredentialError):
            applier(store_url, secret)


def test_no_secret_is_kept_anywhere(store_url):
    backend = founded(store_url)
    (secrets,) = made(backend, Change(None, Key(OWNER.address, "second")))
    kept = repr(dump(store_url))

    for secret in (backend._api_key, *secrets.values()):
        assert secret.startswith("pnu_")
        assert secret not in kept
        assert secret.removeprefix("pnu_") not in kept
