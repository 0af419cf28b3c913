"""Files that declare something and that no pattern of ``[files]`` reads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

import tomli

from ..errors import Diagnostic, Place
from ..model import Manage, Subject
from .files import UnreadableFile, is_link, read
from .layout import SHARED
from .problems import File, Problems, TomlLocation

MOST = 5000
"""So many entries of folders are looked at; a configuration has fewer."""

LARGEST = 2**20
LEVELS = 32
"""A folder deeper than this holds no configuration, even for ``**``."""

NEAR = (".tml", ".tom")


@dataclass(frozen=True)
class UnreadFile:
    """A file that no line of ``[files]`` reads though it declares something."""

    name: str
    sections: tuple[str, ...]


def strays(folder: Path, root: File, read_already: Iterable[str]) -> list[UnreadFile]:
    """Return the files as deep as ``[files]`` reaches that declare something and are not read."""
    known = {root.name, *read_already}
    names = (name for name in _names(folder, "", _depth(root)) if name not in known)
    found = (UnreadFile(name, _sections(folder, name)) for name in names)
    return sorted((stray for stray in found if stray.sections), key=lambda s: s.name)


def _depth(root: File) -> int:
    patterns = [pattern.split("/") for pattern in root.document.files]
    return max((LEVELS if "**" in parts else len(parts) for parts in patterns), default=1)


def _names(folder: Path, start: str, depth: int) -> Iterator[str]:
    """Yield the names that are, or nearly are, those of TOML files; no links, nothing hidden."""
    waiting, seen = [(start, depth)], 0
    while waiting:
        prefix, left = waiting.pop()
        try:
            entries = sorted(os.scandir(folder / prefix), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            seen += 1
            if seen > MOST:
                return
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir() and left > 1:
                waiting.append((f"{prefix}{entry.name}/", left - 1))
            elif entry.is_file() and _is_near(entry.name):
                yield prefix + entry.name


def _is_near(name: str) -> bool:
    shown = name.casefold()
    return ".toml" in shown or shown.endswith(NEAR)


def _sections(folder: Path, name: str) -> tuple[str, ...]:
    """Return what a file declares; nothing if it is no configuration, or the root of another."""
    try:
        tree = tomli.loads(read(folder, name, LARGEST).decode())
    except (UnreadableFile, ValueError, RecursionError):
        return ()
    return () if "backend" in tree else tuple(s for s in SHARED if s in tree)


def note_strays(found: Iterable[UnreadFile], root: File, problems: Problems) -> None:
    """Add advice on each file that is not read."""
    patterns = tuple(root.document.files)
    for stray in found:
        sections = ", ".join(f"`{section}`" for section in stray.sections)
        message = f"`{stray.name}` declares {sections}, and no line of `[files]` reads it"
        hint = _meant_name(stray.name, patterns) or "add a line for it to `[files]`, or move it"
        problems.put(Diagnostic("RS511", message, Place(root.name), hint))


def _meant_name(name: str, patterns: Iterable[str]) -> str:
    """Return a hint on what *name* would have to be called for a line to read it."""
    for other in _renamed(name, patterns):
        for pattern in patterns:
            if _matches(other, pattern):
                return f'did you mean `{other}`? the line `"{pattern}"` reads that'
    return ""


def _renamed(name: str, patterns: Iterable[str]) -> Iterator[str]:
    """Yield *name* with the extension mended, then in the folders that *patterns* name."""
    folder, slash, last = name.rpartition("/")
    start = last.casefold().find(".toml")
    stem = last[:start] if start > 0 else last.rpartition(".")[0]
    mended = f"{stem}.toml"
    yield f"{folder}{slash}{mended}"
    yield f"{folder}{slash}{mended}".lower()
    folders = [pattern.rpartition("/")[0] for pattern in patterns if "/" in pattern]
    plain = [f for f in folders if not any(c in f for c in "*?[")]
    close = get_close_matches(folder.casefold(), plain, n=1, cutoff=0.5)
    yield from (f"{f}/{mended}" for f in dict.fromkeys([*close, *plain]) if f != folder)


def _matches(name: str, pattern: str) -> bool:
    return _below(name.split("/"), pattern.split("/"))


def _below(names: list[str], parts: list[str]) -> bool:
    if not parts or not names:
        return not parts and not names
    if parts[0] == "**":
        return _below(names, parts[1:] or ["*"]) or _below(names[1:], parts)
    return fnmatchcase(names[0], parts[0]) and _below(names[1:], parts[1:])


def refuse_unmatched(
    folder: Path,
    root: File,
    found: Mapping[str, list[str]],
    lost: list[UnreadFile],
    problems: Problems,
) -> None:
    """Note each pattern that matches no file: an error where a table is managed whole."""
    matched = {pattern for patterns in found.values() for pattern in patterns}
    for pattern, definable in root.document.files.items():
        if pattern in matched or not any(c in pattern for c in "*?["):
            continue  # a plain name is a file that has to be there
        whole = next(filter(None, (_whole(root, table) for table in definable)), None)
        message = f"`{pattern}` matches no file"
        if whole:
            message += f", and all {whole} are managed"
        location = TomlLocation(root, ("files", pattern), is_key=True)
        hint = _meant_pattern(folder, pattern, lost)
        problems.add("RS126" if whole else "RS510", location, message, hint=hint)


def meant_file(name: str, lost: Iterable[UnreadFile]) -> str:
    """Return a hint on which file that is not read *name*, which is missing, may be."""
    for stray in lost:
        if name in _renamed(stray.name, [name]):
            return f"`{stray.name}` is not read: rename it to `{name}`, or correct the line"
    return ""


def _whole(root: File, table: str) -> str:
    """Return the section of *table* if ``[manage]`` says "all" of it."""
    section = table.partition(".")[0]
    is_subject = section in set(Subject)
    return section if is_subject and getattr(root.document.manage, section) == Manage.ALL else ""


def _meant_pattern(folder: Path, pattern: str, lost: Iterable[UnreadFile]) -> str:
    """Return where the files of *pattern* may be, or what to do."""
    for stray in lost:
        other = next((n for n in _renamed(stray.name, [pattern]) if _matches(n, pattern)), "")
        if other:
            return f"`{stray.name}` is not read: did you mean `{other}`, or another pattern here?"
    parent = pattern.rpartition("/")[0]
    out = "take the line out of `[files]`"
    if parent and not any(c in parent for c in "*?["):
        if is_link(folder, parent):
            return f"`{parent}` is a symbolic link, and links are not followed; {out}"
        if not (folder / parent).is_dir():
            return f"there is no folder `{parent}`: bring it back, or {out}"
    return f"bring the files back, or {out}"
