"""Blocks: documents of a type, whose values are shown on request, if the caller may see secrets."""

from __future__ import annotations

from uuid import UUID

from ....backends.store.documents import Document
from ....backends.store.system_blocks import SCHEMA, TYPE
from ....wire.prefect_cloud import object_access as access
from ....wire.prefect_cloud import orchestration as wire
from ...auth import RequestScope
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ..collection import together
from . import documents
from .access_lists import AccessListRoutes
from .block_types import BLOCK, MANAGE, SEE, schema, schemas, types
from .document_collection import DocumentCollection, Lookup, Rights, Show, add_lookup, routes
from .documents import Content, Finder
from .lookups import by_id

SEE_VALUES = "see_secret_blocks"
RIGHTS = {"manage": MANAGE, "view": SEE}
HIDDEN = "********"
"""The text in place of each value of a block where the reader may not see secrets."""


def _by_names(slug: str, name: str) -> Finder:
    """Find a block by its name and that of its type, as programs do."""

    def find(view: ReadView, at: RequestScope) -> Document:
        type_ = documents.named(view, at, TYPE, slug)
        return documents.named(view, at, BLOCK, f"{type_.id}/{name}")

    return find


def _with_values(include_secrets: bool = False) -> Show:  # noqa: FBT001, FBT002
    """Return a block with its values, if the caller requests them and may see them."""

    def show(view: ReadView, block: Document) -> Content:
        content = _with_type(view, block)
        may_see = include_secrets and SEE_VALUES in view.may(block.owner)
        return {**content, "data": block.content["data"]} if may_see else content

    return show


def _with_type(view: ReadView, block: Document) -> Content:
    """Return a block with its type and schema, and its values hidden.

    *Why* every value is hidden, and not only secret ones: only the author of the schema
    knows which are secret.
    """
    content = block.content
    type_ = documents.there(view, block.owner, TYPE, UUID(str(content["block_type_id"])))
    version = documents.there(view, block.owner, SCHEMA, UUID(str(content["block_schema_id"])))
    return {
        "data": dict.fromkeys(content["data"], HIDDEN),
        "block_type_name": type_.content["name"] if type_ else None,
        "block_type": documents.to_response(view, type_, wire.BlockType) if type_ else None,
        "block_schema": schema(view, version) if version else None,
    }


def _with_all_fields(_transaction: WriteTransaction, _at: RequestScope, sent: Content) -> Content:
    return {"name": None, "data": {}, **sent}


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
    prepare=_with_all_fields,
    show=_with_type,
    show_one=_with_values,
    merge=_merged,
    lookups=(Lookup("/{id}", by_id(BLOCK)),),
)
ACCESS = AccessListRoutes(
    of=BLOCKS,
    levels=RIGHTS,
    lookup=Lookup("/{id}", by_id(BLOCK)),
    create=access.SetBlockDocumentAccess,
    shape=access.BlockDocumentAccessControl,
    mine=access.ReadActorsBlockDocumentAccess,
)

BY_NAMES = "/slug/{slug}/block_documents/name/{name}"
add_lookup(types, BLOCKS, Lookup(BY_NAMES, _by_names, frozenset({"GET"})))

router = together(types, schemas, routes(BLOCKS), ACCESS.router())
