"""The canonical form of a file: the order of its tables and keys, and its layout.

Tables stand in the order of the language, those of one kind by name, a subtable behind its table;
keys stand in the order of the language, names by name, built-in roles before others. A list keeps
its order. A comment stays with the line below it, or on its line; a comment with an empty line
below it heads the tables that follow, and an empty line between names parts them into groups:
neither is sorted across.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from .. import toml_parser
from ..dataclasses import dataclass, field
from ..errors import ConfigError
from .parse import InvalidToml, parse_file
from .toml_events import (
    Blank,
    CommentLine,
    Element,
    Header,
    Keys,
    ListValue,
    Pair,
    TableValue,
    Value,
    events,
    quoted,
)
from .toml_order import Rank, TableSchema

WIDTH = 100
"""The longest line for a list that was written in one line."""

INDENT = " " * 4

Lines = list[str]
"""Comments, each a line, and an empty text for empty lines."""


def format_file(name: str, raw: bytes) -> bytes:
    """Return the canonical form of the file *name*, which declares the same.

    Line ends stay as they are; a byte order mark is removed.

    Raises:
        ConfigError: the file is not TOML, or contains forbidden text.
        Unreadable: tomlkit does not read the file.
        AssertionError: the canonical form would declare something else.
    """
    try:
        file, faults = parse_file(name, raw)
    except InvalidToml as error:
        text = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n")
        raise ConfigError((error.diagnostic,), {name: text}) from None
    if faults:
        raise ConfigError(tuple(faults), {name: file.text})
    text = _Document(file.text).formatted()
    if _canonical(file.tree) != _canonical(toml_parser.loads(text)):
        raise AssertionError(f"the canonical form of `{name}` means something else")
    ends = "\r\n" if raw.count(b"\r\n") * 2 > raw.count(b"\n") else "\n"
    return text.replace("\n", ends).encode()


def _canonical(tree: Mapping[str, Any]) -> str:
    return json.dumps(tree, sort_keys=True, default=repr)


@dataclass
class _Entry:
    """A key with its value, and the lines above it."""

    pair: Pair
    above: Lines


@dataclass
class _Block:
    """A table as it is written. ``heading`` ends with an empty line, if there is one.

    ``group`` counts the headings before it among the tables of its kind; ``position`` is its sort
    key among all tables, with the number of each element of a list of tables.
    """

    header: Header | None = None
    heading: Lines = field(default_factory=list)
    above: Lines = field(default_factory=list)
    entries: list[_Entry] = field(default_factory=list)
    below: Lines = field(default_factory=list)
    group: int = 0
    position: tuple[tuple[Rank, int], ...] = ()

    @property
    def section(self) -> tuple[object, ...]:
        """The common key of the tables of one kind and group."""
        return (*self.position[:1][0][:1], self.group) if self.position else ()

    def lines(self) -> Iterator[str]:
        yield from (*self.heading, *self.above)
        if self.header is not None:
            name = quoted(self.header.keys)
            name = f"[[{name}]]" if self.header.is_array else f"[{name}]"
            yield _commented(name, self.header.comment)
        schema = TableSchema.root().at(self.header.keys if self.header else ())
        for number, entry in enumerate(_ordered(self.entries, schema)):
            above = entry.above[1:] if number == 0 and entry.above[:1] == [""] else entry.above
            yield from above
            yield _pair(entry.pair, schema)
        yield from self.below


class _Document:
    """The blocks of a text, with the comments at its begin and its end."""

    def __init__(self, text: str) -> None:
        self._head: Lines = []
        self._foot: Lines = []
        self._blocks: list[_Block] = []
        self._pending: Lines = []
        self._counts: Counter[Keys] = Counter()
        self._groups: dict[str, int] = {}
        for event in events(text):
            self._take(event)
        self._end()

    def formatted(self) -> str:
        """Return the canonical form."""
        blocks = (list(block.lines()) for block in _sorted(self._blocks))
        parts = (_stripped(self._head), *blocks, _stripped(self._foot))
        return "\n".join("".join(f"{line}\n" for line in part) for part in parts if part)

    def _take(self, event: object) -> None:
        match event:
            case Blank():
                if self._pending[-1:] != [""]:
                    self._pending.append("")
            case CommentLine():
                self._pending.append(event.text)
            case Header():
                self._begin(event)
            case Pair():
                if not self._blocks:
                    self._blocks.append(_Block())
                    self._pending = self._without_head()
                self._blocks[-1].entries.append(_Entry(event, self._pending))
                self._pending = []

    def _begin(self, header: Header) -> None:
        """Begin the table of *header*; give the comments before it to this table or the last."""
        above = self._without_head() if not self._blocks else self._without_below()
        cut = _behind_blank(above)
        heading, above = above[:cut], above[cut:]
        section = header.keys[0]
        if section not in self._groups:
            self._groups[section] = 0
        elif heading:
            self._groups[section] += 1
        if header.is_array:
            self._counts[header.keys] += 1
        ranks = TableSchema.root().ranks(header.keys)
        prefixes = (header.keys[:n] for n in range(1, len(header.keys) + 1))
        position = tuple(zip(ranks, (self._counts[p] for p in prefixes), strict=True))
        group = self._groups[section]
        self._blocks.append(_Block(header, heading, above, group=group, position=position))
        self._pending = []

    def _without_head(self) -> Lines:
        """Move the pending comments at the begin of the file to the head; return the rest."""
        lines = self._pending
        cut = _behind_blank(lines)
        while cut < len(lines) and lines[cut].startswith("#:"):
            cut += 1
        self._head = lines[:cut]
        return lines[cut:]

    def _without_below(self) -> Lines:
        """Give the comments right below the last table to it; return the others."""
        lines = self._pending
        if "" not in lines:
            return lines
        cut = lines.index("")
        self._blocks[-1].below = lines[:cut]
        return lines[cut + 1 :]

    def _end(self) -> None:
        if not self._blocks:
            self._head = self._pending
            return
        cut = [*self._pending, ""].index("")
        self._blocks[-1].below, self._foot = self._pending[:cut], self._pending[cut:]


def _behind_blank(lines: Lines) -> int:
    """Return the position behind the last empty line, 0 if there is none."""
    return len(lines) - ["", *lines][::-1].index("")


def _stripped(lines: Lines) -> Lines:
    """Return *lines* without an empty one at the begin and the end."""
    begin = 1 if lines[:1] == [""] else 0
    end = len(lines) - 1 if lines[-1:] == [""] else len(lines)
    return lines[begin:end]


def _sorted(blocks: Sequence[_Block]) -> Iterator[_Block]:
    """Yield *blocks* in order; a heading stays above the first table of its group."""
    ordered = sorted(blocks, key=lambda block: (block.section, block.position))
    for _, grouped in groupby(ordered, key=lambda block: block.section):
        group = list(grouped)
        heading = next((block.heading for block in group if block.heading), [])
        for block in group:
            block.heading = []
        group[0].heading = heading
        yield from group


def _ordered(entries: Sequence[_Entry], schema: TableSchema) -> list[_Entry]:
    def rank(entry: _Entry) -> tuple[Rank, ...]:
        return schema.ranks(entry.pair.keys)

    if schema.names_keys:
        return sorted(entries, key=rank)
    groups: list[list[_Entry]] = []
    for entry in entries:
        if not groups or "" in entry.above:
            groups.append([])
        groups[-1].append(entry)
    for group in groups:
        if not any(entry.above for entry in group[1:]):
            above, group[0].above = group[0].above, []
            group.sort(key=rank)
            group[0].above = above
    return [entry for group in groups for entry in group]


def _pair(pair: Pair, schema: TableSchema) -> str:
    begin = f"{quoted(pair.keys)} = "
    return _commented(f"{begin}{_text(pair.value, schema.at(pair.keys), '', begin)}", pair.comment)


def _commented(text: str, comment: str) -> str:
    return f"{text}  {comment}" if comment else text


def _text(value: Value, schema: TableSchema, indent: str, begin: str) -> str:
    """Return *value* as text behind *begin*, its further lines indented by *indent*."""
    match value:
        case TableValue():
            pairs = sorted(value.pairs, key=lambda pair: schema.ranks(pair[0]))
            texts = (f"{quoted(k)} = {_text(v, schema.at(k), indent, begin)}" for k, v in pairs)
            return f"{{ {', '.join(texts)} }}" if pairs else "{}"
        case ListValue():
            return _list(value, schema, indent, begin)
    return value


def _list(value: ListValue, schema: TableSchema, indent: str, begin: str) -> str:
    if not value.elements:
        return "[]"
    deeper = indent + INDENT
    if not value.is_spread:
        texts = [_text(e.value, schema, deeper, deeper) for e in value.elements if e.value]
        line = f"[{', '.join(texts)}]"
        if len(begin) + len(line) <= WIDTH and "\n" not in line:
            return line
    lines = (f"{deeper}{_element(e, schema, deeper)}\n" for e in value.elements)
    return f"[\n{''.join(lines)}{indent}]"


def _element(element: Element, schema: TableSchema, indent: str) -> str:
    if element.value is None:
        return element.comment
    return _commented(f"{_text(element.value, schema, indent, indent)},", element.comment)
