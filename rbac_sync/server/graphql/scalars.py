"""The decoding and encoding of the scalars."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from graphql import GraphQLScalarType, GraphQLSchema

from ...dataclasses import dataclass
from .fault import failed


@dataclass(frozen=True, slots=True)
class NoUUID:
    """A text in the place of a UUID: the mutation refuses it, as the older system did."""

    text: str


def install(schema: GraphQLSchema) -> None:
    """Set the functions that decode and encode the scalars of *schema*."""
    ways: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
        "uuid": (lambda value: UUID(_text(value)), str),
        "UUID": (_uuid_or_not, str),
        "timestamptz": (_instant, _written),
        "DateTime": (_instant, _written),
        "jsonb": (_json, lambda value: value),
        "JSON": (_json, lambda value: value),
        "account_type": (_text, str),
    }
    for name, (coerce_input, coerce_output) in ways.items():
        scalar = schema.type_map[name]
        assert isinstance(scalar, GraphQLScalarType), "the names are those of the schema"
        scalar.coerce_input_value, scalar.coerce_output_value = coerce_input, coerce_output


def checked(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the input of a mutation.

    Raises:
        GraphQLFault: a value is no UUID, or a text that no database can store.
    """
    if any(isinstance(part, str) and "\0" in part for part in parts(arguments)):
        raise failed("A text must not hold the character U+0000.")
    for value in arguments.values():
        if isinstance(value, NoUUID):
            text = value.text
            raise failed(f'Expected type UUID!, found "{text}"; Could not parse UUID: {text}')
    return arguments


def _uuid_or_not(value: object) -> UUID | NoUUID:
    text = _text(value)
    try:
        return UUID(text)
    except ValueError:
        return NoUUID(text)


def _instant(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _written(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a string is wanted here")  # noqa: TRY004
    return value


def _json(value: Any) -> Any:
    if any(isinstance(part, float) and not math.isfinite(part) for part in parts(value)):
        raise ValueError("JSON has no such number")
    return value


def parts(value: Any) -> Iterator[Any]:
    """Yield a JSON value and all values and names in it, at any depth."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, Mapping):
            waiting += [*part, *part.values()]
        elif isinstance(part, list):
            waiting += part
