"""The values of the fields of a row or of a plain response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLResolveInfo, OperationType

from .budget import Meter
from .order_and_page import selected
from .row import Row
from .tables import OperationTables


def field_value(source: Any, info: GraphQLResolveInfo[Any], **asked: Any) -> Any:
    """Return one field. Lists of rows are selected from, JSON may be asked for in part."""
    name = info.field_name
    meter = tables(info).meter
    if not isinstance(source, Row):
        done = info.operation.operation is OperationType.MUTATION
        return source.get(name) if done else _plain(meter, source.get(name))
    found = source.value(name)
    if name in source.links:
        return _linked(info, found, asked) if isinstance(found, list) else found
    return meter.value(_part(found, asked["path"]) if asked.get("path") else found)


def _plain(meter: Meter, found: Any) -> Any:
    """Return what a payload holds: a value, or rows that were counted before."""
    rows = isinstance(found, Row) or (isinstance(found, list) and any(map(_is_row, found[:1])))
    return found if rows else meter.value(found)


def _is_row(found: object) -> bool:
    return isinstance(found, Row)


def _linked(info: GraphQLResolveInfo[Any], rows: list[Row], asked: Mapping[str, Any]) -> list[Row]:
    """Return those of *rows* that are asked for, unless that is too much work.

    *Why* count from the second on: one is counted with the row that leads here.
    Somebody in many tenants leads to as many rows, each of them to as many again.
    """
    further = len(rows) > 1
    if further:
        tables(info).meter.search(info, rows[1:])
    found = selected(rows, **asked)
    if further:
        tables(info).meter.show(info, found[1:])
    return found


def tables(info: GraphQLResolveInfo[Any]) -> OperationTables:
    """Return what the operation is answered from."""
    found = info.context
    assert isinstance(found, OperationTables), "every operation is given some"
    return found


def _part(value: Any, path: str) -> Any:
    """Return what stands at a path like ``a.b[0]``, or ``$.a.b[0]``, in JSON."""
    words = path.removeprefix("$").replace("[", ".").replace("]", "").replace('"', "")
    for word in filter(None, words.split(".")):
        if isinstance(value, Mapping):
            value = value.get(word)
        elif isinstance(value, list) and word.isdecimal() and int(word) < len(value):
            value = value[int(word)]
        else:
            return None
    return value
