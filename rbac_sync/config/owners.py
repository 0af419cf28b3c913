"""The table ``[owners]``: the reviewers of files, by file and by the things declared in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import chain

from ..errors import Diagnostic
from ..model import Address, Catalogue, Kind
from ..model.address_pattern import AddressIndex, TextIndex
from ..model.kind import SPECS
from ..named_tuples import NamedTuple
from .files import is_file_like
from .layout import path_fault
from .problems import File, Problems, TomlLocation
from .resolve import NameResolver
from .sources import Sources
from .text_rules import in_backticks

Owners = tuple[str, ...]
"""Names of a forge and e-mail addresses, each once, in the order written."""

OWNED = (Kind.TEAM, Kind.ROLE, Kind.WORKSPACE, Kind.SERVICE_ACCOUNT)
"""The kinds whose things may have owners of their own; the rest of a file has those of the file."""

HANDLE = r"@{1,2}[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*"
"""A name of a forge, as in ``@ana``, ``@acme/platform``, ``@acme/data/leads``, ``@@developer``."""

APPROVED = "and any of them may approve a change to all of it"
LISTED_ELSEWHERE = (
    "write the file that lists it, or `team.NAME`, `role.NAME`, `workspace.HANDLE` or"
    " `service-account.NAME`"
)

MOST_NAMED = 5
"""The most things that a message names; more are only counted."""


class CodeOwners(NamedTuple):
    """The owners of the files of a configuration.

    ``patterns`` has the owners by pattern of files, the shortest first: the last pattern that
    matches a file decides. ``files`` has the owners of the files whose pattern gives others.
    ``advice`` is about files without owners, and about files whose parts have different owners.
    """

    patterns: Mapping[str, Owners]
    files: Mapping[str, Owners]
    advice: tuple[Diagnostic, ...] = ()


def read_owners(sources: Sources, catalogue: Catalogue, now: datetime) -> CodeOwners:
    """Return the owners that ``[owners]`` gives to files, at the instant *now*.

    Raises:
        ConfigError: the configuration cannot be used as written.
    """
    problems = Problems()
    result = code_owners(sources, NameResolver(sources, catalogue, problems, now))
    sources.refuse(problems)
    return result._replace(advice=problems.advice())


def code_owners(sources: Sources, names: NameResolver) -> CodeOwners:
    """Return the owners of files; add the problems of ``[owners]`` and advice on unowned files."""
    table = _OwnersTable(sources, names)
    table.refuse_unmatched()
    if not (table.by_file or table.by_address):
        return CodeOwners({}, {})
    table.advise()
    return CodeOwners(table.by_file, table.exceptions())


class _OwnersTable:
    """The table with its names resolved, and the owners that it gives to each file."""

    def __init__(self, sources: Sources, names: NameResolver) -> None:
        self._sources, self._names = sources, names
        self._location = TomlLocation(sources.root, ("owners",))
        self.by_file: dict[str, Owners] = {}
        self.by_address: dict[str, Owners] = {}
        written = sources.root.document.owners
        for key in sorted(written, key=lambda key: (len(key), key)):
            of = self.by_address if _is_address(key) else self.by_file
            if self._is_possible(key):
                of[key] = self._owners(key, written[key])

    def _is_possible(self, key: str) -> bool:
        """Say whether *key* can name files or things, or add a problem."""
        kind = key.partition(".")[0]
        fault, hint = "", "write a path below the folder of `rbac.toml`, with `*`, `?` and `**`"
        if _is_address(key):
            if kind not in OWNED:
                fault, hint = "names nothing that has owners of its own", LISTED_ELSEWHERE
        elif not (fault := path_fault(key.removesuffix("/"))) and "[" in key:
            fault = "has a bracket, which code owners files do not know"
        if fault:
            location = self._location.at(key).key
            self._names.problems.add("RS115", location, f"`{key}` {fault}", hint=hint)
        return not fault

    def _owners(self, key: str, texts: list[str]) -> Owners:
        owners: dict[str, None] = {}
        for index, text in enumerate(texts):
            owners |= dict.fromkeys(self._reviewers(text, self._location.at(key, index)))
        return tuple(owners)

    def _reviewers(self, text: str, location: TomlLocation) -> Iterator[str]:
        """Yield the owners for which *text* stands: a forge name, or people's e-mail addresses."""
        if re.fullmatch(HANDLE, text):
            yield text
            return
        if text.startswith("@"):
            message = f"`{text}` is no name of a forge"
            hint = "write it as in `@ana` or `@acme/platform`"
            self._names.problems.add("RS115", location, message, hint=hint)
            return
        before = len(self._names.problems.diagnostics)
        people = [
            holder.principal.key
            for holder in self._names.groups.expand(text, location, flat=True)
            if holder.principal.kind is Kind.USER and holder.term.is_open(self._names.now)
        ]
        if not people and len(self._names.problems.diagnostics) == before:
            message = f"`{text}` stands for nobody who could review a change"
            hint = "name people, a team or group of people, or a name of the forge with `@`"
            self._names.problems.add("RS327", location, message, hint=hint)
        yield from people

    def refuse_unmatched(self) -> None:
        """Add a problem for each key that matches no file and no declared thing."""
        names = [file.name for file in self._sources.files]
        for pattern in self.by_file:
            if not any(self._files_like(pattern)):
                self._refuse_key(pattern, "matches no file of this configuration", names)
        for pattern in self.by_address:
            if not any(True for _ in self._index.selected(pattern)):
                known = map(str, self._things)
                self._refuse_key(pattern, "matches nothing that is declared here", known)

    def _refuse_key(self, key: str, fault: str, known: Iterable[str]) -> None:
        hint = self._names.problems.suggest(key, known) or "check how it is spelt"
        location = self._location.at(key).key
        self._names.problems.add("RS326", location, f"`{key}` {fault}", hint=hint)

    @cached_property
    def _things(self) -> Mapping[Address, TomlLocation]:
        """The declared things that may have owners of their own, each with its location."""
        return dict(chain.from_iterable(self._names.things(kind).items() for kind in OWNED))

    @cached_property
    def _index(self) -> AddressIndex:
        return AddressIndex(self._things)

    @cached_property
    def _own(self) -> Mapping[Address, Owners]:
        """The owners of each thing that an address names; the longest pattern decides."""
        return {
            address: owners
            for pattern, owners in self.by_address.items()
            for address in self._index.selected(pattern)
        }

    @cached_property
    def _things_in(self) -> Mapping[str, list[Address]]:
        things: dict[str, list[Address]] = {file.name: [] for file in self._sources.files}
        for address, location in self._things.items():
            things[location.file.name].append(address)
        return things

    @cached_property
    def _names_of_files(self) -> TextIndex:
        return TextIndex({file.name for file in self._sources.files})

    def _files_like(self, pattern: str) -> Iterator[str]:
        """Yield the names of the files that *pattern* matches; all below one that ends in `/`.

        `*` alone matches all files, as it does in a file of code owners.
        """
        whole = "**" if pattern == "*" else f"{pattern}**" if pattern.endswith("/") else pattern
        likely = self._names_of_files.likely(whole.replace("**/", "*"))  # it may stand for nothing
        return (name for name in likely if is_file_like(name, whole))

    @cached_property
    def _by_name(self) -> Mapping[str, Owners]:
        """The owners of each file that a pattern of files matches; the longest pattern decides."""
        patterns = self.by_file.items()
        return {name: owners for pattern, owners in patterns for name in self._files_like(pattern)}

    def _of_pattern(self, file: File) -> Owners:
        return self._by_name.get(file.name, ())

    def _parts(self, file: File) -> dict[Owners, None]:
        """Return the owners of each part of *file*: of its things, and of the rest of the file."""
        things = self._things_in[file.name]
        parts = {self._own[each]: None for each in things if each in self._own}
        others = file.tree.keys() - {SPECS[kind].section for kind in OWNED}
        if others or not things or any(each not in self._own for each in things):
            parts[self._of_pattern(file)] = None
        return parts

    def exceptions(self) -> Mapping[str, Owners]:
        """Return, by name, the owners of each file whose pattern gives other owners."""
        result: dict[str, Owners] = {}
        for file in self._sources.files:
            owners = tuple(dict.fromkeys(who for part in self._parts(file) for who in part))
            if owners and owners != self._of_pattern(file):
                result[file.name] = owners
        return result

    def advise(self) -> None:
        """Add advice on files with a part without owners, and on files of different owners."""
        unowned = [file.name for file in self._sources.files if () in self._parts(file)]
        if is_long := len(unowned) > MOST_NAMED:
            message = f"nobody owns all of {_listed(unowned)}"
            hint = 'give every file owners in `[owners]`, as in `"*" = ["@acme/platform"]`'
            self._names.problems.add("RS516", self._location.key, message, hint=hint)
        for file in self._sources.files:
            self._advise_on(file, is_listed=is_long)

    def _advise_on(self, file: File, *, is_listed: bool) -> None:
        parts = self._parts(file)
        location = TomlLocation(file)
        if () in parts and not is_listed:
            things = [each for each in self._things_in[file.name] if each not in self._own]
            inside = f", which declares {_listed(things)}" if things else ""
            what = f"`{file.name}`{inside}"
            message = f"nobody owns {what}" if len(parts) == 1 else f"nobody owns all of {what}"
            where = self._things[things[0]] if things else location
            hint = f"give `{file.name}` owners in `[owners]`"
            self._names.problems.add("RS516", where, message, hint=hint)
        if len(parts.keys() - {()}) > 1:
            message = f"`{file.name}` holds things of different owners, {APPROVED}"
            hint = "give the things of each owner a file of their own"
            self._names.problems.add("RS517", location, message, hint=hint)


def _is_address(key: str) -> bool:
    """Say whether *key* names things, not files: a kind and a dot, and not the end of a file."""
    kind, dot, _ = key.partition(".")
    return bool(dot) and kind in SPECS and "/" not in kind and not key.endswith(".toml")


def _listed(things: Sequence[object]) -> str:
    text = in_backticks(things[:MOST_NAMED])
    more = len(things) - MOST_NAMED
    return text + (f" and {more} more" if more > 0 else "")
