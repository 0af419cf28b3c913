"""Connections of a server: those to PostgreSQL are kept, and a file is let go of."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from rbac_sync.backends.database import sqlite
from rbac_sync.backends.database.postgresql import BoundedConnection
from rbac_sync.backends.store import migrate
from rbac_sync.backends.store.accounts import Accounts

from ...patience import LONGEST
from .children import SERVER
from .stores import connected, founded


@pytest.fixture
def opened(monkeypatch):
    """The connections that are made, of either driver."""
    made = []
    for place, name in ((sqlite, "connection"), (BoundedConnection, "reached")):
        noted(monkeypatch, made, place, name)
    return made


def noted(monkeypatch, made, place, name):
    opening = getattr(place, name)

    def note(*arguments, **options):
        made.append(opening(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(place, name, note)


def asking(store_url, opened):
    """Return what asks a service whose a key is; from here on connections are counted."""
    key, service = founded(store_url)._api_key, Accounts(store_url)
    opened.clear()
    return lambda: service.whose(key).account


def test_a_server_keeps_its_connections_to_postgresql_and_lets_go_of_a_file(store_url, opened):
    ask = asking(store_url, opened)
    assert [ask(), ask(), ask()] == ["acme"] * 3
    assert len(opened) == (3 if store_url.startswith("sqlite") else 1)


def test_a_kept_connection_that_the_server_closed_is_made_anew(postgres_url, opened):
    ask = asking(postgres_url, opened)
    ask()
    (kept,) = opened
    with connected(postgres_url) as connection:
        end = text("SELECT pg_terminate_backend(:pid)")
        connection.execute(end, {"pid": kept.info.backend_pid})
    assert ask() == "acme"
    assert opened[-1] is not kept


def test_a_database_in_which_several_begin_at_once_gets_one_schema(postgres_url):
    several = [
        SERVER.Process(target=migrate, args=(postgres_url,), kwargs={"makes": True})
        for _ in range(3)
    ]
    for process in several:
        process.start()
    for process in several:
        process.join(LONGEST)
    assert [process.exitcode for process in several] == [0] * 3
    Accounts(postgres_url).check()
