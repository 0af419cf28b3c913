"""How an account begins."""

from __future__ import annotations

import pytest

from rbac_sync.audit.replay import differences, replay
from rbac_sync.backends.store import StoreBackend, founding, init, migrate
from rbac_sync.errors import BackendError, UnknownWorld
from rbac_sync.model import ACCOUNT, Binding, Key, State, User, held
from tests.audit.separate_checks import gaps

from .children import race
from .stores import CLOUD, OWNER, OWNS, connected, dump, founded, links, live


def test_it_has_one_owner_with_one_key_and_nothing_else(store_url):
    backend = founded(store_url)

    assert live(backend) == State(
        [
            *CLOUD.roles.values(),
            OWNER,
            Key(OWNER.address, "init"),
            Binding(OWNER.address, ACCOUNT, OWNS),
        ]
    )


def test_the_key_that_is_returned_is_the_owner_s(store_url):
    with founded(store_url).open() as session:
        assert session.applier() == OWNER.address


def test_the_first_rows_of_the_trail_tell_of_it(store_url):
    backend = founded(store_url)
    found = links(backend)

    assert [row.record.object_id for row in found] == [
        "member.olivia@example.org",
        "member.olivia@example.org/key/init",
    ]
    assert {row.record.applier for row in found} == {OWNER.email}
    told = replay((row.record for row in found), CLOUD)
    assert list(differences(told, live(backend))) == []
    assert list(gaps(found, CLOUD)) == []


def test_it_begins_once(store_url):
    founded(store_url)
    before = dump(store_url)
    with pytest.raises(BackendError, match="account `acme` exists already") as refused:
        init(store_url, "acme", "prefect-cloud", "mallory@example.org")
    assert "store key create" in refused.value.hint
    assert dump(store_url) == before


def begin_one(url, number):
    init(f"{url}", "same", "prefect-cloud", "one@example.org")
    return "made"


def begin_two(url, number):
    init(f"{url}", "same", "prefect-cloud", "two@example.org")
    return "made"


def test_of_two_who_begin_a_store_and_an_account_at_once_one_does(store_url):
    def check(_, said):
        assert said.count("made") == 1
        assert set(said) <= {"made", "BackendError", "Locked"}

    race(store_url, (begin_one, begin_two), 1, lambda _: None, check)
    with StoreBackend(store_url, "same").open() as session:
        assert len(session.read().of(User)) == 1
        assert [row.seq for row in session.trail.links()] == [1, 2]


def test_each_world_has_its_own_owner_role(store_url):
    init(store_url, "tenant", "prefect-cloud-1", "Ana@Example.org")
    with StoreBackend(store_url, "tenant").open() as session:
        ana = User("Ana@Example.org")
        assert session.read().get(ana.address) == ana
        assert session.read().holdings(ana.address, ACCOUNT) == held(session.catalogue.owner)
        assert session.target.world == "prefect-cloud-1"


@pytest.mark.parametrize("handle", ["", "a b", "a/b", "é", "a\n"])
def test_a_handle_that_needs_quotes_is_refused(tmp_path, handle):
    with pytest.raises(BackendError, match="cannot be an account's handle"):
        init(f"sqlite:///{tmp_path}/rbac.db", handle, "prefect-cloud", "a@example.org")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "email", ["", "ana", "@", "a@", "ána@example.org", "a b@example.org", "a@b@c", "a@b."]
)
def test_an_owner_without_an_ascii_e_mail_is_refused(tmp_path, email):
    with pytest.raises(BackendError, match="is no e-mail address"):
        init(f"sqlite:///{tmp_path}/rbac.db", "acme", "prefect-cloud", email)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_world_or_feature_is_refused_before_anything_is_made(tmp_path):
    url = f"sqlite:///{tmp_path}/rbac.db"
    with pytest.raises(UnknownWorld):
        init(url, "acme", "atlantis", "a@example.org")
    with pytest.raises(BackendError, match="there is no feature `teleport`"):
        init(url, "acme", "prefect-cloud", "a@example.org", features=["teleport"])
    assert list(tmp_path.iterdir()) == []


def test_an_account_that_is_not_there_is_named(store_url):
    founded(store_url)
    with pytest.raises(BackendError, match="the store has no account `other`") as refused:
        StoreBackend(store_url, "other").open().__enter__()
    command = "rbac-sync store init --account other --world WORLD --owner EMAIL"
    hint = f"correct the name of the account, or make it: `{command}`"
    assert refused.value.hint == hint


def test_a_built_in_role_that_the_catalogue_gains_is_there_at_the_next_change(store_url):
    backend = founded(store_url)
    with connected(store_url) as connection:
        gone = "DELETE FROM address WHERE kind = 'role' AND key = 'workspace/viewer'"
        assert connection.exec_driver_sql(gone).rowcount == 1
    backend.transact("any", lambda writer: None)
    with connected(store_url) as connection:
        found = "SELECT count(*) FROM role WHERE builtin = 1"
        assert connection.exec_driver_sql(found).scalar() == len(CLOUD.roles)


def test_no_account_is_made_in_a_schema_that_is_later_since_it_was_migrated(store_url, monkeypatch):
    founded(store_url)

    def overtaken(url, **options):
        migrate(url, **options)
        with connected(store_url) as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    monkeypatch.setattr(founding, "migrate", overtaken)
    with pytest.raises(BackendError, match="the store has schema 9999") as refused:
        init(store_url, "other", "prefect-cloud", OWNER.email)
    assert refused.value.hint == "use the version of rbac-sync that migrated it"
    with connected(store_url) as connection:
        assert connection.exec_driver_sql("SELECT handle FROM account").all() == [("acme",)]
