"""The forms of values in the TOML language: how each is read, and what it is in JSON Schema.

*Why* no library: to import one, and to build its validators, takes a quarter of a short command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, Generic, TypeVar, cast

from ..dataclasses import dataclass
from ..named_tuples import NamedTuple
from .spans import KeyPath
from .text_rules import in_backticks, is_of_texts

T = TypeVar("T")
N = TypeVar("N", int, float)
S = TypeVar("S", bound=str)
K = TypeVar("K", int, str)

Schema = dict[str, Any]

TYPES = (
    (bool, "a boolean"),
    (int, "a whole number"),
    (float, "a number with a fraction"),
    (str, "text"),
    (list, "a list"),
    (dict, "a table"),
    (datetime, "a date-time"),
    (date, "a date"),
    (time, "a time"),
)
"""The name of each type of TOML; a type stands before the type that it is a kind of."""

QUOTED = ("RS117", "RS118")
"""Faults of names, whose message shows the name."""

LIST = ("a list", "write it in brackets: `[...]`")
TABLE = ("a table", "write it in braces, `{ key = value }`, or as a table of its own")
UNQUOTED = "write it without quotes"
IN_QUOTES = 'write it in quotes: `"..."`'
CORRECT = "correct the value"

MOST_INTEGER = 2**63 - 1
"""The largest whole number of TOML.

*Why* checked: Python reads hexadecimal numbers of any length, and cannot write very long ones.
"""

EMPTY = ("names nobody", "name somebody, or take the line out")


class ValueFault(NamedTuple):
    """A fault of the value at ``path``, or of its key; ``known`` are the names that may be meant.

    ``text`` is the name for which one of them may stand.
    """

    code: str
    path: KeyPath
    message: str
    hint: str
    is_key: bool = False
    text: str = ""
    known: Sequence[str] = ()


class Faulty(Exception):
    """The faults of one value."""

    def __init__(self, *faults: ValueFault) -> None:
        super().__init__()
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """The form of a value.

    ``read`` returns the value at a path, or raises ``Faulty``. ``schema`` is the form in JSON
    Schema; a reference in it has the class of the table, not its name. ``empty`` is the value of a
    key that is not written.
    """

    read: Callable[[object, KeyPath], T]
    schema: Schema
    empty: T | None = None


class TextRule(NamedTuple):
    """A rule of a text: ``fault`` returns what is wrong with it, or nothing."""

    code: str
    fault: Callable[[str], str]
    hint: str


def label_of(path: KeyPath) -> str:
    """Return the name of a value for people: its last key, or the list that it is in."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def faulty(code: str, at: KeyPath, problem: str, hint: str) -> Faulty:
    """Return the error that the value at this path has a *problem*."""
    return Faulty(ValueFault(code, at, f"`{label_of(at)}` {problem}", hint))


def other_type(value: object, at: KeyPath, expected: str, hint: str) -> Faulty:
    """Return the error that *value* is not of the *expected* type."""
    kind = next((name for cls, name in TYPES if isinstance(value, cls)), "something else")
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - only nan differs from itself
        kind = "`nan`"
    if isinstance(value, dict) and hint == LIST[1] and len(at) > 1:
        hint = f"{hint}; a key below `[{at[0]}]` belongs to that table"
    return faulty("RS114", at, f"must be {expected}, got {kind}", hint)


def text(
    *rules: TextRule,
    of: type[S] | None = None,
    expected: str = "text",
    hint: str = IN_QUOTES,
    hint_on_table: str = "",
    **schema: object,
) -> Form[S]:
    """Return the form of a text that passes *rules*, as a value of the class *of*.

    *expected* and the hints are about values of other types.
    """

    def read(value: object, at: KeyPath) -> S:
        if not isinstance(value, str):
            is_table = isinstance(value, dict) and hint_on_table
            raise other_type(value, at, expected, hint_on_table if is_table else hint)
        for rule in rules:
            if problem := rule.fault(value):
                subject = value if value and rule.code in QUOTED else label_of(at)
                raise Faulty(ValueFault(rule.code, at, f"`{subject}` {problem}", rule.hint))
        return cast("S", of(value) if of else value)

    return Form(read, {"type": "string", **schema})


