"""A database that is silent, slow or gone: how long that takes, what is said, what is made."""

from __future__ import annotations

import re
from threading import Thread
from time import sleep

import psycopg
import pytest
from sqlalchemy.engine import make_url

from rbac_sync.backends.database import deadline, retry, timeouts
from rbac_sync.backends.database.engine import address, engine, reading, translate_errors, writing
from rbac_sync.backends.store import StoreBackend
from rbac_sync.errors import BackendError, OutcomeUnknown
from rbac_sync.model import Workspace
from rbac_sync.model.settings import WAIT
from tests.backends.store.stores import founded, live, made, workspaces
from tests.postgres import empty_schema
from tests.proxy import Fate, Stage, proxied, proxy_before

from ...patience import LONGEST

COMMIT = b"COMMIT\0"


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """Limits that are short enough for a test; how they are kept to is as in earnest."""
    monkeypatch.setattr(timeouts, "GRACE", 0.5)
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(retry, "LOOKUP", 1.0)
    monkeypatch.setattr(deadline, "TOTAL", 6.0)


@pytest.fixture
def led(monkeypatch, proxy, postgres_url):
    """An account behind the proxy, with time enough for what is there again after a while."""
    monkeypatch.setattr(retry, "LOOKUP", float(LONGEST))
    monkeypatch.setattr(deadline, "TOTAL", float(LONGEST))
    return StoreBackend(through(proxy, postgres_url, connect_timeout=str(LONGEST)), "acme")


@pytest.fixture
def proxy(postgres):
    with proxied(postgres) as running:
        yield running


def through(proxy, url, **options):
    """Return *url* through the proxy, with limits of one second."""
    brief = {"connect_timeout": "2", "statement_timeout": "1s", "lock_timeout": "1s", **options}
    led = make_url(proxy.url(url)).set(password="s3cret").update_query_dict(brief)
    return led.render_as_string(hide_password=False)


def read(url):
    with StoreBackend(url, "acme").open() as session:
        return session.read()


def refused(call, *arguments, error=BackendError):
    with pytest.raises(error) as found:
        call(*arguments)
    assert "s3cret" not in f"{found.value}{found.value.hint}"
    return found.value


def test_a_port_that_accepts_and_says_nothing(proxy, postgres_url):
    proxy.down = Fate.FREEZE
    url = through(proxy, postgres_url)
    backend = StoreBackend(url, "acme")
    for attempt in (lambda: read(url), lambda: backend.transact("r", print)):
        error = refused(attempt)
        assert f"@127.0.0.1:{proxy.port}/" in str(error)
        assert re.search(r"does not answer: waited \d+ s to connect$", str(error))
        assert "check that the database runs" in error.hint
        assert error.hint.endswith("`?connect_timeout=30` in the URL waits longer")


@pytest.mark.parametrize("received", [100, 1000, 3000])
def test_a_line_that_falls_silent_in_the_middle_of_an_answer(proxy, postgres_url, received):
    made(founded(postgres_url), *workspaces(50))
    proxy.at(Stage(Fate.FREEZE, received=received, refusing=True))
    error = refused(read, through(proxy, postgres_url))
    assert proxy.hit.is_set()
    assert " does not answer: waited " in str(error)
    assert error.hint.endswith("in the URL waits longer")


@pytest.mark.parametrize("fate", Fate)
def test_a_line_that_breaks_in_a_run_has_it_made_again(proxy, postgres_url, led, fate):
    backend = founded(postgres_url)
    proxy.at(Stage(fate, sent=b"COPY ", passed=False))
    made(led, *workspaces(3))
    assert proxy.hit.is_set()
    assert len(live(backend).of(Workspace)) == 3


