#!/usr/bin/env python3
"""Starts several `rbac-sync serve` behind HAProxy, over PostgreSQL kept by Patroni; see README.md.

    python examples/ha/cluster.py [--install] [--folder DIR]

Everything listens on free loopback ports, keeps its files in one folder, and ends with the script.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from string import Template
from typing import Any

PACKAGES = ("haproxy", "patroni", "etcd-server", "pgbouncer", "postgresql", "python3-etcd")
TOOLS = ("haproxy", "patroni", "etcd", "pgbouncer", "postgres", "psql")
ACCOUNT, OWNER, WORLD = "acme", "olivia@example.org", "prefect-cloud"
DATABASE = USER = "rbac"
UNPRIVILEGED = "postgres"
"""The user who runs the database, etcd and the proxies if root starts the script."""

START = 90.0
"""Seconds that a part may take to come up."""

PROXY, BOUNCER, PATRONI = (
    Template((Path(__file__).parent / name).read_text(encoding="utf-8"))
    for name in ("haproxy.cfg", "pgbouncer.ini", "patroni.yml")
)


class NotReady(RuntimeError):
    """A part is missing, or did not come up."""


def install() -> None:
    """Install what is missing from Debian's packages; takes root. No service of theirs starts."""
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run(command, check=True, env=quiet, stdout=sys.stderr)


def tools() -> dict[str, str]:
    """Return the path of each tool.

    Raises:
        NotReady: some are not installed.
    """
    folders = [os.environ.get("PATH", ""), "/usr/sbin", *_postgresql()]
    paths = {tool: shutil.which(tool, path=":".join(folders)) for tool in TOOLS}
    missing = [tool for tool, path in paths.items() if path is None]
    if missing:
        raise NotReady(f"not installed: {', '.join(missing)}; `--install` gets them from Debian")
    return {tool: path for tool, path in paths.items() if path is not None}


