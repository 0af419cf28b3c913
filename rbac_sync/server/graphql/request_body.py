"""The decoding of a request, from its body or its query: one operation, or a batch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...dataclasses import dataclass, field
from ..limits import DEEPEST, is_deep

MOST = 25
"""The most operations of a batch. Source: the vendor's user interface sends no more at once."""


class MalformedRequest(Exception):
    """A request that cannot be decoded; the message is for its sender."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A document with its variables. ``name`` selects one of several operations."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None


def decoded(body: bytes) -> Operation | list[Operation]:
    """Return the operations in a body.

    Raises:
        MalformedRequest: the body is no JSON, or no operation.
    """
    content = parsed(body)
    if not isinstance(content, list):
        return operation(content)
    if not 0 < len(content) <= MOST:
        raise MalformedRequest(f"A batch holds between 1 and {MOST} operations.")
    return [operation(each) for each in content]


def operation(content: object) -> Operation:
    """Return one operation. Its variables may be an object, or JSON in a string.

    Raises:
        MalformedRequest: this is no operation.
    """
    if not isinstance(content, Mapping):
        raise MalformedRequest("POST body must be a JSON object, or an array of such objects.")
    query, name = content.get("query"), content.get("operationName")
    if not isinstance(query, str) or not query:
        raise MalformedRequest("Must provide query string.")
    if name is not None and not isinstance(name, str):
        raise MalformedRequest("The operation's name must be a string.")
    return Operation(query, _variables(content.get("variables")), name or None)


def parsed(text: str | bytes) -> Any:
    """Return JSON as values.

    Raises:
        MalformedRequest: no JSON, or it has an invalid number or half a surrogate pair.
    """
    try:
        value = json.loads(text)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise MalformedRequest("The request is not valid JSON.") from None
    return value


def _variables(content: object) -> Mapping[str, Any]:
    variables = parsed(content) if isinstance(content, str) and content else content
    if variables is None or variables == "":
        return {}
    if not isinstance(variables, Mapping):
        raise MalformedRequest("Variables must be an object, or one written as a JSON string.")
    if is_deep(variables):
        raise MalformedRequest(f"Variables have at most {DEEPEST} levels.")
    return variables