def test_a_line_that_stays_silent_in_a_run_ends_it_with_nothing_made(proxy, postgres_url):
    backend = founded(postgres_url)
    before = live(backend)
    led = StoreBackend(through(proxy, postgres_url), "acme")
    proxy.at(Stage(Fate.FREEZE, sent=b"COPY ", passed=False, refusing=True))
    error = refused(made, led, *workspaces(3))
    assert not isinstance(error, OutcomeUnknown)
    assert " does not answer: waited " in str(error)
    assert live(backend) == before


@pytest.mark.parametrize("fate", Fate)
@pytest.mark.parametrize("passed", [True, False])
def test_a_commit_without_an_answer_is_looked_up(proxy, postgres_url, led, fate, passed):
    backend = founded(postgres_url)
    proxy.at(Stage(fate, sent=COMMIT, passed=passed))
    made(led, *workspaces(3))
    assert proxy.hit.is_set()
    assert len(live(backend).of(Workspace)) == 3


@pytest.mark.parametrize("fate", Fate)
@pytest.mark.parametrize("passed", [True, False])
def test_a_commit_without_an_answer_and_no_database_since_is_not_known(
    proxy, postgres_url, fate, passed
):
    backend = founded(postgres_url)
    before = live(backend)
    led = StoreBackend(through(proxy, postgres_url), "acme")
    proxy.at(Stage(fate, sent=COMMIT, passed=passed, refusing=True))
    error = refused(made, led, *workspaces(3), error=OutcomeUnknown)
    assert str(error).startswith("it is not known whether run `edit` was made: `postgresql://")
    assert "look for the run in `rbac-sync audit log`" in error.hint
    assert error.exit_code == 6
    assert (live(backend) == before) is not passed


def test_a_database_that_is_back_soon_decides(proxy, postgres_url, led):
    backend = founded(postgres_url)
    proxy.at(Stage(Fate.CUT, sent=COMMIT, refusing=True))

    def heal():
        proxy.hit.wait(LONGEST)
        while proxy.connections < 3:
            sleep(0.01)
        proxy.heal()

    healing = Thread(target=heal)
    healing.start()
    made(led, *workspaces(3))
    healing.join()
    assert len(live(backend).of(Workspace)) == 3


def test_all_attempts_together_take_no_longer_than_the_whole(proxy, postgres_url, monkeypatch):
    founded(postgres_url)
    monkeypatch.setattr(deadline, "TOTAL", 5.0)
    monkeypatch.setattr(retry, "LOOKUP", 60.0)
    proxy.at(Stage(Fate.FREEZE, sent=COMMIT, refusing=True))
    led = StoreBackend(through(proxy, postgres_url), "acme")
    with deadline.patience() as left:
        refused(made, led, *workspaces(1), error=OutcomeUnknown)
    assert left.left == 5.0, "a run has a time of its own"
    assert proxy.connections <= 3


def test_a_statement_that_is_too_slow_is_ended_by_the_server(postgres_url):
    store = engine(address(f"{postgres_url}&statement_timeout=100ms"), WAIT)
    with (
        pytest.raises(BackendError, match="statement timeout") as found,
        translate_errors(store),
        reading(store) as connection,
    ):
        connection.rows("SELECT pg_sleep(5)")
    assert found.value.hint == "`?statement_timeout=10min` in the URL allows more"


def test_a_long_statement_is_possible(postgres_url):
    store = engine(address(f"{postgres_url}&statement_timeout=0"), WAIT)
    with reading(store) as connection:
        connection.rows("SELECT pg_sleep(1)")


def test_a_transaction_that_idles_is_ended_and_not_made_again(postgres_url):
    founded(postgres_url)
    url = f"{postgres_url}&idle_in_transaction_session_timeout=100ms"
    calls = []

    def work(writer):
        calls.append(1)
        with reading(engine(address(postgres_url), WAIT)) as other:
            other.rows("SELECT pg_sleep(0.5)")
        writer.read()

    error = refused(StoreBackend(url, "acme").transact, "run", work)
    assert "idle-in-transaction timeout" in str(error)
    assert "idle_in_transaction_session_timeout=10min" in error.hint
    assert calls == [1]


