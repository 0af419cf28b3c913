"""The order of tables and keys in a file: the order of the language, users' names by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from ..named_tuples import NamedTuple
from .layout import ACCOUNTS, ROOT_ONLY
from .order import merged_order, role_rank

if TYPE_CHECKING:
    from .toml_events import Keys

Rank = tuple[int, int, str]
"""The sort key of a key: by the order of the language, of built-in roles, of names."""


@cache
def _schema() -> dict[str, Any]:
    from .json_schema import json_schema

    return json_schema()


class TableSchema(NamedTuple):
    """The nodes of the JSON Schema for one table; ``has_roles`` says that its keys are roles."""

    nodes: tuple[Mapping[str, Any], ...]
    has_roles: bool = False

    @classmethod
    def root(cls) -> TableSchema:
        """Return the schema of a whole file."""
        return cls(tuple(_resolved(_schema())))

    def _inner(self, key: str) -> TableSchema:
        """Return the schema of the table under *key*."""
        others = (
            (node.get("properties", {}), node.get("additionalProperties")) for node in self.nodes
        )
        inner = (node for own, other in others for node in _resolved(own.get(key, other)))
        return TableSchema(tuple(inner), has_roles=key in ("members", "access"))

    def at(self, keys: Keys) -> TableSchema:
        """Return the schema of the table under the dotted *keys*."""
        schema = self
        for key in keys:
            schema = schema._inner(key)
        return schema

    @property
    def names_keys(self) -> bool:
        """True if the keys are of the language, false if users choose them."""
        return any("properties" in node for node in self.nodes)

    @property
    def properties(self) -> tuple[str, ...]:
        """The keys of the language that the table takes, in order."""
        return merged_order(node.get("properties", ()) for node in self.nodes)

    def _rank(self, key: str) -> Rank:
        """Return the sort key of *key* among the keys of the table."""
        properties = self.properties
        first = (*ROOT_ONLY, ACCOUNTS) if "backend" in properties else ()
        known = sorted(properties, key=lambda each: each not in first)
        if known:
            return (known.index(key), 0, "") if key in known else (len(known), 0, key)
        return (0, *role_rank(key)) if self.has_roles else (0, 0, key)

    def ranks(self, keys: Keys) -> tuple[Rank, ...]:
        """Return the sort key of each of the dotted *keys* among the keys of its table."""
        schema, ranks = self, []
        for key in keys:
            ranks.append(schema._rank(key))
            schema = schema._inner(key)
        return tuple(ranks)


def _resolved(node: object) -> Iterator[Mapping[str, Any]]:
    """Yield the schemas of tables that *node* stands for: by reference, as a choice, in a list."""
    if not isinstance(node, dict):
        return
    if "properties" in node or isinstance(node.get("additionalProperties"), dict):
        yield node
    if "$ref" in node:
        yield from _resolved(_schema()["$defs"][node["$ref"].rpartition("/")[2]])
    for choice in (*node.get("anyOf", ()), *node.get("oneOf", ()), node.get("items")):
        yield from _resolved(choice)
