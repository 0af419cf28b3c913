"""Measures the CPU that ``serve`` takes for a request, in accounts of two sizes, and the ratios.

The server is a process of its own, over a SQLite file. Usage:

    python benchmarks/serve.py [--bindings 10000 100000] [--requests 20]

*Bare* is a handler of the same framework that makes one query with the bare driver: the row of
access that ``one row of access`` shows.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from rbac_sync.audit.record import Authorship
from rbac_sync.backends.store import init
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.model import ACCOUNT, Binding, Level, User, Workspace, held
from rbac_sync.model.address import user
from rbac_sync.model.resources import role
from rbac_sync.planning import Change
from rbac_sync.testing.account import run

OWNER = "owner@example.org"
HERE = 200
"""How many people each workspace has."""

PER_PERSON = 10
PORT = 18_771
ROUNDS_TO_START = 300
ROW = (
    "SELECT principal, role, id, created, updated FROM binding JOIN address"
    " ON address.account = binding.account AND address.number = binding.scope"
    " WHERE binding.account = 1 AND kind = 'workspace' AND \"key\" = 'w3' AND id = ?"
)
ROUNDS = 5
"""How often the requests are made; the round that took least counts."""


def changes(bindings: int) -> list[Change]:
    """Return the changes that make so many *bindings* in workspaces."""
    people = [User(f"p{n}@example.org") for n in range(bindings // PER_PERSON)]
    member, viewer = role(Level.ACCOUNT, "member"), role(Level.WORKSPACE, "viewer")
    made = [
        Change(None, person, brings=(Binding(person.address, ACCOUNT, held(member)),))
        for person in people
    ]
    for n in range(bindings // HERE):
        space = Workspace(f"w{n}", f"W {n}")
        made.append(Change(None, space))
        here = (people[(n * HERE + k) % len(people)].address for k in range(HERE))
        made += [Change(None, Binding(who, space.address, held(viewer))) for who in here]
    return made


def fill(url: str, bindings: int) -> str:
    """Make a store with an account of so many *bindings*; return the key of its owner."""
    key = init(url, "bench", "prefect-cloud", OWNER)
    run(Accounts(url).backend("bench", None), changes(bindings), Authorship(user(OWNER), "fill"))
    return key


def cpu(pid: int) -> float:
    """Return the seconds of CPU that the process has taken, from its own clock.

    Source of the number of that clock: Linux, ``clock_getcpuclockid``.
    """
    return time.clock_gettime(~pid << 3 | 2)


class Client:
    """A client of the server, with the ids that requests name."""

    def __init__(self, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{PORT}/api", headers=headers, timeout=120
        )
        self.account = f"/accounts/{self.get('/me/accounts')[0]['account_id']}"
        (space,) = self.post("/workspaces/filter", {"workspaces": {"handle": {"any_": ["w3"]}}})
        self.space = f"/workspaces/{space['id']}"
        self.rows = self.post(f"{self.space}/user_access/filter", {"limit": 200})
        roles = self.post("/workspace_roles/filter", {})
        self.roles = [r["id"] for r in roles if r["name"] in ("Runner", "Developer")]
        self.turn = 0

    def get(self, path: str) -> Any:
        """Read what is at *path*."""
        return self.http.get(path).raise_for_status().json()

    def post(self, path: str, body: object) -> Any:
        """Post below the account."""
        return self.http.post(f"{self.account}{path}", json=body).raise_for_status().json()

    def upsert(self) -> None:
        """Give somebody another role."""
        self.turn += 1
        who = self.rows[self.turn % len(self.rows)]["user_id"]
        body = {"user_id": who, "workspace_role_id": self.roles[self.turn // len(self.rows) % 2]}
        self.post(f"{self.space}/user_access/", body)

    def events(self, **criteria: object) -> Any:
        """Read a page of events that meet *criteria*."""
        return self.post("/events/filter", {"limit": 50, "filter": criteria})

    @cached_property
    def page(self) -> str:
        """The address of the second page of events."""
        return str(self.events()["next_page"])

    def new_workspace(self) -> None:
        """Make a workspace with a new name."""
        self.turn += 1
        self.post("/workspaces/", {"name": f"New {self.turn}", "handle": f"new{self.turn}"})

    def read_one(self) -> None:
        """Read one row of access."""
        self.get(f"{self.account}{self.space}/user_access/{self.rows[0]['id']}")


REQUESTS: dict[str, Callable[[Client], object]] = {
    "health": lambda client: client.http.get("/health"),
    "one workspace": lambda client: client.get(f"{client.account}{client.space}"),
    "one row of access": Client.read_one,
    "one upsert of access": Client.upsert,
    "access of a workspace, 200 rows": lambda client: client.post(
        f"{client.space}/user_access/filter", {"limit": 200}
    ),
    "members, 200 rows": lambda client: client.post("/account_memberships/filter", {"limit": 200}),
    "events, 50 rows": lambda client: client.post("/events/filter", {"limit": 50}),
    "events, a later page of 50": lambda client: client.get(client.page),
    "events of a name, 50 rows": lambda client: client.events(
        event={"name": ["prefect-cloud.workspace-access.created"]}
    ),
    "events of a workspace, 50 rows": lambda client: client.events(
        scope={"workspace": [client.space.rpartition("/")[2]]}
    ),
    "events counted by name": lambda client: client.post("/events/count-by/event", {}),
    "a new workspace": Client.new_workspace,
}


def measured(bindings: int, requests: int) -> dict[str, float]:
    """Return the milliseconds of CPU of the server for each request."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        key = fill(url, bindings)
        with running(*command(url)) as pid:
            client = Client(key)
            served = {name: _timed(pid, ask, client, requests) for name, ask in REQUESTS.items()}
        with running(__file__, "--bare", f"{folder}/bench.db") as pid:
            row = f"/row/{client.rows[0]['id']}"
            bare = _timed(pid, lambda client: client.get(row), client, requests)
    return {"bare": bare, **served}


