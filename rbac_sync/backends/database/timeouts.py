"""The time limits of each step of a PostgreSQL session, from the URL or by default."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...errors import BackendError
from ...named_tuples import NamedTuple

CLIENT: Mapping[str, str] = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""The default options of libpq. Source: PostgreSQL, libpq-connect.html."""

STATEMENT, IDLE, LOCK = ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout")
SERVER: Mapping[str, str] = {STATEMENT: "30s", IDLE: "2min", LOCK: "5s"}
"""The default settings of a session, in the form of PostgreSQL; libpq has no such options."""

UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "": 1e-3}
"""Seconds. Source: PostgreSQL, config-setting.html."""

TIME = re.compile(r"([0-9]{1,12})\s*(us|ms|s|min|h|d|)")
GRACE = 5.0
"""The seconds that an answer may take to arrive after the server has ended the statement."""


class SessionTimeouts(NamedTuple):
    """The limits in seconds of a statement, an idle transaction and a lock; 0 means no limit."""

    statement: float
    idle: float
    lock: float

    @classmethod
    def of(cls, options: Mapping[str, str]) -> SessionTimeouts:
        """Return the limits in *options* of a URL, with defaults for the others.

        Raises:
            BackendError: a value is no time.
        """
        written = {**SERVER, **_inside(options.get("options", "")), **options}
        return cls(*(_seconds(name, written[name]) for name in (STATEMENT, IDLE, LOCK)))

    def settings(self, *, writes: bool) -> str:
        """Return the statements that set these limits for one transaction.

        *Why* a statement that writes gets the time of a lock too: it may first wait for a lock.
        """
        idle = f"SET LOCAL {IDLE} = {_milliseconds(self.idle)}"
        if not writes:
            return f"SET LOCAL {STATEMENT} = {_milliseconds(self.statement)}; {idle}"
        lock = f"SET LOCAL {LOCK} = {_milliseconds(self.lock)}"
        longest = _milliseconds(self._longest(writes=True))
        return f"SET LOCAL {STATEMENT} = {longest}; {idle}; {lock}"

    def silence(self, *, writes: bool) -> float | None:
        """Return the seconds that the server has for an answer; None means no limit."""
        longest = self._longest(writes=writes)
        return longest + GRACE if longest else None

    def _longest(self, *, writes: bool) -> float:
        if not writes:
            return self.statement
        return self.statement + self.lock if self.statement and self.lock else 0.0


def check_numbers(options: Mapping[str, str]) -> None:
    """Check the *options* that libpq reads as numbers.

    Raises:
        BackendError: one is no number.
    """
    for name in CLIENT.keys() & options.keys():
        if not (options[name].isascii() and options[name].isdigit()):
            unit = "milliseconds" if name == "tcp_user_timeout" else "a whole number"
            message = f"`{name}` in the database's url is not a number"
            raise BackendError(message, hint=f"write {unit}, as in `{name}={CLIENT[name]}`")


def _inside(options: str) -> dict[str, str]:
    """Return the limits in the ``options`` of libpq, such as ``-c statement_timeout=5min``."""
    settings = re.findall(r"(?:-c\s*|--)(\w+)=((?:\\.|\S)+)", options)
    return {name: value for name, value in settings if name in SERVER}


def _seconds(name: str, written: str) -> float:
    if (match := TIME.fullmatch(written.strip())) is None:
        message = f"`{name}` in the database's url is not a time"
        raise BackendError(message, hint=f"write it as in `{name}=30s` or `{name}=5min`")
    return float(match[1]) * UNITS[match[2]]


def _milliseconds(seconds: float) -> int:
    """Return *seconds* in milliseconds for PostgreSQL: at least 1, and 0 for no limit."""
    return max(1, round(seconds * 1000)) if seconds else 0
