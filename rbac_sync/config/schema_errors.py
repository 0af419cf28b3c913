"""Errors in the tables of one file, in the words of the configuration language, not pydantic's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .codes import SECRET
from .layout import ACCOUNTS
from .problems import File, Problems, TomlLocation
from .schema import TESTS, ConfigDocument, form_of_test
from .spans import Path
from .text_rules import in_backticks

EXPECTED = {
    "string_type": ("text", 'write it in quotes: `"..."`'),
    "bool_type": ("`true` or `false`", "write it without quotes"),
    "int_type": ("a whole number", "write it as in `20`"),
    "int_from_float": ("a whole number", "write it as in `20`"),
    "float_type": ("a number", "write it without quotes"),
    "list_type": ("a list", "write it in brackets: `[...]`"),
    "dict_type": ("a table", "write it in braces, `{ key = value }`, or as a table of its own"),
    "model_type": ("a table", "write it in braces, `{ key = value }`, or as a table of its own"),
}
"""The name of each type, and how to write it."""

SOMEBODY = ("a name or a table `{ who = ... }`", 'write `"name"` or `{ who = "name" }`')

NO_TERMS = "a list keeps no time: name a group, and write the time in the group"
"""The hint on an entry of an access list that is a table."""

RANGES = {
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
}

A_LIMIT = ("must be a number, or a percentage up to `100%`", 'write it as in `20` or `"25%"`')

FORMS = {
    "max_removed": ("must be a percentage up to `100%`", 'write it as in `"25%"`'),
    "max_losers": A_LIMIT,
    "max_gainers": A_LIMIT,
    "max_term": ("must be a time", 'write it as in `"90d"`, `"24h"` or `"90m"`'),
    "max_plan_age": ("must be a time", 'write it as in `"24h"`, `"90m"` or `"7d"`'),
    "all": ("names nobody", "write `members`, `service_accounts` or `team:PATTERN`"),
    "why": ("is empty", "write why no plan touches it"),
    "never_together": ("must name at least two", "name the roles or permissions to keep apart"),
}

EMPTY = ("names nobody", "name somebody, or take the line out")
"""The message and hint for an empty list that must name somebody."""

LISTS_OF_TABLES = ("test", "ignore")

SUBJECTS = "`who`, `permission`, `role` or `never_together`"
"""The possible subjects of a test."""

QUOTED = ("RS117", "RS118")
"""Faults of names, whose message shows the name."""

RUN_ONLY = {
    "allow_self_reduction": "--allow-self-reduction",
    "allow_removals": "--allow-deletes N --reason TEXT",
    "allow_deletes": "--allow-deletes N --reason TEXT",
    "allow_losers": "--allow-losers N --reason TEXT",
    "allow_gainers": "--allow-gainers N --reason TEXT",
}

CREDENTIALS = frozenset(
    {
        "api_key",
        "apikey",
        "auth",
        "bearer",
        "credential",
        "credentials",
        "passwd",
        "password",
        "pwd",
        "secret",
        "token",
    }
)
"""Keys that only hold secrets, in lower case and with underscores."""

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


class SchemaError(NamedTuple):
    """The code, location, message and hint of a schema error."""

    code: str
    location: TomlLocation
    message: str
    hint: str


def check_tables(file: File, problems: Problems) -> ConfigDocument:
    """Return the tables of *file* without faulty objects; add the faults to *problems*."""
    tree = file.tree
    while True:
        try:
            return ConfigDocument.model_validate(tree)
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            if tree is file.tree:  # later faults come from the removal of objects
                _note(file, details, problems)
            objects = {fault["loc"][:2] for fault in details}
            tree = _without(tree, {_path(tree, raw_path) for raw_path in objects})


def _without(tree: Mapping[str, Any], units: set[Path]) -> dict[str, Any]:
    """Return *tree* without *units*: ``roles.x``, ``members.owner``, all of ``test``."""
    removed: dict[str, set[str | int]] = {}
    for section, *name in units:
        removed.setdefault(str(section), set()).update(name)
    remaining = dict(tree)
    for section in removed.keys() & tree.keys():
        table, names = remaining.pop(section), removed[section]
        if isinstance(table, dict) and (section,) not in units:
            remaining[section] = {name: inner for name, inner in table.items() if name not in names}
    return remaining


def _path(tree: object, raw_path: tuple[str | int, ...]) -> Path:
    """Return *raw_path* without the names of types that pydantic puts in between."""
    inner_value: Any = tree
    path: list[str | int] = []
    for step in raw_path:
        is_index = isinstance(inner_value, list) and step in range(len(inner_value))
        if is_index or (isinstance(inner_value, dict) and step in inner_value):
            inner_value = inner_value[step]
            path.append(step)
    return tuple(path)


def _note(file: File, details: list[ErrorDetails], problems: Problems) -> None:
    noted: set[tuple[Path, str]] = set()
    for fault in details:
        if problems.full:
            problems.left_out += 1
            continue
        code, location, message, hint = _describe_error(file, fault, problems)
        if (location.path, message) not in noted:  # each type that a value may have adds a fault
            problems.add(code, location, message, hint=hint)
        noted.add((location.path, message))


def _describe_error(file: File, fault: ErrorDetails, problems: Problems) -> SchemaError:
    kind, raw_path, context = fault["type"], fault["loc"], fault.get("ctx", {})
    path = _path(file.tree, raw_path)
    location, name = TomlLocation(file, path), _label_of(path)
    if kind == "extra_forbidden":
        return _unknown(location.key, problems)
    if kind == "missing":
        missing = str(raw_path[-1])
        keys = SUBJECTS if (_section(path), missing) == ("test", "who") else f"`{missing}`"
        return SchemaError("RS113", location, f"`{missing}` is missing in `{name}`", f"add {keys}")
    if kind.startswith("RS"):
        is_key = len(path) < len(raw_path) and raw_path[-1] == "[key]"
        return _value_error(location.key if is_key else location, kind, context)
    has_types = name in FORMS and len(path) < len(raw_path)
    if kind in EXPECTED and not has_types:
        expected, hint = _expected(kind, location)
        message = f"`{name}` must be {expected}, got {_kind_of(file.value(path))}"
        return SchemaError("RS114", location, message, hint)
    if kind in RANGES and not has_types:
        return _out_of_range(location, RANGES[kind], context, problems)
    table = _label_of(path[:-1]) if len(path) > 1 else ""
    message, hint = FORMS.get(name) or FORMS.get(table) or EMPTY
    return SchemaError("RS115", location, f"`{name}` {message}", hint)


def _value_error(location: TomlLocation, code: str, context: Mapping[str, str]) -> SchemaError:
    """Return the error of a failed check of a value; names are quoted, other values by key."""
    value = location.path[-1] if location.is_key else location.file.value(location.path)
    subject = value if code in QUOTED else _label_of(location.path)
    return SchemaError(code, location, f"`{subject}` {context['problem']}", context["hint"])


def _expected(kind: str, location: TomlLocation) -> tuple[str, str]:
    """Return the expected form at *location*, and how to write it."""
    if "objects" in location.path and kind == "string_type":
        is_table = isinstance(location.file.value(location.path), dict)
        return ("a name", NO_TERMS if is_table else EXPECTED[kind][1])
    if kind == "list_type" and location.path[-1] in LISTS_OF_TABLES:
        return ("a list of tables", f"write `[[{location.path[-1]}]]`")
    is_element = isinstance(location.path[-1], int) and "renamed_from" not in location.path
    has_holders = _section(location.path) in ("members", "teams", "workspaces")
    is_somebody = is_element and has_holders and kind == "string_type"
    return SOMEBODY if is_somebody else EXPECTED[kind]


def _out_of_range(
    location: TomlLocation, range_: str, context: Mapping[str, object], problems: Problems
) -> SchemaError:
    value, name = location.file.value(location.path), _label_of(location.path)
    words = str(context.get("expected", "")).replace("'", "`")
    bounds = {key: f"{bound:g}" for key, bound in context.items() if isinstance(bound, int | float)}
    message = range_.format(expected=words, **bounds)
    hint = problems.suggest(value, words.split("`")[1::2]) if isinstance(value, str) else ""
    return SchemaError("RS115", location, f"`{name}` {message}", hint or "correct the value")


def _label_of(path: Path) -> str:
    """Return the name of a value for people: its last key, or the list that it is in."""
    keys = [step for step in path if isinstance(step, str)]
    return keys[-1] if keys else ""


def _section(path: Path) -> str:
    """Return the table that *path* is in, of an account too."""
    if path[0] != ACCOUNTS or len(path) < len((ACCOUNTS, "name", "section")):
        return str(path[0])
    return str(path[3] if path[2] == "add" and len(path) > len(path[:3]) else path[2])


def _kind_of(value: object) -> str:
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - only nan differs from itself
        return "`nan`"
    return next((name for cls, name in TYPES if isinstance(value, cls)), "something else")


def _unknown(location: TomlLocation, problems: Problems) -> SchemaError:
    key, table = str(location.path[-1]), location.path[:-1]
    if _section(location.path) == "guard" and key in RUN_ONLY:
        message = f"`{key}` is an option of one run, not a key of a file"
        return SchemaError("RS122", location, message, f"use `{RUN_ONLY[key]}` on the command line")
    if message := credential_fault(key):
        return SchemaError(SECRET, location, message, "pass the API key in RBAC_SYNC_API_KEY")
    where = f" in `{_label_of(table)}`" if table else ""
    known = known_keys(table, location.file.value(table))
    listed = f"the keys here are {in_backticks(known)}" if known else ""
    hint = problems.suggest(key, known) or listed
    return SchemaError("RS112", location, f"unknown key `{key}`{where}", hint)


def credential_fault(key: str) -> str:
    """Return the fault of a key that only holds secrets; empty for another key."""
    is_secret = key.lower().replace("-", "_") in CREDENTIALS
    return f"`{key}` looks like a credential; those do not belong into files" if is_secret else ""


def known_keys(path: Path, table: object = None) -> list[str]:
    """Return the keys that the table at *path* takes, in order, given the value *table*."""
    if path[-2:-1] == ("test",) and isinstance(path[-1], int):
        fields = TESTS[form_of_test(table)].model_fields.items()
        return [field.alias or name for name, field in fields]
    from .toml_order import TableSchema

    keys = tuple(step for step in path if isinstance(step, str))
    return list(TableSchema.root().at(keys).properties)
