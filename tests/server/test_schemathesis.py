"""Requests that nobody thought of, made from our own OpenAPI document."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.backends.store.stores import dump

from ..patience import LONGEST, ask
from .serving import served

schemathesis = pytest.importorskip("schemathesis")

ALIKE = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
WITH_KEY = pytest.mark.parametrize("number", [2, pytest.param(100, marks=pytest.mark.long)])
WITHOUT_KEY = pytest.mark.parametrize("number", [1, pytest.param(20, marks=pytest.mark.long)])
"""How many requests of each operation are sent."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server with one of each thing, and the ids that its paths take."""
    from .account import Account

    url = f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'rbac.db'}"
    with served(url) as running, running.client() as client:
        acme = Account(running, client)
        prod = acme.workspace()
        bot = acme.post("/bots/", {"name": "ci"}, 201)
        team = acme.post("/teams/", {"name": "ops"}, 201)
        me = client.get("/me/").json()
        yield (
            running,
            url,
            {
                "account_id": acme.id,
                "workspace_id": prod["id"],
                "bot_id": bot["id"],
                "team_id": team["id"],
                "user_id": me["id"],
                "actor_id": bot["actor_id"],
                "id": bot["id"],
                "name": "pool",
            },
        )


@pytest.fixture(scope="module")
def operations(place):
    running, _, _ = place
    document = ask("GET", f"{running.root}/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    return [found.ok() for found in schema.get_all_operations()]


@WITH_KEY
def test_no_request_is_answered_with_a_fault_of_ours(place, operations, number):
    running, _, ids = place
    headers = {"Authorization": f"Bearer {running.key}"}
    for operation in operations:
        _try(operation, running, headers, ids, _no_fault, number)


@WITHOUT_KEY
def test_nothing_is_written_without_a_key(place, operations, number):
    running, url, ids = place
    before = dump(url)
    for operation in operations:
        _try(operation, running, {}, ids, _refused, number)
    assert dump(url) == before


def _no_fault(case, answer):
    assert answer.status_code < 500, (case.method, case.path, case.body, answer.text)


def _refused(case, answer):
    by_code = case.path.endswith(("/accept", "/reject"))
    assert answer.status_code in ((404, 422) if by_code else (401, 411)), (case.path, answer.text)


def _try(operation, running, headers, ids, judge, number):
    if operation.method.upper() == "DELETE" and headers:
        return

    @settings(ALIKE, max_examples=number)
    @hypothesis.given(case=operation.as_strategy(), there=st.booleans())
    def attempt(case, there):
        if there:
            known = {name: value for name, value in ids.items() if name in case.path_parameters}
            case.path_parameters.update(known)
        answer = case.call(base_url=running.root, headers=headers, timeout=LONGEST)
        judge(case, answer)

    attempt()
