"""Resources as plain JSON values and back: one form for plans, audit rows, snapshots and views."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache, lru_cache, partial
from types import NoneType
from typing import Any, cast, get_args, get_type_hints

from .address import Address, stored
from .instant import parsed, rfc3339
from .kind import Kind
from .resources import CLASSES, Binding, Holdings, Level, Resource, Status

ATOMS = frozenset({str, int, float, bool, NoneType})
RESOURCES = frozenset(CLASSES.values())
NAMED = {str(kind): cls for kind, cls in CLASSES.items()}

MOST_SHARED = 8
"""The most elements of a set whose text is cached. *Why*: a server runs for months, and each change
of a large team makes another set of all its members."""


def plain(value: Any) -> Any:
    """Return *value* in JSON's own types: sets sorted, instants as RFC 3339, addresses as pairs.

    Attributes that have their default are left out, so the form stays short and a new attribute
    does not change earlier texts.
    """
    of = type(value)
    if of in ATOMS:
        return value
    if of is Address:
        return [value.kind.value, value.key]
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, frozenset | tuple):
        elements = [plain(element) for element in value]
        return sorted(elements, key=repr) if isinstance(value, frozenset) else elements
    if isinstance(value, str | int | float | bool):
        return value
    return _attributes_of(value)


def _attributes_of(value: Any) -> dict[str, Any]:
    of = type(value)
    parts: dict[str, Any] = {"kind": value.kind.value} if of in RESOURCES else {}
    for name, default in _attributes(of):  # type: ignore[arg-type]  # mypy doubts that types hash
        part = getattr(value, name)
        if default is MISSING or part != default:
            parts[name] = plain(part)
    return parts


@cache
def _attributes(of: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((f.name, f.default) for f in fields(of))


def canonical(document: Any) -> str:
    """Return plain JSON values as canonical text, for digests: sorted, no blanks, ASCII."""
    return _CANONICAL.encode(document)


quoted = json.encoder.encode_basestring_ascii
"""Returns a string as canonical text."""

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def text(value: Any) -> str:
    """Return the canonical text of ``plain(value)``: in plan files, pins, snapshots and audit rows.

    *Why* joined from the texts of the parts: most resources of an account consist of
    the same few addresses and holdings.
    """
    of = type(value)
    if value is None:
        return "null"
    if of is Binding:  # *Why* apart: most resources are bindings, as in ``binding_of``
        (kind, key), (at, handle), roles = value.principal, value.scope, _part(value.roles)
        who, scope = f'["{kind}",{quoted(key)}]', f'["{at}",{quoted(handle)}]'
        return f'{{"kind":"binding","principal":{who},"roles":{roles},"scope":{scope}}}'
    if of not in RESOURCES:
        return _part(value)
    parts = [
        head + _part(part)
        for name, head, default in _heads(of)  # type: ignore[arg-type]  # see ``_attributes_of``
        if (part := getattr(value, name)) is not default and (default is MISSING or part != default)
    ]
    return "{" + ",".join(parts) + "}"


def _part(value: Any) -> str:
    of = type(value)
    if of is Address:
        return f'["{value.kind}",{quoted(value.key)}]'
    if of is str:
        return quoted(value)
    if of is tuple:
        return f"[{','.join(map(text, value))}]"
    is_shared = of is Kind or (of is frozenset and len(value) <= MOST_SHARED)
    return _shared(value) if is_shared else canonical(plain(value))


@lru_cache(maxsize=1 << 16)
def _shared(value: Kind | frozenset[Any]) -> str:
    """Return the cached text of a small value that is a part of many resources."""
    return canonical(plain(value))


@cache
def _heads(of: Any) -> tuple[tuple[str, str, Any], ...]:
    """Return the attributes of a class: names in order of their text, beginnings and defaults."""
    attributes = sorted([("kind", MISSING), *_attributes(of)])
    return tuple((name, f"{canonical(name)}:", default) for name, default in attributes)


class PlainObject(Mapping[str, Any]):
    """An object of plain JSON values, stored as canonical text until its values are read.

    ``binding`` is the binding in the text, if the text is that of one; see ``binding_of``.
    """

    __slots__ = ("_values", "binding", "text")

    def __init__(self, text: str, binding: Binding | None = None) -> None:
        self.text, self.binding = text, binding
        self._values: dict[str, Any] | None = None

    @property
    def values_by_name(self) -> dict[str, Any]:
        """The values, parsed from the text at the first use."""
        if self._values is None:
            self._values = json.loads(self.text)
        return self._values

    def __getitem__(self, name: str) -> Any:
        return self.values_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)

    def __bool__(self) -> bool:
        return self.binding is not None or bool(self.values_by_name)

    def __repr__(self) -> str:
        return self.text


BINDING = (
    r'\{"kind":"binding","principal":\["([a-z-]+)","([^"\\\0-\x1f]*)"\],'
    r'"roles":(\[.*\]),"scope":\["([a-z-]+)","([^"\\\0-\x1f]*)"\]\}'
)


def binding_of(text: str) -> Binding | None:
    """Return the binding in a canonical text; None for texts of other things, and unusual ones.

    *Why* besides ``resource``: most rows of a trail are of bindings, and few roles are all of them.
    """
    parts = re.fullmatch(BINDING, text)
    if parts is None:
        return None
    kind, key, roles, scope_kind, scope_key = parts.groups()
    try:
        return Binding(_address(kind, key), _address(scope_kind, scope_key), _holdings(roles))
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
        return None  # ``resource`` says what is wrong


@lru_cache(maxsize=1 << 12)
def _holdings(text: str) -> Holdings:
    holdings: Holdings = _readers(Binding)["roles"](json.loads(text))
    return holdings


def resource(document: Mapping[str, Any]) -> Resource:
    """Return the resource in the JSON that ``plain`` made.

    Raises:
        ValueError: the JSON does not have this form.
    """
    if isinstance(document, PlainObject) and document.binding:
        return document.binding
    try:
        parts = dict(document)
        result: Resource = built(NAMED[parts.pop("kind")], parts)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a resource: {error}") from error
    return result


def address(document: Any) -> Address:
    """Return the address in the pair that ``plain`` made."""
    kind, key = document
    if not isinstance(key, str):
        raise TypeError("the key of an address is text")
    return _address(kind, key)


@lru_cache(maxsize=1 << 12)
def _address(kind: str, key: str) -> Address:
    return stored(Kind(kind), key)


def built(cls: Any, document: Any) -> Any:
    """Return the value of the class *cls* in the JSON that ``plain`` made.

    Raises:
        ValueError, TypeError, KeyError: not such a form.
    """
    if not isinstance(document, dict):
        raise TypeError(f"expected an object, got {type(document).__name__}")
    readers = _readers(cls)
    return cls(**{name: readers[name](value) for name, value in document.items()})


@cache
def _readers(cls: Any) -> Mapping[str, Callable[[Any], Any]]:
    return {name: _reader(hint) for name, hint in get_type_hints(cls).items()}


def _reader(hint: Any) -> Callable[[Any], Any]:
    """Return a function that reads a value of the type *hint*."""
    inner = get_args(hint)
    read = _present(hint, inner)
    if NoneType not in inner:
        return read
    return lambda document: None if document is None else read(document)


def _present(hint: Any, inner: tuple[Any, ...]) -> Callable[[Any], Any]:
    if hint is Address:
        return address
    if getattr(hint, "__origin__", None) is frozenset:
        return partial(_set, _reader(inner[0]))
    if datetime in (hint, *inner):
        return parsed
    if hint in (Level, Status):
        return cast("Callable[[Any], Any]", hint)
    if is_dataclass(hint):
        return partial(built, hint)
    return partial(_atom, bool if hint is bool else str)


def _set(read: Callable[[Any], Any], document: Any) -> frozenset[Any]:
    if not isinstance(document, list):
        raise TypeError("a set is written as a list")
    elements = frozenset(map(read, document))
    return _same(elements) if len(elements) <= MOST_SHARED else elements


@lru_cache(maxsize=1 << 16)
def _same(elements: frozenset[Any]) -> frozenset[Any]:
    """Return the first set that was equal to *elements*.

    *Why*: equal roles are looked up many times, and identical objects compare fastest.
    """
    return elements


def _atom(expected: type, document: Any) -> Any:
    if not isinstance(document, expected):
        raise TypeError(f"expected {expected.__name__}, got {type(document).__name__}")
    return document
