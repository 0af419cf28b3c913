"""The objects outside access control: thin, and nothing that a client wrote is lost."""

from __future__ import annotations

import pytest

from rbac_sync.wire.prefect_cloud.workspace_objects.blocks import (
    BlockDocumentCreate,
    BlockSchemaCreate,
    ReadBlockSchemas,
)
from rbac_sync.wire.prefect_cloud.workspace_objects.deployments import (
    Deployment,
    DeploymentCreate,
    DeploymentUpdate,
)
from rbac_sync.wire.prefect_cloud.workspace_objects.plain_objects import FlowCreate
from rbac_sync.wire.prefect_cloud.workspace_objects.work_pools import (
    ReadWorkPools,
    WorkerMetadata,
    WorkPoolCreate,
)

ID = "00000000-0000-4000-8000-000000000001"
THEN = "2026-11-22T21:03:15Z"


def test_a_field_that_is_not_declared_is_found_again():
    sent = {"name": "etl", "flow_id": ID, "tags": ["a"], "entrypoint": "flow.py:etl"}
    kept = DeploymentCreate.model_validate(sent).model_dump(mode="json", exclude_unset=True)
    assert kept == sent
    read = Deployment.model_validate(
        kept | {"id": ID, "created": THEN, "updated": THEN, "account_id": ID, "workspace_id": ID}
    )
    assert read.model_dump(mode="json")["entrypoint"] == "flow.py:etl"


@pytest.mark.parametrize(
    ("model", "fields", "empty"),
    [
        (FlowCreate, {"name": "etl", "tags": None}, {"tags": []}),
        (
            BlockSchemaCreate,
            {"block_type_id": ID, "capabilities": None, "fields": None},
            {"capabilities": [], "fields": {}},
        ),
        (
            WorkPoolCreate,
            {"name": "k8s", "type": "kubernetes", "base_job_template": None},
            {"base_job_template": {}},
        ),
        (
            BlockDocumentCreate,
            {"block_schema_id": ID, "block_type_id": ID, "data": None},
            {"data": {}},
        ),
    ],
)
def test_null_of_the_go_client_is_empty(model, fields, empty):
    written = model.model_validate(fields).model_dump()
    assert {key: written[key] for key in empty} == empty


def test_what_an_update_does_not_say_is_no_part_of_it():
    assert DeploymentUpdate.model_validate({"paused": True}).model_fields_set == {"paused"}


def test_other_criteria_are_carried():
    read = ReadBlockSchemas.model_validate(
        {
            "block_schemas": {
                "block_type_id": {"any_": [ID]},
                "block_capabilities": {"all_": None},
            }
        }
    )
    assert [str(found) for found in read.block_schemas.block_type_id.any_] == [ID]
    assert ReadWorkPools.model_validate({"any_": None}).work_pools is None


def test_worker_metadata_keeps_what_a_collection_adds():
    metadata = {"type": "process", "is_beta": False}
    assert WorkerMetadata.model_validate(metadata).model_dump(exclude_unset=True) == metadata
