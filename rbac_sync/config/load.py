"""The reader of a folder of TOML files: each is read once and checked by itself."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ConfigError, Diagnostic, Place, RbacSyncError
from ..model.plain import canonical
from .files import UnreadableFile
from .files import read as bytes_of
from .holders import email_of
from .known_files import MEMBERS, KnownFile, KnownFiles, MembersUnparsed, digest, digest_of_bytes
from .layout import (
    ACCOUNTS,
    OBJECTS,
    ROOT,
    are_of_workspaces,
    definable,
    match_files,
    refuse_others,
)
from .parse import InvalidToml, parse_file
from .problems import File, Problems, TomlLocation
from .text_rules import is_of_texts
from .unread_files import UnreadFile, find_unread, note_unread, refuse_unmatched, suggest_file

if TYPE_CHECKING:
    from .file_comparison import FileComparison
    from .schema import LimitsTable

FATAL = frozenset({"RS101", "RS103", "RS104", "RS105", "RS109", "RS126"})
"""Codes of problems after which files are missing, so that the rest cannot be checked."""

MIB = 2**20

FEWEST_COMPARED = 50
"""The fewest files of workspaces that are compared while they are read, and how many together."""


class AccountSettings(NamedTuple):
    """The settings of one account of several.

    ``key_variable`` names the variable that holds its API key, ``url_variable`` the one that
    holds its URL; each is empty where it is not written.
    """

    name: str
    wave: int
    key_variable: str = ""
    url_variable: str = ""


@dataclass(frozen=True)
class Sources:
    """The files of one configuration, in order of name, as they were when read.

    ``folder`` contains them. ``problems`` are those of single files; callers
    that use the tables add further ones and raise all together. Objects with such
    problems are left out of the tables, so an object that seems to be absent may only be
    misspelt. ``account`` is the account of the tables, None where several accounts share
    them, or where there is no table ``[accounts]``.
    """

    folder: Path
    root: File
    files: tuple[File, ...]
    problems: tuple[Diagnostic, ...] = ()
    advice: tuple[Diagnostic, ...] = ()
    account: AccountSettings | None = None
    known: KnownFiles = field(default_factory=KnownFiles)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The text of each file by name, for carets."""
        return {file.name: file.text for file in self.files}

    @cached_property
    def key_set(self) -> str:
        """The content of the key file that ``[guard.authors]`` names, empty if it names none."""
        return _key_set(self.folder, self.root)

    @cached_property
    def people(self) -> Mapping[str, str]:
        """The e-mail addresses by short name."""
        return {name: email_of(person) for _, name, person in self.named("people")}

    def named(self, section: str) -> Iterator[tuple[File, str, Any]]:
        """Yield (file, name, checked table) for each object of *section*, file by file.

        Raises:
            MembersUnparsed: it has the members, and their files were not parsed.
        """
        if section == MEMBERS and self.known.people is not None:
            raise MembersUnparsed("the members are needed", hint="read everything")
        return self.parsed(section)

    def parsed(self, section: str) -> Iterator[tuple[File, str, Any]]:
        """Yield as ``named``, without the members of files that were not parsed."""
        for file in self.files:
            for name, table in getattr(file.document, section).items():
                yield file, name, table

    def members(self) -> Iterator[tuple[File, str, Any]]:
        """Yield as ``named`` for the members; known files are parsed for it.

        Raises:
            RbacSyncError: a known file has changed since it was read.
        """
        for file in self.files:
            is_passed_over = file.name in self.known.met and MEMBERS in file.tree
            whole = _again(self.folder, file.name, self.known) if is_passed_over else file
            for role, entries in whole.document.members.items():
                yield whole, role, entries

    def written(self, section: str) -> Iterator[tuple[TomlLocation, str]]:
        """Yield the location and name of each object of *section*, those with problems too."""
        return _written(self.files, section)

    def refuse(self, problems: Problems) -> None:
        """Raise for all errors: problems of these files and *problems*.

        Raises:
            ConfigError: there are errors.

        """
        together = Problems([*self.problems, *problems.diagnostics], problems.left_out)
        if errors := together.errors():
            raise ConfigError(errors, self.texts)


