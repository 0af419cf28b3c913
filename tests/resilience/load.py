"""Clients that keep a server busy, and samples of what its process holds meanwhile."""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from .served import Served

OURS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rbac-sync'"


@dataclass(frozen=True, slots=True)
class Sample:
    """What a server holds at one moment.

    ``requests`` is how many were answered by then, ``memory`` and ``log`` (the
    write-ahead log of SQLite) are bytes, ``connections`` those to PostgreSQL.
    """

    seconds: float
    requests: int
    memory: int
    descriptors: int
    threads: int
    log: int
    connections: int


@dataclass(slots=True)
class Load:
    """Clients of one server; each makes things and takes them away again.

    So the account is as large at the end as at the beginning, and all that
    grows is the audit trail, which is on disk.
    """

    server: Served
    key: str
    statuses: Counter[int] = field(default_factory=Counter)
    ended: threading.Event = field(default_factory=threading.Event)
    broken: list[Exception] = field(default_factory=list)

    def run(self, clients: int, seconds: float, sampler: Sampler, samples: int) -> list[Sample]:
        """Let *clients* ask for *seconds*; return *samples* of the time in between."""
        threads = [threading.Thread(target=self._client, args=(n,)) for n in range(clients)]
        for thread in threads:
            thread.start()
        taken = []
        try:
            for _ in range(samples):
                time.sleep(seconds / samples)
                taken.append(sampler.sample(self.statuses.total()))
        finally:
            self.ended.set()
            for thread in threads:
                thread.join()
        if self.broken:
            raise self.broken[0]
        return taken

    def _client(self, number: int) -> None:
        try:
            with self.server.account(self.key) as account:
                for round_ in count():
                    self._visit(account, f"{number}-{round_}")
                    if self.ended.is_set():
                        return
        except Exception as error:  # noqa: BLE001 - it is raised where the test is
            self.broken.append(error)

    def _visit(self, account, name: str) -> None:
        """Make a team and a service account, read much, and delete both: 4 writes of 10."""
        team = self._ask(account, "POST", "/teams/", {"name": f"team {name}"})
        bot = self._ask(account, "POST", "/bots/", {"name": f"bot-{name}"})
        for path in ("/teams/filter", "/bots/filter", "/workspaces/filter"):
            self._ask(account, "POST", path, {})
        for path in ("/account_memberships/filter", "/account_roles/filter"):
            self._ask(account, "POST", path, {})
        self._ask(account, "GET", "/teams/00000000-0000-0000-0000-000000000000")
        for kind, made in (("teams", team), ("bots", bot)):
            if made:
                self._delete(account, f"/{kind}/{made}")

    def _delete(self, account, path: str) -> None:
        """Delete what was made; a server that is busy is asked again."""
        while self._ask(account, "DELETE", path) == "busy":
            continue

    def _ask(self, account, method: str, path: str, body: object = None) -> str:
        """Return the id of what was made, ``busy``, or nothing."""
        answer = account.call(method, path, body)
        self.statuses[answer.status_code] += 1
        if answer.status_code == 503:
            return "busy" if method == "DELETE" else ""
        return answer.json()["id"] if answer.status_code == 201 else ""


class Sampler:
    """Looks at a process and its store from outside, through ``/proc`` and the database."""

    def __init__(self, pid: int, url: str) -> None:
        self.process, self.began = Path(f"/proc/{pid}"), time.monotonic()
        self.server = url if url.startswith("postgresql") else ""
        self.wal = Path(f"{make_url(url).database}-wal")

    def sample(self, requests: int) -> Sample:
        """Return what is held now."""
        status = dict(
            line.split(":", 1) for line in (self.process / "status").read_text().splitlines()
        )
        return Sample(
            seconds=round(time.monotonic() - self.began, 1),
            requests=requests,
            memory=int(status["VmRSS"].split()[0]) * 1024,
            descriptors=len(list((self.process / "fd").iterdir())),
            threads=int(status["Threads"]),
            log=self._log(),
            connections=self._connections(),
        )

    def _log(self) -> int:
        try:
            return self.wal.stat().st_size
        except FileNotFoundError:
            return 0

    def _connections(self) -> int:
        if not self.server:
            return 0
        with psycopg.connect(self.server, application_name="sampler") as connection:
            return connection.execute(OURS).fetchone()[0]


def growth(samples: list[Sample]) -> float:
    """Return by how many bytes of memory a request makes the process larger, on a straight line."""
    line = statistics.linear_regression(
        [sample.requests for sample in samples], [sample.memory for sample in samples]
    )
    return line.slope


def table(samples: list[Sample]) -> str:
    """Return *samples* as text, a line each, to be kept with a run's figures."""
    rows = [asdict(sample) for sample in samples]
    return "\n".join(
        [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
    )
