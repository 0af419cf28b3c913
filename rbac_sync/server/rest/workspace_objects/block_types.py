"""Types of blocks and their schemas, which blocks are made of."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ....backends.store.documents import Document, Outline
from ....wire.prefect_cloud import orchestration as wire
from ...auth import RequestScope, workspace
from ...guarded_store import WriteTransaction
from ...matching import among
from ...read_view import ReadView
from ...refusals import forbidden, not_found
from ..collection import WORKSPACE, collection, page
from ..system_blocks import SCHEMA, TYPE, VERSION, checksum
from . import documents

types = collection(f"{WORKSPACE}/block_types", "Block Types")
schemas = collection(f"{WORKSPACE}/block_schemas", "Block Schemas")

BLOCK = "block-document"
SEE, MANAGE = "see_blocks", "manage_blocks"


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
        for kind in (BLOCK, SCHEMA):
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
        return schema(transaction.view, found)

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
        return [schema(view, d) for d in documents.loaded(view, at, SCHEMA, page(rows, asked))]


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
        return schema(view, *documents.loaded(view, at, SCHEMA, rows[-1:]))


@schemas.get("/{id}")
def read_block_schema(id: UUID, at: Annotated[RequestScope, workspace(SEE)]) -> wire.BlockSchema:  # noqa: A002
    """Read a version."""
    with at.view() as view:
        return schema(view, documents.get(view, at, SCHEMA, id))


@schemas.delete("/{id}", status_code=204)
def delete_block_schema(id: UUID, at: Annotated[RequestScope, workspace(MANAGE)]) -> None:  # noqa: A002
    """Delete a version."""

    def work(transaction: WriteTransaction) -> None:
        found = documents.get(transaction.view, at, SCHEMA, id)
        _check_free(documents.get(transaction.view, at, TYPE, UUID(found.content["block_type_id"])))
        transaction.documents.delete(found)

    at.write(work)


def _check_free(type_: Document) -> None:
    """Refuse to delete anything of a kind of block that the system has."""
    if type_.content.get("is_protected"):
        raise forbidden(f"the system's own block type `{type_.name}` cannot be deleted")


def schema(view: ReadView, document: Document) -> wire.BlockSchema:
    """Return a schema as the API shows it."""
    return documents.shown(view, document, wire.BlockSchema)
