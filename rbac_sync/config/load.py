"""The reader of a folder of TOML files: each is read once and checked by itself."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError, Diagnostic, Place
from .files import UnreadableFile
from .files import read as bytes_of
from .known_files import KnownFiles, digest, digest_of_bytes
from .layout import (
    ACCOUNTS,
    OBJECTS,
    ROOT,
    are_of_workspaces,
    definable,
    limit_from_environment,
    match_files,
    named_workspaces,
    refuse_others,
)
from .parse import InvalidToml, parse_file
from .problems import File, Problems, TomlLocation
from .schema_errors import check_tables
from .sources import Sources, written
from .text_rules import share_texts
from .unread_files import UnreadFile, check_lines, refuse_empty, suggest_file

if TYPE_CHECKING:
    from .known_files import FileFilter

FATAL = frozenset({"RS101", "RS103", "RS104", "RS105", "RS109", "RS126"})
"""Codes of problems after which files are missing, so that the rest cannot be checked."""

MIB = 2**20

FEWEST_FILTERED = 50
"""The fewest files of workspaces that are filtered while they are read, and how many together."""


def read(folder: Path, known: KnownFiles | None = None) -> Sources:
    """Read the configuration in *folder*, which may also be the path of its root file.

    Unchanged *known* files are not parsed; see ``known_files``.

    Raises:
        ConfigError: a file is missing, not TOML, or unreadable. Faults of
            single tables do not raise here; they are in ``Sources.problems``.
    """
    reader = _Reader(folder)
    reader.known = known or reader.known
    reader.read_others()
    reader.stop()
    reader.refuse_twice()
    return reader.sources()


def read_root(folder: Path) -> Sources:
    """Read the root file alone: it names the account and the system.

    If it has several accounts, all files are read: each account may have files of its own.

    Raises:
        ConfigError: the file is missing, not TOML, or not readable.
    """
    reader = _Reader(folder)
    return read(folder) if _has_accounts(reader.root) else reader.sources()


def file_names(folder: Path) -> list[str]:
    """Return the names of the files of the configuration in *folder*, the root file first.

    Raises:
        ConfigError: the root file is missing, not TOML, or unreadable.
    """
    reader = _Reader(folder)
    names = reader.match()
    reader.stop()
    return [reader.root.name, *sorted(names)]


def file_digests(folder: Path) -> Mapping[str, str] | None:
    """Return the digest of each file of the configuration in *folder*; only the root is parsed.

    None if a file cannot be read, or if there is a problem with the files beside their content.

    Raises:
        ConfigError: the root file is missing, not TOML, or unreadable.
    """
    reader = _Reader(folder)
    names = reader.match()
    check_lines(reader.folder, reader.root, names, reader.problems)
    try:
        digests = {name: digest_of_bytes(reader.content(name, reader.max_file)) for name in names}
    except UnreadableFile:
        return None
    if reader.is_too_large or reader.problems.diagnostics:
        return None
    return {reader.root.name: digest(reader.root), **digests}


def _has_accounts(root: File) -> bool:
    tables = chain.from_iterable(root.document.files.values())
    sections = (table.partition(".")[0] for table in tables)
    return bool(root.document.accounts) or ACCOUNTS in sections


class _Reader:
    """The reader of one folder, with the files so far, each of them read at most once.

    ``root`` is the root file, ``max_file`` the limit in bytes for each other file.
    """

    def __init__(self, folder: Path) -> None:
        """Read the root file.

        Raises:
            ConfigError: the root file is missing, not TOML, or unreadable.
        """
        self.problems, self.known = Problems(), KnownFiles()
        self._files: dict[str, File] = {}
        self._refused: dict[str, bytes] = {}
        self._texts: dict[str, str] = {}
        self._unread: list[UnreadFile] = []
        self._patterns: Mapping[str, list[str]] = {}
        self._tables: Mapping[str, frozenset[str]] = {}
        self._size, self._is_partial = 0, False
        self._filter: FileFilter | None = None
        is_folder = folder.is_dir()
        self.folder = folder if is_folder else folder.parent
        name = ROOT if is_folder else folder.name
        if not os.path.lexists(self.folder / name):
            self.problems.put(_no_root(folder))
            self.stop()
        most = limit_from_environment(self.problems)
        root = self._file(name, most or MIB)
        self.stop()
        assert root is not None, "an unreadable root has stopped the reading"
        self.root, self._limits = root, root.document.limits
        self.max_file = most or self._limits.max_file

    def match(self) -> Mapping[str, list[str]]:
        """Return the names of all other files, each with the patterns that match it."""
        return match_files(self.folder, self.root, self._limits.max_files, self.problems)

    def read_others(self) -> None:
        """Read the files of ``[files]``, and check that each defines only allowed tables."""
        self._patterns = names = self.match()
        if not any(problem.code in FATAL for problem in self.problems.diagnostics):
            self._unread = check_lines(self.folder, self.root, names, self.problems)
        self._tables = {name: definable(self.root, name, names[name]) for name in sorted(names)}
        others = [name for name, each in self._tables.items() if not are_of_workspaces(each)]
        workspaces = [name for name, each in self._tables.items() if are_of_workspaces(each)]
        if not self._read_part(others):
            return
        if len(workspaces) >= FEWEST_FILTERED:
            self._begin_filter()
        for start in range(0, len(workspaces), FEWEST_FILTERED):
            if not self._read_part(workspaces[start : start + FEWEST_FILTERED]):
                return

    def _begin_filter(self) -> None:
        """Begin to filter further files, after all others were read, if that is possible."""
        make, self.known.filter = self.known.filter, None
        if make is None or self.problems.errors():
            return
        made = make()
        sources = made.begin(self.sources())
        if sources is not None:
            self._files = {file.name: file for file in sources.files}
            self._filter = made
        for file in self._files.values():
            share_texts(file.tree, self._texts)

    def _read_part(self, names: Sequence[str]) -> bool:
        """Read the files *names*, and filter them; False if there are too many bytes in all."""
        faults = len(self.problems.diagnostics)
        for name in names:
            patterns = self._patterns[name]
            location = TomlLocation(self.root, ("files", patterns[0]), is_key=True)
            if (file := self._file(name, self.max_file, location)) is not None:
                tables = self._tables[name]
                refuse_others(file, tables, self.problems)
                refuse_empty(self.root, file, location, sorted(tables), self.problems)
            if self.is_too_large:
                message = f"the files have more than {self._limits.max_total} bytes in all"
                hint = "raise `[limits] max_total`"
                self.problems.put(Diagnostic("RS104", message, location.place(), hint))
                return False
        if len(self.problems.diagnostics) == faults:
            self._pass_over(names)
        return True

    def content(self, name: str, limit: int) -> bytes:
        """Return the bytes of a file, and count them.

        Raises:
            UnreadableFile: it cannot be read, or has more than *limit* bytes.
        """
        raw = bytes_of(self.folder, name, limit)
        self._size += len(raw)
        return raw

    @property
    def is_too_large(self) -> bool:
        """True if the files so far have more bytes than the limit for all."""
        return self._size > self._limits.max_total

    def _file(self, name: str, limit: int, named: TomlLocation | None = None) -> File | None:
        """Read and check one file; None, and a problem, if it cannot be used.

        *named* is the location that names the file.
        """
        try:
            raw = self.content(name, limit)
        except UnreadableFile as error:
            problem = error.at(named.place() if named else Place(name))
            hint = suggest_file(name, self._unread) if problem.code == "RS110" else ""
            self._lack(replace(problem, hint=hint or problem.hint))
            return None
        handles = named_workspaces(self._tables.get(name, frozenset()))
        if known := self.known.stand_in(name, raw, handles):
            self._files[name] = known
            return known
        try:
            file, faults = parse_file(name, raw)
        except InvalidToml as error:
            self._refused[name] = raw
            self._lack(error.diagnostic)
            return None
        if self._filter is None and self.known.filter is None:
            share_texts(file.tree, self._texts)
        for fault in faults:
            self.problems.put(fault)
        self._files[name] = check_tables(file, self.problems)
        return self._files[name]

    def _pass_over(self, names: Iterable[str]) -> None:
        """Pass over those of the files *names* that the filter finds."""
        if self._filter is not None:
            files = [self._files[name] for name in names if name not in self.known.met]
            others = self._filter.passed_over(files)
            self._files |= {name: self.known.pass_over(name, each) for name, each in others.items()}
            for file in files:
                share_texts(self._files[file.name].tree, self._texts)

    def _lack(self, problem: Diagnostic) -> None:
        """Add the *problem* because of which a file is missing from the configuration."""
        self.problems.put(problem)
        self._is_partial = True

    def stop(self) -> None:
        """Raise all problems, if a file is missing from the configuration."""
        if self._is_partial or any(p.code in FATAL for p in self.problems.diagnostics):
            texts = {name: file.text for name, file in self._files.items()}
            for name, raw in self._refused.items():
                texts[name] = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n")
            raise ConfigError(self.problems.errors(), texts)

    def refuse_twice(self) -> None:
        """Refuse objects that two files declare; the first file in order of name keeps them."""
        files = [self._files[name] for name in sorted(self._files)]
        for section in OBJECTS:
            first: dict[str, TomlLocation] = {}
            for location, name in written(files, section):
                earlier = first.setdefault(name, location)
                if earlier.file is not location.file:
                    message = f"`{section}.{name}` is already declared in `{earlier.file.name}`"
                    hint = "declare each object in one file"
                    second = (earlier, "first declared here")
                    self.problems.add("RS301", location, message, hint=hint, second=second)

    def sources(self) -> Sources:
        """Return the files so far, with the problems of each."""
        files = tuple(self._files[name] for name in sorted(self._files))
        errors, advice = self.problems.errors(), self.problems.advice()
        return Sources(self.folder, self.root, files, errors, advice, known=self.known)


BEGIN = (
    "run in the folder of `rbac.toml` or below, name the folder with `--config`, or begin with"
    " `rbac-sync init`"
)


def _no_root(folder: Path) -> Diagnostic:
    here = folder.resolve() if folder == Path() else folder
    message = f"there is no `{ROOT}` in `{here}`" if folder.is_dir() else f"no file `{folder}`"
    return Diagnostic("RS101", message, hint=BEGIN)
