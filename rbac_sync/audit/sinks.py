"""Where the trail is kept by backends that keep none themselves: a file of JSON lines, chained."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from ..model.plain import canonical
from .chain import START, Link, link
from .record import Record
from .texts import FIELDS


class LineSink:
    """A file with one link of the chain per line. Who writes holds the lock of its account."""

    def __init__(self, path: Path, account: str) -> None:
        """Continue the file at *path*, or begin it with the first record."""
        self._path, self._account = path, account
        self._seq, self._prev = 0, START
        for row in self.links():
            self._seq, self._prev = row.seq, row.hash

    def record(self, record: Record) -> None:
        """Add one row. It is on the disk when this returns."""
        row = link(self._account, self._seq + 1, self._prev, record)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line(row) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._seq, self._prev = row.seq, row.hash

    def links(self) -> Iterator[Link]:
        """Yield the rows, oldest first.

        Raises:
            ValueError: a line is not one that ``record`` wrote.

        """
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8") as file:
            yield from map(link_of, file)


def line(row: Link) -> str:
    """Return a link as one line of JSON."""
    place = {"account": row.account, "seq": row.seq, "prev": row.prev, "hash": row.hash}
    return canonical({**dict(zip(FIELDS, row.texts, strict=True)), **place})


def link_of(line: str) -> Link:
    """Return the link that ``line`` wrote.

    Raises:
        ValueError: not such a line.

    """
    try:
        shown = json.loads(line)
        told = tuple(shown[name] for name in FIELDS)
        return Link(shown["account"], shown["seq"], shown["prev"], told, shown["hash"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a row of an audit trail: {error}") from error
