"""The parts of a TOML text in the order of the text: the one place that knows tomlkit."""

from __future__ import annotations

from collections.abc import Iterator

import tomlkit
from tomlkit.container import Container
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Comment, InlineTable, Item, Key, String, Table, Whitespace

from ..named_tuples import NamedTuple

Keys = tuple[str, ...]
"""The parts of a key or of a header, without quotes."""


class Unreadable(Exception):
    """The text is of a form that tomlkit does not read."""


class Blank(NamedTuple):
    """One empty line or more."""


class CommentLine(NamedTuple):
    """A comment on a line of its own."""

    text: str


class Header(NamedTuple):
    """The header of a table, with the comment on its line."""

    keys: Keys
    is_array: bool
    comment: str


class Pair(NamedTuple):
    """A key with its value, and the comment on its line. ``keys`` begin at the table's header."""

    keys: Keys
    value: Value
    comment: str


class Element(NamedTuple):
    """A value in a list with the comment on its line; None for a line with a comment alone."""

    value: Value | None
    comment: str = ""


class ListValue(NamedTuple):
    """A list; ``is_spread`` says whether it takes more than one line."""

    elements: tuple[Element, ...]
    is_spread: bool


class TableValue(NamedTuple):
    """An inline table without comments."""

    pairs: tuple[tuple[Keys, Value], ...]


Value = str | ListValue | TableValue
"""A value of a key; a ``str`` is TOML that is written unchanged."""

Event = Blank | CommentLine | Header | Pair


def events(text: str) -> Iterator[Event]:
    """Yield the parts of *text*, whose lines end in a line feed.

    Raises:
        Unreadable: tomlkit does not read it.
    """
    try:
        document = tomlkit.parse(text)
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    yield from _of_table(document, (), ())


def quoted(keys: Keys) -> str:
    """Return *keys* as TOML, each part in quotes where it needs them."""
    return ".".join(tomlkit.key(key).as_string() for key in keys)


def _of_table(table: Container, path: Keys, dotted: Keys) -> Iterator[Event]:
    """Yield the parts of *table* at *path*; *dotted* are the keys that follow its header."""
    for key, item in table.body:
        if key is not None:
            yield from _of_item(key, item, path, dotted)
        elif isinstance(item, Comment):
            yield CommentLine(item.trivia.comment.rstrip())
        elif isinstance(item, Whitespace) and "\n" in item.s:
            yield Blank()


def _of_item(key: Key, item: Item, path: Keys, dotted: Keys) -> Iterator[Event]:
    inner = (*path, key.key)
    if isinstance(item, AoT):
        for table in item.body:
            yield from _headed(table, inner, is_array=True)
    elif isinstance(item, Table):
        if dotted or key.is_dotted():
            yield from _of_table(item.value, path, (*dotted, key.key))
        elif item.display_name is None:
            yield from _of_table(item.value, inner, ())
        else:
            yield from _headed(item, inner, is_array=False)
    else:
        yield Pair((*dotted, key.key), _value(item), item.trivia.comment.rstrip())


def _headed(table: Table, path: Keys, *, is_array: bool) -> Iterator[Event]:
    yield Header(path, is_array, table.trivia.comment.rstrip())
    yield from _of_table(table.value, path, ())


def _value(item: Item) -> Value:
    if isinstance(item, Array):
        return ListValue(tuple(_elements(item)), "\n" in item.as_string())
    if isinstance(item, InlineTable) and not _has_comment(item.value):
        return TableValue(tuple(_pairs(item.value, ())))
    text = item.as_string()
    if isinstance(item, String) and text[:1] == "'" != text[1:2] and not {*'"\\'} & {*text}:
        return f'"{text[1:-1]}"'
    return text


def _has_comment(table: Container) -> bool:
    """Say whether *table* has a comment, as inline tables of several lines may."""
    return any(
        isinstance(item, Comment) or (isinstance(item, InlineTable) and _has_comment(item.value))
        for _, item in table.body
    )


def _pairs(table: Container, dotted: Keys) -> Iterator[tuple[Keys, Value]]:
    for key, item in table.body:
        if key is None:
            continue
        keys = (*dotted, key.key)
        if isinstance(item, Table):
            yield from _pairs(item.value, keys)
        else:
            yield keys, _value(item)


def _elements(array: Array) -> Iterator[Element]:
    value: Value | None = None
    begins_line = False
    for item in array._iter_items():  # noqa: SLF001 - nothing public has the comments of a list
        if isinstance(item, Whitespace):
            begins_line = begins_line or "\n" in item.s
            if begins_line and value is not None:
                yield Element(value)
                value = None
        elif isinstance(item, Comment):
            yield Element(value, item.trivia.comment.rstrip())
            value, begins_line = None, False
        elif after := _value(item):
            if value is not None:
                yield Element(value)
            value, begins_line = after, False
    if value is not None:
        yield Element(value)
