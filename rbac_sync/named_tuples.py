"""``NamedTuple``: that of ``typing``, whose field types are not compiled.

*Why*: a short command makes sixty of them, and the types take more than half of the time.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple
else:

    class _Type(type):
        """Makes a tuple with names of each class that has it."""

        def __new__(mcs, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(mcs, name, bases, members)
            fields = members.pop("__annotations__", {})
            defaults = [members.pop(f) for f in fields if f in members]
            made = namedtuple(name, fields, defaults=defaults, module=members.pop("__module__"))
            made.__annotations__ = fields
            for key, value in members.items():
                setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Type):
        """The base of a tuple with names."""


__all__ = ["NamedTuple"]
