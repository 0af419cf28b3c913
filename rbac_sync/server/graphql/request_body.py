"""The decoding of a request, from its body or its query: one operation, or a batch."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..limits import DEEPEST, is_deep

MOST = 25
"""Operations of a batch. Source: the vendor's own interface sends no more at once."""


class MalformedRequest(Exception):
    """A request that asks nothing that can be understood; the message is for its sender."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A document, and what goes with it. ``name`` chooses one of several operations."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None


def decoded(body: bytes) -> Operation | list[Operation]:
    """Return what a body asks.

    Raises:
        Malformed: it is no JSON, or no operation.

    """
    told = parsed(body)
    if not isinstance(told, list):
        return operation(told)
    if not 0 < len(told) <= MOST:
        raise MalformedRequest(f"A batch holds between 1 and {MOST} operations.")
    return [operation(each) for each in told]


def operation(told: object) -> Operation:
    """Return one operation. Its variables may be an object, or JSON in a string.

    Raises:
        Malformed: it is none.

    """
    if not isinstance(told, Mapping):
        raise MalformedRequest("POST body must be a JSON object, or an array of such objects.")
    query, name = told.get("query"), told.get("operationName")
    if not isinstance(query, str) or not query:
        raise MalformedRequest("Must provide query string.")
    if name is not None and not isinstance(name, str):
        raise MalformedRequest("The operation's name must be a string.")
    return Operation(query, _variables(told.get("variables")), name or None)


def parsed(text: str | bytes) -> Any:
    """Return JSON as values.

    Raises:
        Malformed: it is none, has numbers that JSON has not, or half a character.

    """
    try:
        found = json.loads(text, parse_constant=_constant, parse_float=_float)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise MalformedRequest("The request is not valid JSON.") from None
    return found


def _variables(told: object) -> Mapping[str, Any]:
    found = parsed(told) if isinstance(told, str) and told else told
    if found is None or found == "":
        return {}
    if not isinstance(found, Mapping):
        raise MalformedRequest("Variables must be an object, or one written as a JSON string.")
    if is_deep(found):
        raise MalformedRequest(f"Variables have at most {DEEPEST} levels.")
    return found


def _constant(name: str) -> Any:
    raise ValueError(name)


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number
