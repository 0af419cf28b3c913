"""Blocks, as far as they carry access lists: documents of a type, with values."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from ....backends.store.documents import Document
from ....wire.prefect_cloud import object_access as access
from ....wire.prefect_cloud import orchestration as wire
from ...auth import RequestScope, workspace
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ..collection import WORKSPACE, collection
from ..system_blocks import SCHEMA, TYPE
from . import access_lists, documents
from .block_types import BLOCK, MANAGE, SEE, schema, schemas, types

router = APIRouter()
blocks = collection(f"{WORKSPACE}/block_documents", "Block Documents")

SEE_VALUES = "see_secret_blocks"
RIGHTS = {"manage": MANAGE, "view": SEE}
HIDDEN = "********"
"""The text in place of each value of a block where the reader may not see secrets."""


@types.get("/slug/{slug}/block_documents/name/{name}")
def read_block_document_by_name(
    slug: str,
    name: str,
    at: Annotated[RequestScope, workspace(SEE)],
    include_secrets: bool = False,  # noqa: FBT001, FBT002
) -> wire.BlockDocument:
    """Read a block by its name and that of its kind, which is how programs load one."""
    with at.view() as view:
        kind = documents.named(view, at, TYPE, slug)
        block = documents.named(view, at, BLOCK, f"{kind.id}/{name}")
        return _block(view, at, block, secrets=include_secrets)


@blocks.post("/", status_code=201)
def create_block_document(
    body: wire.BlockDocumentCreate, at: Annotated[RequestScope, workspace(MANAGE)]
) -> wire.BlockDocument:
    """Create a block."""

    def work(transaction: WriteTransaction) -> wire.BlockDocument:
        type_ = documents.get(transaction.view, at, TYPE, body.block_type_id)
        documents.get(transaction.view, at, SCHEMA, body.block_schema_id)
        name = None if body.name is None else f"{type_.id}/{body.name}"
        fields = {"name": None, "data": {}, **documents.sent_fields(body)}
        return _block(
            transaction.view,
            at,
            documents.create(transaction, at, BLOCK, name, fields),
            secrets=True,
        )

    return at.write(work)


@blocks.post("/filter")
def read_block_documents(
    at: Annotated[RequestScope, workspace(SEE)], body: wire.ReadObjects | None = None
) -> list[wire.BlockDocument]:
    """List blocks, without their values."""
    with at.view() as view:
        listed = documents.listed(view, at, BLOCK, body or wire.ReadObjects())
        return [_block(view, at, each, secrets=False) for each in listed]


@blocks.get("/{id}")
def read_block_document(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, workspace(SEE)],
    include_secrets: bool = False,  # noqa: FBT001, FBT002
) -> wire.BlockDocument:
    """Read a block; its values only if they are asked for and may be seen."""
    with at.view() as view:
        return _block(view, at, documents.get(view, at, BLOCK, id), secrets=include_secrets)


@blocks.patch("/{id}", status_code=204)
def update_block_document(
    id: UUID,  # noqa: A002
    body: wire.BlockDocumentUpdate,
    at: Annotated[RequestScope, workspace(MANAGE)],
) -> None:
    """Change a block: its data are merged with those there, or replace them."""

    def work(transaction: WriteTransaction) -> None:
        block = documents.get(transaction.view, at, BLOCK, id)
        sent, fields = documents.sent_fields(body), {}
        if body.block_schema_id is not None:
            documents.get(transaction.view, at, SCHEMA, body.block_schema_id)
            fields["block_schema_id"] = sent["block_schema_id"]
        if "data" in sent:
            kept = block.content["data"] if body.merge_existing_data else {}
            fields["data"] = {**kept, **sent["data"]}
        documents.update(transaction, block, fields)

    at.write(work)


@blocks.delete("/{id}", status_code=204)
def delete_block_document(id: UUID, at: Annotated[RequestScope, workspace(MANAGE)]) -> None:  # noqa: A002
    """Delete a block."""
    documents.delete(at, documents.by_id(at, BLOCK, id))


@blocks.get("/{id}/access")
def read_block_document_access(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, workspace(SEE)],
) -> access.BlockDocumentAccessControl:
    """Read its access list."""
    with at.view() as view:
        levels = access_lists.read(view, documents.get(view, at, BLOCK, id), tuple(RIGHTS))
        return access.BlockDocumentAccessControl(**levels)


@blocks.put("/{id}/access", status_code=204)
def set_block_document_access(
    id: UUID,  # noqa: A002
    body: access.SetBlockDocumentAccess,
    at: Annotated[RequestScope, workspace(MANAGE)],
) -> None:
    """Replace its access list."""
    access_lists.put(at, documents.by_id(at, BLOCK, id), body.access_control)


@blocks.post("/my-access")
def read_my_block_document_access(
    body: access.ReadActorsBlockDocumentAccess, at: Annotated[RequestScope, workspace(SEE)]
) -> access.LevelsByObject:
    """Say what the caller may do with each."""
    with at.view() as view:
        chosen = [documents.get(view, at, BLOCK, each) for each in body.block_document_ids]
        return {str(d.id): access_lists.mine(view, d, RIGHTS) for d in chosen}


def _block(
    view: ReadView, at: RequestScope, document: Document, *, secrets: bool
) -> wire.BlockDocument:
    """Return a block as the API shows it.

    *Why* every value is hidden and not the secret ones alone: which are secret
    only the schema's author knows.
    """
    content = document.content
    seen = secrets and SEE_VALUES in view.may(at.workspace(view).address)
    data = content["data"] if seen else dict.fromkeys(content["data"], HIDDEN)
    type_ = documents.there(view, at, TYPE, UUID(str(content["block_type_id"])))
    version = documents.there(view, at, SCHEMA, UUID(str(content["block_schema_id"])))
    return documents.to_response(
        view,
        document,
        wire.BlockDocument,
        data=data,
        block_type_name=type_.content["name"] if type_ else None,
        block_type=documents.to_response(view, type_, wire.BlockType) if type_ else None,
        block_schema=schema(view, version) if version else None,
    )


router.include_router(types)
router.include_router(schemas)
router.include_router(blocks)
