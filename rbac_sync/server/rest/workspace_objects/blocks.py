"""Blocks with their types and schemas, as far as they carry access lists."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from ....backends.store.documents import Document, Outline
from ....wire.prefect_cloud import object_access as access
from ....wire.prefect_cloud import orchestration as wire
from ...auth import RequestScope, workspace
from ...guarded_store import WriteTransaction
from ...http_errors import forbidden, not_found
from ...matching import among
from ...read_view import ReadView
from ..collection import WORKSPACE, collection, page
from ..system_blocks import SCHEMA, TYPE, VERSION, checksum
from . import access_lists, documents

router = APIRouter()
types = collection(f"{WORKSPACE}/block_types", "Block Types")
schemas = collection(f"{WORKSPACE}/block_schemas", "Block Schemas")
blocks = collection(f"{WORKSPACE}/block_documents", "Block Documents")

KIND = "block-document"
SEE, SECRET, MANAGE = "see_blocks", "see_secret_blocks", "manage_blocks"
RIGHTS = {"manage": MANAGE, "view": SEE}
HIDDEN = "********"
"""What is shown in place of each value of a block to whoever may not see secrets."""


@types.post("/", status_code=201)
def create_block_type(
    body: wire.BlockTypeCreate, at: Annotated[RequestScope, workspace(MANAGE)]
) -> wire.BlockType:
    """Create a kind of block."""

    def work(transaction: WriteTransaction) -> wire.BlockType:
        made = documents.create(transaction, at, TYPE, body.slug, documents.said(body))
        return documents.shown(transaction.view, made, wire.BlockType)

    return at.write(work)


@types.post("/install_system_block_types")
def install_system_block_types(at: Annotated[RequestScope, workspace(MANAGE)]) -> None:
    """Do nothing: every workspace has them."""
    with at.view():
        return


@types.get("/slug/{slug}")
def read_block_type_by_slug(
    slug: str, at: Annotated[RequestScope, workspace(SEE)]
) -> wire.BlockType:
    """Read a kind of block by its slug."""
    with at.view() as view:
        return documents.shown(view, documents.named(view, at, TYPE, slug), wire.BlockType)


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
        found = documents.named(view, at, KIND, f"{kind.id}/{name}")
        return _block(view, at, found, secrets=include_secrets)


@types.post("/filter")
def read_block_types(
    at: Annotated[RequestScope, workspace(SEE)], body: wire.ObjectPage | None = None
) -> list[wire.BlockType]:
    """List the kinds of blocks."""
    with at.view() as view:
        found = documents.listed(view, at, TYPE, body or wire.ObjectPage())
        return [documents.shown(view, each, wire.BlockType) for each in found]


@types.get("/{id}")
def read_block_type(id: UUID, at: Annotated[RequestScope, workspace(SEE)]) -> wire.BlockType:  # noqa: A002
    """Read a kind of block."""
    with at.view() as view:
        return documents.shown(view, documents.get(view, at, TYPE, id), wire.BlockType)


@types.patch("/{id}", status_code=204)
def update_block_type(
    id: UUID,  # noqa: A002
    body: wire.BlockTypeUpdate,
    at: Annotated[RequestScope, workspace(MANAGE)],
) -> None:
    """Change a kind of block; its name and slug stay."""
    told = documents.said(body, fixed=("name", "slug"))
    documents.change(at, documents.by_id(at, TYPE, id), told)


@types.delete("/{id}", status_code=204)
def delete_block_type(id: UUID, at: Annotated[RequestScope, workspace(MANAGE)]) -> None:  # noqa: A002
    """Delete a kind of block with its schemas and blocks."""

    def work(transaction: WriteTransaction) -> None:
        found = documents.get(transaction.view, at, TYPE, id)
        _check_free(found)
        for kind in (KIND, SCHEMA):
            for each in transaction.documents.of(kind, found.owner):
                if each.content["block_type_id"] == str(found.id):
                    transaction.documents.delete(each)
        transaction.documents.delete(found)

    at.write(work)


@schemas.post("/", status_code=201)
def create_block_schema(
    body: wire.BlockSchemaCreate, at: Annotated[RequestScope, workspace(MANAGE)]
) -> wire.BlockSchema:
    """Create a version of the fields of a kind of block; the same fields are the same version."""

    def work(transaction: WriteTransaction) -> wire.BlockSchema:
        documents.get(transaction.view, at, TYPE, body.block_type_id)
        told = {"fields": {}, **documents.said(body)}
        sum_ = checksum(told["fields"])
        name = f"{body.block_type_id}/{sum_}/{body.version}"
        found, _ = documents.put(transaction, at, SCHEMA, name, {**told, "checksum": sum_})
        return _schema(transaction.view, found)

    return at.write(work)


@schemas.post("/filter")
def read_block_schemas(
    at: Annotated[RequestScope, workspace(SEE)], body: wire.ReadBlockSchemas | None = None
) -> list[wire.BlockSchema]:
    """List versions, the latest first."""
    asked = body or wire.ReadBlockSchemas()
    wanted = asked.block_schemas.block_type_id if asked.block_schemas else None
    with at.view() as view:
        found = documents.outlines(view, at, SCHEMA)
        rows = [o for o in reversed(found) if among(_type_of(o), wanted)]
        return [_schema(view, d) for d in documents.loaded(view, at, SCHEMA, page(rows, asked))]


def _type_of(schema: Outline) -> UUID:
    """Return the kind of block of a version, whose name begins with its id."""
    return UUID((schema.name or "").partition("/")[0])


@schemas.get("/checksum/{checksum}")
def read_block_schema_by_checksum(
    checksum: str, at: Annotated[RequestScope, workspace(SEE)], version: str = VERSION
) -> wire.BlockSchema:
    """Read a version by what its fields add up to."""
    end = f"/{checksum}/{version}"
    with at.view() as view:
        rows = [o for o in documents.outlines(view, at, SCHEMA) if (o.name or "").endswith(end)]
        if not rows:
            raise not_found()
        return _schema(view, *documents.loaded(view, at, SCHEMA, rows[-1:]))


@schemas.get("/{id}")
def read_block_schema(id: UUID, at: Annotated[RequestScope, workspace(SEE)]) -> wire.BlockSchema:  # noqa: A002
    """Read a version."""
    with at.view() as view:
        return _schema(view, documents.get(view, at, SCHEMA, id))


@schemas.delete("/{id}", status_code=204)
def delete_block_schema(id: UUID, at: Annotated[RequestScope, workspace(MANAGE)]) -> None:  # noqa: A002
    """Delete a version."""

    def work(transaction: WriteTransaction) -> None:
        found = documents.get(transaction.view, at, SCHEMA, id)
        _check_free(documents.get(transaction.view, at, TYPE, UUID(found.content["block_type_id"])))
        transaction.documents.delete(found)

    at.write(work)


@blocks.post("/", status_code=201)
def create_block_document(
    body: wire.BlockDocumentCreate, at: Annotated[RequestScope, workspace(MANAGE)]
) -> wire.BlockDocument:
    """Create a block."""

    def work(transaction: WriteTransaction) -> wire.BlockDocument:
        type_ = documents.get(transaction.view, at, TYPE, body.block_type_id)
        documents.get(transaction.view, at, SCHEMA, body.block_schema_id)
        name = None if body.name is None else f"{type_.id}/{body.name}"
        told = {"name": None, "data": {}, **documents.said(body)}
        return _block(
            transaction.view, at, documents.create(transaction, at, KIND, name, told), secrets=True
        )

    return at.write(work)


@blocks.post("/filter")
def read_block_documents(
    at: Annotated[RequestScope, workspace(SEE)], body: wire.ObjectPage | None = None
) -> list[wire.BlockDocument]:
    """List blocks, without their values."""
    with at.view() as view:
        found = documents.listed(view, at, KIND, body or wire.ObjectPage())
        return [_block(view, at, each, secrets=False) for each in found]


@blocks.get("/{id}")
def read_block_document(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, workspace(SEE)],
    include_secrets: bool = False,  # noqa: FBT001, FBT002
) -> wire.BlockDocument:
    """Read a block; its values only if they are asked for and may be seen."""
    with at.view() as view:
        return _block(view, at, documents.get(view, at, KIND, id), secrets=include_secrets)


@blocks.patch("/{id}", status_code=204)
def update_block_document(
    id: UUID,  # noqa: A002
    body: wire.BlockDocumentUpdate,
    at: Annotated[RequestScope, workspace(MANAGE)],
) -> None:
    """Change a block: its data are merged with those there, or replace them."""

    def work(transaction: WriteTransaction) -> None:
        found = documents.get(transaction.view, at, KIND, id)
        said, told = documents.said(body), {}
        if body.block_schema_id is not None:
            told["block_schema_id"] = said["block_schema_id"]
        if "data" in said:
            kept = found.content["data"] if body.merge_existing_data else {}
            told["data"] = {**kept, **said["data"]}
        documents.update(transaction, found, told)

    at.write(work)


@blocks.delete("/{id}", status_code=204)
def delete_block_document(id: UUID, at: Annotated[RequestScope, workspace(MANAGE)]) -> None:  # noqa: A002
    """Delete a block."""
    documents.delete(at, documents.by_id(at, KIND, id))


@blocks.get("/{id}/access")
def read_block_document_access(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, workspace(SEE)],
) -> access.BlockDocumentAccessControl:
    """Read its access list."""
    with at.view() as view:
        found = access_lists.read(view, documents.get(view, at, KIND, id), tuple(RIGHTS))
        return access.BlockDocumentAccessControl(**found)


@blocks.put("/{id}/access", status_code=204)
def set_block_document_access(
    id: UUID,  # noqa: A002
    body: access.SetBlockDocumentAccess,
    at: Annotated[RequestScope, workspace(MANAGE)],
) -> None:
    """Replace its access list."""
    access_lists.put(at, documents.by_id(at, KIND, id), body.access_control)


@blocks.post("/my-access")
def read_my_block_document_access(
    body: access.ReadActorsBlockDocumentAccess, at: Annotated[RequestScope, workspace(SEE)]
) -> access.LevelsByObject:
    """Say what the caller may do with each."""
    with at.view() as view:
        found = [documents.get(view, at, KIND, each) for each in body.block_document_ids]
        return {str(d.id): access_lists.mine(view, d, RIGHTS) for d in found}


def _check_free(type_: Document) -> None:
    """Refuse to delete anything of a kind of block that the system has."""
    if type_.content.get("is_protected"):
        raise forbidden(f"the system's own block type `{type_.name}` cannot be deleted")


def _schema(view: ReadView, document: Document) -> wire.BlockSchema:
    return documents.shown(view, document, wire.BlockSchema)


def _block(
    view: ReadView, at: RequestScope, document: Document, *, secrets: bool
) -> wire.BlockDocument:
    """Return a block as the API shows it.

    *Why* every value is hidden and not the secret ones alone: which are secret
    only the schema's author knows.
    """
    content = document.content
    seen = secrets and SECRET in view.may(at.workspace(view).address)
    data = content["data"] if seen else dict.fromkeys(content["data"], HIDDEN)
    type_ = documents.there(view, at, TYPE, UUID(str(content["block_type_id"])))
    schema = documents.there(view, at, SCHEMA, UUID(str(content["block_schema_id"])))
    return documents.shown(
        view,
        document,
        wire.BlockDocument,
        data=data,
        block_type_name=type_.content["name"] if type_ else None,
        block_type=documents.shown(view, type_, wire.BlockType) if type_ else None,
        block_schema=_schema(view, schema) if schema else None,
    )


router.include_router(types)
router.include_router(schemas)
router.include_router(blocks)
