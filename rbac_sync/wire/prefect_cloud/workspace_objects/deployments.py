"""Deployments, and flow runs with their states."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..filters import (
    Compares,
    ComparesParent,
    IdCriterion,
    MomentCriterion,
    Operator,
    TextCriterion,
)
from ..shapes import Instant, Integer, Text, Texts
from .documents import (
    Authored,
    Carried,
    Document,
    Filter,
    Kept,
    NamedRow,
    ObjectName,
    ReadObjects,
    TaggedFilter,
)
from .plain_objects import GlobalLimit


class ScheduleUpdate(Carried):
    """A partial update."""

    schedule: dict[str, Any] | None = None
    active: bool | None = None
    max_scheduled_runs: Integer | None = None
    parameters: dict[str, Any] | None = None
    slug: Text | None = None


class ScheduleCreate(ScheduleUpdate):
    """A new schedule of a deployment."""

    schedule: dict[str, Any]


class Schedule(Kept, ScheduleCreate):
    """A schedule of a deployment, by which this server starts no run."""

    deployment_id: UUID
    active: bool = True
    parameters: dict[str, Any] = Field(default_factory=dict)


class DeploymentUpdate(Carried):
    """A partial update."""

    description: Text | None = None
    version: Text | None = None
    version_info: dict[str, Any] | None = None
    paused: bool | None = None
    is_schedule_active: bool | None = None
    schedule: dict[str, Any] | None = None
    schedules: list[dict[str, Any]] | None = None
    concurrency_limit: Integer | None = None
    global_concurrency_limit_id: UUID | None = None
    concurrency_options: dict[str, Any] | None = None
    enforce_parameter_schema: bool | None = None
    parameter_openapi_schema: dict[str, Any] | None = None
    parameters: Document = Field(default_factory=dict)
    job_variables: Document = Field(default_factory=dict)
    infra_overrides: dict[str, Any] | None = None
    tags: Texts = Field(default_factory=list)
    labels: dict[str, Any] | None = None
    pull_steps: list[dict[str, Any]] | None = None
    work_queue_name: Text | None = None
    work_pool_name: Text | None = None
    path: Text | None = None
    entrypoint: Text | None = None
    manifest_path: Text | None = None
    storage_document_id: UUID | None = None
    infrastructure_document_id: UUID | None = None


class DeploymentCreate(DeploymentUpdate):
    """A new deployment; it replaces the one with its name and flow."""

    name: ObjectName
    flow_id: UUID
    branch: Text | None = None
    root: UUID | None = None
    base: UUID | None = None
    disabled: bool | None = None


class Deployment(Authored, DeploymentCreate):
    """A deployment. This server starts no runs, so that a deployment is never ready."""

    name: str
    version_id: UUID | None = None
    is_schedule_active: bool = True
    schedules: list[dict[str, Any]] = Field(default_factory=list)
    paused: bool = False
    disabled: bool = False
    concurrency_limit: int | None = None
    global_concurrency_limit: GlobalLimit | None = None
    enforce_parameter_schema: bool = False
    work_queue_id: UUID | None = None
    last_polled: Instant | None = None
    status: str = "NOT_READY"


class ReadDeployments(ReadObjects):
    """A page of deployments."""

    deployments: TaggedFilter | None = None
    flows: Annotated[TaggedFilter | None, ComparesParent("flow_id", "flow")] = None


class State(Carried):
    """A state of a flow run."""

    type: Text = "SCHEDULED"
    name: Text | None = None


class FlowRunUpdate(Carried):
    """A partial update."""

    name: Text | None = None
    parameters: Document = Field(default_factory=dict)
    context: Document = Field(default_factory=dict)
    tags: Texts = Field(default_factory=list)
    labels: dict[str, Any] | None = None
    job_variables: dict[str, Any] | None = None


class FlowRunOfDeployment(FlowRunUpdate):
    """A run of a deployment."""

    state: State | None = None
    idempotency_key: Text | None = None
    parent_task_run_id: UUID | None = None
    work_queue_name: Text | None = None


class FlowRunCreate(FlowRunOfDeployment):
    """A run of a flow."""

    flow_id: UUID
    deployment_id: UUID | None = None


class FlowRun(Authored, FlowRunUpdate):
    """A run of a flow, which is stored and never begins."""

    name: str
    flow_id: UUID
    deployment_id: UUID | None = None
    idempotency_key: str | None = None
    parent_task_run_id: UUID | None = None
    work_queue_name: str | None = None
    empirical_policy: dict[str, Any] = Field(default_factory=dict)
    labels: dict[str, Any] = Field(default_factory=dict)
    work_pool_id: UUID | None = None
    work_pool_name: str | None = None
    run_count: int = 0
    total_run_time: float = 0.0
    expected_start_time: Instant | None = None
    next_scheduled_start_time: Instant | None = None
    start_time: Instant | None = None
    end_time: Instant | None = None
    auto_scheduled: bool = False
    state_id: UUID | None = None
    state: dict[str, Any] | None = None
    state_type: str | None = None
    state_name: str | None = None


class StateFilter(Filter):
    """A filter of the states of flow runs."""

    operator: Operator = Operator.AND
    type: Annotated[TextCriterion | None, Compares("type")] = None
    name: Annotated[TextCriterion | None, Compares("name")] = None


class FlowRunFilter(TaggedFilter):
    """A filter of flow runs."""

    flow_id: Annotated[IdCriterion | None, Compares("flow_id")] = None
    deployment_id: Annotated[IdCriterion | None, Compares("deployment_id")] = None
    state: Annotated[StateFilter | None, Compares("state")] = None
    work_queue_name: Annotated[TextCriterion | None, Compares("work_queue_name")] = None
    idempotency_key: Annotated[TextCriterion | None, Compares("idempotency_key")] = None
    parent_task_run_id: Annotated[IdCriterion | None, Compares("parent_task_run_id")] = None
    start_time: Annotated[MomentCriterion | None, Compares("start_time")] = None
    end_time: Annotated[MomentCriterion | None, Compares("end_time")] = None
    expected_start_time: Annotated[MomentCriterion | None, Compares("expected_start_time")] = None


BESIDE = ("deployment_id", "state", "expected_start_time")


class ReadFlowRuns(ReadObjects):
    """A page of flow runs."""

    flow_runs: FlowRunFilter | None = None
    flows: Annotated[TaggedFilter | None, ComparesParent("flow_id", "flow")] = None
    deployments: Annotated[TaggedFilter | None, ComparesParent("deployment_id", "deployment")] = (
        None
    )

    @model_validator(mode="before")
    @classmethod
    def _with_criteria_beside(cls, sent: Any) -> Any:
        """Take criteria that stand in place of the filter of runs, as `prefect-cloud ls` sends."""
        if not isinstance(sent, dict) or "flow_runs" in sent:
            return sent
        where = {name: sent[name] for name in BESIDE if name in sent}
        rest = {name: value for name, value in sent.items() if name not in where}
        if "state" in where:
            where["state"] = {"type": where["state"]}
        return {**rest, "flow_runs": where}


class SetState(Carried):
    """A new state of a flow run."""

    state: State
    force: bool = False


class StateResult(BaseModel):
    """The response to ``SetState``."""

    model_config = ConfigDict(frozen=True)

    state: dict[str, Any]
    status: str = "ACCEPT"
    details: dict[str, str] = Field(default_factory=lambda: {"type": "accept_details"})


class DeploymentRow(NamedRow):
    """A deployment, which is named within its flow."""

    flow_id: UUID
