"""Dataclasses that are made in a fifth of the time; a type checker takes them for Python's own.

*Why*: a short command makes a hundred of them, and Python compiles each of their methods. Here it
compiles the constructor alone. What is frozen is so for the type checker, not at run time.
"""

from __future__ import annotations

import dataclasses
from dataclasses import asdict, field, fields, replace
from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
    from typing import Any

__all__ = ["asdict", "dataclass", "field", "fields", "replace"]


def _dataclass(
    cls: type | None = None, /, *, frozen: bool = False, eq: bool = True, **others: bool
) -> Any:
    """Return *cls*, or with options a decorator, as ``dataclasses.dataclass`` does."""

    def made(cls: type) -> Any:
        own = vars(cls).keys()
        result: Any = dataclasses.dataclass(repr=False, eq=False, **others)(cls)
        methods: dict[str, Any] = {"__repr__": _repr}
        if eq:
            methods |= _comparison([f.name for f in fields(result) if f.compare])
            methods |= {} if frozen else {"__hash__": None}
        for name in methods.keys() - own:
            setattr(result, name, methods[name])
        return result

    return made if cls is None else made(cls)


def _comparison(names: list[str]) -> dict[str, Callable[..., Any]]:
    """Return the methods that compare and hash objects by the values of these attributes."""
    values = attrgetter(*names) if names else type

    def equals(self: object, other: object) -> bool:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    return {"__eq__": equals, "__hash__": hashed}


def _repr(self: Any) -> str:
    names = (f.name for f in fields(self) if f.repr)
    values = (f"{name}={getattr(self, name)!r}" for name in names)
    return f"{type(self).__qualname__}({', '.join(values)})"


if not TYPE_CHECKING:
    dataclass = _dataclass
