"""URLs in a configuration: relative paths of SQLite files start at its folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

RELATIVE = re.compile(r"(?P<start>sqlite:///(?:file:)?)(?P<path>[^/:?][^?]*)(?P<query>.*)")
FILE = re.compile(r"sqlite:///(?P<uri>file:)?(?P<path>[^:?][^?]*)")
STORE_URL = "sqlite:///rbac.db"
"""The database of a store for which none is named."""

SCHEMES = {"postgres": "postgresql"}
PORTS = {"https": 443, "http": 80, "postgresql": 5432}


def resolve_url(url: str, folder: Path) -> str:
    """Return *url*, which stands in a file of *folder*, as this process opens it."""
    return _moved(url, lambda path: (folder / path).as_posix())


def relative_url(url: str, folder: Path) -> str:
    """Return *url*, as this process opens it, as a file of *folder* says it."""
    return _moved(url, lambda path: Path(os.path.relpath(path, folder)).as_posix())


def same_url(url: str) -> str:
    """Return the one spelling of all URLs that lead where *url* leads, without its user.

    It is to compare with another, not to open: ``sqlite:///./a.db`` is ``sqlite:///a.db``, and
    ``https://Host:443/api/`` is ``https://host/api``.
    """
    if file := FILE.match(url):
        path = unquote(file["path"]) if file["uri"] else file["path"]
        return f"sqlite:{os.path.realpath(path)}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url  # whoever opens it says what is wrong
    bare = parts.scheme.partition("+")[0]
    scheme = SCHEMES.get(bare, bare)
    place = f":{port}" if port not in (None, PORTS.get(scheme)) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{scheme}://{parts.hostname or ''}{place}{parts.path.rstrip('/')}{query}"


def _moved(url: str, move: Callable[[str], str]) -> str:
    match = RELATIVE.fullmatch(url)
    if match is None or match["path"].startswith("file:"):
        return url
    return match["start"] + move(match["path"]) + match["query"]
