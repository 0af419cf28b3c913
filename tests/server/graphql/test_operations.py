"""What clients of the older system sent: all of it is valid, and all that reads is answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import OperationType, build_schema, get_operation_ast, parse, validate
from graphql.utilities import find_breaking_changes

from rbac_sync.server.graphql.document_cost import measured
from rbac_sync.server.graphql.mutations import MUTATIONS
from rbac_sync.server.graphql.schema import schema

from ...originals import GRAPHQL
from .tenants import staged

HERE = Path(__file__).parent
OPERATIONS = [
    text
    for text in (HERE / "operations.graphql").read_text().split("\n\n")
    if not text.startswith("#")
]
SOME = "6c610b1b-db68-493c-9dd7-564974f822b0"
VARIABLES = {
    **dict.fromkeys(("id", "user_id", "membershipId"), SOME),
    "email": "olivia@example.org",
    "slug": "acme",
    "similar": "oli%",
}


def reads(text: str) -> bool:
    return get_operation_ast(parse(text)).operation is OperationType.QUERY


READS = [text for text in OPERATIONS if reads(text)]


@pytest.fixture(scope="module")
def administrator(tmp_path_factory):
    with staged(f"sqlite:///{tmp_path_factory.mktemp('store')}/rbac.db") as stage:
        yield stage.person("lia@example.org", "enterprise-license-admin")


def test_the_corpus_is_whole():
    assert (len(OPERATIONS), len(READS)) == (48, 29)


@pytest.mark.parametrize("text", OPERATIONS)
def test_every_operation_that_clients_sent_is_valid(text):
    document = parse(text)
    measured(document)
    assert validate(schema(), document) == []


@pytest.mark.parametrize("text", READS)
def test_every_operation_that_reads_is_answered_without_an_error(administrator, text):
    asked = {name: value for name, value in VARIABLES.items() if f"${name}:" in text}
    assert administrator.ask(text, **asked)


def test_every_mutation_of_the_schema_is_there():
    assert set(schema().mutation_type.fields) == set(MUTATIONS)


def test_the_schema_has_all_that_the_facts_list():
    listed = build_schema(GRAPHQL.read_text())
    assert find_breaking_changes(listed, schema()) == []
