"""What is sent is what the API takes, by the server's own schema and by the facts."""

from __future__ import annotations

import pytest
from graphql import build_schema, get_named_type, is_leaf_type, is_non_null_type, parse, validate

from rbac_sync.server.graphql.schema import schema as served
from rbac_sync.wire.prefect_cloud_1 import answers
from rbac_sync.wire.prefect_cloud_1.operations import QUERIES

from ...backends.prefect_cloud_1.tenant import MUTATIONS
from ...originals import GRAPHQL

DOCUMENTS = QUERIES | {mutation.root: mutation.document for mutation in MUTATIONS}
SHAPES = {
    "auth_role": answers.Role,
    "user_view_same_tenant": answers.User,
    "membership_invitation": answers.Invitation,
    "auth_api_key": answers.APIKey,
}


@pytest.fixture(scope="module", params=["server", "facts"])
def schema(request):
    return served() if request.param == "server" else build_schema(GRAPHQL.read_text("utf-8"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_valid(schema, name):
    assert validate(schema, parse(DOCUMENTS[name])) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_is_deeper_than_the_service_allows(name):
    (operation,) = parse(DOCUMENTS[name]).definitions
    assert _depth(operation) <= 7


def _depth(node):
    selections = node.selection_set.selections if node.selection_set else ()
    return 1 + max(map(_depth, selections), default=-1)


@pytest.mark.parametrize("root", SHAPES)
def test_a_row_is_asked_for_exactly_what_its_shape_needs(root):
    (operation,) = parse(QUERIES["access"]).definitions
    (found,) = (s for s in operation.selection_set.selections if s.name.value == root)
    asked = {selection.name.value for selection in found.selection_set.selections}
    assert asked == SHAPES[root].model_fields.keys()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.root)
def test_a_mutation_asks_for_all_that_its_payload_says(schema, mutation):
    payload = get_named_type(schema.mutation_type.fields[mutation.root].type)
    assert set(mutation.answers.split()) == payload.fields.keys()
    assert all(is_leaf_type(get_named_type(f.type)) for f in payload.fields.values())
    assert not any(is_non_null_type(f.type) for f in payload.fields.values())
