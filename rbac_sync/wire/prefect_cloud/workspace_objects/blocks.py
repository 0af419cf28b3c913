"""Blocks, their types and the versions of their fields."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from ..filters import Compares, IdCriterion
from ..shapes import Answer, Identified, Text, Texts
from .documents import Carried, Document, Filter, Kept, ObjectName, ReadObjects


class BlockTypeUpdate(Carried):
    """A partial update."""

    logo_url: Text | None = None
    documentation_url: Text | None = None
    description: Text | None = None
    code_example: Text | None = None


class BlockTypeCreate(BlockTypeUpdate):
    """A kind of block."""

    name: Text
    slug: ObjectName


class BlockType(Kept, BlockTypeCreate):
    """A kind of block, found by its slug."""

    slug: str
    is_protected: bool = False


class BlockSchemaCreate(Carried):
    """The fields of a kind of block, in one version."""

    block_type_id: UUID
    capabilities: Texts = Field(default_factory=list)
    version: Text = "non-versioned"
    fields: Document = Field(default_factory=dict)


class BlockSchema(Kept, BlockSchemaCreate):
    """The fields of a kind of block; clients take the first of the list as the latest."""

    checksum: str
    block_type: BlockType | None = None


class BlockSchemaFilter(Filter):
    """A filter of block schemas."""

    block_type_id: Annotated[IdCriterion | None, Compares("block_type_id")] = None


class ReadBlockSchemas(ReadObjects):
    """A page of block schemas."""

    block_schemas: BlockSchemaFilter | None = None


class BlockDocumentCreate(Carried):
    """A block."""

    name: ObjectName | None = None
    data: Document = Field(default_factory=dict)
    block_schema_id: UUID
    block_type_id: UUID


class BlockDocumentUpdate(Carried):
    """A partial update."""

    block_schema_id: UUID | None = None
    data: Document = Field(default_factory=dict)
    merge_existing_data: bool = True


class BlockDocument(Kept):
    """A block; its data may hold secrets."""

    name: str | None = None
    data: dict[str, Any] = Field(repr=False, default_factory=dict)
    block_schema_id: UUID
    block_schema: BlockSchema | None = None
    block_type_id: UUID
    block_type_name: str | None = None
    block_type: BlockType | None = None
    block_document_references: dict[str, Any] = Field(default_factory=dict)
    is_anonymous: bool = False


class ReadBlockDocuments(ReadObjects):
    """A page of blocks, with their secrets for a caller who may see them."""

    include_secrets: bool = False


class BlockTypeRow(Answer):
    """The type of a block."""

    slug: str


class BlockRow(Identified):
    """A block; a block without a name is a part of another object."""

    name: str | None = None
    block_type: BlockTypeRow | None = None
