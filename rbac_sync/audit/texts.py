"""A record as texts, one per field: the input of the hash, and the form in stores and files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

from ..model.instant import parsed, sortable
from ..model.plain import PlainObject, canonical
from .record import Record

FIELDS = tuple(f.name for f in fields(Record))
PLAIN = frozenset({"info", "before", "after"})
"""The fields that hold plain JSON values, or None."""

TYPES: Mapping[str, type] = {
    "reason": str,
    "reasons": list,
    "allowed": dict,
    "kept": dict,
    "brings": list,
    "joins": list,
}
"""The keys of ``info`` that the code reads, with their types."""

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
    """Return the record in fields that ``texts`` made.

    Raises:
        ValueError: the texts are malformed; the message names the field.
    """
    values = dict(zip(FIELDS, texts, strict=True))
    return Record(**{name: _read(name, text) for name, text in values.items()})


def _text(value: Mapping[str, Any] | None) -> str | None:
    if value is None:
        return None
    return value.text if isinstance(value, PlainObject) else canonical(value)


def _read(name: str, text: str | None) -> Any:
    try:
        return _plain(name, text) if name in PLAIN else _text_of(name, text)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"`{name}`: {error}") from error


def _text_of(name: str, text: str | None) -> Any:
    if not isinstance(text, str):
        raise TypeError("a text is missing")
    return _instant(text) if name == "timestamp" else text


def _plain(name: str, text: str | None) -> Mapping[str, Any] | None:
    value = None if text is None else json.loads(text)
    if value is not None and not isinstance(value, dict):
        raise TypeError("it is no object")
    if name == "info":
        _check_info(value or {})
    return value


def _check_info(info: Mapping[str, Any]) -> None:
    """Check that each known key of ``info`` has its type."""
    for key, of in TYPES.items():
        if not isinstance(info.get(key, of()), of):
            raise TypeError(f"`{key}` is of another type")
    for facts in info.get("kept", {}).values():
        if not isinstance(facts, dict | None):
            raise TypeError("`kept` is of another type")
    if not all(isinstance(reason, str) for reason in info.get("reasons", ())):
        raise TypeError("`reasons` is of another type")
