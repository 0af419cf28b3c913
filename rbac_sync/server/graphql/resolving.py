"""What a field of a row, or of a plain answer, has for its value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from .row import Row
from .selecting import selected


def field_value(source: Any, info: GraphQLResolveInfo[Any], **asked: Any) -> Any:
    """Return one field. Lists of rows are selected from, JSON may be asked for in part."""
    name = info.field_name
    if not isinstance(source, Row):
        return source.get(name)
    found = source.value(name)
    if isinstance(found, list) and name in source.links:
        return selected(found, **asked)
    return _part(found, asked["path"]) if asked.get("path") else found


def _part(value: Any, path: str) -> Any:
    """Return what stands at a path like ``a.b[0]``, or ``$.a.b[0]``, in JSON."""
    words = path.removeprefix("$").replace("[", ".").replace("]", "").replace('"', "")
    for word in filter(None, words.split(".")):
        if isinstance(value, Mapping):
            value = value.get(word)
        elif isinstance(value, list) and word.isdecimal() and int(word) < len(value):
            value = value[int(word)]
        else:
            return None
    return value
