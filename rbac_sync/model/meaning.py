"""The digest of a configuration's meaning: equal for configurations that declare the same.

Two configurations have one digest if only their bytes, places and order differ:
comments, line ends, the file that a table stands in, the order of keys. Every field of every
value counts except the fields of ``LEFT_OUT``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

from .address import Address
from .address_pattern import IgnoreRule
from .declaration import Declaration
from .expectation import Ability, Circle, Separation
from .instant import rfc3339
from .plain import canonical
from .policy import Policy
from .resources import Holdings
from .state import State

WHERE = "says where something is written, not what"

LEFT_OUT: Mapping[tuple[type, str], str] = {
    (Declaration, "origin"): WHERE,
    (Declaration, "entry"): WHERE,
    (Declaration, "attribute"): WHERE,
    (Declaration, "advice"): "says what could be written better, and changes nothing",
    (Declaration, "surroundings"): "is covered beside the declaration",
    (Declaration, "alumni"): "is a record; whom it removes is in `ended`, which is covered",
    (Declaration, "written"): "has a digest of its own, which stands for this one's",
    (Policy, "max_invites"): "says what is planned, and a plan has that already",
    (IgnoreRule, "place"): WHERE,
    (Ability, "place"): WHERE,
    (Circle, "place"): WHERE,
    (Separation, "place"): WHERE,
}
"""The fields that a digest does not cover, by class and name, each with the reason."""

UNORDERED = frozenset(
    {(Declaration, "expectations"), (Declaration, "ignored"), (Separation, "assets")}
)
"""Lists whose order means nothing: the first is that of the files."""


def digest(*parts: object) -> str:
    """Return the hex SHA-256 of the meaning of *parts*.

    Raises:
        TypeError: a part is of a class that has no canonical form here.
    """
    return hashlib.sha256(_list(map(text, parts)).encode()).hexdigest()


def text(value: Any) -> str:
    """Return *value* as canonical JSON, equal for equal values on every machine.

    *Why* text at once: an account has a hundred thousand bindings, and plain values in between
    would take four times as long.
    """
    if value is None or isinstance(value, str | int | float | bool):
        return canonical(value)
    if type(value) is frozenset:
        return _of_frozenset(value)
    if isinstance(value, Address):
        return f"[{_inner(value)}]"
    for kind, form in FORMS.items():
        if isinstance(value, kind):
            return form(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    raise TypeError(f"a {type(value).__name__} has no canonical form")


def _list(texts: Iterable[str]) -> str:
    return f"[{','.join(texts)}]"


def _inner(address: Address) -> str:
    """Return the kind and the key of *address* as the inner text of a JSON list."""
    return f"{canonical(str(address.kind))},{canonical(address.key)}"


@lru_cache(maxsize=2**12)
def _of_frozenset(value: frozenset[Any]) -> str:
    """Return the elements in order. *Why* a cache: most people hold one of a few sets of roles."""
    return _sorted(value)


def _sorted(values: Iterable[Any]) -> str:
    return _list(sorted(map(text, values)))


def _fields(value: Any) -> str:
    cls = type(value)
    texts = [canonical(cls.__name__)]
    for name in _counted(cls):  # type: ignore[arg-type]  # mypy doubts that types hash
        part = getattr(value, name)
        written = _sorted(part) if (cls, name) in UNORDERED else text(part)
        texts.append(f"[{canonical(name)},{written}]")
    return _list(texts)


@lru_cache
def _counted(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls) if (cls, field.name) not in LEFT_OUT)


def _state(state: State) -> str:
    resources = _list(map(text, sorted(state.resources(), key=attrgetter("address"))))
    names = _Names()
    rows = ((scope, state.row(scope)) for scope in sorted(state.scopes()))
    written = (_list((text(scope), _row(row, names))) for scope, row in rows if row)
    return _list((resources, _list(written)))


def _row(row: Mapping[Address, Holdings], names: _Names) -> str:
    held = sorted(row.items(), key=itemgetter(0))
    return _list(f"[{names[who]},{_of_frozenset(roles)}]" for who, roles in held)


class _Names(dict[Address, str]):
    """The kind and the key of each address as text, made at the first use of the address."""

    def __missing__(self, address: Address) -> str:
        self[address] = _inner(address)
        return self[address]


def _mapping(value: Mapping[Any, Any]) -> str:
    pairs = sorted(f"[{text(key)},{text(inner)}]" for key, inner in value.items())
    return f'["mapping",{_list(pairs)}]'


FORMS: Mapping[type, Callable[[Any], str]] = {
    State: _state,
    datetime: lambda moment: canonical(rfc3339(moment)),
    timedelta: lambda span: canonical([span.days, span.seconds, span.microseconds]),
    Mapping: _mapping,
    tuple: lambda values: _list(map(text, values)),
    list: lambda values: _list(map(text, values)),
}
"""The text of the values that are no dataclasses."""
