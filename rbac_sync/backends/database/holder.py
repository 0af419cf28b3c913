"""The holder of a lock that a writer did not get, if it can be known."""

from __future__ import annotations

from pathlib import Path

from .engine import Engine, place, reading

WAL_WRITE_LOCK = "120"
"""The byte of a ``-shm`` file that a writer locks. Source: SQLite, walformat.html."""

ACTIVITY = """
    SELECT a.pid, a.usename, coalesce(host(a.client_addr), 'this machine'), a.xact_start
    FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
    WHERE l.relation = CAST('account' AS regclass) AND l.granted AND a.pid <> pg_backend_pid()
    ORDER BY a.xact_start LIMIT 1
"""


def holder(engine: Engine) -> str:
    """Return the holder of the store as text: process, user, machine and start time."""
    file = place(engine.url)
    description = _process(file) if file else _backend(engine)
    return description or "another process"


def _process(file: Path) -> str | None:
    """Read the holder from the locks of the kernel: to open the file would drop our own locks."""
    locks, shared = Path("/proc/locks"), file.with_name(file.name + "-shm")
    try:
        inode, lines = str(shared.stat().st_ino), locks.read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        match line.split():
            case [_, "POSIX", _, "WRITE", process, there, start, _] if (
                there.endswith(f":{inode}") and start == WAL_WRITE_LOCK
            ):
                return f"process {process}"
    return None


def _backend(engine: Engine) -> str | None:
    try:
        with reading(engine) as connection:
            rows = connection.rows(ACTIVITY)
    except engine.errors:
        return None
    descriptions = (
        f"`{who}` on {where} (process {id_}), since {since:%H:%M:%S %Z}"
        for id_, who, where, since in rows
    )
    return next(descriptions, None)
