"""URLs in a configuration: relative paths of SQLite files start at its folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

RELATIVE = re.compile(r"(?P<start>sqlite:///(?:file:)?)(?P<path>[^/:?][^?]*)(?P<query>.*)")
FILE = r"sqlite:///(?P<uri>file:)?(?P<path>[^:?][^?]*)"
STORE_URL = "sqlite:///rbac.db"
"""The default URL of a store."""

SCHEMES = {"postgres": "postgresql"}
PORTS = {"https": 443, "http": 80, "postgresql": 5432}


def resolve_url(url: str, folder: Path) -> str:
    """Return the URL that this process opens for *url*, which stands in a file of *folder*."""
    return _moved(url, lambda path: (folder / path).as_posix())


def relative_url(url: str, folder: Path) -> str:
    """Return the URL to write in a file of *folder* for *url*, which this process opens."""
    return _moved(url, lambda path: Path(os.path.relpath(path, folder)).as_posix())


def same_url(url: str) -> str:
    """Return *url* in a normal form, without its user: equal for URLs of the same target.

    The form is for comparison and cannot be opened: ``sqlite:///./a.db`` and ``sqlite:///a.db``
    have one form, ``https://Host:443/api/`` and ``https://host/api`` another.
    """
    if file := re.match(FILE, url):
        path = unquote(file["path"]) if file["uri"] else file["path"]
        return f"sqlite:{os.path.realpath(path)}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url  # the code that opens the URL reports the fault
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
