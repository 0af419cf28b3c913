"""Pages, and the operators by which every list can be narrowed.

A criterion that is absent or null filters nothing, and so does a null inside it:
``{"name": {"any_": null}}`` is how the Go client asks for everything. An empty list is a
criterion that nothing meets. Criteria are joined by *and*.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from .shapes import BIGGEST, Body, Instant, Request, Text

Limit = Annotated[int, Field(ge=0, le=200)]
Offset = Annotated[int, Field(ge=0, le=BIGGEST)]


class Page(Body):
    """The part of a list that is asked for; a page shorter than ``limit`` is the last."""

    limit: Limit = 200
    offset: Offset = 0


class Operator(StrEnum):
    """The way in which the criteria of one filter are joined."""

    AND = "and_"
    OR = "or_"


@dataclass(frozen=True, slots=True)
class Compares:
    """The field of an object that a criterion is compared with, as an annotation of it."""

    field: str
    default: object = None
    """The value in an object that was created without the field."""


@dataclass(frozen=True, slots=True)
class ComparesParent:
    """The field that holds the id of another object, which a filter of that kind has to meet."""

    field: str
    kind: str


class AnyId(Request):
    """One of these ids."""

    any_: list[UUID] | None = None


class AnyOrNotAnyId(Request):
    """One of these ids, and none of those."""

    any_: list[UUID] | None = None
    not_any_: list[UUID] | None = None


class AnyText(Request):
    """One of these texts, exactly."""

    any_: list[Text] | None = None


class LikeText(Request):
    """A text that contains this one; case does not matter."""

    like_: Text | None = None


class AnyOrLikeText(Request):
    """One of these texts, exactly, and containing that one; case matters only for the former."""

    any_: list[Text] | None = None
    like_: Text | None = None


class Between(Request):
    """A moment from ``after_`` to ``before_``, both included."""

    before_: Instant | None = None
    after_: Instant | None = None


class IdCriterion(Request):
    """An id, or the lack of one."""

    operator: Operator = Operator.AND
    any_: list[UUID] | None = None
    not_any_: list[UUID] | None = None
    is_null_: bool | None = None


class TextCriterion(Request):
    """A text: one of these, none of those, the beginning or a part of it."""

    operator: Operator = Operator.AND
    any_: list[Text] | None = None
    not_any_: list[Text] | None = None
    like_: Text | None = None
    startswith_: list[Text] | None = None
    is_null_: bool | None = None


class TagsCriterion(Request):
    """Tags: all of these, or some of those."""

    operator: Operator = Operator.AND
    all_: list[Text] | None = None
    any_: list[Text] | None = None
    is_null_: bool | None = None


class FlagCriterion(Request):
    """A flag that is on or off."""

    eq_: bool | None = None


class MomentCriterion(Between):
    """A moment, or the lack of one."""

    is_null_: bool | None = None
