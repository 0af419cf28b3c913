"""Derive the facts about the two APIs that the tests compare with, from their published documents.

``python scripts/facts.py OPENAPI.json SCHEMA.graphql`` writes ``tests/facts/``. Only facts are
kept: paths, operations, fields, types, limits, defaults, required fields, status codes and the
names of permissions. Titles, descriptions, summaries, examples and comments stay out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from graphql import build_schema, lexicographic_sort_schema, print_schema

FACTS = Path(__file__).parents[1] / "tests" / "facts"
REST, GRAPHQL = FACTS / "prefect_cloud.json", FACTS / "prefect_cloud_1.graphql"
PROSE = frozenset({"description", "title", "summary", "examples", "example", "tags"})


def rest_facts(text: str) -> str:
    """Return the paths and schemas of an OpenAPI document without prose, as indented JSON."""
    document = json.loads(text)
    kept = {part: _without_prose(document[part]) for part in ("paths", "components")}
    return json.dumps(kept, indent=1) + "\n"


def _without_prose(node: Any) -> Any:
    """Return *node* without the keys that hold prose; a field of such a name is an object, kept."""
    if isinstance(node, list):
        return [_without_prose(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_prose(value)
        for key, value in node.items()
        if not (key in PROSE and isinstance(value, str | list))
    }


def graphql_facts(text: str) -> str:
    """Return a GraphQL schema without comments, in alphabetical order."""
    return print_schema(lexicographic_sort_schema(build_schema(text))) + "\n"


def main(openapi: str, schema: str) -> None:
    """Write the facts of the two documents at these paths."""
    FACTS.mkdir(exist_ok=True)
    REST.write_text(rest_facts(Path(openapi).read_text(encoding="utf-8")), encoding="utf-8")
    GRAPHQL.write_text(graphql_facts(Path(schema).read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
