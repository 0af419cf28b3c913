"""What the published document says of the objects that this server keeps for clients.

Each field with its type; ``?`` where it may be null. The service answers every one of them,
whoever wrote what: those that nobody wrote with the declared default, or null.
Source: version 0.8.4 of the document.
"""

from __future__ import annotations

ENTITY = {"id": "uuid", "created": "instant?", "updated": "instant?"}
AUTHORED = {**ENTITY, "created_by": "object?", "updated_by": "object?"}

FLOW = {**AUTHORED, "name": "text", "tags": "texts", "labels": "object?"}

DEPLOYMENT = {
    **AUTHORED,
    "name": "text",
    "flow_id": "uuid",
    "description": "text?",
    "version_id": "uuid?",
    "version": "text?",
    "version_info": "object?",
    "branch": "text?",
    "root": "uuid?",
    "base": "uuid?",
    "infra_overrides": "object?",
    "schedule": "object?",
    "is_schedule_active": "flag",
    "schedules": "objects",
    "paused": "flag",
    "disabled": "flag",
    "concurrency_limit": "number?",
    "global_concurrency_limit": "object?",
    "concurrency_options": "object?",
    "job_variables": "object",
    "parameters": "object",
    "parameter_openapi_schema": "object?",
    "enforce_parameter_schema": "flag",
    "tags": "texts",
    "labels": "object?",
    "work_pool_name": "text?",
    "work_queue_name": "text?",
    "work_queue_id": "uuid?",
    "last_polled": "instant?",
    "path": "text?",
    "pull_steps": "objects?",
    "entrypoint": "text?",
    "manifest_path": "text?",
    "storage_document_id": "uuid?",
    "infrastructure_document_id": "uuid?",
    "status": "text?",
}

GLOBAL_LIMIT = {
    **ENTITY,
    "active": "flag",
    "name": "text",
    "limit": "number",
    "active_slots": "number",
    "slot_decay_per_second": "float",
}

AUTOMATION = {
    **ENTITY,
    "name": "text",
    "description": "text",
    "enabled": "flag",
    "trigger": "object",
    "actions": "objects",
    "actions_on_trigger": "objects",
    "actions_on_resolve": "objects",
    "labels": "object?",
    "tags": "texts",
    "account": "uuid",
    "workspace": "uuid?",
    "actor": "object?",
}

WORK_POOL = {
    **AUTHORED,
    "name": "text",
    "description": "text?",
    "type": "text",
    "base_job_template": "object",
    "is_paused": "flag",
    "concurrency_limit": "number?",
    "is_push_pool": "flag",
    "is_mex_pool": "flag",
    "status": "text?",
    "default_queue_id": "uuid",
    "storage_configuration": "object",
    "last_polled": "instant?",
    "active_slots": "number?",
}

BLOCK_TYPE = {
    **ENTITY,
    "name": "text",
    "slug": "text",
    "logo_url": "text?",
    "documentation_url": "text?",
    "description": "text?",
    "code_example": "text?",
    "is_protected": "flag",
}

BLOCK_SCHEMA = {
    **ENTITY,
    "checksum": "text",
    "fields": "object",
    "block_type_id": "uuid?",
    "block_type": "object?",
    "capabilities": "texts",
    "version": "text",
}

BLOCK_DOCUMENT = {
    **ENTITY,
    "name": "text?",
    "data": "object",
    "block_schema_id": "uuid",
    "block_schema": "object?",
    "block_type_id": "uuid",
    "block_type_name": "text?",
    "block_type": "object?",
    "block_document_references": "object",
    "is_anonymous": "flag",
}

SHAPES = {
    "Flow": FLOW,
    "DeploymentResponse": DEPLOYMENT,
    "GlobalConcurrencyLimitResponse": GLOBAL_LIMIT,
    "Automation": AUTOMATION,
    "WorkPoolResponse": WORK_POOL,
    "BlockType": BLOCK_TYPE,
    "BlockSchema": BLOCK_SCHEMA,
    "BlockDocument": BLOCK_DOCUMENT,
}
"""By the name of the schema in the document."""

TYPES = {
    "text": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "instant": {"type": "string", "format": "date-time"},
    "flag": {"type": "boolean"},
    "number": {"type": "integer"},
    "float": {"type": "number"},
    "object": {"type": "object"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "objects": {"type": "array", "items": {"type": "object"}},
}


def schema(shape: dict[str, str]) -> dict[str, object]:
    """Return the JSON schema of an answer that has every field of *shape*."""
    fields = {name: _field(word) for name, word in shape.items()}
    return {"type": "object", "properties": fields, "required": sorted(shape)}


def _field(word: str) -> dict[str, object]:
    named = TYPES[word.removesuffix("?")]
    return {"anyOf": [named, {"type": "null"}]} if word.endswith("?") else named
