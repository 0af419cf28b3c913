"""The parts of a configuration that git has, and that are not in the work tree.

They are the submodules that are not checked out, and what a sparse checkout leaves out. The latter
is in git's index, or, if that is split, in the shared index that it names. An index that cannot be
read may leave out anything. Source: "gitformat-index" in the documentation of git.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ..named_tuples import NamedTuple
from .files import UnreadableFile, is_file_like, is_link, read

GITMODULES, LARGEST_GITMODULES = ".gitmodules", 2**20

HEADER = struct.Struct(">4sII")
"""The bytes of the index before its first entry: its signature, version and number of entries."""

SIGNATURE, VERSIONS = b"DIRC", (2, 3, 4)

MODE, ID, ID_SIZES = 24, 40, (20, 32)
"""The offsets in an entry of its mode and its id; the sizes of ids: of SHA-1, and of SHA-256."""

SUBMODULE = 0o160000
"""The mode of a submodule."""

EXTENDED = 0x4000
"""The bit of the flags of an entry that says that extended flags follow."""

SKIP_WORKTREE = 0x4000
"""The bit of the extended flags that says that the sparse checkout leaves the entry out."""

EXTENDED_FLAGS_SINCE, SHORT_NAMES_SINCE = 3, 4
"""The first versions with extended flags, and with names that are short: see ``_entries``."""

SHARED = b"link"
"""The signature of the extension that names the shared index."""

SPARSE = "check out the whole folder, or run `git sparse-checkout disable`"
SPLIT = "run `git update-index --no-split-index`, and check out the whole folder"


class NotCheckedOut(NamedTuple):
    """A file that git has not checked out, or a folder, with `/` at the end of its name.

    The name is empty if it is not known what git has not checked out. ``why`` is a sentence.
    """

    name: str
    why: str
    hint: str

    def may_be_like(self, pattern: str) -> bool:
        """Say whether *pattern* matches the file, or may match one that is in the folder."""
        return not self.name or is_file_like(self.name, pattern)


UNKNOWN = NotCheckedOut(
    "",
    "git's index cannot be read, so that files may be left out",
    "`git status` says what is wrong; a copy without its repository should have no `.git`",
)


class GitIndex(NamedTuple):
    """An index of git: the names that the sparse checkout leaves out, and its shared index.

    The names of folders end with `/`. The shared index is named by its id; empty without one.
    """

    left_out: list[str]
    shared: str


def not_checked_out(folder: Path) -> Iterator[NotCheckedOut]:
    """Yield the files and folders below *folder* that its repository has, and that are not there.

    *Why*: a submodule is an empty folder after `git clone`, and a sparse checkout leaves out files.
    That would mean "remove what is declared there".
    """
    folder = folder.resolve()
    top = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)
    if top is not None:
        yield from _missing_from(top, folder)


def _missing_from(top: Path, folder: Path) -> Iterator[NotCheckedOut]:
    """Yield what the repository in *top*, and the submodules in it, lack below *folder*."""
    try:
        submodules = [each for each in _submodules(top) if each.is_relative_to(folder)]
    except UnreadableFile as error:
        yield NotCheckedOut("", f"{error.message}, so that submodules may be missing", error.hint)
        return
    for place in submodules:
        if _is_checked_out(place):
            yield from _missing_from(place, folder) if (place / ".git").exists() else ()
        else:
            name = place.relative_to(folder).as_posix()
            why = f"`{name}` is a submodule that is not checked out"
            yield NotCheckedOut(f"{name}/", why, "run `git submodule update --init --recursive`")
    yield from _left_out(top, folder)


def _is_checked_out(submodule: Path) -> bool:
    try:
        return any(name != ".git" for name in os.listdir(submodule))  # noqa: PTH208 - these are names
    except (OSError, ValueError):
        return False


def _submodules(top: Path) -> Iterator[Path]:
    """Yield the folders of the submodules of the repository in *top*.

    Raises:
        UnreadableFile: the file that lists them is there, and cannot be read.
    """
    if not os.path.lexists(top / GITMODULES):
        return
    text = read(top, GITMODULES, LARGEST_GITMODULES).decode(errors="replace")
    for line in text.splitlines():
        name, equals, path = (part.strip() for part in line.partition("="))
        inner = path.strip('"')
        place = top / inner
        is_below = place.is_relative_to(top) and place != top and ".." not in place.parts
        if equals and name.lower() == "path" and is_below and not is_link(top, inner):
            yield place


def _left_out(top: Path, folder: Path) -> Iterator[NotCheckedOut]:
    """Yield the files below *folder* that a sparse checkout of *top* leaves out."""
    try:
        left_out = [(name, hint) for index, hint in _indexes(top) for name in index.left_out]
    except (OSError, ValueError):
        yield UNKNOWN
        return
    for name, hint in left_out:
        place, slash = top / name, "/" if name.endswith("/") else ""
        if place.is_relative_to(folder) and not place.exists():
            inner = place.relative_to(folder).as_posix()
            why = f"`{inner}` is left out of this sparse checkout"
            yield NotCheckedOut(inner + slash, why, hint)
    if any(not name for name, _ in left_out):  # a changed entry, whose name is in the shared index
        yield NotCheckedOut("", "the split index of git leaves out files without a name", SPLIT)


def _indexes(top: Path) -> Iterator[tuple[GitIndex, str]]:
    """Yield the index of *top*, and the shared index that it names, each with a hint.

    *Why* another hint: only the index says which entries of a shared one are gone.

    Raises:
        OSError, ValueError: one cannot be read.
    """
    git = git_folder(top)
    if git.is_dir() and not (git / "index").exists():
        return  # git has no file yet
    index = _parsed((git / "index").read_bytes())
    yield index, SPLIT if index.shared else SPARSE
    if index.shared:
        yield _parsed((git / f"sharedindex.{index.shared}").read_bytes()), SPLIT


def git_folder(top: Path) -> Path:
    """Return git's folder of the work tree *top*; `.git` of a linked work tree is a file."""
    place = top / ".git"
    if not place.is_file():
        return place
    return top / place.read_text(encoding="utf-8").removeprefix("gitdir:").strip()