def _postgresql() -> list[str]:
    """Return the folders of the programs of each PostgreSQL, the newest first."""
    return sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_well(port: int, path: str) -> bool:
    """Say whether a part answers at *path* with the status 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def wait(what: str, is_ready: Callable[[], bool], seconds: float = START) -> None:
    """Wait until something is ready.

    Raises:
        NotReady: it takes longer than *seconds*.
    """
    end = time.monotonic() + seconds
    while not is_ready():
        if time.monotonic() > end:
            raise NotReady(f"{what}: not ready after {seconds:.0f} s")
        time.sleep(0.2)


@dataclass
class Node:
    """One PostgreSQL with the Patroni that keeps it."""

    name: str
    folder: Path
    postgres: int = field(default_factory=free_port)
    patroni: int = field(default_factory=free_port)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / self.name

    def has_role(self, role: str) -> bool:
        """Say whether Patroni gives the node this role: `primary`, `replica` or `sync`."""
        return is_well(self.patroni, f"/{role}")

    def postmaster(self) -> int | None:
        """Return the process id of its PostgreSQL; None if that does not run.

        *Why* the folder of the process is compared: the file outlives a server that was killed,
        and another program may have the number by then.
        """
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
            return pid if Path(f"/proc/{pid}/cwd").samefile(self.data) else None
        except (OSError, ValueError, IndexError):
            return None


class Cluster:
    """All parts. Each is a process that this one starts and ends."""

    def __init__(self, folder: Path, nodes: int = 2, servers: int = 3) -> None:
        """Keep all files in *folder*; have as many *nodes* of PostgreSQL and as many *servers*."""
        self.folder, self.tools = folder, tools()
        self.nodes = [Node(f"node{n}", folder) for n in range(1, nodes + 1)]
        self.servers = [free_port() for _ in range(servers)]
        self.etcd, self.peer, self.database, self.bouncer, self.api = (
            free_port() for _ in range(5)
        )
        self.password = secrets.token_hex(16)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.key = ""

    @property
    def root(self) -> str:
        """The address at which HAProxy serves the API."""
        return f"http://127.0.0.1:{self.api}"

    @property
    def url(self) -> str:
        """The database, as `serve` reaches it: through PgBouncer."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.bouncer}/{DATABASE}"

    def start(self) -> None:
        """Start everything, from the bottom up, and make an account.

        Raises:
            NotReady: a part did not come up.
        """
        self._own(self.folder)
        self._start_etcd()
        for node in self.nodes:
            self.start_node(node)
        wait("a primary", lambda: self.primary() is not None)
        wait("the standbys", lambda: sum(node.has_role("replica") for node in self.nodes) > 0)
        wait("a synchronous standby", lambda: any(node.has_role("sync") for node in self.nodes))
        self._make_database()
        self._start_proxies()
        self._make_account()
        for number, port in enumerate(self.servers, 1):
            words = ["serve", "--url", self.url, "--port", str(port)]
            self._run(f"serve{number}", _rbac_sync(*words), _environment())
        wait("the servers", lambda: all(is_well(port, "/ready") for port in self.servers))
        wait("the API", lambda: is_well(self.api, "/health"))

    def primary(self) -> Node | None:
        """Return the node that takes writes; None while there is none."""
        return next((node for node in self.nodes if node.has_role("primary")), None)

    def kill(self, node: Node) -> None:
        """Kill a node as a power cut would: its Patroni and its PostgreSQL, with SIGKILL."""
        postmaster = node.postmaster()
        self.processes[node.name].kill()
        self.processes[node.name].wait()
        if postmaster is not None:
            os.kill(postmaster, signal.SIGKILL)

    def start_node(self, node: Node) -> None:
        """Start a node, or start it again; it follows the node that is the primary by then."""
        file = self._write(f"{node.name}.yml", self._patroni(node))
        self._run(node.name, [self.tools["patroni"], str(file)], _environment(), **self._user())

    def stop(self) -> None:
        """End every process that was started, the last one first."""
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in reversed(self.processes.values()):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for node in self.nodes:
            if (postmaster := node.postmaster()) is not None:
                with suppress(ProcessLookupError):
                    os.kill(postmaster, signal.SIGKILL)

    def _start_etcd(self) -> None:
        client, peer = (f"http://127.0.0.1:{port}" for port in (self.etcd, self.peer))
        words = ["--name", "one", "--data-dir", str(self._own(self.folder / "etcd"))]
        words += ["--listen-client-urls", client, "--advertise-client-urls", client]
        words += ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
        words += ["--initial-cluster", f"one={peer}"]
        self._run("etcd", [self.tools["etcd"], *words], _environment(), **self._user())
        wait("etcd", lambda: is_well(self.etcd, "/health"))

    def _patroni(self, node: Node) -> str:
        """Return the configuration of a node, as Patroni reads it."""
        return PATRONI.substitute(
            name=node.name,
            folder=self.folder,
            programs=Path(self.tools["postgres"]).resolve().parent,
            password=self.password,
            etcd=self.etcd,
            patroni=node.patroni,
            postgres=node.postgres,
        )

    def _make_database(self) -> None:
        node = self.primary()
        assert node is not None, "`start` has waited for a primary"
        role = f"CREATE ROLE {USER} LOGIN PASSWORD '{self.password}'"
        for statement in (role, f"CREATE DATABASE {DATABASE} OWNER {USER}"):
            made = self._query(node.postgres, "superuser", "postgres", statement)
            if made.returncode:
                raise NotReady(f"the database could not be made: {made.stderr.strip()}")

    def _start_proxies(self) -> None:
        nodes = [
            f"    server {n.name} 127.0.0.1:{n.postgres} check port {n.patroni}" for n in self.nodes
        ]
        servers = [
            f"    server serve{n} 127.0.0.1:{port} check" for n, port in enumerate(self.servers, 1)
        ]
        ports = {"api": self.api, "database": self.database, "bouncer": self.bouncer}
        proxy = self._write(
            "haproxy.cfg",
            PROXY.substitute(ports, nodes="\n".join(nodes), servers="\n".join(servers)),
        )
        self._write("users.txt", f'"{USER}" "{self.password}"\n')
        bouncer = self._write("pgbouncer.ini", BOUNCER.substitute(ports, folder=self.folder))
        one, two = [self.tools["haproxy"], "-db", "-f", proxy], [self.tools["pgbouncer"], bouncer]
        self._run("haproxy", list(map(str, one)), _environment(), **self._user())
        self._run("pgbouncer", list(map(str, two)), _environment(), **self._user())
        wait("HAProxy", lambda: _listens(self.database))
        wait("PgBouncer", lambda: _listens(self.bouncer))
        wait("the primary behind HAProxy", self._leads_to_primary)

    def _leads_to_primary(self) -> bool:
        """Say whether HAProxy gives connections to the primary alone.

        *Why*: HAProxy takes a node for healthy until its first checks, and the nodes take turns.
        """
        statement = "SELECT pg_is_in_recovery()"
        answers = (
            self._query(self.database, USER, DATABASE, statement).stdout.strip()
            for _ in range(2 * len(self.nodes))
        )
        return all(answer == "f" for answer in answers)

    def _query(
        self, port: int, user: str, database: str, statement: str
    ) -> subprocess.CompletedProcess[str]:
        command = [self.tools["psql"], "-X", "-A", "-t", "-h", "127.0.0.1", "-p", str(port)]
        command += ["-U", user, "-d", database, "-c", statement]
        environment = {**_environment(), "PGPASSWORD": self.password}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    def _make_account(self) -> None:
        words = ["store", "init", "--account", ACCOUNT, "--world", WORLD, "--owner", OWNER]
        command = _rbac_sync(*words, "--url", self.url)
        made = subprocess.run(
            command, capture_output=True, text=True, check=False, env=_environment()
        )
        key = re.search(r"pnu_\w+", made.stdout)
        if key is None:
            raise NotReady(f"the account could not be made: {made.stderr.strip()}")
        self.key = key[0]

    def _run(self, name: str, command: list[str], environment: dict[str, str], **user: Any) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, cwd=self.folder, **user
            )

    def _write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
        return self._own(file)

    def _own(self, path: Path) -> Path:
        """Make the folder *path* unless *path* exists; give it to the user of the database."""
        if not path.exists():
            path.mkdir(mode=0o700)
        if user := self._user().get("user"):
            shutil.chown(path, user, user)
        return path

    @staticmethod
    def _user() -> dict[str, str]:
        """Return the user and group of the database and the proxies: PostgreSQL refuses root."""
        return {"user": UNPRIVILEGED, "group": UNPRIVILEGED} if os.geteuid() == 0 else {}


