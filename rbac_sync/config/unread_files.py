"""Files that declare something but that no pattern of ``[files]`` matches."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from .. import toml_parser
from ..errors import Diagnostic, Place
from ..model import Manage, Subject
from ..named_tuples import NamedTuple
from .files import UnreadableFile, is_file_like, is_link, read
from .git_checkout import not_checked_out
from .layout import ROOT, SHARED
from .problems import File, Problems, TomlLocation
from .text_rules import in_backticks

MOST = 5000
"""The most entries of folders that are searched; a configuration has fewer."""

LARGEST = 2**20
LEVELS = 32
"""A folder deeper than this holds no configuration, even for ``**``."""

NEAR = (".tml", ".tom")

MOST_PAIRS = 1000
"""The most pairs of a name and a pattern that are compared for one hint."""


class UnreadFile(NamedTuple):
    """A file that no line of ``[files]`` matches although it declares something."""

    name: str
    sections: tuple[str, ...]


def check_lines(
    folder: Path, root: File, patterns_by_name: Mapping[str, list[str]], problems: Problems
) -> list[UnreadFile]:
    """Return the unread files; add the problems of lines of ``[files]`` that miss files.

    *patterns_by_name* are the patterns that match each file that is read.
    """
    unread = _find_unread(folder, root, patterns_by_name)
    _refuse_unmatched(folder, root, patterns_by_name, unread, problems)
    _refuse_not_checked_out(folder, root, problems)
    _note_unread(unread, root, problems)
    return unread


def _find_unread(folder: Path, root: File, read_already: Iterable[str]) -> list[UnreadFile]:
    """Return the unread files, as deep as ``[files]`` reaches, that declare something."""
    known = {root.name, *read_already}
    names = _names(folder, _depth(root), known)
    unread = (UnreadFile(name, _sections(folder, name)) for name in names)
    return sorted(file for file in unread if file.sections)


def _depth(root: File) -> int:
    patterns = [pattern.split("/") for pattern in root.document.files]
    return max((LEVELS if "**" in parts else len(parts) for parts in patterns), default=2)


def _names(folder: Path, depth: int, known: Collection[str]) -> Iterator[str]:
    """Yield the names of TOML files, and similar names, but *known*; no links, nothing hidden.

    A folder inside that has a root file is another configuration. A known file of this name is
    none: it declares the workspace `rbac`.
    """
    waiting, seen = [("", depth)], 0
    while waiting:
        prefix, levels = waiting.pop()
        try:
            entries = sorted(os.scandir(folder / prefix), key=lambda entry: entry.name)
        except OSError:
            continue
        inner = next((prefix + e.name for e in entries if prefix and e.name == ROOT), None)
        if inner and inner not in known:
            continue
        for entry in entries:
            seen += 1
            if seen > MOST:
                return
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir() and levels > 1:
                waiting.append((f"{prefix}{entry.name}/", levels - 1))
            elif entry.is_file():
                lowered = entry.name.casefold()
                name = prefix + entry.name
                if name not in known and (".toml" in lowered or lowered.endswith(NEAR)):
                    yield name


def _sections(folder: Path, name: str) -> tuple[str, ...]:
    """Return the tables of a file; empty if it is no configuration or is another root file."""
    try:
        tree = toml_parser.loads(read(folder, name, LARGEST).decode("utf-8-sig"))
    except (UnreadableFile, ValueError, RecursionError):
        return ()
    return () if "backend" in tree else tuple(s for s in SHARED if s in tree)


def _note_unread(unread: Iterable[UnreadFile], root: File, problems: Problems) -> None:
    """Add advice on each file that is not read."""
    for file in unread:
        sections = in_backticks(file.sections)
        message = f"`{file.name}` declares {sections}, and no line of `[files]` reads it"
        other, pattern = _similar(file.name, _patterns_for(file, root))
        similar = f'did you mean `{other}`? the line `"{pattern}"` reads that'
        tables = ", ".join(f'"{section}"' for section in file.sections)
        line = f'"{file.name}" = [{tables}]'
        hint = similar if other else f"add `{line}` to `[files]`, or move it"
        problems.put(Diagnostic("RS511", message, Place(root.name), hint))


def _patterns_for(file: UnreadFile, root: File) -> list[str]:
    """Return the patterns of ``[files]`` whose files may have a table of *file*."""
    lines = root.document.files.items()
    return [p for p, may in lines if any(each.partition(".")[0] in file.sections for each in may)]


def _similar(name: str, patterns: Sequence[str]) -> tuple[str, str]:
    """Return a name like *name*, and the one of *patterns* that matches it; empty without any."""
    pairs = ((other, pattern) for other in _renamed(name, patterns) for pattern in patterns)
    return next((pair for pair in islice(pairs, MOST_PAIRS) if is_file_like(*pair)), ("", ""))


def _renamed(name: str, patterns: Iterable[str]) -> Iterator[str]:
    """Yield *name* with a corrected extension, then in the folders of *patterns*."""
    from difflib import get_close_matches

    folder, slash, last = name.rpartition("/")
    start = last.casefold().find(".toml")
    stem = last[:start] if start > 0 else last.rpartition(".")[0]
    mended = f"{stem}.toml"
    yield f"{folder}{slash}{mended}"
    yield f"{folder}{slash}{mended}".lower()
    folders = [pattern.rpartition("/")[0] for pattern in patterns if "/" in pattern]
    plain = [f for f in folders if not any(c in f for c in "*?[")]
    is_choice = len(plain) > 1
    close = get_close_matches(folder.casefold(), plain, n=1, cutoff=0.5) if is_choice else ()
    yield from (f"{f}/{mended}" for f in dict.fromkeys([*close, *plain]) if f != folder)


def _refuse_unmatched(
    folder: Path,
    root: File,
    patterns_by_name: Mapping[str, list[str]],
    unread: list[UnreadFile],
    problems: Problems,
) -> None:
    """Add a problem for each pattern that matches no file: an error for tables managed whole."""
    matched = {pattern for patterns in patterns_by_name.values() for pattern in patterns}
    for pattern, definable in root.document.files.items():
        if pattern in matched or not any(c in pattern for c in "*?["):
            continue  # a plain name must be an existing file
        managed = _managed(root, definable)
        message = f"`{pattern}` matches no file"
        message += f", and all {managed} are managed" if managed else ""
        location = TomlLocation(root, ("files", pattern), is_key=True)
        hint = _suggest_pattern(folder, pattern, unread)
        problems.add("RS126" if managed else "RS510", location, message, hint=hint)


def _refuse_not_checked_out(folder: Path, root: File, problems: Problems) -> None:
    """Add a problem for each line of ``[files]`` that reads what git has, but has not checked out.

    A line whose tables are not managed whole has none.
    """
    missing = [*not_checked_out(folder)]
    for pattern, definable in root.document.files.items():
        first = next((each for each in missing if each.may_be_like(pattern)), None)
        if first and (managed := _managed(root, definable)):
            location = TomlLocation(root, ("files", pattern), is_key=True)
            message = f"{first.why}, and all {managed} are managed"
            problems.add("RS126", location, message, hint=first.hint)


def refuse_empty(
    root: File, file: File, location: TomlLocation, definable: Iterable[str], problems: Problems
) -> None:
    """Add a problem if *file*, which is named at *location*, has no text.

    *Why*: a file that was cut off, or could not be written, would mean "remove this".
    """
    if file.tree or file.text.strip() or not (managed := _managed(root, definable)):
        return
    message = f"`{file.name}` is empty, and all {managed} are managed"
    hint = "bring its content back; if nothing is to be declared, say so in a comment"
    problems.add("RS126", location, message, hint=hint)


def suggest_file(name: str, unread: Iterable[UnreadFile]) -> str:
    """Return a hint on the unread file that the missing *name* may stand for."""
    for file in unread:
        if name in _renamed(file.name, [name]):
            return f"`{file.name}` is not read: rename it to `{name}`, or correct the line"
    return ""


def _managed(root: File, definable: Iterable[str]) -> str:
    """Return the first section of the tables *definable* that is managed whole, if any."""
    return next(filter(None, (_whole(root, table) for table in definable)), "")


def _whole(root: File, table: str) -> str:
    """Return the section of *table* if its value in ``[manage]`` is "all"."""
    section = table.partition(".")[0]
    is_subject = section in set(Subject)
    return section if is_subject and getattr(root.document.manage, section) == Manage.ALL else ""


def _suggest_pattern(folder: Path, pattern: str, unread: Iterable[UnreadFile]) -> str:
    """Return a hint on the files that *pattern* may mean, or on the correction."""
    for file in unread:
        other, _ = _similar(file.name, [pattern])
        if other:
            return f"`{file.name}` is not read: did you mean `{other}`, or another pattern here?"
    parent = pattern.rpartition("/")[0]
    out = "take the line out of `[files]`"
    if parent and not any(c in parent for c in "*?["):
        if is_link(folder, parent):
            return f"`{parent}` is a symbolic link, and links are not followed; {out}"
        if not (folder / parent).is_dir():
            return f"there is no folder `{parent}`: bring it back, or {out}"
    return f"bring the files back, or {out}"
