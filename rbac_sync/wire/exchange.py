"""Conversion of shapes to JSON and back, for bodies of requests and contents of responses."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

_adapter = cache(TypeAdapter)

MOST_TOLD = 10_000
"""The most faults of a value that are looked at; each takes a kilobyte in memory."""


def written(body: BaseModel | Iterable[BaseModel]) -> str:
    """Return *body* as JSON with only the fields that were set: absent and null differ."""
    if isinstance(body, BaseModel):
        return body.model_dump_json(exclude_unset=True)
    return f"[{','.join(map(written, body))}]"


def read(shape: Any, value: Any) -> Any:
    """Return the JSON *value* as *shape*.

    Raises:
        ValueError: *value* has another shape; the message has the path, never the value.
    """
    try:
        return _adapter(shape).validate_python(value)
    except ValidationError as error:
        if (count := error.error_count()) > MOST_TOLD:
            raise ValueError(f"{count:,} values are not as expected") from None
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        message = f"{place}: {first['msg']}" if place else first["msg"]
        raise ValueError(message.lower()) from error
