"""URLs of SQLite files in a configuration: their relative paths start at its folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

RELATIVE = re.compile(r"(?P<start>sqlite:///(?:file:)?)(?P<path>[^/:?][^?]*)(?P<query>.*)")


def resolve_url(url: str, folder: Path) -> str:
    """Return *url*, which stands in a file of *folder*, as this process opens it."""
    return _moved(url, lambda path: (folder / path).as_posix())


def relative_url(url: str, folder: Path) -> str:
    """Return *url*, as this process opens it, as a file of *folder* says it."""
    return _moved(url, lambda path: Path(os.path.relpath(path, folder)).as_posix())


def _moved(url: str, move: Callable[[str], str]) -> str:
    match = RELATIVE.fullmatch(url)
    if match is None or match["path"].startswith("file:"):
        return url
    return match["start"] + move(match["path"]) + match["query"]