def _parsed(index: bytes) -> GitIndex:
    """Return what *index* has.

    *Why* not every index is read to its end: it may be long, and older ones leave nothing out.

    Raises:
        ValueError: it cannot be read.
    """
    signature, version, count = HEADER.unpack_from(index.ljust(HEADER.size))
    if signature != SIGNATURE or version not in VERSIONS:
        raise ValueError("no index of a known version")
    if version < EXTENDED_FLAGS_SINCE and SHARED + b"\0" not in index:  # a size follows
        return GitIndex([], "")
    for id_size in ID_SIZES:
        with suppress(ValueError, IndexError, struct.error):
            left_out, end = _entries(index, version, count, id_size)
            return GitIndex(left_out, _shared(index, end, id_size))
    raise ValueError("no ids of a known size")


def _entries(index: bytes, version: int, count: int, id_size: int) -> tuple[list[str], int]:
    """Return the names that the sparse checkout leaves out, and the place behind all entries.

    A short name begins with the number of bytes that are cut off the end of the name before it,
    and goes on with what is added to the rest.

    Raises:
        ValueError, IndexError, struct.error: the ids are not of this size.
    """
    has_short_names, at, name = version >= SHORT_NAMES_SINCE, HEADER.size, b""
    left_out = []
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
            (mode,) = struct.unpack_from(">I", index, at + MODE)
            left_out.append(name.decode(errors="replace") + ("/" if mode == SUBMODULE else ""))
        at = end + 1 if has_short_names else at + (end - at) // 8 * 8 + 8  # padded to 8 bytes
    return left_out, at


def _shared(index: bytes, at: int, id_size: int) -> str:
    """Return the id of the shared index, from the extensions of *index* at *at*; empty without one.

    Raises:
        ValueError: the ids are not of this size.
    """
    shared = b""
    while at < len(index) - id_size:  # then a digest
        if index[at : at + 4] == SHARED:
            shared = index[at + 8 : at + 8 + id_size]
        at += 8 + int.from_bytes(index[at + 4 : at + 8], "big")
    if at != len(index) - id_size:
        raise ValueError(f"no ids of {id_size} bytes")
    return shared.hex() if any(shared) else ""


def _number(index: bytes, at: int) -> tuple[int, int]:
    """Return the number of variable length at *at*, and the place after it."""
    byte = index[at]
    value = byte & 127
    while byte & 128:
        at += 1
        byte = index[at]
        value = ((value + 1) << 7) | (byte & 127)
    return value, at + 1
