"""What the scalars of both families take, and how they are written."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from graphql import Undefined, parse_value
from graphql.utilities import value_from_ast

from rbac_sync.server.graphql.fault import GraphQLFault
from rbac_sync.server.graphql.scalars import checked
from rbac_sync.server.graphql.schema import schema

ID = UUID("6c610b1b-db68-493c-9dd7-564974f822b0")
NOON = datetime(2021, 6, 22, 12, 0, 0, 123456, tzinfo=UTC)


def scalar(name: str):
    return schema().type_map[name]


@pytest.mark.parametrize("name", ["uuid", "UUID"])
def test_ids_are_written_in_lower_case(name):
    assert scalar(name).coerce_input_value(str(ID).upper()) == ID
    assert scalar(name).coerce_output_value(ID) == str(ID)
    with pytest.raises(ValueError):
        scalar(name).coerce_input_value(1)


def test_what_is_no_id_is_refused_by_a_query_at_once_and_by_a_mutation_later():
    with pytest.raises(ValueError):
        scalar("uuid").coerce_input_value("x")
    told = {"role_id": scalar("UUID").coerce_input_value("x")}
    with pytest.raises(GraphQLFault) as refused:
        checked(told)
    assert refused.value.message == 'Expected type UUID!, found "x"; Could not parse UUID: x'
    assert checked({"role_id": ID}) == {"role_id": ID}


@pytest.mark.parametrize("given", [{"name": "a\0"}, {"settings": {"\0": 1}}, {"s": [{"x": "\0"}]}])
def test_a_text_that_no_database_takes_is_refused_wherever_it_stands(given):
    with pytest.raises(GraphQLFault):
        checked(given)


@pytest.mark.parametrize("name", ["timestamptz", "DateTime"])
@pytest.mark.parametrize(
    "text",
    [
        "2021-06-22T12:00:00.123456+00:00",
        "2021-06-22T12:00:00.123456Z",
        "2021-06-22T14:00:00.123456+02:00",
        "2021-06-22T12:00:00.123456",
    ],
)
def test_instants_are_written_with_the_offset_of_utc(name, text):
    assert scalar(name).coerce_input_value(text) == NOON
    assert scalar(name).coerce_output_value(NOON) == "2021-06-22T12:00:00.123456+00:00"
    for wrong in ("noon", "", 1, "0001-01-01T00:00:00+14:00"):
        with pytest.raises((ValueError, OverflowError)):
            scalar(name).coerce_input_value(wrong)


@pytest.mark.parametrize("name", ["jsonb", "JSON"])
def test_json_has_no_infinite_numbers_however_deep(name):
    assert scalar(name).coerce_input_value({"a": [1, None, "x", 1.5]}) == {"a": [1, None, "x", 1.5]}
    for text in ("1e999", "[1e999]", "{a: {b: -1e999}}"):
        assert value_from_ast(parse_value(text), scalar(name)) is Undefined
