"""Shared files with the values of one account merged into them, and the places of both."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ..dataclasses import dataclass, field
from ..errors import Place
from ..model import Level
from ..model.address_pattern import normal
from ..model.kind import SPECS
from .accounts import as_table
from .problems import File, Problems, TomlLocation
from .schema_errors import check_tables
from .spans import KeyPath, Spans

NAMED = {"workspaces": "", "service_accounts": "sa:", "teams": "team:", "roles": ""}
"""The tables whose things may have another name in an account, with the prefix of the name."""

PROSE = frozenset({"description", "name", "reason", "why"})
"""Keys whose texts are prose and contain no references."""

ROLE_VALUES = {
    "roles": {"base"},
    "workspaces": {"default_role"},
    "workspace_defaults": {"default_role"},
    "guard": {"bots_account_role", "require_reason_for", "require_end_for"},
    "test": {"role", "at_most", "at_least", "never_together"},
}
"""The keys whose texts name roles, by the table in which they stand."""

ADD = "add"
"""The table of an account whose values are added to the shared ones."""


class _MergedSpans(Spans):
    """The places of the values of a merged file, some of which stand in the file of an account."""

    def __init__(self, file: _MergedFile) -> None:
        super().__init__(file.name, file.text)
        self._merged = file

    def element(self, path: KeyPath, index: int) -> Place:
        return self.place((*path, index))

    def place(self, path: KeyPath, *, is_key: bool = False) -> Place:
        for length in range(len(path), 0, -1):
            if origin := self._merged.origins.get(path[:length]):
                place = origin.at(*path[length:])._replace(is_key=is_key).place()
                name = self._merged.names.get(path)
                named = f"named in {name.key.place().file_line}" if name else ""
                return place._replace(also=self._over(path[:length]) or named)
        within = (at for inner, at in self._merged.origins.items() if inner[: len(path)] == path)
        place = super().place(path, is_key=is_key)
        first = next(within, None) if len(path) > 1 else None
        return place._replace(also=f"with {first.key.place().file_line}") if first else place

    def _over(self, path: KeyPath) -> str:
        """Return a phrase with the shared line that the value at *path* replaces or adds to."""
        for length in range(len(path), 1, -1):
            if self.span(path[:length]):
                word = "over" if length == len(path) else "beside"
                return f"{word} {super().place(path[:length], is_key=True).file_line}"
        return ""


@dataclass(frozen=True)
class _MergedFile(File):
    """A shared file with the values of an account in it.

    ``origins`` has the location of each of these values, ``names`` that of each new name, by path.
    """

    origins: Mapping[KeyPath, TomlLocation] = field(default_factory=dict)
    names: Mapping[KeyPath, TomlLocation] = field(default_factory=dict)

    def is_own(self, path: KeyPath) -> bool:
        """Say whether the account wrote the value at *path*."""
        return path in self.origins

    @cached_property
    def spans(self) -> Spans:
        """The places of all keys and values in the merged tables."""
        return _MergedSpans(self)


@dataclass
class FileMerge:
    """The tables of one file so far, and the locations of the values that come from an account."""

    file: File
    problems: Problems
    tree: dict[str, Any] = field(init=False)
    origins: dict[KeyPath, TomlLocation] = field(default_factory=dict)
    names: Mapping[KeyPath, TomlLocation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tree = _tables(self.file.tree)

    def write(self, path: KeyPath, location: TomlLocation, *, adds: bool) -> None:
        """Write the value at *location* to *path*; if it *adds*, extend the value there."""
        *outer, key = path
        table = self.tree
        for step in outer:
            table = table.setdefault(str(step), {})
        if not isinstance(table, dict):
            return  # the file has reported this fault
        value, earlier = location.file.value(location.path), table.get(str(key))
        if isinstance(value, dict) and isinstance(earlier, dict):
            for name in value:
                self.write((*path, name), location.at(name), adds=adds)
        elif adds and isinstance(value, list) and isinstance(earlier, list):
            table[str(key)] = [*earlier, *value]
            for index in range(len(value)):
                self.origins[*path, len(earlier) + index] = location.at(index)
        elif adds and earlier is not None:
            self._refuse_second(path, location)
        else:
            table[str(key)] = _tables(value) if isinstance(value, dict) else value
            self.origins[path] = location

    def rename(self, places: Mapping[KeyPath, TomlLocation]) -> None:
        """Give things their names of an account, in their declarations and in references.

        *places* are the entries that give the names, by table and new name.
        """
        self.names = places
        names: dict[str, dict[str, str]] = {section: {} for section in NAMED}
        for (section, new), location in places.items():
            names[str(section)][str(location.path[-1])] = str(new)
        for section, renamed in names.items():
            self._rename_keys((section,), renamed)
        workspaces = names["workspaces"]
        self._rename_keys(("guard", "workspace_owners"), workspaces)
        self.tree = _with_names(self.tree, _references(names))
        self._rename_roles(names["roles"])
        for test in _elements(self.tree.get("test")):
            if isinstance(handle := test.get("workspace"), str):
                test["workspace"] = workspaces.get(handle, handle)

    def _rename_roles(self, renamed: Mapping[str, str]) -> None:
        """Give roles their names in grants, in other roles, in ``[guard]`` and in tests."""
        self._rename_keys(("members",), renamed)
        for section in ("workspaces", "workspace_defaults"):
            for name in as_table(self.tree.get(section)):
                self._rename_keys((section, name, "access"), renamed)
        texts = dict(renamed)
        for level in Level:
            texts |= {f"{level}/{old}": f"{level}/{new}" for old, new in renamed.items()}
        self._rename_keys(("guard", "max_term"), texts)
        for section, keys in ROLE_VALUES.items():
            value = self.tree.get(section)
            for table in _elements([value] if section == "guard" else value):
                table.update(_with_names({key: table[key] for key in keys & table.keys()}, texts))

    def _rename_keys(self, outer: KeyPath, renamed: Mapping[str, str]) -> None:
        """Rename the keys of the table at *outer*; each keeps its place."""
        table: Any = self.tree
        for step in outer:
            table = table.get(step) if isinstance(table, dict) else None
        if not isinstance(table, dict):
            return
        shared = {
            (*outer, new): TomlLocation(self.file, (*outer, old))
            for old, new in renamed.items()
            if old in table
        }
        entries = list(table.items())
        table.clear()
        table.update((renamed.get(name, name), value) for name, value in entries)
        depth = len(outer)
        moved = {
            (*path[:depth], renamed.get(str(path[depth]), path[depth]), *path[depth + 1 :])
            if path[:depth] == outer and len(path) > depth
            else path: origin
            for path, origin in self.origins.items()
        }
        self.origins = {**shared, **moved}

    def _refuse_second(self, path: KeyPath, location: TomlLocation) -> None:
        message = f"`{'.'.join(map(str, path))}` is already declared in `{self.file.name}`"
        hint = f"write it without `.{ADD}` to say something else in this account"
        second = (TomlLocation(self.file, path).key, "first declared here")
        self.problems.add("RS301", location.key, message, hint=hint, second=second)

    def merged(self) -> File:
        """Return the file with these tables, checked; both files have reported their faults."""
        name, text, names = self.file.name, self.file.text, self.names
        file = _MergedFile(name, text, self.tree, origins=self.origins, names=names)
        return check_tables(file, Problems())


def _tables(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of *table* and of the tables in it."""
    return {k: _tables(v) if isinstance(v, dict) else v for k, v in table.items()}


