"""The proxy of the tests: it passes on, cuts and freezes where it is told to."""

from __future__ import annotations

import psycopg
import pytest

from .patience import LONGEST
from .proxy import Fate, Stage, proxied


@pytest.fixture
def proxy(postgres):
    with proxied(postgres) as running:
        yield running


def test_it_passes_on(proxy, postgres):
    with psycopg.connect(proxy.url(postgres)) as connection:
        (found,) = connection.execute("SELECT repeat('x', 300000)").fetchone()
    assert len(found) == 300_000
    assert proxy.connections == 1
    assert not proxy.hit.is_set()


@pytest.mark.parametrize("passed", [True, False])
def test_it_cuts_a_commit_before_or_after_it_arrived(proxy, postgres, postgres_url, passed):
    with psycopg.connect(postgres_url, autocommit=True) as past:
        past.execute("CREATE TABLE made (n int)")
        with psycopg.connect(proxy.url(postgres_url)) as connection:
            connection.execute("INSERT INTO made VALUES (1)")
            proxy.at(Stage(Fate.CUT, sent=b"COMMIT", passed=passed, refusing=True))
            with pytest.raises(psycopg.OperationalError):
                connection.commit()
        assert proxy.hit.is_set()
        assert past.execute("SELECT count(*) FROM made").fetchone() == (int(passed),)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(proxy.url(postgres))
    proxy.heal()
    psycopg.connect(proxy.url(postgres)).close()


def test_it_freezes_in_the_middle_of_an_answer(proxy, postgres):
    with psycopg.connect(proxy.url(postgres)) as connection:
        proxy.at(Stage(Fate.FREEZE, received=3000))
        connection.pgconn.send_query(b"SELECT repeat('x', 300000)")
        assert proxy.hit.wait(LONGEST)
        connection.pgconn.consume_input()
        assert connection.pgconn.is_busy()
        connection.close()
