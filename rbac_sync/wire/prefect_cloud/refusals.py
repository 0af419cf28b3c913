"""The bodies of refusals, in the three forms that the API uses."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from .shapes import Answer


class FieldError(Answer):
    """``ValidationError`` of the document: what is wrong, and at which path of the request."""

    loc: list[str | int]
    msg: str
    type: str

    def __str__(self) -> str:
        place = ".".join(str(part) for part in self.loc)
        return f"{place}: {self.msg}" if place else self.msg


class HTTPValidationError(Answer):
    """The documented body of a 422."""

    detail: list[FieldError] = Field(default_factory=list)


class HTTPError(Answer):
    """The body of every other refusal. Source: [D]; not in the document."""

    detail: str


class ExceptionBody(Answer):
    """The other body of a 422. Source: [C]; not in the document."""

    exception_message: str
    exception_detail: JsonValue = None
    request_body: JsonValue = None


_Detail = Annotated[
    str | list[FieldError] | JsonValue, Field(union_mode="left_to_right", repr=False)
]


class ErrorBody(Answer):
    """Any of the three, read by a client; ``str()`` of it is one text, empty if there is none.

    The text is the server's: whoever prints it escapes it.
    """

    detail: _Detail = None
    exception_message: str | None = None
    exception_detail: _Detail = None

    def __str__(self) -> str:
        parts = (
            self.exception_message,
            _detail_text(self.detail),
            _detail_text(self.exception_detail),
        )
        return " ".join(part for part in parts if part)


def _detail_text(detail: object) -> str:
    if isinstance(detail, str):
        return detail
    if isinstance(detail, list):
        return "; ".join(str(error) for error in detail if isinstance(error, FieldError))
    return ""