def _written(files: Iterable[File], section: str) -> Iterator[tuple[TomlLocation, str]]:
    for file in files:
        table = file.tree.get(section)
        for name in table if isinstance(table, dict) else ():
            yield TomlLocation(file, (section, name), is_key=True), name


@dataclass
class _Reading:
    """The state of reading: the files so far, each read at most once.

    ``refused`` has the bytes of files that are not TOML, ``size`` counts the bytes of all files.
    """

    folder: Path
    problems: Problems = field(default_factory=Problems)
    files: dict[str, File] = field(default_factory=dict)
    refused: dict[str, bytes] = field(default_factory=dict)
    size: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    is_partial: bool = False
    known: KnownFiles = field(default_factory=KnownFiles)
    comparison: FileComparison | None = None

    def file(
        self, name: str, limit: int, named: TomlLocation | None = None, hint: str = ""
    ) -> File | None:
        """Read and check one file; None, and a problem, if it cannot be used.

        *named* is the location that names the file, *hint* the hint if there is no such file.
        """
        from .schema_errors import check_tables

        try:
            raw = bytes_of(self.folder, name, limit)
        except UnreadableFile as error:
            problem = error.at(named.place() if named else Place(name))
            is_missing = problem.code == "RS110" and hint
            self._lack(replace(problem, hint=hint) if is_missing else problem)
            return None
        self.size += len(raw)
        if known := self.known.stand_in(name, raw):
            self.files[name] = known
            return known
        try:
            file, faults = parse_file(name, raw)
        except InvalidToml as error:
            self.refused[name] = raw
            self._lack(error.diagnostic)
            return None
        if self.comparison is None:
            _share(file.tree, self.texts)
        for fault in faults:
            self.problems.put(fault)
        self.files[name] = replace(file, checked=check_tables(file, self.problems))
        return self.files[name]

    def pass_over(self, files: Mapping[str, KnownFile]) -> None:
        """Keep nothing of *files* but what is known of them."""
        self.files |= {name: self.known.pass_over(name, file) for name, file in files.items()}

    def compare(self, names: Iterable[str]) -> None:
        """Pass over those of the files *names* that are live as declared."""
        if self.comparison is not None:
            files = [self.files[name] for name in names]
            self.pass_over(self.comparison.equal(files))
            for file in files:
                _share(self.files[file.name].tree, self.texts)

    def _lack(self, problem: Diagnostic) -> None:
        """Add the *problem* because of which a file is missing from the configuration."""
        self.problems.put(problem)
        self.is_partial = True

    def stop(self) -> None:
        """Raise all problems, if a file is missing from the configuration."""
        if self.is_partial or any(p.code in FATAL for p in self.problems.diagnostics):
            texts = {name: file.text for name, file in self.files.items()}
            for name, raw in self.refused.items():
                texts[name] = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n")
            raise ConfigError(self.problems.errors(), texts)


def read(folder: Path, known: KnownFiles | None = None) -> Sources:
    """Read the configuration in *folder*, which may also be the path of its root file.

    Unchanged *known* files are not parsed; see ``known_files``.

    Raises:
        ConfigError: a file is missing, not TOML, or unreadable. Faults of
            single tables do not raise here; they are in ``Sources.problems``.

    """
    reading, root, limits = _start(folder)
    reading.known = known or reading.known
    _read_others(reading, root, limits)
    reading.stop()
    _refuse_twice(reading)
    return _sources(reading, root)


def read_root(folder: Path) -> Sources:
    """Read the root file alone: it names the account and the system.

    If it has several accounts, all files are read: each account may have files of its own.

    Raises:
        ConfigError: the file is missing, not TOML, or not readable.

    """
    reading, root, _ = _start(folder)
    return read(folder) if _has_accounts(root) else _sources(reading, root)


