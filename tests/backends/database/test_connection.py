"""Where a PostgreSQL URL leads, and what is asked of a server beyond this machine."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from threading import Thread

import psycopg
import pytest

from rbac_sync.backends import destination
from rbac_sync.backends.database.connection import check_of_file, demands, parameters
from rbac_sync.backends.database.engine import address, engine
from rbac_sync.backends.store import StoreBackend
from rbac_sync.cli.run import database_url
from rbac_sync.errors import BackendError, CredentialError
from rbac_sync.installation import install_command
from rbac_sync.model.settings import Settings

from ...patience import LONGEST

REMOTE = "postgresql://db.example/rbac"
SAFE = {"sslmode": "require", "require_auth": "!password"}


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in [*os.environ]:
        if name.startswith(("PG", "RBAC_SYNC_")):
            monkeypatch.delenv(name)


def checked(url):
    check_of_file(address(url))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///rbac.db",
        "postgresql:///rbac",
        "postgresql://localhost/rbac",
        "postgresql://ana@127.0.0.1:6432/rbac?options=-csearch_path%3Dx&sslmode=disable",
        "postgresql://[::1]/rbac",
        "postgresql:///rbac?host=/run/postgresql",
        "postgresql:///rbac?host=@abstract",
    ],
)
def test_a_file_may_name_a_database_on_this_machine(url):
    checked(url)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        (REMOTE, "db.example:5432"),
        ("postgresql://DB.example:6432/rbac", "db.example:6432"),
        ("postgresql://localhost/rbac?host=db.example", "db.example:5432"),
        ("postgresql://localhost/rbac?hostaddr=10.0.0.1", "10.0.0.1:5432"),
        ("postgresql:///rbac?host=localhost:1&host=db.example:2", "db.example:2"),
        ("postgresql:///rbac?host=localhost,db.example&port=1,2", "db.example:2"),
        ("postgresql://localhost,db.example/rbac", "db.example:5432"),
        ("postgresql://localhost@db.example/rbac", "db.example:5432"),
        ("postgresql://localhost./rbac", "localhost.:5432"),
        ("postgresql://2130706433/rbac", "2130706433:5432"),
        ("postgresql://127.0.0.1.db.example/rbac", "127.0.0.1.db.example:5432"),
        ("postgresql:///rbac?host=/run,db.example", "db.example:5432"),
    ],
)
def test_no_password_goes_to_a_host_that_only_a_file_names(monkeypatch, url, place):
    with pytest.raises(CredentialError, match="which only a file names") as found:
        checked(url)
    assert f"the database's password would go to `{place}`" in str(found.value)
    assert found.value.hint == f"if it may go there, set `RBAC_SYNC_HOSTS={place}`"
    assert found.value.exit_code == 4
    monkeypatch.setenv("RBAC_SYNC_HOSTS", place)
    if not place.startswith("localhost."):
        checked(url)


def test_a_host_of_libpqs_own_variables_is_one_that_the_user_names(monkeypatch):
    monkeypatch.setenv("PGHOST", "db.example")
    checked(REMOTE)
    checked("postgresql:///rbac")
    with pytest.raises(CredentialError, match=r"db\.example:1"):
        checked("postgresql://db.example:1/rbac")
    with pytest.raises(CredentialError, match=r"db\.example:1"):
        checked("postgresql:///rbac?port=1")
    with pytest.raises(CredentialError, match=r"other\.example"):
        checked("postgresql://other.example/rbac")


@pytest.mark.parametrize(
    "name",
    [
        "passfile",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "require_auth",
        "requirepeer",
        "krbsrvname",
        "gssencmode",
        "sslcertmode",
        "channel_binding",
        "sslcrl",
        "cursor_factory",
        "autocommit",
    ],
)
def test_a_file_chooses_no_secret_and_nobody_to_believe(name):
    with pytest.raises(
        CredentialError, match=f"a file may not set `{name}` in the database's url"
    ) as found:
        checked(f"postgresql://localhost/rbac?{name}=x")
    assert "`RBAC_SYNC_URL`" in found.value.hint


@pytest.mark.parametrize("name", ["service", "servicefile", "conninfo"])
def test_nothing_hides_a_host_whoever_names_the_url(name):
    url = address(f"postgresql://localhost/rbac?{name}=x")
    for door in (check_of_file, demands, lambda url: engine(url, 1)):
        with pytest.raises(
            CredentialError, match=f"`{name}` in the database's url could hide"
        ) as found:
            door(url)
        assert "`PGSERVICE`" in found.value.hint


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "none"])
def test_a_file_does_not_weaken_the_encryption(monkeypatch, mode):
    monkeypatch.setenv("RBAC_SYNC_HOSTS", "db.example")
    with pytest.raises(CredentialError, match=f"asks for `sslmode={mode}`, less than") as found:
        checked(f"{REMOTE}?sslmode={mode}")
    assert found.value.hint == f"take `sslmode` out of it, or set `PGSSLMODE={mode}`"
    if mode != "none":
        monkeypatch.setenv("PGSSLMODE", mode)
        checked(f"{REMOTE}?sslmode={mode}")
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    with pytest.raises(CredentialError, match="less than `verify-full`"):
        checked(f"{REMOTE}?sslmode=require")
    checked(f"{REMOTE}?sslmode=verify-full")


def test_beyond_this_machine_encryption_is_asked_for_and_no_password_in_clear_text(monkeypatch):
    assert demands(address(REMOTE)) == SAFE
    assert demands(address("postgresql://localhost/rbac?hostaddr=10.0.0.1")) == SAFE
    assert demands(address("postgresql://localhost,db.example/rbac")) == SAFE
    assert demands(address("postgresql://localhost/rbac")) == {}
    assert demands(address("postgresql:///rbac")) == {}
    full = address(f"{REMOTE}?sslmode=verify-full&require_auth=scram-sha-256")
    assert demands(full) == {"sslmode": "verify-full", "require_auth": "scram-sha-256"}
    monkeypatch.setenv("PGSSLMODE", "verify-ca")
    monkeypatch.setenv("PGREQUIREAUTH", "password")
    assert demands(address(REMOTE)) == {"sslmode": "verify-ca", "require_auth": "password"}
    monkeypatch.setenv("PGHOSTADDR", "10.0.0.1")
    assert demands(address("postgresql://localhost/rbac"))["sslmode"] == "verify-ca"


def test_a_service_of_the_environment_is_understood(monkeypatch, tmp_path):
    (tmp_path / "services").write_text("[far]\nhost=db.example\nsslmode=verify-full\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    monkeypatch.setenv("PGSERVICE", "far")
    assert demands(address("postgresql:///rbac")) == {**SAFE, "sslmode": "verify-full"}
    checked("postgresql:///rbac")
    with pytest.raises(CredentialError, match="less than `verify-full`"):
        checked(f"{REMOTE}?sslmode=require")


def test_the_demands_reach_the_driver(monkeypatch):
    sent = []
    monkeypatch.setattr(
        psycopg.Connection, "connect", lambda *_, **words: sent.append(words) or 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        engine(address(f"{REMOTE}?sslmode=verify-full"), 1).connected(writes=False).__enter__()
    assert sent[0].items() >= {"sslmode": "verify-full", "require_auth": "!password"}.items()


@contextmanager
def fake(*answers):
    """Run a server that gives each message of one client the next of *answers*; yield its port."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(LONGEST)

        def serve():
            client, _ = listening.accept()
            with client:
                client.settimeout(LONGEST)
                for answer in answers:
                    heard.append(client.recv(1000))
                    client.sendall(answer)
                heard.append(client.recv(1000))

        thread = Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1], heard
        thread.join()