def _rbac_sync(*words: str) -> list[str]:
    return [sys.executable, "-m", "rbac_sync", *words]


def _environment() -> dict[str, str]:
    """Return the environment of a part, without variables that could change its settings."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(folder: Path | None = None, **sizes: int) -> Iterator[Cluster]:
    """Run a cluster while the block lasts, in *folder* or in a new one that is then removed."""
    place = folder or Path(tempfile.mkdtemp(prefix="ha"))
    try:
        cluster = Cluster(place.absolute(), **sizes)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
    finally:
        if folder is None:
            shutil.rmtree(place)


def main() -> None:
    """Start everything, print the address and the key, and end everything on Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--install", action="store_true", help="install what is missing; as root")
    parser.add_argument("--folder", type=Path, help="keep the files here (default: a new one)")
    parser.add_argument("--nodes", type=int, default=2, help="how many PostgreSQL servers")
    parser.add_argument("--servers", type=int, default=3, help="how many rbac-sync servers")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if chosen.install:
            install()
        with running(chosen.folder, nodes=chosen.nodes, servers=chosen.servers) as cluster:
            print(f"API: {cluster.root}/api\nkey of {OWNER}: {cluster.key}", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print("stopped")
    except NotReady as error:
        raise SystemExit(f"error: {error}") from None


if __name__ == "__main__":
    main()