def command(url: str) -> tuple[str, ...]:
    """Return the arguments of Python with which ``rbac-sync serve`` serves the store at *url*."""
    return ("-m", "rbac_sync", "serve", "--url", url, "--port", str(PORT))


@contextmanager
def running(*arguments: str) -> Iterator[int]:
    """Run a server: Python with *arguments*; yield the id of its process."""
    server = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait()
        yield server.pid
    finally:
        server.terminate()
        server.wait()


def serve_bare(file: str) -> None:
    """Serve single rows of access of the store in *file*, without authentication."""
    app = FastAPI()

    @app.get("/api/health")
    def health() -> bool:
        return True

    @app.get("/api/row/{id_}")
    def row(id_: str) -> dict[str, Any]:
        with closing(sqlite3.connect(file)) as connection:
            rows = connection.execute(ROW, (id_,))
            return dict(zip((name for name, *_ in rows.description), rows.fetchone(), strict=True))

    uvicorn.run(app, port=PORT, access_log=False, log_level="warning")


def _timed(pid: int, ask: Callable[[Client], object], client: Client, requests: int) -> float:
    def of_one_round() -> float:
        before = cpu(pid)
        for _ in range(requests):
            ask(client)
        return (cpu(pid) - before) / requests * 1000

    ask(client)
    return min(of_one_round() for _ in range(ROUNDS))


def wait() -> None:
    """Return once the server answers."""
    for _ in range(ROUNDS_TO_START):
        try:
            httpx.get(f"http://127.0.0.1:{PORT}/api/health")
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server did not start")


def main() -> None:
    """Measure, and print a line for each request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bindings", type=int, nargs=2, default=[10_000, 100_000])
    parser.add_argument("--requests", type=int, default=20)
    parser.add_argument("--bare", metavar="FILE")
    chosen = parser.parse_args()
    if chosen.bare:
        serve_bare(chosen.bare)
        return
    small, large = (measured(size, chosen.requests) for size in chosen.bindings)
    print(
        f"{'ms of CPU of the server':34}", *(f"{size:>10,}" for size in chosen.bindings), " ratio"
    )
    for name, first in small.items():
        ratio = large[name] / first if first else 0.0
        print(f"{name:34}{first:11.1f}{large[name]:11.1f}{ratio:7.2f}")


if __name__ == "__main__":
    main()