def file_names(folder: Path) -> list[str]:
    """Return the names of the files of the configuration in *folder*, the root file first.

    Raises:
        ConfigError: the root file is missing, not TOML, or unreadable.
    """
    reading, root, limits = _start(folder)
    names = match_files(reading.folder, root, limits.max_files, reading.problems)
    reading.stop()
    return [root.name, *sorted(names)]


def file_digests(folder: Path) -> Mapping[str, str] | None:
    """Return the digest of each file of the configuration in *folder*; only the root is parsed.

    None if a file cannot be read, or if there are problems or unread files.

    Raises:
        ConfigError: the root file is missing, not TOML, or unreadable.
    """
    reading, root, limits = _start(folder)
    names = match_files(reading.folder, root, limits.max_files, reading.problems)
    if reading.problems.diagnostics or find_unread(reading.folder, root, names):
        return None
    try:
        contents = ((name, bytes_of(reading.folder, name, limits.max_file)) for name in names)
        digests = {name: digest_of_bytes(content) for name, content in contents}
    except UnreadableFile:
        return None
    return {root.name: digest(root), **digests}


def with_contents(sources: Sources, contents: Mapping[str, bytes]) -> Sources:
    """Return *sources* with the text of other *contents*, by file, that hold the same tables.

    Raises:
        InvalidToml: one of the contents is not TOML.
    """
    files = {file.name: _with_content(file, contents[file.name]) for file in sources.files}
    return replace(sources, root=files[sources.root.name], files=tuple(files.values()))


def _with_content(file: File, content: bytes) -> File:
    from .schema_errors import check_tables

    other, _ = parse_file(file.name, content)
    return replace(other, checked=check_tables(other, Problems()))


def _again(folder: Path, name: str, known: KnownFiles) -> File:
    """Return the file *name*, which is parsed although it is *known*."""
    raw = bytes_of(folder, name, sys.maxsize)
    if digest_of_bytes(raw) != known.files[name].digest:
        raise RbacSyncError(f"`{name}` changed while it was planned", hint="plan again")
    return _with_content(File(name, "", {}), raw)


def _has_accounts(root: File) -> bool:
    tables = chain.from_iterable(root.document.files.values())
    sections = (table.partition(".")[0] for table in tables)
    return bool(root.document.accounts) or ACCOUNTS in sections


def _start(folder: Path) -> tuple[_Reading, File, LimitsTable]:
    """Read the root file; return the state of reading, the file, and the limits of other files."""
    is_folder = folder.is_dir()
    reading = _Reading(folder if is_folder else folder.parent)
    name = ROOT if is_folder else folder.name
    if not os.path.lexists(reading.folder / name):
        reading.problems.put(_no_root(folder))
        reading.stop()
    most = _limit_from_environment(reading.problems)
    root = reading.file(name, most or MIB)
    reading.stop()
    assert root is not None, "an unreadable root has stopped the reading"
    limits = root.document.limits
    return reading, root, limits.model_copy(update={"max_file": most or limits.max_file})


def _sources(reading: _Reading, root: File) -> Sources:
    files = tuple(reading.files[name] for name in sorted(reading.files))
    problems = reading.problems
    errors, advice = problems.errors(), problems.advice()
    return Sources(reading.folder, root, files, errors, advice, known=reading.known)


def _key_set(folder: Path, root: File) -> str:
    """Return the content of the key file that ``[guard.authors]`` names, in canonical form."""
    authors = root.document.guard.authors
    if authors is None or "://" in authors.jwks:
        return ""
    try:
        raw = _regular(folder / authors.jwks)
    except OSError as error:
        return f"unreadable: {error.errno}"
    try:
        return canonical(json.loads(raw))
    except (ValueError, RecursionError):
        return raw.hex()


