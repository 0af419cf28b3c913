"""A record as texts, one per field: the input of the hash, and the form in stores and files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from operator import itemgetter
from typing import Any

from ..model.instant import parsed, sortable
from ..model.plain import PlainObject, binding_of, canonical
from .record import Record

FIELDS = tuple(f.name for f in fields(Record))
PLAIN = frozenset({"info", "before", "after"})
"""The fields that hold plain JSON values, or None."""

READ = tuple(place for place, name in enumerate(FIELDS) if name in PLAIN | {"timestamp"})
"""The places of the fields that are not texts in a record."""

_words = itemgetter(*(place for place in range(len(FIELDS)) if place not in READ))

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
        ValueError: the texts are malformed; the message names or shows what is wrong.
    """
    if len(texts) != len(FIELDS):
        raise ValueError(f"there are {len(texts)} fields")
    if set(map(type, _words(texts))) != {str}:
        raise ValueError(f"a text is missing: {_words(texts)!r:.60}")
    values: list[Any] = list(texts)
    for place in READ:
        values[place] = _read(FIELDS[place], texts[place])
    return Record(*values)


def _text(value: Mapping[str, Any] | None) -> str | None:
    if value is None:
        return None
    return value.text if isinstance(value, PlainObject) else canonical(value)


def _read(name: str, text: Any) -> Any:
    if text is None and name in PLAIN:
        return None
    try:
        if name in PLAIN:
            return _plain(name, text)
        return _instant(text)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"`{name}`: {error}") from error


def _plain(name: str, text: str) -> Mapping[str, Any]:
    if name != "info" and (binding := binding_of(text)):
        return PlainObject(text, binding)
    value = json.loads(text)
    if not isinstance(value, dict):
        raise TypeError("it is no object")
    if name == "info":
        _check_info(value)
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
