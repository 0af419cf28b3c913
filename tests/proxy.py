"""A TCP proxy on loopback that cuts or freezes connections at a chosen stage.

It stands before a server on TCP or on a Unix socket. Until a stage is set it passes everything on.
"""

from __future__ import annotations

import selectors
import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from threading import Event, Lock, Thread

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.engine import URL, make_url

from .patience import LONGEST
from .postgres import written

CHUNK = 2**16


class Fate(Enum):
    """What becomes of a connection: closed both ways, or open and silent both ways."""

    CUT = auto()
    FREEZE = auto()


@dataclass(frozen=True, slots=True)
class Stage:
    """When something happens to a connection, and what.

    ``sent``: the client sends these bytes; they are passed on if ``passed``, and nothing comes
    back. A COMMIT is ``COMMIT\\0``, since ``READ COMMITTED`` begins a transaction.
    ``received``: so many bytes have come back. ``nth`` counts connections' hits from 1.
    ``refusing``: every later connection meets the same fate at once.
    """

    fate: Fate
    sent: bytes = b""
    received: int | None = None
    passed: bool = True
    nth: int = 1
    refusing: bool = False


@dataclass(eq=False)
class Proxy:
    """A running proxy. ``hit`` is set once its stage was reached."""

    target: str | tuple[str, int]
    port: int = 0
    stage: Stage | None = None
    down: Fate | None = None
    """What becomes of every new connection, and of open ones at their next byte."""
    hit: Event = field(default_factory=Event)
    connections: int = 0
    _hits: int = 0
    _lock: Lock = field(default_factory=Lock)
    _open: list[socket.socket] = field(default_factory=list)
    _threads: list[Thread] = field(default_factory=list)

    def at(self, stage: Stage) -> None:
        """Let *stage* happen once from now on."""
        with self._lock:
            self._hits, self.stage = 0, stage
            self.hit.clear()

    def heal(self) -> None:
        """Pass everything on again; connections that were frozen stay so."""
        with self._lock:
            self.stage = self.down = None

    def url(self, url: str) -> str:
        """Return *url* so that it leads through the proxy."""
        made = make_url(url).set(host="127.0.0.1", port=self.port)
        return written(made.difference_update_query(("host", "port")))

    def serve(self, listening: socket.socket) -> None:
        """Accept connections until *listening* is closed."""
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(client)
            if self.down is Fate.CUT:
                client.close()
                continue
            thread = Thread(target=self._pump, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _pump(self, client: socket.socket) -> None:
        with suppress(OSError), client, self._server() as server:
            self._open.append(server)
            received = 0
            for side in _readable(client, server):
                if self.down:
                    return self._end(self.down, client)
                data = side.recv(CHUNK)
                if not data:
                    return None
                stage = self._reached(data, received, is_sent=side is client)
                received += len(data) if side is server else 0
                if stage is None or _is_passed(stage, side is client):
                    (server if side is client else client).sendall(data)
                elif stage.received is not None:
                    client.sendall(data[: max(0, stage.received - (received - len(data)))])
                if stage is not None:
                    return self._meet(stage, client, server)
        return None

    def _server(self) -> socket.socket:
        if isinstance(self.target, tuple):
            return socket.create_connection(self.target)
        made = socket.socket(socket.AF_UNIX)
        made.connect(self.target)
        return made

    def _reached(self, data: bytes, received: int, *, is_sent: bool) -> Stage | None:
        """Return the stage that *data* reaches, if it does."""
        with self._lock:
            stage = self.stage
            if stage is None or not _reaches(stage, data, received, is_sent=is_sent):
                return None
            self._hits += 1
            if self._hits < stage.nth:
                return None
            self.stage = None
            self.down = stage.fate if stage.refusing else None
            self.hit.set()
            return stage

    def _meet(self, stage: Stage, client: socket.socket, server: socket.socket) -> None:
        if stage.sent and stage.passed:
            server.settimeout(LONGEST)
            server.recv(CHUNK)  # it has answered: what was sent is done
        self._end(stage.fate, client)

    @staticmethod
    def _end(fate: Fate, client: socket.socket) -> None:
        if fate is Fate.CUT:
            return
        while client.recv(CHUNK):
            """What it sends is taken, and gets no answer."""

    def close(self) -> None:
        """End every connection."""
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(LONGEST)


def _reaches(stage: Stage, data: bytes, received: int, *, is_sent: bool) -> bool:
    if stage.received is not None:
        return not is_sent and received + len(data) >= stage.received
    return is_sent and stage.sent in data


def _is_passed(stage: Stage, is_sent: bool) -> bool:  # noqa: FBT001
    return is_sent and stage.passed and stage.received is None


def _readable(*sides: socket.socket):
    """Yield each of *sides* whenever there is something to read from it."""
    with selectors.DefaultSelector() as selector:
        for side in sides:
            selector.register(side, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                yield key.fileobj


@contextmanager
def proxied(url: str, **options):
    """Run a proxy before the PostgreSQL server at *url* while the block lasts."""
    with proxy_before(_target(make_url(url)), **options) as proxy:
        yield proxy


@contextmanager
def proxy_before(target: str | tuple[str, int], **options):
    """Run a proxy before *target*, a socket's path or a host and port, while the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        proxy = Proxy(target, listening.getsockname()[1], **options)
        thread = Thread(target=proxy.serve, args=(listening,), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(LONGEST)
            proxy.close()


def _target(url: URL) -> str | tuple[str, int]:
    parts = conninfo_to_dict(url.set(drivername="postgresql").render_as_string(hide_password=False))
    host, port = str(parts.get("host") or "/tmp"), int(parts.get("port") or 5432)
    return f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)
