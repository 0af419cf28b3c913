"""The values that a column of the store may have, as rbac-sync writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from types import NoneType
from typing import Any
from uuid import UUID

from ...catalogues import worlds
from ..database.columns import PLAIN, TEXT
from . import tables as t
from .legible import OURS
from .table import Column, StoreTable

HASH = re.compile("[0-9a-f]{64}")
ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The form of an id in which rbac-sync writes it."""
MOST = 2**62
"""A number that no account reaches: it has the numbers of its changes one by one."""


def are_valid(table: StoreTable, column: Column, values: Sequence[Any]) -> bool:
    """Say whether all *values* are valid in *column*. *Why* of all together: it is quicker."""
    known = {str if column.type.sql == TEXT.sql else int, NoneType}
    if not set(map(type, values)) <= known or (None in values and not column.is_nullable):
        return False
    return _check(table, column) is None or not any(
        fault(table, column, value) for value in set(values)
    )


def fault(table: StoreTable, column: Column, value: Any) -> str:
    """Return the fault of *value* in words; empty if there is none."""
    if value is None:
        return "" if column.is_nullable else "is missing"
    if not isinstance(value, str if column.type.sql == TEXT.sql else int):
        return "is of another type"
    check = _check(table, column)
    try:
        if check is not None:
            check(value)
    except OURS:
        return f"cannot be read: {value!r:.60}"
    return ""


def _check(table: StoreTable, column: Column) -> Callable[[Any], object] | None:
    """Return a function that raises one of ``OURS`` for an invalid value of *column*."""
    name = column.name
    if column.type is PLAIN:
        return _list if name == "features" else _mapping
    if column.type.decoded:
        return column.type.decoded
    if name == "serial":
        return _serial
    if name in ("id", "actor_id") and table is not t.run:
        return _id
    if table is t.api_key and name == "hash":
        return _hash
    return sorted(worlds()).index if name == "world" else None


def _list(text: str) -> None:
    if not all(isinstance(each, str) for each in _of(list, text)):
        raise TypeError(text)


def _mapping(text: str) -> None:
    _of(dict, text)


def _of(type_: type, text: str) -> Any:
    value = json.loads(text)
    if not isinstance(value, type_):
        raise TypeError(text)
    return value


def _id(text: str) -> None:
    if not ID.fullmatch(text):
        UUID(text)


def _serial(number: int) -> None:
    if not 0 <= number < MOST:
        raise ValueError(number)


def _hash(text: str) -> None:
    if not HASH.fullmatch(text):
        raise ValueError(text)
