"""The column types of the store: everything is TEXT or INTEGER, in both databases.

*Why*: STRICT tables of SQLite have no VARCHAR, DATETIME, BOOLEAN or JSON, and
the same form in both databases makes dumps, comparisons and moves the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from ...model import Instant
from ...model.instant import parsed, sortable
from ...model.plain import canonical

E = TypeVar("E", bound=StrEnum)

Number = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number of up to 64 bits."""


stored = lru_cache(maxsize=4096)(sortable)
loaded = lru_cache(maxsize=4096)(parsed)
"""The conversions of instants to text and back, cached because many rows share an instant."""


def term(ends: Sequence[str | None]) -> tuple[Instant | None, Instant | None]:
    """Return the start and the end of a term from their two columns."""
    since, until = ends
    return loaded(since) if since else None, loaded(until) if until else None


def explained(columns: Sequence[str | None]) -> tuple[Instant | None, Instant | None, str]:
    """Return the start and the end of a term, and its reason, from their three columns."""
    *ends, reason = columns
    return *term(ends), reason or ""


class InstantText(TypeDecorator[Instant]):
    """An instant as RFC 3339 in UTC, always with microseconds."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Instant | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else stored(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Instant | None:  # noqa: ARG002
        return None if value is None else loaded(value)


class Flag(TypeDecorator[bool]):
    """A boolean as 0 or 1."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:  # noqa: ARG002, FBT001
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:  # noqa: ARG002
        return None if value is None else bool(value)


class Plain(TypeDecorator[Any]):
    """Plain JSON values in their canonical text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)


class Word(TypeDecorator[E]):
    """A member of an enumeration as its text."""

    impl = Text
    cache_ok = True

    def __init__(self, of: type[E]) -> None:
        super().__init__()
        self.of = of

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:  # noqa: ARG002
        return None if value is None else self.of(value)
