"""The types of blocks and their schemas."""

from __future__ import annotations

from uuid import UUID

from ....backends.store.documents import Document, Outline
from ....backends.store.system_blocks import SCHEMA, TYPE, VERSION, checksum
from ....wire.prefect_cloud import orchestration as wire
from ...auth import RequestScope, workspace
from ...guarded_store import WriteTransaction
from ...matching import meets
from ...read_view import ReadView
from ...refusals import forbidden, not_found
from ..collection import WORKSPACE, collection, page, reads, writes
from . import documents
from .document_collection import DocumentCollection, Lookup, Rights, routes
from .lookups import by_id, by_slug

schemas = collection(f"{WORKSPACE}/block_schemas", "Block Schemas")

BLOCK = "block-document"
SEE, MANAGE = "see_blocks", "manage_blocks"


def _check_free(_view: ReadView, type_: Document) -> None:
    """Refuse to delete a block type of the system, or a part of one."""
    if type_.content.get("is_protected"):
        raise forbidden(f"the system's own block type `{type_.name}` cannot be deleted")


TYPES = DocumentCollection(
    kind=TYPE,
    path="block_types",
    tag="Block Types",
    rights=Rights(SEE, MANAGE, MANAGE, MANAGE),
    shape=wire.BlockType,
    create=wire.BlockTypeCreate,
    update=wire.BlockTypeUpdate,
    name="slug",
    fixed=("name", "slug"),
    owns={BLOCK: "block_type_id", SCHEMA: "block_type_id"},
    check_free=_check_free,
    lookups=(
        Lookup("/slug/{slug}", by_slug(TYPE), frozenset({"GET"})),
        Lookup("/{id}", by_id(TYPE)),
    ),
)
types = routes(TYPES)


@types.post("/install_system_block_types")
@reads(workspace(MANAGE))
def install_system_block_types(_view: ReadView) -> None:
    """Do nothing: every workspace has them."""


@schemas.post("/", status_code=201)
@writes(workspace(MANAGE))
def create_block_schema(
    transaction: WriteTransaction, at: RequestScope, body: wire.BlockSchemaCreate
) -> wire.BlockSchema:
    """Create a version of the fields of a kind of block; the same fields are the same version."""
    documents.get(transaction.view, at, TYPE, body.block_type_id)
    fields = {"fields": {}, **documents.sent_fields(body)}
    fields["checksum"] = checksum(fields["fields"])
    name = f"{body.block_type_id}/{fields['checksum']}/{body.version}"
    if kept := documents.find_named(transaction.view, at, SCHEMA, name):
        return schema(transaction.view, documents.update(transaction, kept, fields))
    return schema(transaction.view, documents.create(transaction, at, SCHEMA, name, fields))


@schemas.post("/filter")
@reads(workspace(SEE))
def read_block_schemas(
    view: ReadView, at: RequestScope, body: wire.ReadBlockSchemas | None = None
) -> list[wire.BlockSchema]:
    """List versions, the latest first."""
    query = body or wire.ReadBlockSchemas()
    outlines = documents.outlines(view, at, SCHEMA)
    rows = [o for o in reversed(outlines) if meets(_row(o), query.block_schemas)]
    return [schema(view, d) for d in documents.loaded(view, at, SCHEMA, page(rows, query))]


def _row(schema: Outline) -> dict[str, str]:
    """Return the fields for filters: the id of the block type, with which its name begins."""
    return {"block_type_id": (schema.name or "").partition("/")[0]}


@schemas.get("/checksum/{checksum}")
@reads(workspace(SEE))
def read_block_schema_by_checksum(
    view: ReadView, at: RequestScope, checksum: str, version: str = VERSION
) -> wire.BlockSchema:
    """Read a version by what its fields add up to."""
    end = f"/{checksum}/{version}"
    rows = [o for o in documents.outlines(view, at, SCHEMA) if (o.name or "").endswith(end)]
    if not rows:
        raise not_found()
    return schema(view, *documents.loaded(view, at, SCHEMA, rows[-1:]))


@schemas.get("/{id}")
@reads(workspace(SEE))
def read_block_schema(view: ReadView, at: RequestScope, id: UUID) -> wire.BlockSchema:
    """Read a version."""
    return schema(view, documents.get(view, at, SCHEMA, id))


@schemas.delete("/{id}", status_code=204)
@writes(workspace(MANAGE))
def delete_block_schema(transaction: WriteTransaction, at: RequestScope, id: UUID) -> None:
    """Delete a version."""
    view = transaction.view
    document = documents.get(view, at, SCHEMA, id)
    _check_free(view, documents.get(view, at, TYPE, UUID(document.content["block_type_id"])))
    transaction.documents.delete(document)


def schema(view: ReadView, document: Document) -> wire.BlockSchema:
    """Return a schema as the API shows it."""
    return documents.to_response(view, document, wire.BlockSchema)
