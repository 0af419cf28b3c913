"""The URL of a database, taken apart and put together."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from ...dataclasses import dataclass, field

LAST_PORT = 65535
NO_PORT = f"no number from 1 to {LAST_PORT}"

HOST = re.compile(r"\[(.*)]|[^:]*")
"""The host before a port. *Why* not that of ``urlsplit``: it has no capitals, and sockets do."""


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A URL whose parts are decoded. An option that is in it twice has a tuple of values."""

    scheme: str
    username: str | None
    password: str | None = field(repr=False)
    host: str | None
    port: int | None
    database: str | None
    query: Mapping[str, str | tuple[str, ...]] = field(repr=False)

    @classmethod
    def parsed(cls, text: str) -> DatabaseUrl | None:
        """Return the URL in *text*; None if it has another form.

        Raises:
            ValueError: the port is no number from 0 to 65535.
        """
        try:
            parts = urlsplit(text.replace("#", "%23"))  # a database has no fragments
        except ValueError:
            return None
        if not parts.scheme or "://" not in text or "%00" in text:
            return None
        return cls(
            parts.scheme,
            _decoded(parts.username),
            _decoded(parts.password),
            _decoded(_host(parts.netloc)),
            parts.port,
            _decoded(parts.path[1:]) if parts.path else None,
            _query(parts.query),
        )

    def text(self, without: Collection[str]) -> str:
        """Return the URL as text: without its password, and without the options *without*."""
        user = "" if self.username is None else f"{quote(self.username, safe=' +')}@"
        host = quote(self.host or "", safe=",:")
        host = f"[{host}]" if ":" in host else host
        port = "" if self.port is None else f":{self.port}"
        path = "" if self.database is None else f"/{quote(self.database, safe=' +/')}"
        options = "&".join(
            f"{quote_plus(name)}={quote_plus(each)}"
            for name in sorted(self.query.keys() - {*without})
            for each in every(self.query[name])
        )
        return f"{self.scheme}://{user}{host}{port}{path}{'?' if options else ''}{options}"


def _host(netloc: str) -> str | None:
    match = HOST.match(netloc.rpartition("@")[2])
    return (match[1] or match[0] or None) if match else None


def _decoded(part: str | None) -> str | None:
    return None if part is None else unquote(part)


def every(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return all values of an option."""
    return value if isinstance(value, tuple) else (value,)


def _query(text: str) -> dict[str, str | tuple[str, ...]]:
    query: dict[str, str | tuple[str, ...]] = {}
    for name, value in parse_qsl(text):
        query[name] = (*every(query[name]), value) if name in query else value
    return query