def _regular(path: Path) -> bytes:
    """Return the bytes of a regular file; empty for a pipe, which could block the run for ever."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor has no path
        return file.read(MIB) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""


BEGIN = (
    "run in its folder or below, name its folder with `--config`, or begin one with"
    " `rbac-sync init`"
)


def _no_root(folder: Path) -> Diagnostic:
    here = folder.resolve() if folder == Path() else folder
    message = f"there is no `{ROOT}` in `{here}`" if folder.is_dir() else f"no file `{folder}`"
    return Diagnostic("RS101", message, hint=BEGIN)


def _limit_from_environment(problems: Problems) -> int | None:
    """Return the limit for one file that the environment sets, in bytes."""
    text = os.environ.get("RBAC_SYNC_MAX_FILE", "")
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 12:  # noqa: PLR2004
        return int(text)
    message = f"RBAC_SYNC_MAX_FILE is `{text}`, which is no number of bytes"
    problems.put(Diagnostic("RS123", message, hint="write a whole number of bytes"))
    return None


def _read_others(reading: _Reading, root: File, limits: LimitsTable) -> None:
    """Read the files of ``[files]``, and check that each defines only allowed tables."""
    names = match_files(reading.folder, root, limits.max_files, reading.problems)
    unread: list[UnreadFile] = []
    if not any(problem.code in FATAL for problem in reading.problems.diagnostics):
        unread = find_unread(reading.folder, root, names)
        refuse_unmatched(reading.folder, root, names, unread, reading.problems)
        note_unread(unread, root, reading.problems)
    tables = {name: definable(root, name, names[name]) for name in sorted(names)}
    others = [name for name, each in tables.items() if not are_of_workspaces(each)]
    workspaces = [name for name, each in tables.items() if are_of_workspaces(each)]
    part = partial(_read_part, reading, root, limits, names, unread)
    if not part(others):
        return
    if len(workspaces) >= FEWEST_COMPARED:
        _begin_comparison(reading, root)
    for start in range(0, len(workspaces), FEWEST_COMPARED):
        if not part(workspaces[start : start + FEWEST_COMPARED]):
            return


def _begin_comparison(reading: _Reading, root: File) -> None:
    """Begin to compare further files, after all others were read, if that is possible."""
    comparison, reading.known.comparison = reading.known.comparison, None
    if comparison is None or reading.problems.errors():
        return
    members = comparison.begin(_sources(reading, root))
    if members is not None:
        reading.pass_over(members)
        reading.comparison, reading.texts = comparison, {}


def _read_part(
    reading: _Reading,
    root: File,
    limits: LimitsTable,
    patterns: Mapping[str, list[str]],
    unread: list[UnreadFile],
    names: list[str],
) -> bool:
    """Read the files *names*, and compare them; False if there are more bytes than the limit."""
    faults = len(reading.problems.diagnostics)
    for name in names:
        location = TomlLocation(root, ("files", patterns[name][0]), is_key=True)
        file = reading.file(name, limits.max_file, location, suggest_file(name, unread))
        if file is not None:
            refuse_others(file, definable(root, name, patterns[name]), reading.problems)
        if reading.size > limits.max_total:
            message = f"the files have more than {limits.max_total} bytes in all"
            hint = "raise `[limits] max_total`"
            reading.problems.put(Diagnostic("RS104", message, location.place(), hint))
            return False
    if len(reading.problems.diagnostics) == faults:
        reading.compare(names)
    return True


def _refuse_twice(reading: _Reading) -> None:
    """Refuse objects that two files declare; the first file in order of name keeps them."""
    files = [reading.files[name] for name in sorted(reading.files)]
    for section in OBJECTS:
        first: dict[str, TomlLocation] = {}
        for location, name in _written(files, section):
            earlier = first.setdefault(name, location)
            if earlier.file is not location.file:
                message = f"`{section}.{name}` is already declared in `{earlier.file.name}`"
                hint, second = "declare each object in one file", (earlier, "first declared here")
                reading.problems.add("RS301", location, message, hint=hint, second=second)


def _share(value: Any, texts: dict[str, str]) -> None:
    """Replace equal texts in the lists of *value* by one object, which is stored in *texts*."""
    if isinstance(value, dict):
        for inner in value.values():
            _share(inner, texts)
    elif is_of_texts(value):
        value[:] = map(texts.setdefault, value, value)
    elif isinstance(value, list):
        value[:] = [texts.setdefault(v, v) if isinstance(v, str) else v for v in value]