def number(of: type[N], least: int, most: int | None = None) -> Form[N]:
    """Return the form of a number from *least* to *most*."""
    expected = ("a whole number", "write it as in `20`") if of is int else ("a number", UNQUOTED)
    highest = MOST_INTEGER if most is None else most

    def read(value: object, at: KeyPath) -> N:
        if isinstance(value, bool) or not isinstance(value, int | of):
            raise other_type(value, at, *expected)
        if value < least:
            raise faulty("RS115", at, f"must be at least {least}", CORRECT)
        if not value <= highest:  # nan is not greater
            raise faulty("RS115", at, f"must be at most {highest}", CORRECT)
        return of(value)

    limits = {"minimum": least} if most is None else {"minimum": least, "maximum": most}
    return Form(read, {"type": "integer" if of is int else "number", **limits})


def _boolean(value: object, at: KeyPath) -> bool:
    if not isinstance(value, bool):
        raise other_type(value, at, "`true` or `false`", UNQUOTED)
    return value


BOOLEAN = Form(_boolean, {"type": "boolean"})


def word(*words: str) -> Form[Any]:
    """Return the form of one of a few *words*."""
    listed = f"{in_backticks(words[:-1])} or `{words[-1]}`"

    def read(value: object, at: KeyPath) -> Any:
        if value in words:
            return value
        name = value if isinstance(value, str) else ""
        message = f"`{label_of(at)}` must be {listed}"
        raise Faulty(ValueFault("RS115", at, message, "write one of these", text=name, known=words))

    return Form(read, {"enum": [*words], "type": "string"})


def list_of(
    form: Form[T],
    least: int = 0,
    few: tuple[str, str] = EMPTY,
    *,
    any_text: bool = False,
    of_tables: bool = False,
) -> Form[list[T]]:
    """Return the form of a list of values of *form*.

    *few* are the problem and the hint if there are fewer values than *least*. *any_text* says that
    each text has the *form*: most lists have nothing else. *of_tables* says that people write the
    list as tables.
    """

    def read(value: object, at: KeyPath) -> list[T]:
        if any_text and is_of_texts(value):
            return cast("list[T]", value)
        if not isinstance(value, list):
            tables = ("a list of tables", f"write `[[{label_of(at)}]]`")
            raise other_type(value, at, *(tables if of_tables else LIST))
        if len(value) < least:
            raise faulty("RS115", at, *few)
        parts = ((index, form, each) for index, each in enumerate(value))
        return list(read_all(parts, at).values())

    fewest = {"minItems": least} if least else {}
    return Form(read, {"type": "array", "items": form.schema, **fewest}, [])


def dict_of(name: Form[Any], form: Form[T], least: int = 0) -> Form[dict[str, T]]:
    """Return the form of a table with any keys of the form *name*."""

    def read(value: object, at: KeyPath) -> dict[str, T]:
        if not isinstance(value, dict):
            raise other_type(value, at, *TABLE)
        if len(value) < least:
            raise faulty("RS115", at, *EMPTY)
        faults: list[ValueFault] = []
        for key in value:
            try:
                name.read(key, (*at, key))
            except Faulty as error:
                faults += (fault._replace(is_key=True) for fault in error.faults)
        return read_all(((key, form, each) for key, each in value.items()), at, faults)

    fewest = {"minProperties": least} if least else {}
    return Form(read, {"type": "object", "additionalProperties": form.schema, **fewest}, {})


def read_all(
    parts: Iterable[tuple[K, Form[Any], object]],
    at: KeyPath,
    known_faults: Iterable[ValueFault] = (),
) -> dict[K, Any]:
    """Return the value of each part of the value at a path, by its step.

    Raises:
        Faulty: a part has a fault, or the whole has *known_faults*.
    """
    values, faults = dict[K, Any](), [*known_faults]
    for step, form, value in parts:
        try:
            values[step] = form.read(value, (*at, step))
        except Faulty as error:
            faults += error.faults
    if faults:
        raise Faulty(*faults)
    return values
