"""What is wrong with the tables of one file, in words of the language instead of pydantic's."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .codes import SECRET
from .problems import File, Problems, Spot
from .schema import Document
from .spans import Path

EXPECTED = {
    "string_type": "text",
    "bool_type": "`true` or `false`",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}

OUTSIDE = {
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
}

PATTERNS = {
    "max_removed": "must be a percentage, as in `25%`",
    "max_plan_age": "must be a time, as in `24h`, `90m` or `7d`",
}

RUN_ONLY = {
    "allow_self_reduction": "--allow-self-reduction",
    "allow_removals": "--allow-deletes N --reason TEXT",
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


def checked(file: File, problems: Problems) -> Document:
    """Return the tables of *file*, without those objects that have faults; note the faults."""
    tree = file.tree
    while True:
        try:
            return Document.model_validate(tree)
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            if tree is file.tree:  # later rounds only miss what the first took out
                for fault in details:
                    _note(file, fault, problems)
            tree = _without(tree, {_unit(_path(tree, fault["loc"])) for fault in details})


def _unit(path: Path) -> Path:
    """Return the object that *path* is in: ``roles.x``, ``members.owner``, ``guard``."""
    return path[:2]


def _without(tree: Mapping[str, Any], units: set[Path]) -> dict[str, Any]:
    """Return *tree* without *units*; elements of a list leave the others where they are."""
    kept: dict[str, Any] = {}
    for section, value in tree.items():
        gone = {unit[1] for unit in units if unit[0] == section and len(unit) > 1}
        if (section,) in units or (gone and not isinstance(value, dict)):
            continue
        kept[section] = {k: v for k, v in value.items() if k not in gone} if gone else value
    return kept


def _path(tree: object, location: tuple[str | int, ...]) -> Path:
    """Return *location* without the names of types that pydantic puts in between."""
    found: Any = tree
    path: list[str | int] = []
    for step in location:
        is_element = isinstance(found, list) and isinstance(step, int) and step < len(found)
        if is_element or (isinstance(found, dict) and step in found):
            found = found[step]
            path.append(step)
    return tuple(path)


def _note(file: File, fault: ErrorDetails, problems: Problems) -> None:
    kind, location = fault["type"], fault["loc"]
    path = _path(file.tree, location)
    if problems.full:
        problems.left_out += 1
        return
    spot, name = Spot(file, path), _called(path)
    context = fault.get("ctx", {})
    if kind == "extra_forbidden":
        _unknown(spot.key, problems)
    elif kind == "missing":
        problems.add(
            "RS113", spot, f"`{location[-1]}` is missing in `{name}`", hint=f"add `{location[-1]}`"
        )
    elif kind.startswith("RS"):
        is_key = len(path) < len(location) and location[-1] == "[key]"
        spot = spot.key if is_key else spot
        shown = name if kind == "RS116" else _written(spot)
        problems.add(kind, spot, f"`{shown}` {context['problem']}", hint=context["hint"])
    elif kind in EXPECTED:
        got = _kind_of(file.value(path))
        problems.add("RS114", spot, f"`{name}` must be {_expected(kind, path, file)}, got {got}")
    else:
        message = PATTERNS.get(str(path[-1])) or OUTSIDE.get(kind, "is not allowed")
        allowed = message.format_map({k: str(v).replace("'", "`") for k, v in context.items()})
        problems.add(
            "RS115", spot, f"`{name}` {allowed}", hint=_closest(file, spot, context, problems)
        )


def _closest(file: File, spot: Spot, context: Mapping[str, Any], problems: Problems) -> str:
    value = file.value(spot.path)
    words = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
    return problems.meant(value, words) if isinstance(value, str) else ""


def _expected(kind: str, path: Path, file: File) -> str:
    in_list = isinstance(path[-1], int) and path[0] in ("members", "teams", "workspaces")
    if in_list and kind == "string_type":
        return "a name or a table `{ who = ... }`"
    value = file.value(path)
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - only nan differs from itself
        return EXPECTED[kind] + " (`nan` is none)"
    return EXPECTED[kind]


def _written(spot: Spot) -> str:
    value = spot.path[-1] if spot.is_key else spot.file.value(spot.path)
    return value if isinstance(value, str) else _called(spot.path)


def _called(path: Path) -> str:
    """Return what people call a place: its last key, or the list that it is an element of."""
    keys = [step for step in path if isinstance(step, str)]
    return keys[-1] if keys else ""


def _kind_of(value: object) -> str:
    return next((name for cls, name in TYPES if isinstance(value, cls)), "something else")


def _unknown(spot: Spot, problems: Problems) -> None:
    key = str(spot.path[-1])
    table = _called(spot.path[:-1])
    where = f" in `{table}`" if table else ""
    if spot.path[0] == "guard" and key in RUN_ONLY:
        problems.add(
            "RS122",
            spot,
            f"`{key}` is said for one run, not in a file",
            hint=f"use `{RUN_ONLY[key]}` on the command line",
        )
    elif key.lower().replace("-", "_") in CREDENTIALS:
        problems.add(
            SECRET,
            spot,
            f"`{key}` looks like a credential; those do not belong into files",
            hint="pass the API key in RBAC_SYNC_API_KEY",
        )
    else:
        hint = problems.meant(key, known_keys(spot.path[:-1]))
        message = f"unknown key `{key}`{where}"
        problems.add("RS112", spot, message, hint=hint or _listed(known_keys(spot.path[:-1])))


def _listed(keys: list[str]) -> str:
    return "the keys here are " + ", ".join(f"`{key}`" for key in keys) if keys else ""


def known_keys(path: Path) -> list[str]:
    """Return the keys that the table at *path* takes, in their order."""
    found: object = Document
    for step in path:
        found = _inside(found, step)
    model = next(_models(found), None)
    fields = model.model_fields.items() if model else ()
    return [field.alias or name for name, field in fields]


def _inside(annotation: object, step: str | int) -> object:
    """Return the type of what is at *step* inside a value of the type *annotation*."""
    model = next(_models(annotation), None)
    if model is not None and isinstance(step, str):
        field = model.model_fields.get(step)
        return field.annotation if field else None
    for candidate in _alternatives(annotation):
        if get_origin(candidate) in (list, dict):
            return get_args(candidate)[-1]
    return None


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    for candidate in _alternatives(annotation):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            yield candidate


def _alternatives(annotation: object) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for inner in get_args(annotation):
            yield from _alternatives(inner)
    else:
        yield annotation
