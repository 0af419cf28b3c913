"""The effects of a command on disks, databases and services: listed, and interrupted.

``installed`` patches this process where an effect leaves Python: calls of ``os`` that write, open
files, statements and COMMITs of ``sqlite3`` and ``psycopg``, requests of ``httpx``. A read is no
effect. Each effect is written to a log before it happens, so that its number is the same in a
run that lists the effects and in a run that is killed at one of them.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import re
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Self

STATEMENT = re.compile(
    r"\s*(?:BEGIN;\s*)?(INSERT|COPY|UPDATE|DELETE|CREATE|ALTER|DROP|COMMIT|ROLLBACK)\b"
    r"(?:\s+(?:OR\s+\w+|INTO|FROM|TABLE|IF|NOT|EXISTS|UNIQUE|INDEX|TRIGGER))*\s*\"?(\w*)",
    re.IGNORECASE,
)
IDENTITY = re.compile(r"/[0-9a-f-]{36}")
MUTATION = re.compile(r"\s*mutation\b[^{]*\{\s*(?:\w+\s*:\s*)?(\w+)")
WRITING = os.O_WRONLY | os.O_RDWR
PATHS = ("rename", "replace", "link", "symlink", "unlink", "remove", "mkdir", "truncate", "chmod")
DESCRIPTORS = ("write", "pwrite", "fsync", "fdatasync", "ftruncate", "posix_fallocate")


@dataclass(frozen=True, slots=True)
class Point:
    """A moment of a run: before or after its effect *number*, counted from 1.

    The process is killed there; with *error*, a number of ``errno``, the effect fails so instead.
    """

    number: int
    after: bool = False
    error: int = 0


class Effects:
    """Counts the effects of this process into *log*, and ends or fails it at *point*."""

    def __init__(self, log: Path, point: Point | None) -> None:
        """Watch all files but those beside *log*, which are not the command's own."""
        self._point, self._count, self._lock = point, 0, Lock()
        self._elsewhere = (str(log.parent), "/dev/null", "/dev/urandom", "/dev/pts/", "/proc/")
        self._write = os.write
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    @contextmanager
    def effect(self, name: str, failure: Callable[[int], Exception]) -> Iterator[None]:
        """Have one effect, which fails with *failure* of an error number where it is to fail."""
        with self._lock:
            self._count += 1
            number = self._count
            self._write(self._log, f"{name}\n".encode())
        here = self._point if self._point and self._point.number == number else None
        if here and here.error:
            raise failure(here.error)
        if here and not here.after:
            die()
        yield
        if here:
            die()

    def name_of(self, place: str | bytes | os.PathLike[str] | int) -> str | None:
        """Return the short name of a file, None if it is not watched."""
        try:
            path = str(
                Path(
                    f"/proc/self/fd/{place}" if isinstance(place, int) else os.fsdecode(place)
                ).resolve()
            )
        except (OSError, ValueError):
            return None
        return None if path.startswith(self._elsewhere) else role_of(Path(path).name)


def die() -> None:
    """End this process at once, without any cleanup."""
    os.kill(os.getpid(), signal.SIGKILL)


def role_of(name: str) -> str:
    """Return what a file is to the command, without what is random in its name."""
    roles = {"journal": r"\.journal", "lock": r"\.lock$", "keys file": r"keys", "store": r"\.db"}
    return next((role for role, sign in roles.items() if re.search(sign, name)), name)


def installed(log: Path, point: Point | None = None) -> None:
    """Watch this process until it ends."""
    effects = Effects(log, point)
    _patch_calls(effects)
    _patch_files(effects)
    _patch_sqlite(effects)
    _patch_postgresql(effects)
    _patch_requests(effects)


# The disk.


def _refused(error: int) -> OSError:
    return OSError(error, os.strerror(error))


def _refused_at(place: Any) -> Callable[[int], OSError]:
    """Return what gives the error of a call; one of a path names it, as the system's does."""
    if isinstance(place, int):
        return _refused
    return lambda error: OSError(error, os.strerror(error), place)


def _patch_calls(effects: Effects) -> None:
    for call in (*PATHS, *DESCRIPTORS):
        setattr(os, call, _call(effects, call, getattr(os, call)))
    opened = os.open

    def open_(path: Any, flags: int, *arguments: Any, **named: Any) -> int:
        name = effects.name_of(path) if flags & (WRITING | os.O_CREAT) else None
        if name is None:
            return opened(path, flags, *arguments, **named)
        with effects.effect(f"open {name}", _refused_at(path)):
            return opened(path, flags, *arguments, **named)

    os.open = open_


def _call(effects: Effects, call: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def called(place: Any, *arguments: Any, **named: Any) -> Any:
        name = effects.name_of(place)
        if name is None:
            return original(place, *arguments, **named)
        with effects.effect(f"{call} {name}", _refused_at(place)):
            return original(place, *arguments, **named)

    return called


class _File:
    """A file open for writing; what leads to a write is an effect."""

    def __init__(self, effects: Effects, name: str, file: Any) -> None:
        self._effects, self._name, self._file = effects, name, file

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._file, attribute)
        if attribute not in ("write", "flush", "truncate", "close"):
            return found

        def called(*arguments: Any) -> Any:
            if self._file.closed:
                return found(*arguments)
            with self._effects.effect(f"{attribute} {self._name}", _refused):
                return found(*arguments)

        return called

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.close()
        finally:
            self._file.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)


