"""PostgreSQL restarted at once, as after a crash, while runs and requests are under way."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.outbox import nowhere

from ..patience import LONGEST
from ..postgres import OVERRIDE, started
from ..server.serving import serving
from .accounts import CLOUD, LOOSENED, Move
from .bench import begun_in_store

pytestmark = pytest.mark.skipif(OVERRIDE in os.environ, reason="that server is not ours to restart")
RESTARTS = [1, pytest.param(10, marks=pytest.mark.long)]


@pytest.fixture
def database():
    """A PostgreSQL server of this test's own."""
    server = started()
    yield server
    server.cleanup()


def restarted(server):
    """End the server as a crash does, and start it again."""
    process = server.get_postmaster_info().process
    process.send_signal(signal.SIGQUIT)
    process.wait(LONGEST)
    server.ensure_postgres_running()


class Writers:
    """Clients that make service accounts through a server, and remember what was acknowledged."""

    def __init__(self, root, bench):
        self.stopped, self.made, self.codes = threading.Event(), [], set()
        self._client = httpx.Client(
            base_url=f"{root}/api",
            headers={"Authorization": f"Bearer {bench.key}"},
            timeout=LONGEST,
            verify=False,
        )
        self._account = self._client.get("/me/accounts").json()[0]["account_id"]

    def write(self, writer):
        """Make one service account after the other until all are to stop."""
        number = 0
        while not self.stopped.is_set():
            number += 1
            name = f"made-{writer}-{number}"
            answer = self._client.post(f"/accounts/{self._account}/bots/", json={"name": name})
            self.codes.add(answer.status_code)
            if answer.is_success:
                self.made.append(name)

    def close(self):
        """Let go of the connections."""
        self._client.close()

    def names(self):
        """Return the names of the service accounts that are live."""
        found = self._client.post(f"/accounts/{self._account}/bots/filter", json={"limit": 200})
        return {bot["name"] for bot in found.json()}


@pytest.mark.parametrize("restarts", RESTARTS)
def test_what_was_acknowledged_is_there_after_a_restart(stage, database, tmp_path, restarts):
    url = database.get_uri()
    bench = begun_in_store(stage, Move(CLOUD, 20, 0), tmp_path, url)
    with serving(GuardedStore(Accounts(url), post=nowhere)) as root, ThreadPoolExecutor() as pool:
        writers = Writers(root, bench)
        busy = [pool.submit(writers.write, n) for n in range(4)]
        for _ in range(restarts):
            restarted(database)
        writers.stopped.set()
        for each in busy:
            each.result()
        live = writers.names()
        writers.close()
    assert writers.codes <= {201, 503}
    assert bench.backend_flaws() == ()
    assert set(writers.made) <= live


@pytest.mark.parametrize("restarts", RESTARTS)
def test_a_run_over_a_restart_is_made_wholly_or_not_at_all(stage, database, tmp_path, restarts):
    bench = begun_in_store(stage, Move(CLOUD, 200, 0), tmp_path, database.get_uri())
    with ThreadPoolExecutor() as pool:
        for number in range(restarts):
            bench.declare(bench.move.after if number % 2 == 0 else bench.move.before)
            before = bench.full_message()
            run = pool.submit(bench.run, "apply", "--auto-approve", *LOOSENED)
            restarted(database)
            ended = run.result()
            assert ended.code in (0, 1, 6), ended.err
            assert "Traceback" not in ended.err
            if ended.code == 1:
                assert "error[internal]" not in ended.err
                assert bench.full_message() == before
                assert bench.run("apply", "--auto-approve", *LOOSENED).code == 0
            assert bench.run("plan", "--detailed-exitcode", *LOOSENED).code == 0
            assert bench.backend_flaws() == ()
