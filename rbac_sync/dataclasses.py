"""The decorator ``dataclass``: that of Python, with methods which all dataclasses share.

*Why*: a short command makes a hundred of them, and Python compiles each of their methods. Here it
compiles the constructor alone, for a class that has more than a few objects. What is frozen is so
for the type checker, not at run time. Dataclasses have no order, and fields are hashed if they are
compared. Types are texts, as after ``from __future__ import annotations``. ``InitVar``, ``KW_ONLY``
and a ``default_factory`` of a field without a parameter are not supported.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, asdict, field, fields, replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["asdict", "dataclass", "field", "fields", "replace"]


FEW = 8
"""The number of objects of a class that are made without a compiled constructor.

To compile it takes as long as to make nine objects without it.
"""

_NEW = object()
"""The default value of a field that each object gets a new value for."""


@dataclass_transform(field_specifiers=(field,))
def dataclass(
    cls: type | None = None, /, *, frozen: bool = False, eq: bool = True, **others: bool
) -> Any:
    """Return *cls*, or with options a decorator, as ``dataclasses.dataclass`` does."""

    def made(cls: type) -> Any:
        own, result = vars(cls).keys(), _with_fields(cls, **others)
        methods: dict[str, Any] = {"__init__": _Constructor(result), "__repr__": _repr}
        if eq:
            methods |= _comparison([f.name for f in fields(result) if f.compare])
            methods |= {} if frozen else {"__hash__": None}
        for name in methods.keys() - own:
            setattr(result, name, methods[name])
        return result

    return made if cls is None else made(cls)


def _with_fields(cls: Any, **options: bool) -> Any:
    """Return *cls* with the fields that Python finds in it.

    *Why* it does not see the types: it searches each text for its own words, three times.
    """
    texts = vars(cls).get("__annotations__", {})
    cls.__annotations__ = {
        name: ClassVar if text.startswith("ClassVar") else Any for name, text in texts.items()
    }
    result: Any = dataclasses.dataclass(init=False, repr=False, eq=False, **options)(cls)
    result.__annotations__ = texts
    for each in fields(result):
        each.type = texts.get(each.name, each.type)
    return result


class _Constructor:
    """The method ``__init__`` of a dataclass, until the class has a few objects."""

    def __init__(self, cls: Any) -> None:
        self._cls, self._calls = cls, 0

    def __get__(self, instance: object, owner: type) -> Any:
        self._calls += 1
        if instance is not None and self._calls <= FEW:
            return partial(_fill, self._cls, instance)
        method = self._cls.__init__ = _compiled_constructor(self._cls)
        return method.__get__(instance, owner)


def _fill(cls: Any, instance: Any, /, *values: Any, **named: Any) -> None:
    """Set the fields of *instance*, an object of *cls*, as the compiled constructor does."""
    settable = {f.name: f for f in fields(cls) if f.init}
    in_order = (name for name, f in settable.items() if not f.kw_only)
    assigned = dict(zip(in_order, values, strict=False), **named)
    required = {name for name, f in settable.items() if MISSING is f.default is f.default_factory}
    if (
        len(assigned) < len(values) + len(named)
        or not required <= assigned.keys() <= settable.keys()
    ):
        _compiled_constructor(cls)(instance, *values, **named)  # raises TypeError
    for name, f in settable.items():
        if name not in assigned:
            assigned[name] = f.default if f.default_factory is MISSING else f.default_factory()
        setattr(instance, name, assigned[name])
    if hasattr(cls, "__post_init__"):
        instance.__post_init__()


def _compiled_constructor(cls: Any) -> Any:
    """Return the method that sets the fields of an object of *cls* from its parameters."""
    settable = [f for f in fields(cls) if f.init]
    parameters, named, lines = ["self"], ["*"], ["pass"]
    names: dict[str, Any] = {"_NEW": _NEW, "__name__": cls.__module__}
    for f in settable:
        value, default = f.name, ""
        if f.default is not MISSING:
            names[f"_{f.name}_"], default = f.default, f"=_{f.name}_"
        elif f.default_factory is not MISSING:
            names[f"_{f.name}_"], default = f.default_factory, "=_NEW"
            value = f"_{f.name}_() if {f.name} is _NEW else {f.name}"
        (named if f.kw_only else parameters).append(f.name + default)
        lines.append(f"self.{f.name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    signature = ", ".join(parameters + named * (len(named) > 1))
    exec(f"def __init__({signature}):\n " + "\n ".join(lines), names)  # noqa: S102
    made = names["__init__"]
    made.__annotations__ = {f.name: f.type for f in settable} | {"return": None}
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


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
