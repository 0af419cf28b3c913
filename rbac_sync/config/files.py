"""Safe reading of files: no links, nothing outside the folder, each file once."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from ..errors import Diagnostic, Place, system_reason
from ..model.address_pattern import TextIndex


class UnreadableFile(Exception):
    """The error for a file that cannot be read safely: code, message and hint."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint

    def at(self, place: Place) -> Diagnostic:
        """Return the diagnostic, at the *place* that names the file."""
        return Diagnostic(self.code, self.message, place, self.hint)


CHANGED = ("st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
"""Attributes of a file that change when somebody writes to it."""

LINK = "links are not followed; put the file itself there"


def read(folder: Path, name: str, limit: int) -> bytes:
    """Return the bytes of the file *name* in *folder*, all from one moment.

    Raises:
        UnreadableFile: *name* is a link or not a regular file, is larger than *limit*
            bytes, or changed during the read.
    """
    with _open(folder, name) as descriptor:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise UnreadableFile(
                "RS107", f"`{name}` is not a regular file", "only regular files are read"
            )
        if before.st_size > limit:
            raise _too_large(name, before.st_size, limit)
        raw = _all(descriptor, before.st_size + 1)
        after = os.fstat(descriptor)
    if len(raw) != before.st_size or any(getattr(before, a) != getattr(after, a) for a in CHANGED):
        raise UnreadableFile(
            "RS108", f"`{name}` changed while it was read", "run the command again"
        )
    return raw


def _all(descriptor: int, limit: int) -> bytes:
    pieces: list[bytes] = []
    while limit > 0 and (piece := os.read(descriptor, min(limit, 2**20))):
        pieces.append(piece)
        limit -= len(piece)
    return b"".join(pieces)


def _too_large(name: str, size: int, limit: int) -> UnreadableFile:
    return UnreadableFile(
        "RS102",
        f"`{name}` has {_mebibytes(size)}; the limit for one file is {_mebibytes(limit)}",
        "split it along `[files]`, or raise `[limits] max_file` or RBAC_SYNC_MAX_FILE",
    )


def _mebibytes(size: int) -> str:
    return f"{size} bytes" if size < 2**20 // 10 else f"{size / 2**20:.1f} MiB"


@contextmanager
def _open(folder: Path, name: str) -> Iterator[int]:
    """Open *name* part by part, so that no folder on the way can be swapped for a link."""
    parts = name.split("/")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    descriptors = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
    try:
        for part in parts:
            is_last = len(descriptors) == len(parts)
            mode = flags if is_last else flags | os.O_DIRECTORY
            descriptors.append(os.open(part, mode, dir_fd=descriptors[-1]))
        yield descriptors[-1]
    except OSError as error:
        raise _unreadable(folder, name, error) from None
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _unreadable(folder: Path, name: str, error: OSError) -> UnreadableFile:
    if is_link(folder, name):
        return UnreadableFile("RS106", f"`{name}` is a symbolic link", LINK)
    if isinstance(error, FileNotFoundError):
        return UnreadableFile(
            "RS110", f"there is no file `{name}`", "create it, or correct its name"
        )
    reason = system_reason(error, "it cannot be read")
    return UnreadableFile("RS109", f"`{name}` cannot be read: {reason}", "check its permissions")


def is_link(folder: Path, name: str) -> bool:
    """Say whether *name*, or a folder on the way to it, is a symbolic link."""
    path = str(folder)
    return any(os.path.islink(path := os.path.join(path, part)) for part in name.split("/"))  # noqa: PTH114, PTH118 - these answer where pathlib raises


class FolderIndex:
    """The names in a folder by pattern; each folder below it is listed once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listed = cache(lambda prefix: _Listed(_entries(folder / prefix)))

    def matching(self, pattern: str) -> Iterator[str]:
        """Yield the names in the folder that *pattern* matches, in no particular order.

        ``*``, ``?`` and ``[...]`` match within one part of the path, and no leading
        dot; ``**`` matches any number of folders. A pattern without these is a
        name, which is yielded even if it does not exist. Links are yielded, not followed.
        """
        if not any(character in pattern for character in "*?["):
            yield pattern
        elif self._folder.is_dir():
            yield from self._below("", _parts(pattern), {0})

    def _below(self, prefix: str, parts: list[str], at: set[int]) -> Iterator[str]:
        """Yield the names below *prefix*; the next part may match at one of *at* in *parts*.

        *Why* all positions together: with many ``**`` there is no end to the ways to one file.
        """
        for entry in self._listed(prefix).likely(parts, at):
            name, after = prefix + entry.name, _next_positions(parts, at, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if len(parts) in after and entry.name.endswith(".toml"):
                    yield name  # the reader refuses what stands in the place of a file
                yield from self._below(f"{name}/", parts, after) if after - {len(parts)} else ()
            elif len(parts) in after or (after and entry.is_dir()):
                yield name  # links to folders too: the reader of the file refuses them


class _Listed:
    """The entries of one folder."""

    def __init__(self, entries: Iterable[os.DirEntry[str]]) -> None:
        self._by_name = {entry.name: entry for entry in entries}
        self._names = TextIndex(self._by_name.keys())

    def likely(self, parts: list[str], at: set[int]) -> Iterator[os.DirEntry[str]]:
        """Yield the entries that may match *parts* at one of the positions *at*."""
        (part, *others) = (parts[position] for position in at if position < len(parts))
        is_alone = not others and "[" not in part
        return (self._by_name[name] for name in self._names.likely(part if is_alone else "*"))


def is_file_like(name: str, pattern: str) -> bool:
    """Say whether *pattern* matches *name*, or may match a file in it if it ends with `/`.

    See ``FolderIndex.matching``.
    """
    parts, at = _parts(pattern), {0}
    for part in name.rstrip("/").split("/"):
        at = _next_positions(parts, at, part)
    return bool(at - {len(parts)}) if name.endswith("/") else len(parts) in at


def _parts(pattern: str) -> list[str]:
    """Return the parts of *pattern*; ``**`` at its end is ``**/*``."""
    parts = pattern.split("/")
    return [*parts, "*"] if parts[-1] == "**" else parts


def _next_positions(parts: list[str], at: Iterable[int], name: str) -> set[int]:
    """Return the positions in *parts* behind *name*, which stands at one of *at*.

    A position is the number of parts that are matched; ``**`` is matched by any number of names.
    """
    here = set(at)
    for position, part in enumerate(parts):
        if part == "**" and position in here:
            here.add(position + 1)
    stays = {position for position in here if parts[position : position + 1] == ["**"]}
    passed = (p for p in here - stays - {len(parts)} if fnmatchcase(name, parts[p]))
    return stays | {position + 1 for position in passed}


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return [entry for entry in entries if not entry.name.startswith(".")]