def _elements(value: object) -> list[dict[str, Any]]:
    """Return the tables in a list or a table; nothing for any other value."""
    elements = value if isinstance(value, list) else as_table(value).values()
    return [element for element in elements if isinstance(element, dict)]


def _references(names: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """Return the references that have another name in an account, with their new texts.

    A reference is the name of a principal, or an address in ``[guard]`` and ``[[ignore]]``.
    """
    texts = dict[str, str]()
    kinds = {spec.section: kind for kind, spec in SPECS.items()}
    for section, renamed in names.items():
        for old, new in renamed.items():
            address = f"{kinds[section]}.{old}"
            texts[address] = texts[normal(address)] = normal(f"{kinds[section]}.{new}")
            if prefix := NAMED[section]:
                texts[f"{prefix}{old}"] = f"{prefix}{new}"
    return texts


def _with_names(value: Any, texts: Mapping[str, str]) -> Any:
    """Return *value* with the texts in it replaced by *texts*, except in prose."""
    if isinstance(value, dict):
        prose = {k: v for k, v in value.items() if k in PROSE and isinstance(v, str)}
        return {k: _with_names(v, texts) for k, v in value.items()} | prose
    if isinstance(value, list):
        return [_with_names(element, texts) for element in value]
    return _with_name(value, texts) if isinstance(value, str) else value


def _with_name(text: str, texts: Mapping[str, str]) -> str:
    """Return *text* under its name of an account; an address may be of access, a key or a list."""
    thing, access, who = text.partition("/access/")
    head, slash, rest = thing.partition("/")
    principals = {normal(old): normal(new) for old, new in texts.items()} if access else {}
    return f"{texts.get(head, head)}{slash}{rest}{access}{principals.get(normal(who), who)}"
