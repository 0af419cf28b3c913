"""The documented body of a refusal. Clients read any refusal with ``backends.remote.response``."""

from __future__ import annotations

from pydantic import Field

from .shapes import Answer


class FieldError(Answer):
    """A fault of a request and its path there: ``ValidationError`` in the document."""

    loc: list[str | int]
    msg: str
    type: str


class HTTPValidationError(Answer):
    """The documented body of a 422."""

    detail: list[FieldError] = Field(default_factory=list)
