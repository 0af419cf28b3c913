"""The resources in a state file of Terraform, or in the output of ``terraform show -json``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..named_tuples import NamedTuple

PREFIX = "prefect_"
DATA = "data"
"""The mode of a data source, which Terraform reads and does not manage."""


class NotTerraform(ValueError):
    """The text is no state of Terraform that can be read."""


class TerraformResource(NamedTuple):
    """One resource or data source of a state, its type without the provider's prefix."""

    address: str
    mode: str
    type: str
    values: Mapping[str, Any]

    def text(self, key: str) -> str:
        """Return an attribute as text; empty if it is absent."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""


def read_resources(text: str) -> list[TerraformResource]:
    """Return the resources of a state file, or of the output of ``terraform show -json``.

    Raises:
        NotTerraform: *text* is neither.
    """
    try:
        match json.loads(text):
            case {"values": {"root_module": module}}:
                return list(_of_show(module))
            case {"version": 4, "resources": rows}:  # the one format of state files since 0.12
                return list(_of_file(rows))
            case {"format_version": _, **others} if "values" not in others:
                return []
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        pass
    raise NotTerraform


def _of_show(module: Mapping[str, Any]) -> Iterator[TerraformResource]:
    for row in module.get("resources", ()):
        if "deposed_key" not in row:
            yield _resource(row["address"], row["mode"], row["type"], row.get("values"))
    for child in module.get("child_modules", ()):
        yield from _of_show(child)


def _of_file(rows: list[Mapping[str, Any]]) -> Iterator[TerraformResource]:
    for row in rows:
        mode = row["mode"]
        path = (row.get("module"), DATA if mode == DATA else None, row["type"], row["name"])
        name = ".".join(part for part in path if part)
        for instance in (i for i in row["instances"] if "deposed" not in i):
            key = instance.get("index_key")
            address = name if key is None else f"{name}[{json.dumps(key)}]"
            yield _resource(address, mode, row["type"], instance.get("attributes"))


def _resource(
    address: str, mode: str, kind: str, values: Mapping[str, Any] | None
) -> TerraformResource:
    return TerraformResource(address, mode, kind.removeprefix(PREFIX), dict(values or {}))
