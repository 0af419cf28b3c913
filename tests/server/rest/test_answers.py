"""Objects are answered whole: every field that the published document has, of its type."""

from __future__ import annotations

import jsonschema
import pytest

from . import published

WRITTEN = {
    "parameters": {"x": 1},
    "job_variables": {"env": {}},
    "tags": ["a"],
    "schedules": [{"schedule": {"cron": "0 1 * * *"}}],
    "work_pool_name": "here",
    "work_queue_name": "default",
    "parameter_openapi_schema": {"type": "object"},
    "pull_steps": [{"step": {}}],
    "description": "d",
    "path": "p",
    "entrypoint": "e",
    "version": "1",
    "enforce_parameter_schema": True,
    "paused": True,
    "concurrency_limit": 3,
    "labels": {"a": 1},
}
NULLS = dict.fromkeys(WRITTEN)


def is_whole(answer, name):
    """See that *answer* is what the document calls *name*."""
    formats = jsonschema.FormatChecker()
    jsonschema.validate(answer, published.schema(published.SHAPES[name]), format_checker=formats)


@pytest.fixture
def prod(acme):
    return f"/workspaces/{acme.workspace()['id']}"


@pytest.fixture
def flow(acme, prod):
    acme.post(f"{prod}/work_pools/", {"name": WRITTEN["work_pool_name"]}, 201)
    return acme.post(f"{prod}/flows/", {"name": "etl"}, 201)


@pytest.mark.parametrize("written", [{}, WRITTEN, NULLS], ids=["nothing", "all", "nulls"])
def test_a_deployment(acme, prod, flow, written):
    body = {"name": "nightly", "flow_id": flow["id"], **written}
    made = acme.post(f"{prod}/deployments/", body, 201)
    path = f"{prod}/deployments/{made['id']}"
    listed = acme.post(f"{prod}/deployments/filter", {})
    named = acme.get(f"{prod}/deployments/name/etl/nightly")
    for answer in (made, acme.get(path), named, *listed):
        is_whole(answer, "DeploymentResponse")
        assert answer["parameters"] == (written.get("parameters") or {})
        assert answer["job_variables"] == (written.get("job_variables") or {})


def test_the_limit_of_a_deployment(acme, prod, flow):
    shared = acme.post(f"{prod}/v2/concurrency_limits/", {"name": "db", "limit": 3}, 201)
    limits = {"own": {"concurrency_limit": 2}, "db": {"global_concurrency_limit_id": shared["id"]}}
    for name, limit in limits.items():
        body = {"name": name, "flow_id": flow["id"], **limit}
        made = acme.post(f"{prod}/deployments/", body, 201)
        is_whole(made["global_concurrency_limit"], "GlobalConcurrencyLimitResponse")
    assert made["global_concurrency_limit"] == shared


def test_an_automation(acme, prod):
    body = {"name": "a", "trigger": {"type": "event"}, "actions": [], "owner_resource": "x"}
    made = acme.post(f"{prod}/automations/", body, 201)
    listed = acme.post(f"{prod}/automations/filter", {})
    related = acme.get(f"{prod}/automations/related-to/x")
    for answer in (made, acme.get(f"{prod}/automations/{made['id']}"), *listed, *related):
        is_whole(answer, "Automation")
        assert answer["workspace"] == prod.rpartition("/")[2]


def test_a_deployment_that_is_changed_to_nulls(acme, prod, flow):
    made = acme.post(f"{prod}/deployments/", {"name": "n", "flow_id": flow["id"], **WRITTEN}, 201)
    acme.patch(f"{prod}/deployments/{made['id']}", NULLS)
    is_whole(acme.get(f"{prod}/deployments/{made['id']}"), "DeploymentResponse")


def test_the_schedules_of_a_deployment_have_ids_that_stay(acme, prod, flow):
    body = {"name": "n", "flow_id": flow["id"], "schedules": WRITTEN["schedules"]}
    made = acme.post(f"{prod}/deployments/", body, 201)
    (schedule,) = acme.get(f"{prod}/deployments/{made['id']}")["schedules"]
    assert made["schedules"] == [schedule]
    assert (schedule["deployment_id"], schedule["active"]) == (made["id"], True)


def test_what_a_deployment_holds_is_of_the_published_type(acme, prod, flow):
    for wrong in ({"parameters": []}, {"paused": "often"}, {"schedules": {}}, {"tags": [1]}):
        body = {"name": "n", "flow_id": flow["id"], **wrong}
        acme.post(f"{prod}/deployments/", body, 422)


def test_a_flow(acme, prod, flow):
    listed = acme.post(f"{prod}/flows/filter", {})
    named = acme.get(f"{prod}/flows/name/etl")
    for answer in (flow, named, acme.get(f"{prod}/flows/{flow['id']}"), *listed):
        is_whole(answer, "Flow")


@pytest.mark.parametrize("written", [{}, {"concurrency_limit": None, "base_job_template": None}])
def test_a_work_pool(acme, prod, written):
    made = acme.post(f"{prod}/work_pools/", {"name": "here", **written}, 201)
    listed = acme.post(f"{prod}/work_pools/filter", {})
    for answer in (made, acme.get(f"{prod}/work_pools/here"), *listed):
        is_whole(answer, "WorkPoolResponse")
        assert answer["status"] == "NOT_READY"


def test_a_block_with_its_type_and_schema(acme, prod):
    type_ = acme.post(f"{prod}/block_types/", {"name": "Vault", "slug": "vault"}, 201)
    schema = acme.post(f"{prod}/block_schemas/", {"block_type_id": type_["id"]}, 201)
    ids = {"block_type_id": type_["id"], "block_schema_id": schema["id"]}
    block = acme.post(f"{prod}/block_documents/", {"name": "b", **ids}, 201)
    for answer in (type_, *acme.post(f"{prod}/block_types/filter", {})):
        is_whole(answer, "BlockType")
    for answer in (schema, *acme.post(f"{prod}/block_schemas/filter", {})):
        is_whole(answer, "BlockSchema")
    for answer in (block, *acme.post(f"{prod}/block_documents/filter", {})):
        is_whole(answer, "BlockDocument")
