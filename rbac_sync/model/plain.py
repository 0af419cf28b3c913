"""Resources as plain JSON values and back: one form for plans, audit rows, snapshots and views."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType
from typing import Any, get_args, get_type_hints

from .address import Address
from .instant import parsed, rfc3339
from .kind import Kind
from .resources import CLASSES, Level, Resource, Status


def plain(value: Any) -> Any:
    """Return *value* in JSON's own types: sets sorted, instants as RFC 3339, addresses as pairs.

    Attributes that have their default are left out, so the form stays short
    and a new attribute does not change what was written before it existed.
    """
    if isinstance(value, Address):
        return [str(value.kind), value.key]
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, frozenset | tuple):
        found = [plain(element) for element in value]
        return sorted(found, key=repr) if isinstance(value, frozenset) else found
    if value is None or isinstance(value, str | int | float | bool):
        return value
    attributes = _attributes(type(value))  # type: ignore[arg-type]  # mypy doubts that types hash
    parts = ((name, default, getattr(value, name)) for name, default in attributes)
    shown = {n: plain(part) for n, default, part in parts if default is MISSING or part != default}
    return {"kind": str(value.kind), **shown} if type(value) in CLASSES.values() else shown


@cache
def _attributes(of: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((f.name, f.default) for f in fields(of))


def canonical(shown: Any) -> str:
    """Return plain JSON values as the text that digests are taken of: sorted, no blanks, ASCII."""
    return _CANONICAL.encode(shown)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def lines(body: Mapping[str, Any]) -> bytes:
    """Return *body* as a file: a line for each of its values, and for each element of a list.

    *Why* not the indentation of the standard library: it is written in Python
    there, and ten times slower.
    """
    written = [f'"{key}": {_listed(body[key])}' for key in sorted(body)]
    return ("{\n" + ",\n".join(written) + "\n}\n").encode()


def _listed(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return canonical(value)
    return "[\n " + ",\n ".join(map(canonical, value)) + "\n]"


def resource(shown: Mapping[str, Any]) -> Resource:
    """Return the resource that ``plain`` showed.

    Raises:
        ValueError: not such a form.
    """
    try:
        cls = CLASSES[Kind(shown["kind"])]
        found: Resource = _built(cls, {k: v for k, v in shown.items() if k != "kind"})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a resource: {error}") from error
    return found


def address(shown: Any) -> Address:
    """Return the address that ``plain`` showed as a pair."""
    kind, key = shown
    if not isinstance(key, str):
        raise TypeError("the key of an address is text")
    return Address(Kind(kind), key)


_hints = cache(get_type_hints)


def _built(cls: Any, shown: Any) -> Any:
    if not isinstance(shown, dict):
        raise TypeError(f"expected an object, got {type(shown).__name__}")
    hints = _hints(cls)
    return cls(**{name: _value(hints[name], value) for name, value in shown.items()})


def _value(hint: Any, value: Any) -> Any:
    inner = get_args(hint)
    if value is None:
        if NoneType not in inner:
            raise TypeError("a value is missing")
        return None
    if hint is Address:
        return address(value)
    if getattr(hint, "__origin__", None) is frozenset:
        if not isinstance(value, list):
            raise TypeError("a set is written as a list")
        return frozenset(_value(inner[0], element) for element in value)
    if datetime in (hint, *inner):
        return parsed(value)
    if hint in (Level, Status):
        return hint(value)
    if is_dataclass(hint):
        return _built(hint, value)
    expected = bool if hint is bool else str
    if not isinstance(value, expected):
        raise TypeError(f"expected {expected.__name__}, got {type(value).__name__}")
    return value
