"""Operations that nobody thought of, made from our own schema."""

from __future__ import annotations

import hypothesis
import pytest
from graphql import GraphQLError, parse, print_schema
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from rbac_sync.server.graphql.document_cost import measured
from rbac_sync.server.graphql.schema import schema
from tests.backends.store.stores import dump

from .tenants import staged

graphql = pytest.importorskip("hypothesis_graphql")

TEXT = print_schema(schema())
ALIKE = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
NUMBER = pytest.mark.parametrize("number", [10, pytest.param(1000, marks=pytest.mark.long)])
IDS = st.uuids().map(str) | st.just("no id")
INSTANTS = st.datetimes().map(lambda instant: instant.isoformat()) | st.just("no instant")


def literals():
    """Return how the scalars that GraphQL does not know are written in a document."""
    nodes = graphql.nodes
    return {
        **dict.fromkeys(("uuid", "UUID"), IDS.map(nodes.String)),
        **dict.fromkeys(("timestamptz", "DateTime"), INSTANTS.map(nodes.String)),
        **dict.fromkeys(("jsonb", "JSON"), st.text(max_size=5).map(nodes.String)),
        "account_type": st.sampled_from(["USER", "SERVICE", "x"]).map(nodes.String),
    }


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with staged(f"sqlite:///{tmp_path_factory.mktemp('store')}/rbac.db") as found:
        found.role("reader", "read:flow")
        found.invited("gil@example.org", "acme", "reader")
        found.machine("etl")
        yield found


def fits(text: str) -> bool:
    """Say whether a document is not larger than documents may be."""
    try:
        measured(parse(text))
    except GraphQLError:
        return False
    return True


@NUMBER
def test_no_query_makes_the_server_fail_or_changes_anything(stage, number):
    admin = stage.person(f"lia{number}@example.org", "enterprise-license-admin")
    before = dump(stage.url)

    @settings(ALIKE, max_examples=number)
    @hypothesis.given(graphql.queries(TEXT, custom_scalars=literals()).filter(fits))
    def sent(text):
        _answered(admin.send(text))

    sent()
    assert dump(stage.url) == before


@NUMBER
def test_no_mutation_makes_the_server_fail(stage, number):
    @settings(ALIKE, max_examples=number)
    @hypothesis.given(graphql.mutations(TEXT, custom_scalars=literals()).filter(fits))
    def sent(text):
        _answered(stage.admin.send(text))

    sent()


def _answered(answer) -> None:
    assert answer.status_code in (200, 400)
    codes = {error["extensions"]["code"] for error in answer.json().get("errors", ())}
    assert "API_ERROR" not in codes
    assert (answer.status_code == 200) is ("data" in answer.json())
