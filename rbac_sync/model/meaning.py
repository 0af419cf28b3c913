"""The digest of a configuration's meaning: equal for configurations that declare the same.

Two configurations have one digest if nothing but bytes, places and order differ between them:
comments, line ends, the file that a table stands in, the order of keys. Every field of every
value counts; a field that does not is listed here with the reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from .address import Address
from .declaration import Declaration
from .expectation import Ability, Circle, Separation
from .instant import rfc3339
from .plain import canonical
from .state import State

WHERE = "says where something is written, not what"

LEFT_OUT: Mapping[tuple[type, str], str] = {
    (Declaration, "origin"): WHERE,
    (Declaration, "entry"): WHERE,
    (Declaration, "advice"): "says what could be written better, and changes nothing",
    (Declaration, "surroundings"): "is covered beside the declaration",
    (Declaration, "written"): "has a digest of its own, which stands for this one's",
    (Ability, "place"): WHERE,
    (Circle, "place"): WHERE,
    (Separation, "place"): WHERE,
}
"""The fields that a digest does not cover, by class and name, each with the reason."""

UNORDERED = frozenset({(Declaration, "expectations"), (Separation, "assets")})
"""Lists whose order means nothing: the first is that of the files."""


def digest(*parts: object) -> str:
    """Return the hex SHA-256 over what *parts* mean.

    Raises:
        TypeError: a part is of a kind that has no canonical form here.
    """
    return hashlib.sha256(canonical([meaning(part) for part in parts]).encode()).hexdigest()


def meaning(value: Any) -> Any:
    """Return *value* in JSON's own types, equal for equal values on every machine."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if type(value) is frozenset:
        return _of_frozenset(value)
    if isinstance(value, Address):
        return [str(value.kind), value.key]
    for kind, form in FORMS.items():
        if isinstance(value, kind):
            return form(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    raise TypeError(f"a {type(value).__name__} has no canonical form")


@lru_cache(maxsize=2**12)
def _of_frozenset(value: frozenset[Any]) -> list[Any]:
    """Return the elements in order. *Why* a cache: most people hold one of a few sets of roles."""
    return _sorted(value)


def _sorted(values: Any) -> list[Any]:
    return sorted(map(meaning, values), key=canonical)


def _fields(value: Any) -> list[Any]:
    cls = type(value)
    values: list[Any] = [cls.__name__]
    for name in _counted(cls):  # type: ignore[arg-type]  # mypy doubts that types hash
        part = getattr(value, name)
        values.append([name, _sorted(part) if (cls, name) in UNORDERED else meaning(part)])
    return values


@lru_cache
def _counted(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls) if (cls, field.name) not in LEFT_OUT)


def _state(state: State) -> list[Any]:
    rows = [
        [meaning(scope), [[*who, meaning(roles)] for who, roles in sorted(row.items())]]
        for scope, row in sorted((scope, state.row(scope)) for scope in state.scopes())
        if row
    ]
    return [[meaning(resource) for resource in sorted(state.resources(), key=_address)], rows]


def _address(resource: Any) -> Address:
    address: Address = resource.address
    return address


def _mapping(value: Mapping[Any, Any]) -> list[Any]:
    pairs = ([meaning(key), meaning(inner)] for key, inner in value.items())
    return ["mapping", sorted(pairs, key=canonical)]


FORMS: Mapping[type, Callable[[Any], Any]] = {
    State: _state,
    datetime: rfc3339,
    timedelta: lambda span: [span.days, span.seconds, span.microseconds],
    Mapping: _mapping,
    tuple: lambda values: [meaning(element) for element in values],
    list: lambda values: [meaning(element) for element in values],
}
"""How the values that are no dataclasses are written."""
