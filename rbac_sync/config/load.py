"""A folder of TOML files, read once and checked file by file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import ConfigError, Diagnostic, Place
from .files import Unread, matching, read as bytes_of
from .parse import NotToml, parsed
from .problems import File, Problems, Spot

ROOT = "rbac.toml"
OBJECTS = ("people", "members", "service_accounts", "roles", "teams", "workspaces")
"""Tables of objects by name: one object in exactly one file."""

SHARED = (*OBJECTS, "test")
"""What files other than the root may define."""


@dataclass(frozen=True)
class Sources:
    """The files of one configuration, in order of name, as they were when read.

    ``digest`` is the SHA-256 over name, length and bytes of each, as hex.
    ``problems`` were found in single files; who uses the tables adds their own
    and raises all together. Objects with such problems are left out of the
    tables, so what seems to be absent may only be misspelt.
    """

    root: File
    files: tuple[File, ...]
    digest: str
    problems: tuple[Diagnostic, ...] = ()

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The text of each file by name, for carets."""
        return {file.name: file.text for file in self.files}

    def named(self, section: str) -> Iterator[tuple[File, str, Any]]:
        """Yield (file, name, checked table) for each object of *section*, file by file."""
        for file in self.files:
            for name, table in getattr(file.document, section).items():
                yield file, name, table

    def written(self, section: str) -> Iterator[tuple[Spot, str]]:
        """Yield the place and name of each object of *section*, those with problems too."""
        for file in self.files:
            table = file.tree.get(section)
            for name in table if isinstance(table, dict) else ():
                yield Spot(file, (section, name), is_key=True), name

    def refuse(self, problems: Problems) -> None:
        """Raise for everything that must be mended: these files' problems and *problems*.

        Raises:
            ConfigError: there is something.
        """
        together = Problems([*self.problems, *problems.found], problems.left_out)
        if errors := together.errors():
            raise ConfigError(errors, self.texts)


@dataclass
class _Reading:
    """What has been read so far. A file is read at most once."""

    folder: Path
    problems: Problems = field(default_factory=Problems)
    files: dict[str, File] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    broken: bool = False

    def file(self, name: str, limit: int, place: Place) -> File | None:
        """Read and check one file; None, and a problem, if it cannot be used."""
        from .faults import checked

        try:
            raw = bytes_of(self.folder, name, limit)
            self.raw[name] = raw
            self.texts[name] = raw.decode(errors="replace").replace("\r\n", "\n")
            file, faults = parsed(name, raw)
        except Unread as error:
            self.refuse(error.at(place))
            return None
        except NotToml as error:
            self.refuse(*error.diagnostics)
            return None
        for fault in faults:
            self.problems.put(fault)
        file = replace(file, document=checked(file, self.problems))
        self.files[name] = file
        return file

    def refuse(self, *diagnostics: Diagnostic) -> None:
        """Note what keeps the configuration from being used at all."""
        self.broken = True
        for diagnostic in diagnostics:
            self.problems.put(diagnostic)

    def stop(self) -> None:
        """Raise what was found, if the configuration cannot be used."""
        if self.broken:
            raise ConfigError(self.problems.errors(), self.texts)


def read(folder: Path) -> Sources:
    """Read the configuration in *folder*, or the one whose root file this is.

    Raises:
        ConfigError: a file is missing, not TOML, or not to be read. Faults of
            single tables do not raise here; they are in ``Sources.problems``.
    """
    name = ROOT if folder.is_dir() else folder.name
    reading = _Reading(folder if folder.is_dir() else folder.parent)
    if not os.path.lexists(reading.folder / name):
        reading.refuse(_no_root(folder))
        reading.stop()
    most = _most_from_environment(reading)
    root = reading.file(name, most or 2**20, Place(name))
    reading.stop()
    assert root is not None, "an unreadable root has stopped the reading"
    limits = root.document.limits
    _read_others(reading, root, limits.model_copy(update={"max_file": most or limits.max_file}))
    reading.stop()
    _declared_once(reading)
    files = tuple(reading.files[name] for name in sorted(reading.files))
    found = reading.problems.errors() + reading.problems.advice()
    return Sources(root, files, _digest(reading.raw), found)


def _no_root(folder: Path) -> Diagnostic:
    return Diagnostic(
        "RS101",
        f"there is no `{ROOT}` in `{folder}`" if folder.is_dir() else f"there is no `{folder}`",
        None,
        "run in the folder of the configuration, or name it",
    )


def _most_from_environment(reading: _Reading) -> int | None:
    written = os.environ.get("RBAC_SYNC_MAX_FILE")
    if written is None:
        return None
    if written.isascii() and written.isdigit() and 0 < len(written) < 12:  # noqa: PLR2004
        return int(written)
    message = f"RBAC_SYNC_MAX_FILE is `{written}`, which is no number of bytes"
    reading.refuse(Diagnostic("RS123", message, None, "write a whole number of bytes"))
    return None


def _read_others(reading: _Reading, root: File, limits: Any) -> None:
    """Read what ``[files]`` names, and check that each file defines what it may."""
    allowed = _allowed(reading, root, limits.max_files)
    total = len(reading.raw[root.name])
    for name in sorted(allowed):
        patterns = allowed[name]
        spot = Spot(root, ("files", patterns[0]), is_key=True)
        file = reading.file(name, limits.max_file, spot.place())
        total += len(reading.raw.get(name, b""))
        if total > limits.max_total:
            message = f"the files have more than {limits.max_total} bytes in all"
            hint = "raise `[limits] max_total`"
            reading.refuse(Diagnostic("RS104", message, spot.place(), hint))
            return
        if file is not None:
            _refuse_others_tables(reading, file, _definable(root, name, patterns))


