"""The comparison of a value with the criteria of a filter of the REST API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from pydantic import BaseModel

from ..wire.prefect_cloud.filters import AnyId, AnyOrLikeText, AnyOrNotAnyId


class ListFilter(Protocol):
    """A filter that lists what it takes."""

    @property
    def any_(self) -> Sequence[Any] | None: ...


def asks(criterion: BaseModel | None) -> bool:
    """Say whether a criterion asks for anything: a null inside it does not."""
    return criterion is not None and any(value is not None for _, value in criterion)


def among(value: object, asked: ListFilter | None) -> bool:
    """Say whether *value* is one of those asked for; a null asks for nothing."""
    return asked is None or asked.any_ is None or value in asked.any_


def some_among(values: Iterable[object], asked: AnyId | None) -> bool:
    """Say whether any of *values* is one of those asked for."""
    return asked is None or asked.any_ is None or any(among(v, asked) for v in values)


def included(value: object, asked: AnyOrNotAnyId | None) -> bool:
    """Say whether *value* is asked for and not left out."""
    left_out = asked.not_any_ if asked and asked.not_any_ else ()
    return among(value, asked) and value not in left_out


def like(value: str, part: str | None) -> bool:
    """Say whether *value* contains *part*, whatever the case."""
    return part is None or part.casefold() in value.casefold()


def matches(value: str, asked: AnyOrLikeText | None) -> bool:
    """Say whether *value* is one of the texts asked for, and contains the one asked for."""
    return asked is None or (among(value, asked) and like(value, asked.like_))
