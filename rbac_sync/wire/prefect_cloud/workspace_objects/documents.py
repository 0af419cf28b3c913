"""The bases of the shapes of objects outside access control: kept fields, pages and filters.

A shape of a response has the fields of the request that creates the object. Undeclared fields are
stored unread, so that a client reads the values that it wrote. Sources are [P] for the fields of
the Go client, [C] for the worker metadata, and [S] for default values in responses.
"""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..filters import (
    LONGEST_PAGE,
    Compares,
    IdCriterion,
    Limit,
    Offset,
    Operator,
    Page,
    TagsCriterion,
    TextCriterion,
)
from ..shapes import Identified, Instant, Text, instead_of_null


class Carried(BaseModel):
    """An object with some declared fields; the others are kept unchanged."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Kept(Carried):
    """A kept object in a response."""

    id: UUID
    created: Instant
    updated: Instant

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, kept: dict[str, Any]) -> dict[str, Any]:
        """Drop null values, so that a response has the declared defaults."""
        return {name: value for name, value in kept.items() if value is not None}


Document = Annotated[dict[str, Any], instead_of_null(dict)]
"""Free JSON; clients may send null for an empty object."""


class ObjectPage(Page):
    """A page of objects; the SDK sends null for the largest limit and for the first offset.

    Source: [C].
    """

    limit: Annotated[Limit, instead_of_null(lambda: LONGEST_PAGE)] = LONGEST_PAGE
    offset: Annotated[Offset, instead_of_null(int)] = 0
    sort: Text | None = None


def _asks(value: object) -> bool:
    """Say whether an undeclared criterion has any value other than null."""
    if isinstance(value, dict):
        return any(_asks(inner) for name, inner in value.items() if name != "operator")
    return value is not None


class Filter(Carried):
    """A filter of objects, which refuses criteria that this server does not compare.

    *Why*: a client that deletes all objects of a list would delete too many.
    """

    @model_validator(mode="after")
    def _all_is_compared(self) -> Self:
        for name, criterion in (self.model_extra or {}).items():
            if _asks(criterion):
                raise ValueError(f"this server has no criterion `{name}` here")
        return self


class ReadObjects(ObjectPage):
    """A page of the objects that meet every filter; unknown filters are refused.

    Flags, such as ``include_secrets``, pass unread.
    """

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="after")
    def _all_is_compared(self) -> Self:
        for name, where in (self.model_extra or {}).items():
            if not isinstance(where, bool) and _asks(where):
                raise ValueError(f"this server has no filter `{name}` here")
        return self


class ObjectFilter(Filter):
    """A filter of objects by id and name."""

    operator: Operator = Operator.AND
    id: Annotated[IdCriterion | None, Compares("id")] = None
    name: Annotated[TextCriterion | None, Compares("name")] = None


class TaggedFilter(ObjectFilter):
    """A filter of objects that carry tags."""

    tags: Annotated[TagsCriterion | None, Compares("tags")] = None


class Authored(Kept):
    """The fields on the author of an object, which this server does not keep."""

    account_id: UUID
    workspace_id: UUID
    created_by: dict[str, Any] | None = None
    updated_by: dict[str, Any] | None = None


ObjectName = Annotated[Text, Field(pattern=r"^[^/%&><]*[^/%&><\s][^/%&><]*$")]
"""The name of a new object, which paths and access lists are named after. Source: [C]."""

Slots = Annotated[int, Field(ge=0)]


class NamedRow(Identified):
    """The id and the name of a listed object, to find its access list."""

    name: str
