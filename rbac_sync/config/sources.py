"""The files of a configuration as they were read, with their tables by section."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..dataclasses import dataclass, field, replace
from ..errors import ConfigError, Diagnostic, RbacSyncError
from ..model import Address, State
from ..model import address as named
from ..model.plain import canonical
from ..named_tuples import NamedTuple
from .files import read as bytes_of
from .holders import email_of
from .known_files import MEMBERS, KnownFiles, MembersUnparsed, digest_of_bytes
from .parse import parse_file
from .problems import File, Problems, TomlLocation
from .schema import AccessListTable
from .schema_errors import check_tables

LARGEST_KEY_SET = 2**20


class AccountSettings(NamedTuple):
    """The settings of one account of several.

    ``key_variable`` names the variable that holds its API key, ``url_variable`` the one that
    holds its URL; each is empty where it is not written.
    """

    name: str
    wave: int
    key_variable: str = ""
    url_variable: str = ""


Tables = Iterator[tuple[TomlLocation, str, Any]]
"""The location, the name and the checked table of objects, file by file."""


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
    def digests(self) -> Mapping[str, str]:
        """The digest of the text of each file as it was read, by name."""
        return {file.name: self.known.digest(file) for file in self.files}

    @property
    def digest(self) -> str:
        """The digest of the configuration; see ``digest_with``."""
        return self.digest_with(self.digests)

    def digest_with(self, files: Mapping[str, str]) -> str:
        """Return the digest of the configuration with *files*, which are the digests by name.

        It covers the text of each file, the name of the account among several, and the keys
        that sign for authors. A byte order mark and the kind of line ends make no difference.
        """
        account = self.account.name if self.account else ""
        return sha256(canonical([account, self.key_set, files]).encode()).hexdigest()

    @cached_property
    def people(self) -> Mapping[str, str]:
        """The e-mail addresses by short name."""
        return {name: email_of(person) for _, name, person in self.named("people")}

    def named(self, section: str) -> Tables:
        """Yield (location, name, checked table) for each object of *section*, file by file.

        Raises:
            MembersUnparsed: *section* is ``members``, and some of its files were not parsed.
        """
        if section == MEMBERS and self.known.people is not None:
            raise MembersUnparsed("the members are needed", hint="read everything")
        return self.parsed(section)

    def by_name(self, section: str) -> dict[str, tuple[Any, TomlLocation]]:
        """Return the checked table and the location of each object of *section*, by name."""
        return {name: (table, location) for location, name, table in self.named(section)}

    def parsed(self, section: str) -> Tables:
        """Yield as ``named``, without the members of files that were not parsed."""
        for file in self._with_section.get(section, ()):
            yield from _tables(file, section)

    @cached_property
    def _with_section(self) -> Mapping[str, Sequence[File]]:
        """The files that have each section, in order of name."""
        files: dict[str, list[File]] = {}
        for file in self.files:
            for section in file.tree:
                files.setdefault(section, []).append(file)
        return files

    def access_lists(self) -> Iterator[tuple[TomlLocation, Address, str, AccessListTable]]:
        """Yield (location, workspace, name, checked table) for each object with an access list."""
        for location, handle, table in self.named("workspaces"):
            for name, levels in table.objects.items():
                yield location.at("objects", name), named.workspace(handle), name, levels

    def members(self) -> Tables:
        """Yield as ``named`` for the members; known files are parsed for it.

        Raises:
            RbacSyncError: a known file has changed since it was read.
        """
        for file in self.files:
            is_passed_over = file.name in self.known.met and MEMBERS in file.tree
            whole = _again(self.folder, file.name, self.known) if is_passed_over else file
            yield from _tables(whole, MEMBERS)

    def parsed_again(self, names: Collection[str], people: State | None) -> Sources:
        """Return these sources with the known files *names* parsed, and with *people* known.

        Raises:
            RbacSyncError: one of the files has changed since it was read.
        """
        files = tuple(
            _again(self.folder, file.name, self.known) if file.name in names else file
            for file in self.files
        )
        known = replace(self.known, people=people, met=self.known.met.difference(names))
        return replace(self, files=files, known=known)

    def written(self, section: str) -> Iterator[tuple[TomlLocation, str]]:
        """Yield the location and name of each object of *section*, those with problems too."""
        return written(self._with_section.get(section, ()), section)

    def refuse(self, problems: Problems) -> None:
        """Raise for all errors: problems of these files and *problems*.

        Raises:
            ConfigError: there are errors.
        """
        together = Problems([*self.problems, *problems.diagnostics], problems.left_out)
        if errors := together.errors():
            raise ConfigError(errors, self.texts)


def _tables(file: File, section: str) -> Tables:
    for name, table in getattr(file.document, section).items():
        yield TomlLocation(file, (section, name)), name, table


def written(files: Iterable[File], section: str) -> Iterator[tuple[TomlLocation, str]]:
    """Yield the location and name of each object of *section* in *files*, faulty ones too."""
    for file in files:
        table = file.tree.get(section)
        for name in table if isinstance(table, dict) else ():
            yield TomlLocation(file, (section, name), is_key=True), name


def with_contents(sources: Sources, contents: Mapping[str, bytes]) -> Sources:
    """Return *sources* with the text of other *contents*, by file, that hold the same tables.

    Raises:
        InvalidToml: one of the contents is not TOML.
    """
    files = {file.name: _parsed(file.name, contents[file.name]) for file in sources.files}
    return replace(sources, root=files[sources.root.name], files=tuple(files.values()))


def _parsed(name: str, content: bytes) -> File:
    file, _ = parse_file(name, content)
    return check_tables(file, Problems())


def _again(folder: Path, name: str, known: KnownFiles) -> File:
    """Return the file *name*, which is parsed although it is *known*."""
    raw = bytes_of(folder, name, sys.maxsize)
    if digest_of_bytes(raw) != known.files[name].digest:
        raise RbacSyncError(f"`{name}` changed while it was planned", hint="plan again")
    return _parsed(name, raw)


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
        is_regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
        return file.read(LARGEST_KEY_SET) if is_regular else b""
