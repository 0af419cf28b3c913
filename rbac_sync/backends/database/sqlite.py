"""Connections to a SQLite file: they never create it, and can read it where writing fails."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from errno import EROFS
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from ...errors import BackendError

if TYPE_CHECKING:
    from .url import DatabaseUrl

OPTIONS: Mapping[str, tuple[str, ...]] = {"mode": ("ro", "rw"), "immutable": ("0", "1")}
"""The options that a URL may have. Source: SQLite, uri.html."""

MEMORY = ":memory:"
IMMUTABLE: Mapping[str, str] = {"mode": "ro", "immutable": "1"}
FIRST = ("PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL", "SELECT 1 FROM sqlite_master")
"""The first statements of a connection. The last one reads the file, and fails on a bad one."""

MAKE_STORE = "make one: `rbac-sync store init --owner EMAIL`"
"""The hint where there is no store."""

UNWRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


def check_options(url: DatabaseUrl) -> None:
    """Check the options after the ``?`` of *url*.

    Raises:
        BackendError: an option or its value is unknown.
    """
    hint = "a file knows `?mode=ro` and `?immutable=1`"
    for name, value in url.query.items():
        if name not in OPTIONS:
            raise BackendError("the database's url has an option that is not known", hint=hint)
        if value not in OPTIONS[name]:
            raise BackendError(
                f"`{name}` in the database's url has a value that is not allowed", hint=hint
            )


def options(url: DatabaseUrl) -> dict[str, str]:
    """Return the options after the ``?`` of *url*."""
    return {key: str(value) for key, value in url.query.items()}


def opened_file(file: Path, query: Mapping[str, str], wait: float) -> sqlite3.Connection:
    """Open *file*, which must exist; a statement waits *wait* seconds for a lock.

    If no write-ahead log can be made beside the file, it is opened as immutable.

    Raises:
        BackendError: the file is missing, or its write-ahead log cannot be read here.
        sqlite3.Error: the file cannot be opened.
    """
    require(file)
    if query.get("immutable") == "1":
        return _immutable(file, wait)
    try:
        return connection(_uri(file, {"mode": "rw", **query}), wait)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in UNWRITABLE or not file.is_file():
            raise
        return _immutable(file, wait)


def require(file: Path) -> None:
    """Check that the *file* of a store exists.

    Raises:
        BackendError: it does not, or its folder cannot be read.
    """
    try:
        file.stat()
    except FileNotFoundError:
        message, absolute = f"there is no store at `{file}`", Path("/", file)
        is_mistaken = not file.is_absolute() and absolute.is_file()
        hint = f"for `{absolute}` write `sqlite:///{absolute}`" if is_mistaken else MAKE_STORE
        raise BackendError(message, hint=hint) from None
    except OSError as error:
        raise BackendError(f"`{file}` cannot be opened: {error.strerror}") from None


def check_writes(file: Path, url: DatabaseUrl) -> None:
    """Check that *file* and other files beside it can be written, or made; nothing is left there.

    No connection to *file*, which is at *url*, may be open in this process: to close a file ends
    the locks that SQLite holds on it.

    Raises:
        OSError: they cannot.
        BackendError: an option of *url* or its value is unknown.
    """
    from tempfile import TemporaryFile

    check_options(url)
    query = options(url)
    if query.get("mode") == "ro" or query.get("immutable") == "1":
        raise OSError(EROFS, "its url asks for reading only")
    folder = next(each for each in file.absolute().parents if each.exists())
    with TemporaryFile(dir=folder) as probe:
        probe.write(bytes(2**16))
        probe.flush()
    if file.exists():
        os.close(os.open(file, os.O_RDWR | os.O_CLOEXEC))


def _immutable(file: Path, wait: float) -> sqlite3.Connection:
    """Open *file* without its write-ahead log, which must then be empty."""
    log = file.with_name(file.name + "-wal")
    if log.exists() and log.stat().st_size:
        message = f"`{log}` holds what was written last, and cannot be read here"
        raise BackendError(message, hint="copy both files to where they can be written")
    return connection(_uri(file, IMMUTABLE), wait)


def _uri(file: Path, options: Mapping[str, str]) -> str:
    query = "&".join(f"{name}={value}" for name, value in options.items())
    return f"file:{quote(str(file.absolute()))}?{query}"


def connection(place: str, wait: float) -> sqlite3.Connection:
    """Open *place*, a file or a URI of SQLite; only a BEGIN statement begins a transaction."""
    made = sqlite3.connect(
        place,
        timeout=wait,
        uri=True,
        isolation_level=None,  # we send BEGIN ourselves
        check_same_thread=False,
    )
    try:
        for statement in FIRST:
            made.execute(statement).fetchone()
    except sqlite3.Error:
        made.close()
        raise
    return made
