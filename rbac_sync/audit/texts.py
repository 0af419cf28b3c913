"""A record as texts, one per field: what is hashed, and what stores and files keep."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

from ..model.instant import parsed, sortable
from ..model.plain import canonical
from .record import Record

FIELDS = tuple(f.name for f in fields(Record))
PLAIN = frozenset({"info", "before", "after"})
"""The fields that hold plain JSON values, or None."""

_moment = lru_cache(maxsize=64)(sortable)
_instant = lru_cache(maxsize=64)(parsed)


def texts(record: Record) -> tuple[str | None, ...]:
    """Return the fields of *record*, in the order of ``FIELDS``."""
    return (
        _moment(record.timestamp),
        record.message,
        record.object_id,
        record.object_table,
        _text(record.info),
        record.applier,
        record.on_behalf_of,
        record.run,
        record.plan_digest,
        _text(record.before),
        _text(record.after),
        record.result,
    )


def record_of(texts: Sequence[str | None]) -> Record:
    """Return the record that ``texts`` wrote.

    Raises:
        ValueError: not such texts.

    """
    try:
        told = dict(zip(FIELDS, texts, strict=True))
        plain = {name: _plain(told[name]) for name in PLAIN}
        return Record(**{**told, **plain, "timestamp": _instant(told["timestamp"])})
    except TypeError as error:
        raise ValueError(f"not a row of an audit trail: {error}") from error


def _text(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else canonical(value)


def _plain(text: str | None) -> Any:
    return None if text is None else json.loads(text)
