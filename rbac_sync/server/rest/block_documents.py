"""Blocks with their types and schemas, as far as they carry access lists."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from ...backends.store.documents import Document, Outline
from ...wire.prefect_cloud import object_access as access
from ...wire.prefect_cloud import orchestration as wire
from ..auth import Place, workspace
from ..gate import Desk
from ..look import Look
from ..refusal import forbidden, not_found
from . import object_access, objects
from .collection import WORKSPACE, among, collection, page
from .system_blocks import SCHEMA, TYPE, VERSION, checksum

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
    body: wire.BlockTypeCreate, at: Annotated[Place, workspace(MANAGE)]
) -> wire.BlockType:
    """Create a kind of block."""

    def work(desk: Desk) -> wire.BlockType:
        made = objects.create(desk, at, TYPE, body.slug, objects.said(body))
        return objects.shown(desk.look, made, wire.BlockType)

    return at.write(work)


@types.post("/install_system_block_types")
def install_system_block_types(at: Annotated[Place, workspace(MANAGE)]) -> None:
    """Do nothing: every workspace has them."""
    with at.look():
        return


@types.get("/slug/{slug}")
def read_block_type_by_slug(slug: str, at: Annotated[Place, workspace(SEE)]) -> wire.BlockType:
    """Read a kind of block by its slug."""
    with at.look() as look:
        return objects.shown(look, objects.named(look, at, TYPE, slug), wire.BlockType)


@types.get("/slug/{slug}/block_documents/name/{name}")
def read_block_document_by_name(
    slug: str,
    name: str,
    at: Annotated[Place, workspace(SEE)],
    include_secrets: bool = False,  # noqa: FBT001, FBT002
) -> wire.BlockDocument:
    """Read a block by its name and that of its kind, which is how programs load one."""
    with at.look() as look:
        kind = objects.named(look, at, TYPE, slug)
        found = objects.named(look, at, KIND, f"{kind.id}/{name}")
        return _block(look, at, found, secrets=include_secrets)


@types.post("/filter")
def read_block_types(
    at: Annotated[Place, workspace(SEE)], body: wire.ObjectPage | None = None
) -> list[wire.BlockType]:
    """List the kinds of blocks."""
    with at.look() as look:
        found = objects.listed(look, at, TYPE, body or wire.ObjectPage())
        return [objects.shown(look, each, wire.BlockType) for each in found]


@types.get("/{id}")
def read_block_type(id: UUID, at: Annotated[Place, workspace(SEE)]) -> wire.BlockType:  # noqa: A002
    """Read a kind of block."""
    with at.look() as look:
        return objects.shown(look, objects.get(look, at, TYPE, id), wire.BlockType)


@types.patch("/{id}", status_code=204)
def update_block_type(
    id: UUID,  # noqa: A002
    body: wire.BlockTypeUpdate,
    at: Annotated[Place, workspace(MANAGE)],
) -> None:
    """Change a kind of block; its name and slug stay."""
    fixed = {"name", "slug"}
    told = {field: value for field, value in objects.said(body).items() if field not in fixed}
    at.write(lambda desk: objects.update(desk, objects.get(desk.look, at, TYPE, id), told))


@types.delete("/{id}", status_code=204)
def delete_block_type(id: UUID, at: Annotated[Place, workspace(MANAGE)]) -> None:  # noqa: A002
    """Delete a kind of block with its schemas and blocks."""

    def work(desk: Desk) -> None:
        found = objects.get(desk.look, at, TYPE, id)
        _check_free(found)
        for kind in (KIND, SCHEMA):
            for each in desk.documents.of(kind, found.owner):
                if each.content["block_type_id"] == str(found.id):
                    desk.documents.delete(each)
        desk.documents.delete(found)

    at.write(work)


@schemas.post("/", status_code=201)
def create_block_schema(
    body: wire.BlockSchemaCreate, at: Annotated[Place, workspace(MANAGE)]
) -> wire.BlockSchema:
    """Create a version of the fields of a kind of block; the same fields are the same version."""

    def work(desk: Desk) -> wire.BlockSchema:
        objects.get(desk.look, at, TYPE, body.block_type_id)
        told = {"fields": {}, **objects.said(body)}
        sum_ = checksum(told["fields"])
        name = f"{body.block_type_id}/{sum_}/{body.version}"
        found, _ = objects.put(desk, at, SCHEMA, name, {**told, "checksum": sum_})
        return _schema(desk.look, found)

    return at.write(work)


@schemas.post("/filter")
def read_block_schemas(
    at: Annotated[Place, workspace(SEE)], body: wire.ReadBlockSchemas | None = None
) -> list[wire.BlockSchema]:
    """List versions, the latest first."""
    asked = body or wire.ReadBlockSchemas()
    wanted = asked.block_schemas.block_type_id if asked.block_schemas else None
    with at.look() as look:
        found = objects.outlines(look, at, SCHEMA)
        rows = [o for o in reversed(found) if among(_type_of(o), wanted)]
        return [_schema(look, d) for d in objects.loaded(look, at, SCHEMA, page(rows, asked))]


def _type_of(schema: Outline) -> UUID:
    """Return the kind of block of a version, whose name begins with its id."""
    return UUID((schema.name or "").partition("/")[0])


@schemas.get("/checksum/{checksum}")
def read_block_schema_by_checksum(
    checksum: str, at: Annotated[Place, workspace(SEE)], version: str = VERSION
) -> wire.BlockSchema:
    """Read a version by what its fields add up to."""
    end = f"/{checksum}/{version}"
    with at.look() as look:
        rows = [o for o in objects.outlines(look, at, SCHEMA) if (o.name or "").endswith(end)]
        if not rows:
            raise not_found()
        return _schema(look, *objects.loaded(look, at, SCHEMA, rows[-1:]))


@schemas.get("/{id}")
def read_block_schema(id: UUID, at: Annotated[Place, workspace(SEE)]) -> wire.BlockSchema:  # noqa: A002
    """Read a version."""
    with at.look() as look:
        return _schema(look, objects.get(look, at, SCHEMA, id))


@schemas.delete("/{id}", status_code=204)
def delete_block_schema(id: UUID, at: Annotated[Place, workspace(MANAGE)]) -> None:  # noqa: A002
    """Delete a version."""

    def work(desk: Desk) -> None:
        found = objects.get(desk.look, at, SCHEMA, id)
        _check_free(objects.get(desk.look, at, TYPE, UUID(found.content["block_type_id"])))
        desk.documents.delete(found)

    at.write(work)


@blocks.post("/", status_code=201)
def create_block_document(
    body: wire.BlockDocumentCreate, at: Annotated[Place, workspace(MANAGE)]
) -> wire.BlockDocument:
    """Create a block."""

    def work(desk: Desk) -> wire.BlockDocument:
        type_ = objects.get(desk.look, at, TYPE, body.block_type_id)
        objects.get(desk.look, at, SCHEMA, body.block_schema_id)
        name = None if body.name is None else f"{type_.id}/{body.name}"
        told = {"name": None, "data": {}, **objects.said(body)}
        return _block(desk.look, at, objects.create(desk, at, KIND, name, told), secrets=True)

    return at.write(work)


@blocks.post("/filter")
def read_block_documents(
    at: Annotated[Place, workspace(SEE)], body: wire.ObjectPage | None = None
) -> list[wire.BlockDocument]:
    """List blocks, without their values."""
    with at.look() as look:
        found = objects.listed(look, at, KIND, body or wire.ObjectPage())
        return [_block(look, at, each, secrets=False) for each in found]


@blocks.get("/{id}")
def read_block_document(
    id: UUID,  # noqa: A002
    at: Annotated[Place, workspace(SEE)],
    include_secrets: bool = False,  # noqa: FBT001, FBT002
) -> wire.BlockDocument:
    """Read a block; its values only if they are asked for and may be seen."""
    with at.look() as look:
        return _block(look, at, objects.get(look, at, KIND, id), secrets=include_secrets)


@blocks.patch("/{id}", status_code=204)
def update_block_document(
    id: UUID,  # noqa: A002
    body: wire.BlockDocumentUpdate,
    at: Annotated[Place, workspace(MANAGE)],
) -> None:
    """Change a block: its data are merged with those there, or replace them."""

    def work(desk: Desk) -> None:
        found = objects.get(desk.look, at, KIND, id)
        said, told = objects.said(body), {}
        if body.block_schema_id is not None:
            told["block_schema_id"] = said["block_schema_id"]
        if "data" in said:
            kept = found.content["data"] if body.merge_existing_data else {}
            told["data"] = {**kept, **said["data"]}
        objects.update(desk, found, told)

    at.write(work)


@blocks.delete("/{id}", status_code=204)
def delete_block_document(id: UUID, at: Annotated[Place, workspace(MANAGE)]) -> None:  # noqa: A002
    """Delete a block."""
    at.write(lambda desk: desk.documents.delete(objects.get(desk.look, at, KIND, id)))


@blocks.get("/{id}/access")
def read_block_document_access(
    id: UUID,  # noqa: A002
    at: Annotated[Place, workspace(SEE)],
) -> access.BlockDocumentAccessControl:
    """Read its access list."""
    with at.look() as look:
        found = object_access.read(look, objects.get(look, at, KIND, id), tuple(RIGHTS))
        return access.BlockDocumentAccessControl(**found)


@blocks.put("/{id}/access", status_code=204)
def set_block_document_access(
    id: UUID,  # noqa: A002
    body: access.SetBlockDocumentAccess,
    at: Annotated[Place, workspace(MANAGE)],
) -> None:
    """Replace its access list."""

    def work(desk: Desk) -> None:
        object_access.replace(desk, objects.get(desk.look, at, KIND, id), body.access_control)

    at.write(work)


@blocks.post("/my-access")
def read_my_block_document_access(
    body: access.ReadActorsBlockDocumentAccess, at: Annotated[Place, workspace(SEE)]
) -> access.LevelsByObject:
    """Say what the caller may do with each."""
    with at.look() as look:
        found = [objects.get(look, at, KIND, each) for each in body.block_document_ids]
        return {str(d.id): object_access.mine(look, d, RIGHTS) for d in found}


def _check_free(type_: Document) -> None:
    """Refuse to delete anything of a kind of block that the system has."""
    if type_.content.get("is_protected"):
        raise forbidden(f"the system's own block type `{type_.name}` cannot be deleted")


def _schema(look: Look, document: Document) -> wire.BlockSchema:
    return objects.shown(look, document, wire.BlockSchema)


def _block(look: Look, at: Place, document: Document, *, secrets: bool) -> wire.BlockDocument:
    """Return a block as the API shows it.

    *Why* every value is hidden and not the secret ones alone: which are secret
    only the schema's author knows.
    """
    content = document.content
    seen = secrets and SECRET in look.may(at.workspace(look).address)
    data = content["data"] if seen else dict.fromkeys(content["data"], HIDDEN)
    type_ = objects.there(look, at, TYPE, UUID(str(content["block_type_id"])))
    schema = objects.there(look, at, SCHEMA, UUID(str(content["block_schema_id"])))
    return objects.shown(
        look,
        document,
        wire.BlockDocument,
        data=data,
        block_type_name=type_.content["name"] if type_ else None,
        block_type=objects.shown(look, type_, wire.BlockType) if type_ else None,
        block_schema=_schema(look, schema) if schema else None,
    )


router.include_router(types)
router.include_router(schemas)
router.include_router(blocks)
