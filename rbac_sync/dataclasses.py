"""The decorator ``dataclass``: that of Python, with methods which all dataclasses share.

*Why*: a short command makes a hundred of them, and Python compiles each of their methods. Here it
compiles the constructor alone, which takes a third of the time. What is frozen is so for the type
checker, not at run time. Dataclasses have no order, and fields are hashed if they are compared.
"""

from __future__ import annotations

import dataclasses
from dataclasses import asdict, field, fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["asdict", "dataclass", "field", "fields", "replace"]


@dataclass_transform(field_specifiers=(field,))
def dataclass(
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
