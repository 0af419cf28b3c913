"""Shapes as JSON and back: the body of a request, and the content of a response."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

_adapter = cache(TypeAdapter)


def written(body: BaseModel | Iterable[BaseModel]) -> str:
    """Return *body* as JSON, with those fields alone that were set: absent and null differ."""
    if isinstance(body, BaseModel):
        return body.model_dump_json(exclude_unset=True)
    return f"[{','.join(map(written, body))}]"


def read(shape: Any, value: Any) -> Any:
    """Return the JSON *value* as *shape*.

    Raises:
        ValueError: it is something else; the text says where, not what.

    """
    try:
        return _adapter(shape).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        message = f"{place}: {first['msg']}" if place else first["msg"]
        raise ValueError(message.lower()) from error
