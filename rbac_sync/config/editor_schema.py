"""The JSON Schema for editors: that of the language, with the names that an editor completes.

The names of backends, worlds and permissions are no limits: a backend of another package has a type
of its own, and a permission may be written by the title that is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..catalogues import catalogue, worlds
from .json_schema import json_schema
from .settings import STORE

USES = {
    ("BackendTable", "type"): "BackendType",
    ("BackendTable", "world"): "World",
    ("AccountBackend", "type"): "BackendType",
    ("AccountBackend", "world"): "World",
    ("GuardTable", "default_role_forbids"): "Permission",
    ("PermissionTest", "permission"): "Permission",
    ("RoleTable", "permissions"): "Permission",
}
"""The kind of name that each of these keys has, in a text or in a list of texts."""

Schema = dict[str, Any]


def editor_schema() -> Schema:
    """Return the JSON Schema of the language with the names that are known."""
    schema = json_schema()
    tables = schema["$defs"]
    for (table, key), kind in USES.items():
        _refer(tables[table]["properties"][key], kind)
    permissions = {name for world in worlds() for name in catalogue(world).titles}
    tables["BackendType"] = _known((STORE, *worlds()))
    tables["World"] = _known(worlds())
    tables["Permission"] = _known(sorted(permissions))
    return schema


def _refer(value: Schema, kind: str) -> None:
    """Replace the type of the texts in *value* by a reference to *kind*."""
    for choice in value.get("anyOf", [value]):
        text = choice.get("items", choice)
        if text.get("type") == "string":
            del text["type"]
            text["$ref"] = f"#/$defs/{kind}"


def _known(names: Iterable[str]) -> Schema:
    return {"anyOf": [{"enum": list(names)}, {"type": "string"}]}
