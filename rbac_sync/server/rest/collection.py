"""The parts that all collections of the REST API use: routers, order and pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar

from fastapi import APIRouter

from ...wire.prefect_cloud.filters import Page
from ...wire.prefect_cloud.refusals import HTTPValidationError
from ..auth import AuthenticatedRoute, bearer

T = TypeVar("T")

ACCOUNT = "/accounts/{account_id}"
WORKSPACE = "/accounts/{account_id}/workspaces/{workspace_id}"

INVALID: Mapping[int | str, dict[str, Any]] = MappingProxyType(
    {422: {"model": HTTPValidationError, "description": "Validation Error"}}
)


def collection(prefix: str, tag: str) -> APIRouter:
    """Return a router for paths below *prefix*, which all require a key."""
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=AuthenticatedRoute,
        dependencies=[bearer],
        responses=dict(INVALID),
    )


def page(rows: Iterable[T], query: Page) -> list[T]:
    """Return the part of *rows* for the page; rows after it are not created."""
    return list(islice(rows, query.offset, query.offset + query.limit))


def ordered(rows: Iterable[T], sort: str | None, keys: Mapping[str, Any]) -> Iterable[T]:
    """Return *rows* in the named order: a field of *keys*, then ``_ASC`` or ``_DESC``."""
    if sort is None:
        return rows
    name, _, direction = sort.rpartition("_")
    return sorted(rows, key=keys[name], reverse=direction == "DESC")
