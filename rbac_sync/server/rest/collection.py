"""What the collections share: their routers, the matching of filters, and pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel

from ...wire.prefect_cloud.filters import AnyId, AnyOrLikeText, AnyOrNotAnyId, Page
from ...wire.prefect_cloud.refusals import HTTPValidationError
from ..auth import Authenticated, bearer

T = TypeVar("T")

ACCOUNT = "/accounts/{account_id}"
WORKSPACE = "/accounts/{account_id}/workspaces/{workspace_id}"

INVALID: Mapping[int | str, dict[str, Any]] = MappingProxyType(
    {422: {"model": HTTPValidationError, "description": "Validation Error"}}
)


class Listed(Protocol):
    """A filter that lists what it takes."""

    @property
    def any_(self) -> Sequence[Any] | None: ...


def collection(prefix: str, tag: str) -> APIRouter:
    """Return a router for paths below *prefix*, all of which ask for a key."""
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=Authenticated,
        dependencies=[bearer],
        responses=dict(INVALID),
    )


def asks(criterion: BaseModel | None) -> bool:
    """Say whether a criterion asks for anything: a null inside it does not."""
    return criterion is not None and any(value is not None for _, value in criterion)


def among(value: object, asked: Listed | None) -> bool:
    """Say whether *value* is one of those asked for; a null asks for nothing."""
    return asked is None or asked.any_ is None or value in asked.any_


def some_among(values: Iterable[object], asked: AnyId | None) -> bool:
    """Say whether any of *values* is one of those asked for."""
    return asked is None or asked.any_ is None or any(among(v, asked) for v in values)


def neither(value: object, asked: AnyOrNotAnyId | None) -> bool:
    """Say whether *value* is asked for and not left out."""
    left_out = asked.not_any_ if asked and asked.not_any_ else ()
    return among(value, asked) and value not in left_out


def like(value: str, part: str | None) -> bool:
    """Say whether *value* contains *part*, whatever the case."""
    return part is None or part.casefold() in value.casefold()


def matches(value: str, asked: AnyOrLikeText | None) -> bool:
    """Say whether *value* is one of the texts asked for, and contains the one asked for."""
    return asked is None or (among(value, asked) and like(value, asked.like_))


def page(rows: Sequence[T], asked: Page) -> list[T]:
    """Return the part of *rows* that is asked for."""
    return list(rows[asked.offset : asked.offset + asked.limit])


def ordered(rows: list[T], sort: str | None, keys: Mapping[str, Any]) -> list[T]:
    """Return *rows* in the order named: a field of *keys*, then ``_ASC`` or ``_DESC``."""
    if sort is None:
        return rows
    name, _, direction = sort.rpartition("_")
    return sorted(rows, key=keys[name], reverse=direction == "DESC")
