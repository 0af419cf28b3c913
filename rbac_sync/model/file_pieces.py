"""The text of a file of plain JSON values, in pieces: a line for each element of a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from .plain import canonical

Pieces = list[bytes]
"""The text of a value in pieces. *Why*: several copies of a large text take much memory."""

LINES = 1_000
"""The lines of a piece of a list."""


def body_pieces(body: Mapping[str, Any]) -> dict[str, Pieces]:
    """Return the text of each value of *body*; the text of a list has a line for each element."""
    return {
        key: list_pieces(map(canonical, value))
        if isinstance(value, list)
        else [canonical(value).encode()]
        for key, value in body.items()
    }


def list_pieces(texts: Iterable[str]) -> Pieces:
    """Return the text of a list of elements with these *texts*, a line for each.

    The elements of an iterator are never in memory together.
    """
    pieces, rest = Pieces(), iter(texts)
    while lines := ",\n ".join(islice(rest, LINES)):
        pieces.append(f"{',' if pieces else '['}\n {lines}".encode())
    return [*pieces, b"\n]"] if pieces else [b"[]"]


def file_pieces(body: Mapping[str, Pieces]) -> Iterator[bytes]:
    """Yield the file of an object whose values have these texts; see ``list_pieces``.

    *Why* not the indentation of the standard library: it is written in Python
    there, and ten times slower.
    """
    before = b"{\n"
    for key in sorted(body):
        yield before + canonical(key).encode() + b": "
        yield from body[key]
        before = b",\n"
    yield b"\n}\n"
