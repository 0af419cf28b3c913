"""The resolved configuration: flat tables, with the place of origin of each line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

import tomli_w

from ..config.tables import PlainTable, TomlWriter
from ..errors import Place
from ..model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Catalogue,
    Declaration,
    Instant,
    Key,
    Kind,
    ObjectAccess,
    Permission,
    State,
    Team,
)
from ..model import address as named
from ..model.kind import SUBJECTS
from ..named_tuples import NamedTuple
from . import plan_json
from .escape import visible

Keys = tuple[str, ...]
WHO = "who"


class FlatLine(NamedTuple):
    """A line: the start of a table if there is no ``key``, else a value or an element of a list."""

    table: Keys
    place: Place | None
    key: str = ""
    value: Any = None
    is_entry: bool = False


def flat_rows(declaration: Declaration, catalogue: Catalogue, now: Instant) -> Iterator[FlatLine]:
    """Yield the lines of *declaration*, table by table, in the order of ``pull``."""
    tables = TomlWriter(declaration.desired, catalogue, now).tables()
    return _FlatTables(declaration).rows(tables)


def render_flat(rows: Iterable[FlatLine]) -> str:
    """Return *rows* as TOML; the place of each line is its comment."""
    lines: list[str] = []
    for (table, key, is_entry), group in groupby(rows, key=lambda r: (r.table, r.key, r.is_entry)):
        if not key:
            lines += ["", *(_commented(f"[{'.'.join(map(_key, table))}]", r.place) for r in group)]
        elif not is_entry:
            lines += (_commented(f"{_key(key)} = {_value(r.value)}", r.place) for r in group)
        else:
            entries = (_commented(f"    {_value(row.value)},", row.place) for row in group)
            lines += [f"{_key(key)} = [", *entries, "]"]
    return "\n".join(lines[1:])


def flat_json(rows: Iterable[FlatLine]) -> list[plan_json.JsonObject]:
    """Return *rows* as JSON; the row that begins a table has no key."""
    return [
        {
            "table": list(row.table),
            "key": row.key or None,
            "value": _json(row.value),
            "place": plan_json.place(row.place),
            "from": row.place.file_line if row.place else None,
        }
        for row in rows
    ]


class _FlatTables:
    """The rows of the tables of one declaration."""

    def __init__(self, declaration: Declaration) -> None:
        self._declaration = declaration
        self._things = {
            (str(SUBJECTS[resource.kind]), resource.address.name): resource.address
            for resource in declaration.desired.resources()
            if resource.kind in SUBJECTS
        }
        self._principals = {
            named.listed_name(a): a for a in (EVERYONE, *_principals(declaration.desired))
        }

    def rows(self, tables: Mapping[str, PlainTable]) -> Iterator[FlatLine]:
        """Yield the rows of *tables*."""
        for section, names in tables.items():
            if section == "members":
                yield FlatLine((section,), None)
                yield from self._access((section,), ACCOUNT, names)
                continue
            for name, table in names.items():
                thing = self._things[section, name]
                yield FlatLine((section, name), self._declaration.origin(thing))
                yield from self._thing((section, name), thing, self._stated(thing, table))

    def _stated(self, thing: Address, table: PlainTable) -> PlainTable:
        """Return *table* without the parts that the configuration does not manage."""
        declaration = self._declaration
        silent = set(declaration.unstated.get(thing, ()))
        silent |= {"default_role"} if thing in declaration.silent_defaults else set()
        silent |= {"access"} if thing in declaration.silent_access else set()
        names = [former.name for former in declaration.former.get(thing, ())]
        stated = {key: value for key, value in table.items() if key not in silent}
        return stated | ({"renamed_from": names if names[1:] else names[0]} if names else {})

    def _thing(self, table: Keys, thing: Address, values: PlainTable) -> Iterator[FlatLine]:
        """Yield the rows of *values*, values before tables."""
        for key, value in values.items():
            if isinstance(value, list) and value:
                for entry in value:
                    element = self._principals.get(_who(entry)) or Permission(_who(entry))
                    place = self._declaration.entry(thing, element)
                    yield FlatLine(table, place, key, entry, is_entry=True)
            elif key == "default_role":
                origin = self._declaration.origin(named.binding(EVERYONE, thing))
                yield FlatLine(table, origin, key, value)
            elif not isinstance(value, dict):
                yield FlatLine(table, self._declaration.attribute(thing, key), key, value)
        for key, value in values.items():
            if key == "access":
                yield FlatLine((*table, key), None)
                yield from self._access((*table, key), thing, value)
            elif isinstance(value, dict):
                yield from self._inner((*table, key), thing, value)

    def _inner(self, table: Keys, thing: Address, values: PlainTable) -> Iterator[FlatLine]:
        """Yield the rows of the tables within *thing*: its keys, or access lists of objects."""
        origin = self._declaration.origin
        for name, inner in values.items():
            is_key = thing.kind is Kind.SERVICE_ACCOUNT
            address = Key(thing, name).address if is_key else named.workspace_object(thing, name)
            yield FlatLine((*table, name), origin(address))
            for key, value in inner.items():
                if is_key or not value:
                    yield FlatLine((*table, name), origin(address), key, value)
                    continue
                for who in value:
                    entry = self._declaration.entry(address, self._principals[who])
                    place = entry or origin(address)
                    yield FlatLine((*table, name), place, key, who, is_entry=True)

    def _access(self, table: Keys, scope: Address, lists: PlainTable) -> Iterator[FlatLine]:
        for role, entries in lists.items():
            for entry in entries:
                principal = self._principals[_who(entry)]
                place = self._declaration.origin(named.binding(principal, scope))
                yield FlatLine(table, place, role, entry, is_entry=True)


def _principals(state: State) -> Iterator[Address]:
    for binding in state.bindings():
        yield binding.principal
    for team in state.of(Team).values():
        yield from (member.principal for member in team.members)
    for listed in state.of(ObjectAccess).values():
        yield from listed.principals


def _who(entry: str | PlainTable) -> str:
    return entry if isinstance(entry, str) else str(entry[WHO])


def _commented(text: str, place: Place | None) -> str:
    return f"{text}  # {visible(place.file_line)}" if place else text


def _key(text: str) -> str:
    return tomli_w.dumps({text: 0}).removesuffix(" = 0\n")


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(key)} = {_value(v)}' for key, v in value.items())} }}"
    return tomli_w.dumps({"x": value}).removeprefix("x = ").removesuffix("\n")


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(inner) for key, inner in value.items()}
    return value.isoformat() if isinstance(value, date) else value