CLEAR = b"R\0\0\0\x08\0\0\0\x03"
"""AuthenticationCleartextPassword. Source: PostgreSQL, protocol-message-formats.html."""


def connected(port, words=""):
    with (
        pytest.raises(BackendError) as found,
        StoreBackend(f"postgresql://ana:s3cret@127.0.0.1:{port}/rbac{words}", "acme").open(),
    ):
        ...
    return str(found.value)


def test_a_server_that_asks_for_a_password_in_clear_text_gets_none(monkeypatch):
    with fake(CLEAR) as (port, heard):
        connected(port, "?sslmode=disable&gssencmode=disable")
    assert b"s3cret" in b"".join(heard)  # on this machine it does
    monkeypatch.setattr(destination, "is_here", lambda _: False)
    with fake(CLEAR) as (port, heard):
        message = connected(port, "?sslmode=disable&gssencmode=disable")
    assert b"s3cret" not in b"".join(heard)
    assert "authentication method requirement" in message


def test_a_server_that_does_not_encrypt_gets_nothing(monkeypatch):
    monkeypatch.setattr(destination, "is_here", lambda _: False)
    with fake(b"N") as (port, heard):
        assert "SSL" in connected(port)
    assert b"ana" not in b"".join(heard)


def test_every_door_asks(tmp_path, monkeypatch):
    with pytest.raises(CredentialError, match="only a file names"):
        StoreBackend.configured(Settings("store", "acme", REMOTE), None)
    StoreBackend.configured(Settings("store", "acme", REMOTE, named=True), None)
    text = f'[backend]\ntype = "store"\naccount = "acme"\nurl = "{REMOTE}"\n'
    (tmp_path / "rbac.toml").write_text(text)
    with pytest.raises(CredentialError, match="only a file names"):
        database_url(tmp_path, "")
    assert database_url(tmp_path, REMOTE) == REMOTE


@pytest.mark.parametrize("url", [f"{REMOTE} ", f"\n{REMOTE}", "sqlite:///rbac.db\n"])
def test_a_blank_around_a_url_is_named_as_what_it_is(url):
    with pytest.raises(CredentialError, match="there is a blank or a line break in") as found:
        address(url)
    assert (
        found.value.hint
        == "set it again without the blank or the line break, which is often the last character"
    )
    assert address("sqlite:///my data/rbac.db").database == "my data/rbac.db"


def test_a_port_that_is_none_is_refused():
    with pytest.raises(BackendError, match="has a port that is no number from 1 to 65535") as found:
        checked("postgresql:///rbac?host=localhost&port=0")
    assert "host:5432" in found.value.hint
    assert parameters(address(REMOTE)) == {"host": "db.example", "dbname": "rbac"}


def test_a_libpq_that_cannot_keep_the_password_is_refused_beyond_this_machine(monkeypatch):
    monkeypatch.setattr(psycopg.pq, "version", lambda: 150006)
    assert demands(address("postgresql://localhost/rbac")) == {}
    with pytest.raises(BackendError, match="libpq 15 cannot refuse a server") as found:
        demands(address(REMOTE))
    assert found.value.hint == install_command("postgres")


@pytest.mark.parametrize("host", ["localhost%20", "%20localhost", "localhost%09", "127.0.0.1%20"])
def test_a_host_is_read_as_libpq_reads_it(host):
    with pytest.raises(CredentialError, match="only a file names"):
        checked(f"postgresql:///rbac?host={host}")
