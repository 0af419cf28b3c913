"""Connections of a server: those to PostgreSQL are kept, and a file is let go of."""

from __future__ import annotations

from sqlalchemy import event, text

from rbac_sync.backends.store import migrate
from rbac_sync.backends.store.accounts import Accounts

from .children import LONGEST, SERVER
from .stores import connected, founded


def asking(store_url):
    """Return what asks a service whose a key is, and the list of the connections that it makes."""
    key, service, made = founded(store_url)._api_key, Accounts(store_url), []
    event.listen(service._store, "connect", lambda connection, _: made.append(connection))
    return lambda: service.whose(key).account, made


def test_a_server_keeps_its_connections_to_postgresql_and_lets_go_of_a_file(store_url):
    ask, made = asking(store_url)
    assert [ask(), ask(), ask()] == ["acme"] * 3
    assert len(made) == (3 if store_url.startswith("sqlite") else 1)


def test_a_kept_connection_that_the_server_closed_is_made_anew(postgres_url):
    ask, made = asking(postgres_url)
    ask()
    with connected(postgres_url) as connection:
        end = text("SELECT pg_terminate_backend(:pid)")
        connection.execute(end, {"pid": made[0].info.backend_pid})
    assert ask() == "acme"
    assert len(made) == 2


def test_a_database_in_which_several_begin_at_once_gets_one_schema(postgres_url):
    several = [SERVER.Process(target=migrate, args=(postgres_url,)) for _ in range(3)]
    for process in several:
        process.start()
    for process in several:
        process.join(LONGEST)
    assert [process.exitcode for process in several] == [0] * 3
    Accounts(postgres_url).check()
