"""The base of all shapes of the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
)

NUMBER = re.compile(r"[-+]?[0-9.]+")
"""A number, which pydantic takes for a time."""


def _no_number(value: object) -> object:
    """Return *value* unless it is a number, which pydantic takes for seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and NUMBER.fullmatch(value)):
        raise ValueError("is a number, and no date with a time")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is no date of the calendar in UTC") from None


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("contains a NUL character, which no database holds")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("contains half a surrogate pair, which is no character")
    return text


def instead_of_null(value: Callable[[], Any]) -> BeforeValidator:
    """Return a validator that takes null for the result of *value*."""
    return BeforeValidator(lambda sent: value() if sent is None else sent)


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment in UTC, written as RFC 3339 with ``Z``; a time without an offset is refused."""

Expiration = Annotated[Instant, BeforeValidator(_no_number)]
"""The end of a thing in an answer; a number is refused, so that 0 is not an end in 1970."""

STORABLE = AfterValidator(_storable)
"""The validator of a text of a request: a database and a response can hold it."""

Text = Annotated[str, STORABLE]
"""A text of a request that a database and a response can hold."""

LONGEST_NAME, LONGEST_DESCRIPTION = 5000, 140
"""The most characters of a name, and of the description of a role. Source: the API document."""

Name = Annotated[str, Field(max_length=LONGEST_NAME), STORABLE]

HANDLE = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
FORM = "a handle has lower-case letters, digits and dashes only"

Email = Annotated[
    Text,
    Field(pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$"),
    Field(json_schema_extra={"format": "email"}),
]
"""An e-mail address with one ``@``; only an invitation shows whether it is deliverable."""

BIGGEST = 2**63 - 1

Integer = Annotated[int, Field(ge=-BIGGEST, le=BIGGEST)]
"""A number that a database column holds."""

Names = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str], when_used="json")]
"""A set, written in alphabetical order."""

Texts = Annotated[list[Text], instead_of_null(list)]
"""A list for which clients may send null. Source: [P] sends ``scopes: null`` when unset."""

_Word = TypeVar("_Word", bound=StrEnum)

Open = Annotated[_Word | str, Field(union_mode="left_to_right")]
"""A word of an open list, whose unknown words have no effect here."""


class Request(BaseModel):
    """A request of a client; a field that the API does not know is refused.

    Absent and null are different things in a partial update: read ``model_fields_set``,
    and write with ``exclude_unset=True``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


class Body(BaseModel):
    """The outermost object of a request that the API leaves open: unknown fields pass unread.

    Absent and null differ here as they do in ``Request``.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)


class Answer(BaseModel):
    """A response of the server; unknown fields pass unread, so that the API may grow.

    It has no length limits, so that all live values can be read. Fields that give access are
    required, even where the document has a default: a truncated response must not read
    as an empty one.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)


class Identified(Answer):
    """An object with an id of its own."""

    id: UUID


class Entity(Identified):
    """An object with the times of its creation and its last change, if the service says them."""

    created: Instant | None = None
    updated: Instant | None = None


class FieldError(Answer):
    """A fault of a request and its path there: ``ValidationError`` in the document."""

    loc: list[str | int]
    msg: str
    type: str


class HTTPValidationError(Answer):
    """The documented body of a 422. Clients read any refusal with ``backends.remote.response``."""

    detail: list[FieldError] = Field(default_factory=list)
