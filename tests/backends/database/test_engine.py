"""Where a store can be, and how it is shown."""

from __future__ import annotations

import sys

import pytest

from rbac_sync.backends.database.engine import address, display_url, engine, place
from rbac_sync.backends.database.sqlite import MAKE_STORE
from rbac_sync.backends.store import StoreBackend
from rbac_sync.errors import BackendError
from rbac_sync.installation import install_command


@pytest.mark.parametrize(
    "url",
    ["postgres://h/d", "postgresql://h/d", "postgresql+psycopg://h/d"],
)
def test_every_way_to_write_postgresql_uses_the_one_driver(url):
    assert address(url).scheme == "postgresql"
    assert place(address(url)) is None


@pytest.mark.parametrize(
    "url",
    [
        "mysql://h/d",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql+asyncpg://h/d",
        "rbac.db",
        "",
        "sqlite://u:p@/x.db",
        "sqlite://host/x.db",
        "sqlite:///x%00.db",
        "postgresql://ana:%00@h/d",
    ],
)
def test_what_is_no_place_for_a_store_is_refused_with_what_is(url):
    with pytest.raises(BackendError, match=r"^the database's url ") as refused:
        StoreBackend(url, "acme")
    assert "sqlite:///rbac.db" in refused.value.hint


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("Db.Example:5432", "Db.Example"),
        ("%2Ftmp%2FPostgres:5433", "/tmp/Postgres"),
        ("[fe80::1%25eth0]:5432", "fe80::1%eth0"),
        ("[::1]", "::1"),
        ("a.example,B.example", "a.example,B.example"),
        ("", None),
    ],
)
def test_a_host_is_decoded_and_keeps_its_case(written, host):
    for url in (f"postgresql://{written}/d", f"postgresql://ana@{written}/d"):
        made = address(url)
        assert made.host == host
        assert display_url(made) == url


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("postgresql://ana:s3cret@db:5432/rbac", "postgresql://ana@db:5432/rbac"),
        ("postgresql://ana@db/rbac?password=s3cret", "postgresql://ana@db/rbac"),
        ("postgresql://db/rbac?sslpassword=s3cret&a=b", "postgresql://db/rbac?a=b"),
        ("sqlite:///rbac.db", "sqlite:///rbac.db"),
    ],
)
def test_a_url_is_shown_without_password(url, seen):
    assert display_url(address(url)) == seen


def test_a_refused_url_is_shown_without_password():
    with pytest.raises(BackendError) as refused:
        address("mysql://ana:s3cret@db/rbac")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["postgresql://h/d", "postgresql://u:p@127.0.0.1/d?sslmode=require"]
)
def test_a_missing_driver_is_named_with_how_to_get_it(monkeypatch, url):
    for module in ("psycopg", "psycopg.pq"):
        monkeypatch.setitem(sys.modules, module, None)
    # an earlier test has imported the module that imports the driver
    monkeypatch.delitem(sys.modules, "rbac_sync.backends.database.server_engine", raising=False)
    with pytest.raises(BackendError, match="driver is not installed") as refused:
        engine(address(url), 1)
    assert refused.value.hint == install_command("postgres")


def test_a_store_that_is_not_there_is_not_made_by_looking(tmp_path):
    with (
        pytest.raises(BackendError, match="there is no store at") as refused,
        StoreBackend(f"sqlite:///{tmp_path}/rbac.db", "acme").open(),
    ):
        ...
    assert refused.value.hint == MAKE_STORE
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_lacks_its_first_slash_is_named_as_it_is_to_be_written(tmp_path, monkeypatch):
    (tmp_path / "rbac.db").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BackendError, match="there is no store at") as refused:
        StoreBackend(f"sqlite://{tmp_path}/rbac.db", "acme").open().__enter__()
    assert refused.value.hint == f"for `{tmp_path}/rbac.db` write `sqlite:///{tmp_path}/rbac.db`"


@pytest.mark.parametrize("host", ["127.0.0.1:1", "/nowhere"])
def test_a_server_that_cannot_be_reached_is_asked_once_and_named(host):
    query = f"?host={host}" if host.startswith("/") else ""
    url = f"postgresql://ana:s3cret@{'' if query else host}/rbac{query}"
    backend = StoreBackend(url, "acme")
    for attempt in (lambda: backend.transact("r", print), lambda: backend.open().__enter__()):
        with pytest.raises(BackendError, match="cannot be reached") as refused:
            attempt()
        assert "s3cret" not in str(refused.value)
        assert "\n" not in str(refused.value)


@pytest.mark.usefixtures("synced_files")
def test_the_durability_that_we_promise_is_set(store_url):
    from ..store.stores import connected, founded

    founded(store_url)
    with connected(store_url) as connection:
        if connection.dialect.name == "sqlite":
            pragmas = ("journal_mode", "synchronous", "foreign_keys")
            found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
            assert found == ["wal", 2, 1]
        else:
            found = connection.exec_driver_sql("SHOW synchronous_commit").scalar()
            assert found == "on"
