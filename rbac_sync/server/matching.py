"""The comparison of a value with the criteria of a filter of the REST API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter

from ..wire.prefect_cloud.filters import (
    Compares,
    ComparesParent,
    Operator,
)
from ..wire.prefect_cloud.shapes import Instant

A = TypeVar("A", Compares, ComparesParent)


def asks(criterion: BaseModel | None) -> bool:
    """Say whether a criterion has any operator that is not null."""
    return criterion is not None and any(value is not None for _, value in criterion)


def compares(value: object, criterion: BaseModel | None) -> bool:
    """Say whether *value* meets a criterion, a list by any of its values; null accepts all."""
    operators = criterion or ()
    return _holds(value, {name: each for name, each in operators if each is not None})


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
        "like_": lambda value, part: part.casefold() in str(value or "").casefold(),
        "startswith_": lambda value, expected: str(value or "").startswith(tuple(expected)),
        "is_null_": lambda value, expected: (value in (None, [])) is expected,
        "eq_": lambda value, expected: value == expected,
        "after_": lambda value, moment: value is not None and MOMENT(value) >= MOMENT(moment),
        "before_": lambda value, moment: value is not None and MOMENT(value) <= MOMENT(moment),
    }
)
"""The comparison of each operator of a criterion."""


def criteria(where: BaseModel | None, of: type[A]) -> Iterator[tuple[A, BaseModel]]:
    """Yield the fields of a filter or request that are not null, each after its annotation *of*."""
    for name, field in type(where).model_fields.items() if where else ():
        criterion = getattr(where, name)
        for says in field.metadata:
            if isinstance(says, of) and isinstance(criterion, BaseModel):
                yield says, criterion


def meets(row: Mapping[str, Any], where: BaseModel | None) -> bool:
    """Say whether an object, as JSON has it, meets a filter."""
    answers = [
        _compares(row.get(says.field, says.default), criterion)
        for says, criterion in criteria(where, Compares)
    ]
    return joined(getattr(where, "operator", Operator.AND), answers)


def _compares(value: object, criterion: BaseModel) -> bool:
    """Say whether a value as JSON has it meets a criterion, which may be a filter of its parts."""
    if next(criteria(criterion, Compares), None):
        return isinstance(value, Mapping) and meets(value, criterion)
    return _holds(value, criterion.model_dump(mode="json", exclude_none=True))


def _holds(value: object, operators: dict[str, Any]) -> bool:
    operator = operators.pop("operator", Operator.AND)
    return joined(operator, [COMPARISONS[name](value, each) for name, each in operators.items()])


def joined(operator: str, answers: Sequence[bool]) -> bool:
    """Say whether the results of the criteria meet their filter; without criteria they do."""
    if operator == Operator.OR:
        return any(answers) or not answers
    return all(answers)