def _patch_files(effects: Effects) -> None:
    opened = io.open

    def open_(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        name = effects.name_of(file) if set(mode) & set("wax+") else None
        if name is None:
            return opened(file, mode, *arguments, **named)
        if isinstance(file, int):
            return _File(effects, name, opened(file, mode, *arguments, **named))
        with effects.effect(f"open {name}", _refused_at(file)):
            return _File(effects, name, opened(file, mode, *arguments, **named))

    io.open = builtins.open = open_


# The databases.


def statement(text: object) -> str:
    """Return what a statement writes, as a verb and a table; empty if it only reads."""
    found = STATEMENT.match(str(text))
    return " ".join(filter(None, (found[1].upper(), found[2]))) if found else ""


def _sqlite_failure(error: int) -> sqlite3.OperationalError:
    full = error == errno.ENOSPC
    made = sqlite3.OperationalError("database or disk is full" if full else "disk I/O error")
    made.sqlite_errorcode = sqlite3.SQLITE_FULL if full else sqlite3.SQLITE_IOERR
    made.sqlite_errorname = "SQLITE_FULL" if full else "SQLITE_IOERR"
    return made


def _patch_sqlite(effects: Effects) -> None:
    original = sqlite3.connect

    def connect(database: Any, *arguments: Any, **named: Any) -> sqlite3.Connection:
        name = effects.name_of(database) if database != ":memory:" else None
        if name is None:
            return original(database, *arguments, **named)
        return original(database, *arguments, **named, factory=_connections(effects, name))

    sqlite3.connect = sqlite3.dbapi2.connect = connect


def _connections(effects: Effects, name: str) -> type[sqlite3.Connection]:
    """Return the class of the connections to the database *name*."""

    def watched(method: Callable[..., Any]) -> Callable[..., Any]:
        def called(self: Any, text: str, *arguments: Any) -> Any:
            if not (what := statement(text)):
                return method(self, text, *arguments)
            with effects.effect(f"{name}: {what}", _sqlite_failure):
                return method(self, text, *arguments)

        return called

    class Cursor(sqlite3.Cursor):
        execute = watched(sqlite3.Cursor.execute)
        executemany = watched(sqlite3.Cursor.executemany)
        executescript = watched(sqlite3.Cursor.executescript)

    class Connection(sqlite3.Connection):
        execute = watched(sqlite3.Connection.execute)
        executescript = watched(sqlite3.Connection.executescript)

        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def commit(self) -> None:
            if not self.in_transaction:
                return
            with effects.effect(f"{name}: COMMIT", _sqlite_failure):
                super().commit()

    return Connection


def _patch_postgresql(effects: Effects) -> None:
    import psycopg
    from psycopg.errors import DiskFull, IoError
    from psycopg.pq import TransactionStatus

    def failure(error: int) -> psycopg.Error:
        return DiskFull("no space left") if error == errno.ENOSPC else IoError("input/output error")

    def watched(method: Callable[..., Any]) -> Callable[..., Any]:
        def called(self: Any, query: Any, *arguments: Any, **named: Any) -> Any:
            if not (what := statement(query)):
                return method(self, query, *arguments, **named)
            with effects.effect(f"postgresql: {what}", failure):
                return method(self, query, *arguments, **named)

        return called

    commit = psycopg.Connection.commit

    def committed(self: psycopg.Connection[Any]) -> None:
        if self.info.transaction_status is TransactionStatus.IDLE:
            return commit(self)
        with effects.effect("postgresql: COMMIT", failure):
            return commit(self)

    psycopg.Cursor.execute = watched(psycopg.Cursor.execute)
    psycopg.Cursor.executemany = watched(psycopg.Cursor.executemany)
    psycopg.Cursor.copy = watched(psycopg.Cursor.copy)
    psycopg.Connection.commit = committed


# The services.


def request_name(method: str, path: str, body: bytes) -> str:
    """Return what a request asks to be done; empty if it only reads."""
    if method == "GET" or path.endswith("/filter"):
        return ""
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        found = {}
    if isinstance(found, dict) and "query" in found:
        mutation = MUTATION.match(found["query"])
        return f"mutation {mutation[1]}" if mutation else ""
    return f"{method} {IDENTITY.sub('', path).removeprefix('/api/accounts')}"


def _patch_requests(effects: Effects) -> None:
    import httpx

    handle = httpx.HTTPTransport.handle_request

    def sent(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        name = request_name(request.method, request.url.path, request.content)
        if not name:
            return handle(self, request)
        with effects.effect(name, lambda error: httpx.WriteError(os.strerror(error))):
            return handle(self, request)

    httpx.HTTPTransport.handle_request = sent
