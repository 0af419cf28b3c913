"""The comparison of a value with the criteria of a filter of the REST API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from pydantic import BaseModel, TypeAdapter

from ..wire.prefect_cloud.filters import (
    AnyId,
    AnyOrLikeText,
    AnyOrNotAnyId,
    Compares,
    ComparesParent,
    Operator,
)
from ..wire.prefect_cloud.shapes import Instant


class ListFilter(Protocol):
    """A filter with a list of accepted values."""

    @property
    def any_(self) -> Sequence[Any] | None: ...


def asks(criterion: BaseModel | None) -> bool:
    """Say whether a criterion has any operator that is not null."""
    return criterion is not None and any(value is not None for _, value in criterion)


def among(value: object, criterion: ListFilter | None) -> bool:
    """Say whether *value* is in the list of a criterion; null accepts all values."""
    return criterion is None or criterion.any_ is None or value in criterion.any_


def some_among(values: Iterable[object], criterion: AnyId | None) -> bool:
    """Say whether any of *values* is in the list of a criterion."""
    return criterion is None or criterion.any_ is None or any(among(v, criterion) for v in values)


def included(value: object, criterion: AnyOrNotAnyId | None) -> bool:
    """Say whether *value* meets a criterion and is not excluded by it."""
    left_out = criterion.not_any_ if criterion and criterion.not_any_ else ()
    return among(value, criterion) and value not in left_out


def like(value: str, part: str | None) -> bool:
    """Say whether *value* contains *part*, in any case."""
    return part is None or part.casefold() in value.casefold()


def matches(value: str, criterion: AnyOrLikeText | None) -> bool:
    """Say whether *value* is in the list of a criterion, and contains its text."""
    return criterion is None or (among(value, criterion) and like(value, criterion.like_))


def _is_any(value: object, expected: Any) -> bool:
    if isinstance(value, list):
        return not set(expected).isdisjoint(value)
    return value in expected


MOMENT: Callable[[object], datetime] = TypeAdapter(Instant).validate_python
"""Decodes a time in every form that a request may have."""

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "any_": _is_any,
        "not_any_": lambda value, expected: not _is_any(value, expected),
        "all_": lambda value, expected: set(expected) <= set(value or ()),
        "like_": lambda value, expected: like(str(value or ""), expected),
        "startswith_": lambda value, expected: str(value or "").startswith(tuple(expected)),
        "is_null_": lambda value, expected: (value in (None, [])) is expected,
        "eq_": lambda value, expected: value == expected,
        "after_": lambda value, moment: value is not None and MOMENT(value) >= MOMENT(moment),
        "before_": lambda value, moment: value is not None and MOMENT(value) <= MOMENT(moment),
    }
)
"""The comparison of each operator of a criterion, with values as JSON has them."""


def criteria(where: BaseModel | None) -> Iterator[tuple[Compares, BaseModel]]:
    """Yield the criteria of a filter that are not null, each after the field that it compares."""
    if where is None:
        return
    for name, field in type(where).model_fields.items():
        criterion = getattr(where, name)
        for says in field.metadata:
            if isinstance(says, Compares) and isinstance(criterion, BaseModel):
                yield says, criterion


def parents(query: BaseModel) -> Iterator[tuple[ComparesParent, BaseModel]]:
    """Yield the filters of a request for the parents of its objects, each after its comparison."""
    for name, field in type(query).model_fields.items():
        where = getattr(query, name)
        for says in field.metadata:
            if isinstance(says, ComparesParent) and isinstance(where, BaseModel):
                yield says, where


def meets(row: Mapping[str, Any], where: BaseModel | None) -> bool:
    """Say whether an object, as JSON has it, meets a filter."""
    answers = [
        _compares(row.get(says.field, says.default), criterion)
        for says, criterion in criteria(where)
    ]
    return _joined(getattr(where, "operator", Operator.AND), answers)


def _compares(value: object, criterion: BaseModel) -> bool:
    nested = list(criteria(criterion))
    if nested:
        return isinstance(value, Mapping) and meets(value, criterion)
    operators = criterion.model_dump(mode="json", exclude_none=True)
    joined = operators.pop("operator", Operator.AND)
    return _joined(
        joined, [COMPARISONS[name](value, expected) for name, expected in operators.items()]
    )


def _joined(operator: str, answers: Sequence[bool]) -> bool:
    if operator == Operator.OR:
        return any(answers) or not answers
    return all(answers)
