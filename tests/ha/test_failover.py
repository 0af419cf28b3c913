"""The primary of a cluster is killed while several servers write to it, through all that stands
between: HAProxy, PgBouncer, Patroni. Runs with ``-m ha``."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import util
from pathlib import Path
from threading import Event

import httpx
import pytest

pytestmark = [pytest.mark.ha, pytest.mark.timeout(900)]

SCRIPT = Path(__file__).parents[2] / "examples" / "ha" / "cluster.py"
LOG = logging.getLogger(__name__)
WRITERS = 3
LONGEST = 60.0
"""Seconds in which a new primary has to be there."""

CONFIG = '[backend]\ntype = "store"\naccount = "acme"\n'


def script():
    """Return the example as a module."""
    found = util.spec_from_file_location("ha_cluster", SCRIPT)
    module = util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def cluster():
    ha = script()
    try:
        ha.tools()
    except ha.NotReady as missing:
        with suppress(OSError, subprocess.SubprocessError):
            ha.install()
        try:
            ha.tools()
        except ha.NotReady:
            pytest.skip(str(missing))
    with ha.running(servers=2) as made:
        made.wait = ha.wait
        yield made


@dataclass
class Load:
    """Clients that write without end, each with what it was told."""

    cluster: object
    made: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    refused: list[httpx.Response] = field(default_factory=list)
    others: list[httpx.Response] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    def write(self, writer: int) -> None:
        with client(self.cluster) as http:
            account = http.get("/me/accounts").raise_for_status().json()[0]["account_id"]
            number = 0
            while not self.ended.is_set():
                number += 1
                self.make(http, f"/accounts/{account}/bots/", f"bot-{writer}-{number}")

    def make(self, http: httpx.Client, path: str, name: str) -> None:
        """Make one thing, and ask again as long as the answer says to."""
        is_again = False
        while True:
            answer = http.post(path, json={"name": name})
            match answer.status_code:
                case 201:
                    self.made.append(name)
                case 409 if is_again:  # the attempt before was made, and its answer lost
                    self.made.append(name)
                case 503 if answer.headers.get("Retry-After"):
                    self.refused.append(answer)
                    if self.ended.wait(1):
                        self.unknown.append(name)
                        return
                    is_again = True
                    continue
                case _:
                    self.others.append(answer)
            return


def client(cluster):
    headers = {"Authorization": f"Bearer {cluster.key}"}
    return httpx.Client(base_url=f"{cluster.root}/api", headers=headers, timeout=120)


def there(cluster):
    """Return the name of every service account."""
    names, page = set(), True
    with client(cluster) as http:
        account = http.get("/me/accounts").raise_for_status().json()[0]["account_id"]
        path = f"/accounts/{account}/bots/filter"
        while page:
            body = {"limit": 200, "offset": len(names)}
            page = http.post(path, json=body).raise_for_status().json()
            names |= {bot["name"] for bot in page}
    return names


def verified(cluster, folder):
    (folder / "rbac.toml").write_text(CONFIG, encoding="utf-8")
    environment = {**os.environ, "RBAC_SYNC_API_KEY": cluster.key, "RBAC_SYNC_URL": cluster.url}
    command = [sys.executable, "-m", "rbac_sync", "audit", "verify"]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_no_acknowledged_write_is_lost_when_the_primary_is_killed(cluster, tmp_path):
    load, before = Load(cluster), cluster.primary()
    with ThreadPoolExecutor(WRITERS) as writers:
        running = [writers.submit(load.write, n) for n in range(WRITERS)]
        try:
            cluster.wait("writes", lambda: len(load.made) >= 10)
            cluster.kill(before)
            begin, count = time.monotonic(), len(load.made)
            cluster.wait("another primary", lambda: cluster.primary() not in (None, before))
            took = time.monotonic() - begin
            cluster.wait("writes after it", lambda: len(load.made) >= count + 10, LONGEST)
        finally:
            load.ended.set()
        for writer in running:
            writer.result()
    figures = len(load.made), len(load.refused), took
    LOG.info("%s made, %s asked again, a new primary after %.1f s", *figures)
    assert [(answer.status_code, answer.text) for answer in load.others] == []
    names = there(cluster)
    assert set(load.made) - names == set()
    assert names - set(load.made) <= set(load.unknown)
    checked = verified(cluster, tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_node_that_was_killed_comes_back_as_a_standby(cluster):
    lost = next(node for node in cluster.nodes if not node.has_role("primary"))
    cluster.start_node(lost)
    cluster.wait("the standby", lambda: lost.has_role("sync"), 2 * LONGEST)
