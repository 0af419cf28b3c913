"""The tables of the TOML language: a class for each, with its keys as attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self, TypeVar, cast, overload

from ..named_tuples import NamedTuple
from .codes import SECRET
from .forms import TABLE, Form, ValueFault, label_of, other_type, read_all
from .spans import KeyPath
from .text_rules import credential_fault, in_backticks

T = TypeVar("T")
B = TypeVar("B", bound="Table")


class TableKey(NamedTuple):
    """A key of a table, with its ``name`` in files if that differs from its attribute.

    ``instead`` are the keys of which one may be written where this one is missing.
    """

    form: Form[Any]
    default: object
    name: str = ""
    instead: Sequence[str] = ()
    attribute: str = ""


REQUIRED = object()
"""The default of a key that must be written."""


def required(form: Form[T], *, instead: Sequence[str] = ()) -> T:
    """Return a key that must be written."""
    return cast("T", TableKey(form, REQUIRED, instead=instead))


@overload
def optional(form: Form[T], *, name: str = "") -> T | None: ...


@overload
def optional(form: Form[T], default: T, *, name: str = "") -> T: ...


def optional(form: Form[T], default: T | None = None, *, name: str = "") -> T | None:
    """Return a key that has the value *default* where it is not written."""
    return cast("T", TableKey(form, default, name))


def empty(form: Form[T], *, name: str = "") -> T:
    """Return a key that is empty where it is not written; nobody changes that value."""
    return cast("T", TableKey(form, form.empty, name))


class Table:
    """A table with a fixed set of keys. An instance has the keys that are written."""

    known_keys: ClassVar[Mapping[str, TableKey]] = {}
    """The keys of the table, by their names in files."""

    run_only: ClassVar[Mapping[str, str]] = {}
    """The options of one run that people may take for keys, by name."""

    def __init_subclass__(cls) -> None:
        own = [(name, key) for name, key in vars(cls).items() if isinstance(key, TableKey)]
        named = {key.name or name: key._replace(attribute=name) for name, key in own}
        cls.known_keys = {**cls.known_keys, **named}
        for name, key in own:
            setattr(cls, name, key.default)

    def __init__(self, values: Mapping[str, object]) -> None:
        """Take the values of the keys that are written, by their names in files."""
        vars(self).update((self.known_keys[key].attribute, each) for key, each in values.items())

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def written(self) -> set[str]:
        """The attributes of the keys that are written."""
        return set(vars(self))

    def items(self) -> Iterator[tuple[str, Any]]:
        """Yield each key with its value, also those that are not written."""
        return ((name, getattr(self, key.attribute)) for name, key in self.known_keys.items())

    @classmethod
    def read(cls, value: object, at: KeyPath) -> Self:
        """Return the table *value*.

        Raises:
            Faulty: a key or a value is not of the language, or a key is missing.
        """
        if not isinstance(value, dict):
            expected, hint = TABLE
            hint = f"{hint}; its keys are {in_backticks(cls.known_keys)}"
            raise other_type(value, at, expected, hint)
        keys = cls.known_keys
        faults = [cls._unknown(key, at) for key in value if key not in keys]
        missing = (k for k, key in keys.items() if key.default is REQUIRED and k not in value)
        faults += (_missing(key, keys[key].instead, at) for key in missing)
        known = ((key, keys[key].form, inner) for key, inner in value.items() if key in keys)
        return cls(read_all(known, at, faults))

    @classmethod
    def _unknown(cls, key: str, at: KeyPath) -> ValueFault:
        path = (*at, key)
        if key in cls.run_only:
            message = f"`{key}` is an option of one run, not a key of a file"
            hint = f"use `{cls.run_only[key]}` on the command line"
            return ValueFault("RS122", path, message, hint, is_key=True)
        if message := credential_fault(key):
            hint = "pass the API key in RBAC_SYNC_API_KEY"
            return ValueFault(SECRET, path, message, hint, is_key=True)
        message = f"unknown key `{key}`" + (f" in `{label_of(at)}`" if at else "")
        hint = f"the keys here are {in_backticks(cls.known_keys)}"
        return ValueFault(
            "RS112", path, message, hint, is_key=True, text=key, known=[*cls.known_keys]
        )


def _missing(key: str, instead: Sequence[str], at: KeyPath) -> ValueFault:
    *others, last = (key, *instead)
    hint = f"add {in_backticks(others)} or `{last}`" if others else f"add `{last}`"
    return ValueFault("RS113", at, f"`{key}` is missing in `{label_of(at)}`", hint)


def table(cls: type[B]) -> Form[B]:
    """Return the form of the table *cls*."""
    return Form(cls.read, {"$ref": cls}, cls({}))


def name_or(name: Form[str], cls: type[B]) -> Form[str | B]:
    """Return the form of a *name*, or of a table *cls* instead."""

    def read(value: object, at: KeyPath) -> str | B:
        return cls.read(value, at) if isinstance(value, dict) else name.read(value, at)

    return Form(read, {"oneOf": [name.schema, {"$ref": cls}]})
