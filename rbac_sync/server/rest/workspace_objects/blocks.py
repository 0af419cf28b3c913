"""Blocks with their types and schemas. Secrets are shown on request to those who see them."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from ....backends.store.documents import Document
from ....backends.store.system_blocks import SCHEMA, TYPE, VERSION, checksum
from ....wire.prefect_cloud import access
from ....wire.prefect_cloud.workspace_objects import blocks as wire
from ...auth import RequestScope, workspace
from ...guarded_store import WriteTransaction
from ...matching import meets
from ...read_view import ReadView
from ...refusals import Missing, NotAllowed
from ..collection import WORKSPACE, Collection, page, together
from . import documents
from .access_lists import AccessListRoutes
from .document_collection import DocumentCollection, Rights, Show
from .document_routes import DocumentRoutes
from .documents import Content
from .lookups import BY_ID, READ, Lookup, by_name, by_name_within

BLOCK = "block-document"
SEE, MANAGE, SEE_VALUES = "see_blocks", "manage_blocks", "see_secret_blocks"
RIGHTS = {"manage": MANAGE, "view": SEE}
HIDDEN = "********"
"""The text in place of a secret of a block where the reader may not see secrets."""


def _check_free(_view: ReadView, type_: Document) -> None:
    """Refuse to delete a block type of the system, or a part of one."""
    if type_.content.get("is_protected"):
        raise NotAllowed(f"the system's own block type `{type_.name}` cannot be deleted")


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
        Lookup("/slug/{slug}", partial(by_name, parameter="slug"), READ),
        BY_ID,
    ),
)
types = DocumentRoutes(TYPES).router()
schemas = Collection(f"{WORKSPACE}/block_schemas", "Block Schemas")


@types.reads("POST", "/install_system_block_types", workspace(MANAGE))
def install_system_block_types(_view: ReadView) -> None:
    """Do nothing: every workspace has the block types of the system."""


@schemas.writes("POST", "/", workspace(MANAGE), status_code=201)
def create_block_schema(
    transaction: WriteTransaction, at: RequestScope, body: wire.BlockSchemaCreate
) -> wire.BlockSchema:
    """Create a block schema; one with the same fields is returned instead."""
    documents.get(transaction.view, at, TYPE, body.block_type_id)
    fields = {"fields": {}, **documents.sent_fields(body)}
    fields["checksum"] = checksum(fields["fields"])
    name = f"{body.block_type_id}/{fields['checksum']}/{body.version}"
    if kept := documents.find_named(transaction.view, at, SCHEMA, name):
        return schema(transaction.view, documents.update(transaction, kept, fields))
    return schema(transaction.view, documents.create(transaction, at, SCHEMA, name, fields))


@schemas.reads("POST", "/filter", workspace(SEE))
def read_block_schemas(
    view: ReadView, at: RequestScope, body: wire.ReadBlockSchemas
) -> list[wire.BlockSchema]:
    """List block schemas, the latest first."""
    outlines = documents.outlines(view, at, SCHEMA)
    types = ((o, {"block_type_id": (o.name or "").partition("/")[0]}) for o in reversed(outlines))
    rows = [o for o, type_ in types if meets(type_, body.block_schemas)]
    return [schema(view, d) for d in documents.loaded(view, at, SCHEMA, page(rows, body))]


@schemas.reads("GET", "/checksum/{checksum}", workspace(SEE))
def read_block_schema_by_checksum(
    view: ReadView, at: RequestScope, checksum: str, version: str = VERSION
) -> wire.BlockSchema:
    """Read the block schema with this checksum."""
    end = f"/{checksum}/{version}"
    rows = [o for o in documents.outlines(view, at, SCHEMA) if (o.name or "").endswith(end)]
    if not rows:
        raise Missing
    return schema(view, *documents.loaded(view, at, SCHEMA, rows[-1:]))


@schemas.reads("GET", "/{id}", workspace(SEE))
def read_block_schema(view: ReadView, at: RequestScope, id: UUID) -> wire.BlockSchema:
    """Read a block schema."""
    return schema(view, documents.get(view, at, SCHEMA, id))


@schemas.writes("DELETE", "/{id}", workspace(MANAGE), status_code=204)
def delete_block_schema(transaction: WriteTransaction, at: RequestScope, id: UUID) -> None:
    """Delete a block schema."""
    view = transaction.view
    document = documents.get(view, at, SCHEMA, id)
    _check_free(view, documents.get(view, at, TYPE, UUID(document.content["block_type_id"])))
    transaction.documents.delete(document)


def schema(view: ReadView, document: Document) -> wire.BlockSchema:
    """Return a schema as the API shows it."""
    return documents.to_response(view, document, wire.BlockSchema)


def _with_secrets(include_secrets: bool = False) -> Show:  # noqa: FBT001, FBT002
    """Return a block with its secrets, if the caller requests them and may see them."""

    def show(view: ReadView, block: Document) -> Content:
        content = _with_type(view, block)
        may_see = include_secrets and SEE_VALUES in view.may(block.owner)
        return {**content, "data": block.content["data"]} if may_see else content

    return show


def _with_type(view: ReadView, block: Document) -> Content:
    """Return a block with its type and schema, and its secrets hidden."""
    content = block.content
    type_ = documents.there(view, block.owner, TYPE, UUID(str(content["block_type_id"])))
    version = documents.there(view, block.owner, SCHEMA, UUID(str(content["block_schema_id"])))
    return {
        "data": _without_secrets(content["data"], version.content["fields"] if version else {}),
        "block_type_name": type_.content["name"] if type_ else None,
        "block_type": documents.to_response(view, type_, wire.BlockType) if type_ else None,
        "block_schema": schema(view, version) if version else None,
    }


def _without_secrets(data: Content, fields: Content) -> Content:
    """Return the values of a block with *HIDDEN* in place of those that may be secret.

    Its schema lists the paths of the secret ones, in which ``*`` stands for every name. A value
    that the schema does not declare may be secret, and so may every value without such a list, or
    where the list has a name that is not declared: a client lists fields by their names, and
    declares them by their aliases.
    """
    declared, secret = fields.get("properties"), fields.get("secret_fields")
    if not isinstance(declared, dict) or not isinstance(secret, list):
        return dict.fromkeys(data, HIDDEN)
    named = {str(path).partition(".")[0] for path in secret}
    heads = {name: name.partition(".")[0] for name in declared}
    is_placed = named <= set(heads.values())
    is_open = {name: is_placed and head not in named for name, head in heads.items()}
    return {name: value if is_open.get(name) else HIDDEN for name, value in data.items()}


def _merged(block: Document, fields: Content) -> Content:
    """Return the fields that a change sets: new data are merged with the old, or replace them."""
    changes = {name: value for name, value in fields.items() if name != "merge_existing_data"}
    if "data" in fields and fields.get("merge_existing_data", True):
        changes["data"] = {**block.content["data"], **fields["data"]}
    return changes


BLOCKS = DocumentCollection(
    kind=BLOCK,
    path="block_documents",
    tag="Block Documents",
    rights=Rights(SEE, MANAGE, MANAGE, MANAGE),
    shape=wire.BlockDocument,
    create=wire.BlockDocumentCreate,
    update=wire.BlockDocumentUpdate,
    parent="block_type_id",
    fixed=("name", "block_type_id"),
    needs={"block_type_id": TYPE, "block_schema_id": SCHEMA},
    prepare=lambda _transaction, _at, sent: {"name": None, "data": {}, **sent},
    show=_with_type,
    page=wire.ReadBlockDocuments,
    show_one=_with_secrets,
    show_listed=lambda query: _with_secrets(query.include_secrets),
    merge=_merged,
)
ACCESS = AccessListRoutes(
    of=BLOCKS,
    levels=RIGHTS,
    create=access.SetBlockDocumentAccess,
    shape=access.BlockDocumentAccessControl,
    mine=access.ReadActorsBlockDocumentAccess,
)

IN_TYPE = partial(by_name_within, parent=TYPE, of="slug")
DocumentRoutes(BLOCKS).add_lookup(
    types, Lookup("/slug/{slug}/block_documents/name/{name}", IN_TYPE, READ)
)

router = together(types, schemas, DocumentRoutes(BLOCKS).router(), ACCESS.router())
