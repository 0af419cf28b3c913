"""The files of a repository of git that a sparse checkout leaves out, as git's index has them.

Source: "gitformat-index" in the documentation of git, versions 3 and 4, with ids of SHA-1.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from struct import error, unpack_from

FLAGS, NAME = 60, 62
"""The offsets in an entry of its flags, and of its name if the flags are not extended."""

EXTENDED, LEFT_OUT = 0x4000, 0x4000
"""The bit of the flags that says that there are more, and the bit of those that says this."""

FEWEST = 3
"""The first version of the index that has extended flags."""


def left_out(top: Path) -> Iterator[str]:
    """Yield what the checkout in *top* leaves out: files, and whole folders with `/` at the end.

    Nothing is yielded if the index cannot be read.
    """
    try:
        with (_folder_of_git(top) / "index").open("rb") as file:
            head = file.read(12)
            _, version, count = unpack_from(">4sII", head)
            if version >= FEWEST:
                yield from _left_out(head + file.read(), version, count)
    except (OSError, ValueError, IndexError, error):
        return


def _folder_of_git(top: Path) -> Path:
    """Return the folder of git for the work tree in *top*: of a linked one a file has its path."""
    place = top / ".git"
    if not place.is_file():
        return place
    return top / place.read_text(encoding="utf-8").removeprefix("gitdir:").strip()


def _left_out(index: bytes, version: int, count: int) -> Iterator[str]:
    at, name = 12, b""
    for _ in range(count):
        flags, extended = unpack_from(">HH", index, at + FLAGS)
        begin = at + NAME + (2 if flags & EXTENDED else 0)
        kept = b""
        if version > FEWEST:  # a name is written after so many bytes of the one before
            dropped, begin = _number(index, begin)
            kept = name[: len(name) - dropped]
        end = index.index(b"\0", begin)
        name = kept + index[begin:end]
        if flags & EXTENDED and extended & LEFT_OUT:
            yield name.decode(errors="replace")
        at = end + 1 if version > FEWEST else at + (end - at) // 8 * 8 + 8


def _number(index: bytes, at: int) -> tuple[int, int]:
    """Return the number of variable length at *at*, and the place after it."""
    byte = index[at]
    value = byte & 127
    while byte & 128:
        at += 1
        byte = index[at]
        value = ((value + 1) << 7) | (byte & 127)
    return value, at + 1
