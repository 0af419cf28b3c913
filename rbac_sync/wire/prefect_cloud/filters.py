"""Pages of lists, and the criteria of filters.

A criterion that is absent or null filters nothing, and so does a null inside it: the
Go client sends ``{"name": {"any_": null}}`` for everything. Nothing meets a criterion
with an empty list. Criteria are joined by *and*.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from ...dataclasses import dataclass
from .shapes import BIGGEST, Body, Instant, Request, Text

LONGEST_PAGE = 200
"""The most rows of a page."""

Limit = Annotated[int, Field(ge=0, le=LONGEST_PAGE)]
Offset = Annotated[int, Field(ge=0, le=BIGGEST)]


class Page(Body):
    """The requested part of a list: at most ``limit`` rows, from the row at ``offset`` on."""

    limit: Limit = LONGEST_PAGE
    offset: Offset = 0


class Operator(StrEnum):
    """The way in which the criteria of one filter are joined."""

    AND = "and_"
    OR = "or_"


@dataclass(frozen=True, slots=True)
class Compares:
    """The annotation of a criterion with the field of an object to compare it with."""

    field: str
    default: object = None
    """The value for objects that were created without the field."""


@dataclass(frozen=True, slots=True)
class ComparesParent:
    """The annotation of a filter of related objects, with the field that holds their id."""

    field: str
    kind: str


class AnyId(Request):
    """A criterion: one of these ids."""

    any_: list[UUID] | None = None


class AnyOrNotAnyId(AnyId):
    """A criterion: one id of ``any_``, and none of ``not_any_``."""

    not_any_: list[UUID] | None = None


class AnyText(Request):
    """A criterion: exactly one of these texts."""

    any_: list[Text] | None = None


class LikeText(Request):
    """A criterion: a text that contains this one, in any case."""

    like_: Text | None = None


class AnyOrLikeText(AnyText, LikeText):
    """A criterion: exactly one text of ``any_``, and a text that contains ``like_`` in any case."""


class Between(Request):
    """A criterion: a moment from ``after_`` to ``before_``, both included."""

    before_: Instant | None = None
    after_: Instant | None = None


class IdCriterion(AnyOrNotAnyId):
    """A criterion of an id, or of its absence."""

    operator: Operator = Operator.AND
    is_null_: bool | None = None


class TextCriterion(AnyOrLikeText):
    """A criterion of a text: one of several, none of several, a beginning or a part."""

    operator: Operator = Operator.AND
    not_any_: list[Text] | None = None
    startswith_: list[Text] | None = None
    is_null_: bool | None = None


class TagsCriterion(Request):
    """A criterion of tags: all of a list, or any of a list."""

    operator: Operator = Operator.AND
    all_: list[Text] | None = None
    any_: list[Text] | None = None
    is_null_: bool | None = None


class FlagCriterion(Request):
    """A criterion of a flag: on or off."""

    eq_: bool | None = None


class MomentCriterion(Between):
    """A criterion of a moment, or of its absence."""

    is_null_: bool | None = None