@pytest.fixture
def usual_url(postgres):
    """The url of an empty schema, with the product's own limits."""
    with empty_schema(postgres, is_patient=False) as url:
        yield url


def test_the_limits_reach_the_server_and_the_driver(usual_url):
    assert settings(usual_url) == ["30s", "2min", "0"]
    assert settings(usual_url, writing) == ["35s", "2min", "5s"]
    assert settings(usual_url, writing, wait=300.0) == ["330s", "2min", "5min"]
    own = "&statement_timeout=7s&idle_in_transaction_session_timeout=1h&lock_timeout=2s"
    assert settings(usual_url + own, writing) == ["9s", "1h", "2s"]
    assert settings(usual_url + own, writing, wait=1.0) == ["8s", "1h", "1s"]
    inside = usual_url.replace("search_path", "statement_timeout%3D9min%20-csearch_path")
    assert settings(inside)[0] == "9min"


def settings(url, door=reading, wait=WAIT):
    names = ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout")
    with door(engine(address(url), wait)) as connection:
        return [connection.rows(f"SHOW {name}")[0][0] for name in names]


def test_libpq_gets_limits_unless_the_url_or_the_environment_says_otherwise(monkeypatch):
    monkeypatch.delenv("PGCONNECT_TIMEOUT", raising=False)
    told = connecting(monkeypatch, "postgresql://localhost/d?keepalives_idle=60&lock_timeout=1s")
    assert told["connect_timeout"] == "10"
    assert told["keepalives_idle"] == "60"
    assert told["tcp_user_timeout"] == "30000"
    assert "lock_timeout" not in told
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "3")
    assert "connect_timeout" not in connecting(monkeypatch, "postgresql://localhost/d")


def connecting(monkeypatch, url):
    """Return what the driver is told to connect with."""
    sent = []
    monkeypatch.setattr(psycopg.Connection, "connect", lambda **words: sent.append(words) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        engine(address(url), WAIT).connected(writes=False).__enter__()
    return sent[0]


@pytest.mark.parametrize("written", ["soon", "30 parsecs", "-1s", "1.5s", "", "99999999999999"])
@pytest.mark.parametrize("name", timeouts.SERVER)
def test_a_limit_that_is_no_time(name, written):
    error = refused(engine, address(f"postgresql://u:s3cret@h/d?{name}={written or '%20'}"), WAIT)
    assert str(error) == f"`{name}` in the database's url is not a time"
    assert error.hint == f"write it as in `{name}=30s` or `{name}=5min`"


@pytest.mark.parametrize("name", timeouts.CLIENT)
def test_a_limit_that_is_no_number(name):
    error = refused(engine, address(f"postgresql://u:s3cret@h/d?{name}=5s"), WAIT)
    assert str(error) == f"`{name}` in the database's url is not a number"
    assert f"`{name}={timeouts.CLIENT[name]}`" in error.hint


def test_an_option_that_nobody_knows_is_refused_with_those_that_are_known():
    error = refused(engine, address("postgresql://u:s3cret@h/d?conect_timeout=5"), WAIT)
    assert str(error) == "the database's url has an option that is not known"
    for name in ("connect_timeout", "statement_timeout", "sslmode", "application_name"):
        assert name in error.hint


def test_hosts_of_one_url_share_the_time(proxy, postgres_url):
    proxy.down = Fate.FREEZE
    with proxy_before(proxy.target, down=Fate.FREEZE) as second:
        both = {"host": "127.0.0.1,127.0.0.1", "port": f"{proxy.port},{second.port}"}
        url = make_url(through(proxy, postgres_url, connect_timeout="60")).update_query_dict(both)
        bare = url.set(host=None, port=None).render_as_string(hide_password=False)
        error = refused(StoreBackend(bare, "acme").transact, "r", print)
    (seconds,) = re.findall(r"waited (\d+) s to connect", str(error))
    assert int(seconds) < 60
