"""The parts of a configuration that git has, and that are not in the work tree.

They are the submodules that are not checked out, and what a sparse checkout leaves out. The latter
is in git's index, or, if that is split, in the shared index that it names. Source:
"gitformat-index" in the documentation of git, versions 3 and 4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ..named_tuples import NamedTuple
from .files import UnreadableFile, read

LARGEST_GITMODULES = 2**20

HEADER = struct.Struct(">4sII")
"""The bytes of the index before its first entry: its signature, version and number of entries."""

ID, ID_SIZES = 40, (20, 32)
"""The offset in an entry of its id, and the sizes of ids: of SHA-1, and of SHA-256."""

EXTENDED = 0x4000
"""The bit of the flags of an entry that says that extended flags follow."""

SKIP_WORKTREE = 0x4000
"""The bit of the extended flags that says that the sparse checkout leaves the entry out."""

EXTENDED_FLAGS_SINCE, SHORT_NAMES_SINCE = 3, 4
"""The first versions with extended flags, and with names that are short: see ``_names``."""


class NotCheckedOut(NamedTuple):
    """A file that git has not checked out, or a folder, with `/` at the end of its name."""

    name: str
    why: str
    hint: str


def not_checked_out(folder: Path) -> Iterator[NotCheckedOut]:
    """Yield the files and folders below *folder* that its repository has, and that are not there.

    *Why*: a submodule is an empty folder after `git clone`, and a sparse checkout leaves out files.
    That would mean "remove what is declared there".
    """
    folder = folder.resolve()
    top = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)
    if top is not None:
        yield from _missing_modules(top, folder)
        yield from _left_out(top, folder)


def _missing_modules(top: Path, folder: Path) -> Iterator[NotCheckedOut]:
    """Yield the empty folders below *folder* that are submodules of the repository in *top*."""
    try:
        text = read(top, ".gitmodules", LARGEST_GITMODULES).decode(errors="replace")
    except UnreadableFile:
        return
    why, hint = "a submodule that is not checked out", "run `git submodule update --init`"
    for line in text.splitlines():
        name, equals, path = (part.strip() for part in line.partition("="))
        place = top / path
        is_below = bool(equals) and name == "path" and place.is_relative_to(folder)
        if is_below and place.is_dir() and not any(place.iterdir()):
            yield NotCheckedOut(f"{place.relative_to(folder).as_posix()}/", why, hint)


def _left_out(top: Path, folder: Path) -> Iterator[NotCheckedOut]:
    """Yield the files below *folder* that a sparse checkout of *top* leaves out.

    Nothing is yielded if the index cannot be read.
    """
    why = "left out of this sparse checkout"
    try:
        skipped = [(name, hint) for index, hint in _indexes(top) for name in _skipped(index)]
    except (OSError, ValueError):
        return
    for name, hint in skipped:
        place, slash = top / name, "/" if name.endswith("/") else ""
        if place.is_relative_to(folder) and not place.exists():
            yield NotCheckedOut(place.relative_to(folder).as_posix() + slash, why, hint)


def _indexes(top: Path) -> Iterator[tuple[bytes, str]]:
    """Yield the index of *top*, and the shared index that it names, each with a hint.

    *Why* another hint: only the index says which entries of a shared one are gone.
    """
    git = git_folder(top)
    index = (git / "index").read_bytes()
    yield index, "check out the whole folder, or run `git sparse-checkout disable`"
    for shared in git.glob("sharedindex.*"):
        if bytes.fromhex(shared.suffix.removeprefix(".")) in index:
            hint = "run `git update-index --no-split-index`, and check out the whole folder"
            yield shared.read_bytes(), hint


def git_folder(top: Path) -> Path:
    """Return git's folder of the work tree *top*; `.git` of a linked work tree is a file."""
    place = top / ".git"
    if not place.is_file():
        return place
    return top / place.read_text(encoding="utf-8").removeprefix("gitdir:").strip()


def _skipped(index: bytes) -> list[str]:
    """Return the names of the entries of *index* that the sparse checkout leaves out.

    None are returned if it cannot be read.
    """
    _, version, count = HEADER.unpack_from(index.ljust(HEADER.size))
    for id_size in ID_SIZES if version >= EXTENDED_FLAGS_SINCE else ():
        with suppress(ValueError, IndexError, struct.error):
            return [*_names(index, version, count, id_size)]
    return []


def _names(index: bytes, version: int, count: int, id_size: int) -> Iterator[str]:
    """Yield the names of the entries of *index* that the sparse checkout leaves out.

    A short name begins with the number of bytes that are cut off the end of the name before it,
    and goes on with what is added to the rest.

    Raises:
        ValueError, IndexError, struct.error: the ids are not of this size.
    """
    has_short_names, at, name = version >= SHORT_NAMES_SINCE, HEADER.size, b""
    for _ in range(count):
        flags, extended = struct.unpack_from(">HH", index, at + ID + id_size)
        start = at + ID + id_size + (4 if flags & EXTENDED else 2)
        kept = b""
        if has_short_names:
            cut, start = _number(index, start)
            kept = name[: len(name) - cut]
        end = index.index(b"\0", start)
        name = kept + index[start:end]
        if flags & EXTENDED and extended & SKIP_WORKTREE:
            yield name.decode(errors="replace")
        at = end + 1 if has_short_names else at + (end - at) // 8 * 8 + 8  # padded to 8 bytes
    while at < len(index) - id_size:  # extensions, then a digest
        at += 8 + int.from_bytes(index[at + 4 : at + 8], "big")
    if at != len(index) - id_size:
        raise ValueError(f"no ids of {id_size} bytes")


def _number(index: bytes, at: int) -> tuple[int, int]:
    """Return the number of variable length at *at*, and the place after it."""
    byte = index[at]
    value = byte & 127
    while byte & 128:
        at += 1
        byte = index[at]
        value = ((value + 1) << 7) | (byte & 127)
    return value, at + 1
