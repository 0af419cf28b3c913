"""The objects of the contract, as the documents that they are in a store."""

from __future__ import annotations

from uuid import uuid4

from rbac_sync.backends.store.system_blocks import system_documents
from rbac_sync.testing.company import PROD


def make_documents(backend, workspace=PROD):
    """Keep a deployment, a work pool and a block of the system's type in the store."""

    def work(writer):
        keep, at = writer.documents.add, workspace.address
        flow = keep("flow", at, "etl", {"name": "etl"})
        keep("deployment", at, f"{flow.id}/daily", {"name": "daily", "flow_id": str(flow.id)})
        keep(
            "work-pool",
            at,
            "main",
            {"name": "main", "type": "process", "default_queue_id": str(uuid4())},
        )
        entry = writer.register().named[at]
        (type_,) = system_documents(writer.documents, entry, "block-type")
        (schema,) = system_documents(writer.documents, entry, "block-schema")
        ids = {"block_type_id": str(type_.id), "block_schema_id": str(schema.id)}
        keep("block-document", at, f"{type_.id}/db", {"name": "db", "data": {}, **ids})

    backend.transact(str(uuid4()), work)
