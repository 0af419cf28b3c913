"""Work pools, their queues, and the metadata of workers."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ..filters import Compares, TextCriterion
from ..shapes import Instant, Text
from .documents import (
    Authored,
    Carried,
    Document,
    Kept,
    ObjectFilter,
    ObjectName,
    ReadObjects,
    Slots,
)


class WorkPoolUpdate(Carried):
    """A partial update."""

    description: Text | None = None
    base_job_template: dict[str, Any] | None = None
    is_paused: bool | None = None
    concurrency_limit: Slots | None = None
    storage_configuration: dict[str, Any] | None = None


class WorkPoolCreate(WorkPoolUpdate):
    """A work pool, which is addressed by its name."""

    name: ObjectName
    type: Text = "prefect-agent"
    base_job_template: Document = Field(default_factory=dict)
    is_paused: bool = False


class WorkPool(Authored, WorkPoolCreate):
    """A work pool. It is paused or not ready, since this server has no workers."""

    name: str
    type: str
    concurrency_limit: int | None = None
    is_push_pool: bool = False
    is_mex_pool: bool = False
    status: str
    default_queue_id: UUID
    storage_configuration: dict[str, Any] = Field(default_factory=dict)
    last_polled: Instant | None = None
    active_slots: int | None = None


class WorkPoolFilter(ObjectFilter):
    """A filter of work pools."""

    type: Annotated[TextCriterion | None, Compares("type")] = None


class ReadWorkPools(ReadObjects):
    """A page of work pools."""

    work_pools: WorkPoolFilter | None = None


class WorkQueueUpdate(Carried):
    """A partial update."""

    name: ObjectName | None = None
    description: Text | None = None
    is_paused: bool | None = None
    concurrency_limit: Slots | None = None
    priority: Annotated[int, Field(ge=1)] | None = None
    filter: dict[str, Any] | None = None


class WorkQueueCreate(WorkQueueUpdate):
    """A queue of a work pool."""

    name: ObjectName


class WorkQueue(Kept):
    """A queue of a work pool, which is always paused or not ready."""

    name: str
    description: str | None = ""
    is_paused: bool = False
    concurrency_limit: int | None = None
    priority: int = 1
    work_pool_id: UUID | None = None
    work_pool_name: str | None = None
    filter: dict[str, Any] | None = None
    last_polled: Instant | None = None
    status: str = "NOT_READY"


class ReadWorkQueues(ReadObjects):
    """A page of work queues."""

    work_queues: ObjectFilter | None = None


class WorkQueueStatus(BaseModel):
    """The health of a work queue, which has no workers and no late runs."""

    model_config = ConfigDict(frozen=True)

    healthy: bool = True
    late_runs_count: int = 0
    last_polled: Instant | None = None
    health_check_policy: dict[str, int] = Field(
        default_factory=lambda: {"maximum_late_runs": 0, "maximum_seconds_since_last_polled": 60}
    )


class WorkerMetadata(Carried):
    """The metadata of one type of worker."""

    type: str
    documentation_url: str = ""
    display_name: str = ""
    install_command: str = ""
    description: str = ""
    default_base_job_configuration: dict[str, Any] = Field(default_factory=dict)


WorkerTypesByPackage = dict[str, dict[str, WorkerMetadata]]
"""Worker metadata by Python package and type of worker."""
