"""The JSON Schema of the TOML language."""

from __future__ import annotations

from inspect import getdoc
from typing import Any

from .forms import Schema
from .schema import ConfigDocument
from .table_forms import REQUIRED, Table


def json_schema() -> Schema:
    """Return the JSON Schema of the language."""
    tables: dict[str, Schema] = {}
    return {
        **_table(ConfigDocument, tables),
        "$defs": tables,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rbac-sync configuration",
    }


def _table(cls: type[Table], tables: dict[str, Schema]) -> Schema:
    """Return the schema of the table *cls*; add the tables in it to *tables* by name."""
    properties: dict[str, Schema] = {}
    for name, key in cls.known_keys.items():
        schema = _named(key.form.schema, tables)
        if key.default is None:
            schema = {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}
        if key.default is not REQUIRED:
            schema["default"] = _plain(key.default)
        if "$ref" not in key.form.schema:
            schema["title"] = name.replace("_", " ").title()
        properties[name] = schema
    required = [name for name, key in cls.known_keys.items() if key.default is REQUIRED]
    return {
        "additionalProperties": False,
        "description": getdoc(cls),
        "properties": properties,
        **({"required": required} if required else {}),
        "title": cls.__name__,
        "type": "object",
    }


def _named(value: Any, tables: dict[str, Schema]) -> Any:
    """Return a copy of *value* with references to the names of tables; add these to *tables*."""
    if isinstance(value, dict):
        return {key: _named(inner, tables) for key, inner in value.items()}
    if isinstance(value, list):
        return [_named(inner, tables) for inner in value]
    if not isinstance(value, type):
        return value
    if value.__name__ not in tables:
        tables[value.__name__] = _table(value, tables)
    return f"#/$defs/{value.__name__}"


def _plain(default: object) -> object:
    """Return the *default* of a key as JSON."""
    if isinstance(default, Table):
        return {name: _plain(value) for name, value in default.items()}
    return default