def _allowed(reading: _Reading, root: File, most: int) -> dict[str, list[str]]:
    """Return the patterns that match each file."""
    found: dict[str, list[str]] = {}
    for pattern, definable in root.document.files.items():
        spot = Spot(root, ("files", pattern), is_key=True)
        _refuse_unknown_tables(reading, Spot(root, ("files", pattern)), definable)
        if fault := _outside(pattern):
            message = f"`{pattern}` {fault}"
            hint = "write a path below the folder of `rbac.toml`, with `/`"
            reading.refuse(Diagnostic("RS105", message, spot.place(), hint))
            continue
        for name in _names(reading, spot, pattern):
            found.setdefault(name, []).append(pattern)
            if len(found) > most:
                message = f"`{pattern}` matches more files than the limit of {most}"
                hint = "raise `[limits] max_files`"
                reading.refuse(Diagnostic("RS103", message, spot.place(), hint))
                return {}
    found.pop(root.name, None)
    return found


def _names(reading: _Reading, spot: Spot, pattern: str) -> Iterator[str]:
    try:
        yield from matching(reading.folder, pattern)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        message = f"the folder of `{pattern}` cannot be read: {reason}"
        reading.refuse(Diagnostic("RS109", message, spot.place(), "check its permissions"))


def _outside(pattern: str) -> str:
    """Return how *pattern* leaves the folder, or nothing."""
    if pattern.startswith("/") or pattern[1:2] == ":":
        return "is an absolute path"
    if "\\" in pattern or "\0" in pattern:
        return "has a character that is not allowed in a path"
    parts = pattern.split("/")
    if ".." in parts:
        return "leaves the configuration folder"
    return "has an empty part" if not all(parts) or "." in parts else ""


def _refuse_unknown_tables(reading: _Reading, spot: Spot, definable: list[str]) -> None:
    for index, table in enumerate(definable):
        section, dot, name = table.partition(".")
        if section not in SHARED:
            hint = reading.problems.meant(section, SHARED)
            message = f"`{section}` is no table that a file may define"
            reading.problems.add("RS115", spot.at(index), message, hint=hint or _listed(SHARED))
        elif dot and (not name or section == "test"):
            hint = f"write `{section}`, or `{section}.NAME`"
            reading.problems.add("RS115", spot.at(index), f"`{table}` names no table", hint=hint)


def _listed(words: Iterable[str]) -> str:
    return "use " + ", ".join(f"`{word}`" for word in words)


def _definable(root: File, name: str, patterns: list[str]) -> set[str]:
    stem = name.rpartition("/")[2].removesuffix(".toml")
    tables = (table for pattern in patterns for table in root.document.files[pattern])
    return {table.replace("{stem}", stem) for table in tables}


def _refuse_others_tables(reading: _Reading, file: File, definable: set[str]) -> None:
    for section, table in file.tree.items():
        spot = Spot(file, (section,), is_key=True)
        if section in definable or (section not in SHARED and _unknown(section)):
            continue
        if section not in SHARED:
            message, hint = f"`[{section}]` belongs in `{ROOT}`", f"move it to `{ROOT}`"
            reading.problems.add("RS111", spot, message, hint=hint)
        elif section == "test" or not isinstance(table, dict):
            _refuse_table(reading, spot, section, definable)
        else:
            for key in table:
                if f"{section}.{key}" not in definable:
                    inner = Spot(file, (section, key), is_key=True)
                    _refuse_table(reading, inner, f"{section}.{key}", definable)


def _unknown(section: str) -> bool:
    """Say whether *section* is no table at all, which has been said already."""
    from .schema import Document

    return section not in Document.model_fields


def _refuse_table(reading: _Reading, spot: Spot, table: str, definable: set[str]) -> None:
    message = f"`{spot.file.name}` may not define `{table}`"
    hint = f"`[files]` lets it define {', '.join(f'`{d}`' for d in sorted(definable)) or 'nothing'}"
    reading.problems.add("RS111", spot, message, hint=hint)


def _declared_once(reading: _Reading) -> None:
    """Refuse objects that two files declare; the first file in order of name has them."""
    first: dict[tuple[str, str], Spot] = {}
    for name in sorted(reading.files):
        file = reading.files[name]
        for section in OBJECTS:
            table = file.tree.get(section)
            for key in table if isinstance(table, dict) else ():
                spot = Spot(file, (section, key), is_key=True)
                earlier = first.setdefault((section, key), spot)
                if earlier.file is not file:
                    reading.problems.add(
                        "RS301",
                        spot,
                        f"`{section}.{key}` is already declared in `{earlier.file.name}`",
                        hint="declare each object in one file",
                        second=earlier,
                        second_label="first declared here",
                    )


def _digest(raw: Mapping[str, bytes]) -> str:
    found = hashlib.sha256()
    for name in sorted(raw):
        encoded = name.encode(errors="surrogateescape")
        for part in (encoded, raw[name]):
            found.update(len(part).to_bytes(8, "big"))
            found.update(part)
    return found.hexdigest()
