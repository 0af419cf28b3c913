"""The objects outside access control that carry access lists, as thin as clients allow.

None of this is in the document: sources are [P] for what the Go client sends and reads and
[C] for the worker metadata. Fields that are not declared are carried along unread, so that
a client finds again what it wrote.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from .filters import AnyId, AnyText, Limit, Offset, Page
from .shapes import Instant, Text, Texts


class Carried(BaseModel):
    """An object of which only some fields matter here; the others are kept as they are."""

    model_config = ConfigDict(extra="allow", frozen=True)


class _Kept(Carried):
    id: UUID
    created: Instant
    updated: Instant


def _empty_for_null(value: object) -> object:
    return {} if value is None else value


Document = Annotated[dict[str, Any], BeforeValidator(_empty_for_null)]
"""Free JSON; clients may send null for an empty object."""


def _most_for_null(value: object) -> object:
    return MOST if value is None else value


def _first_for_null(value: object) -> object:
    return 0 if value is None else value


MOST = 200


class ObjectPage(Page):
    """A page of objects; the SDK sends null for as many as there may be, from the first on.

    Source: [C].
    """

    limit: Annotated[Limit, BeforeValidator(_most_for_null)] = MOST
    offset: Annotated[Offset, BeforeValidator(_first_for_null)] = 0


class ObjectFilter(Carried):
    """Which objects; other criteria are carried, not read."""

    id: AnyId | None = None
    name: AnyText | None = None


class BlockTypeCreate(Carried):
    """A kind of block."""

    name: Text
    slug: Text
    logo_url: Text | None = None
    documentation_url: Text | None = None
    description: Text | None = None
    code_example: Text | None = None


class BlockTypeUpdate(Carried):
    """A partial update."""

    logo_url: Text | None = None
    documentation_url: Text | None = None
    description: Text | None = None
    code_example: Text | None = None


class BlockType(_Kept):
    """A kind of block, found by its slug."""

    name: str
    slug: str
    logo_url: str | None = None
    documentation_url: str | None = None
    description: str | None = None
    code_example: str | None = None
    is_protected: bool = False


class BlockSchemaCreate(Carried):
    """The fields of a kind of block, in one version."""

    block_type_id: UUID
    capabilities: Texts = Field(default_factory=list)
    version: Text = "non-versioned"
    fields: Document = Field(default_factory=dict)


class BlockSchema(_Kept):
    """The fields of a kind of block; clients take the first of the list as the latest."""

    checksum: str
    block_type_id: UUID
    block_type: BlockType | None = None
    capabilities: list[str] = Field(default_factory=list)
    version: str = "non-versioned"
    fields: dict[str, Any] = Field(default_factory=dict)


class BlockSchemaFilter(Carried):
    """Which block schemas; capabilities are carried, not read."""

    block_type_id: AnyId | None = None


class ReadBlockSchemas(ObjectPage):
    """A page of block schemas."""

    block_schemas: BlockSchemaFilter | None = None


class BlockDocumentCreate(Carried):
    """A block."""

    name: Text | None = None
    data: Document = Field(default_factory=dict)
    block_schema_id: UUID
    block_type_id: UUID


class BlockDocumentUpdate(Carried):
    """A partial update."""

    block_schema_id: UUID | None = None
    data: Document = Field(default_factory=dict)
    merge_existing_data: bool = True


class BlockDocument(_Kept):
    """A block; its data may hold secrets."""

    name: str | None
    data: dict[str, Any] = Field(repr=False)
    block_schema_id: UUID
    block_schema: BlockSchema | None = None
    block_type_id: UUID
    block_type_name: str | None = None
    block_type: BlockType | None = None
    block_document_references: dict[str, Any] = Field(default_factory=dict)


class FlowCreate(Carried):
    """Creates a flow, or answers with the one of that name."""

    name: Text
    tags: Texts = Field(default_factory=list)


class FlowUpdate(Carried):
    """A partial update."""

    tags: Texts = Field(default_factory=list)


class Flow(_Kept):
    """A flow, which has no access list but whose deployments do."""

    account_id: UUID
    workspace_id: UUID
    name: str
    tags: list[str] = Field(default_factory=list)


class ReadFlows(ObjectPage):
    """A page of flows."""

    flows: ObjectFilter | None = None


class DeploymentCreate(Carried):
    """Creates a deployment, or replaces the one of that name and flow."""

    name: Text
    flow_id: UUID
    tags: Texts = Field(default_factory=list)
    work_pool_name: Text | None = None


class DeploymentUpdate(Carried):
    """A partial update."""

    tags: Texts = Field(default_factory=list)
    work_pool_name: Text | None = None


class Deployment(_Kept):
    """A deployment."""

    account_id: UUID
    workspace_id: UUID
    name: str
    flow_id: UUID
    tags: list[str] = Field(default_factory=list)
    work_pool_name: str | None = None


class ReadDeployments(ObjectPage):
    """A page of deployments."""

    deployments: ObjectFilter | None = None


class WorkPoolCreate(Carried):
    """A work pool, which is addressed by its name."""

    name: Text
    description: Text | None = None
    type: Text = "prefect-agent"
    base_job_template: Document = Field(default_factory=dict)
    is_paused: bool = False
    concurrency_limit: Annotated[int, Field(ge=0)] | None = None


class WorkPoolUpdate(Carried):
    """A partial update."""

    description: Text | None = None
    base_job_template: dict[str, Any] | None = None
    is_paused: bool | None = None
    concurrency_limit: Annotated[int, Field(ge=0)] | None = None


class WorkPool(_Kept):
    """A work pool."""

    name: str
    description: str | None = None
    type: str
    base_job_template: dict[str, Any] = Field(default_factory=dict)
    is_paused: bool = False
    concurrency_limit: int | None = None
    default_queue_id: UUID


class ReadWorkPools(ObjectPage):
    """A page of work pools."""

    work_pools: ObjectFilter | None = None


class WorkerMetadata(Carried):
    """What the collections say of one type of worker."""

    type: str
    documentation_url: str = ""
    display_name: str = ""
    install_command: str = ""
    description: str = ""
    default_base_job_configuration: dict[str, Any] = Field(default_factory=dict)


WorkerTypesByPackage = dict[str, dict[str, WorkerMetadata]]
"""Worker metadata by Python package and by type of worker."""
