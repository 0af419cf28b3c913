"""The objects outside access control that have access lists, with the fields that clients need.

A shape of a response has the fields of the request that creates the object. Undeclared fields are
stored unread, so that a client reads the values that it wrote. Sources are [P] for the fields of
the Go client, [C] for the worker metadata, and [S] for default values in responses.
"""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from .filters import (
    Compares,
    ComparesParent,
    FlagCriterion,
    IdCriterion,
    Limit,
    MomentCriterion,
    Offset,
    Operator,
    Page,
    TagsCriterion,
    TextCriterion,
)
from .shapes import Answer, Instant, Integer, Text, Texts, instead_of_null


class Carried(BaseModel):
    """An object with some declared fields; the others are kept unchanged."""

    model_config = ConfigDict(extra="allow", frozen=True)


class _Kept(Carried):
    id: UUID
    created: Instant
    updated: Instant

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, kept: dict[str, Any]) -> dict[str, Any]:
        """Drop null values, so that a response has the declared defaults."""
        return {name: value for name, value in kept.items() if value is not None}


Document = Annotated[dict[str, Any], instead_of_null(dict)]
"""Free JSON; clients may send null for an empty object."""

MOST = 200


class ObjectPage(Page):
    """A page of objects; the SDK sends null for the largest limit and for the first offset.

    Source: [C].
    """

    limit: Annotated[Limit, instead_of_null(lambda: MOST)] = MOST
    offset: Annotated[Offset, instead_of_null(int)] = 0
    sort: Text | None = None


def _asks(value: object) -> bool:
    """Say whether an undeclared criterion has any value other than null."""
    if isinstance(value, dict):
        return any(_asks(inner) for name, inner in value.items() if name != "operator")
    return value is not None


class Filter(Carried):
    """A filter of objects, which refuses criteria that this server does not compare.

    *Why*: a client that deletes all objects of a list would delete too many.
    """

    @model_validator(mode="after")
    def _all_is_compared(self) -> Self:
        for name, criterion in (self.model_extra or {}).items():
            if _asks(criterion):
                raise ValueError(f"this server has no criterion `{name}` here")
        return self


class ReadObjects(ObjectPage):
    """A page of the objects that meet every filter; unknown filters are refused.

    Flags, such as ``include_secrets``, pass unread.
    """

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="after")
    def _all_is_compared(self) -> Self:
        for name, where in (self.model_extra or {}).items():
            if not isinstance(where, bool) and _asks(where):
                raise ValueError(f"this server has no filter `{name}` here")
        return self


class ObjectFilter(Filter):
    """A filter of objects by id and name."""

    operator: Operator = Operator.AND
    id: Annotated[IdCriterion | None, Compares("id")] = None
    name: Annotated[TextCriterion | None, Compares("name")] = None


class TaggedFilter(ObjectFilter):
    """A filter of objects that carry tags."""

    tags: Annotated[TagsCriterion | None, Compares("tags")] = None


class BlockTypeUpdate(Carried):
    """A partial update."""

    logo_url: Text | None = None
    documentation_url: Text | None = None
    description: Text | None = None
    code_example: Text | None = None


class BlockTypeCreate(BlockTypeUpdate):
    """A kind of block."""

    name: Text
    slug: Text


class BlockType(_Kept, BlockTypeCreate):
    """A kind of block, found by its slug."""

    is_protected: bool = False


class BlockSchemaCreate(Carried):
    """The fields of a kind of block, in one version."""

    block_type_id: UUID
    capabilities: Texts = Field(default_factory=list)
    version: Text = "non-versioned"
    fields: Document = Field(default_factory=dict)


class BlockSchema(_Kept, BlockSchemaCreate):
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

    name: str | None = None
    data: dict[str, Any] = Field(repr=False, default_factory=dict)
    block_schema_id: UUID
    block_schema: BlockSchema | None = None
    block_type_id: UUID
    block_type_name: str | None = None
    block_type: BlockType | None = None
    block_document_references: dict[str, Any] = Field(default_factory=dict)
    is_anonymous: bool = False


class FlowUpdate(Carried):
    """A partial update."""

    tags: Texts = Field(default_factory=list)
    labels: dict[str, Any] | None = None


class FlowCreate(FlowUpdate):
    """A new flow, or the existing one with its name."""

    name: Text


class _Authored(_Kept):
    """The fields on the author of an object, which this server does not keep."""

    account_id: UUID
    workspace_id: UUID
    created_by: dict[str, Any] | None = None
    updated_by: dict[str, Any] | None = None


class Flow(_Authored, FlowCreate):
    """A flow, which has no access list, but has deployments with lists."""


class ReadFlows(ReadObjects):
    """A page of flows."""

    flows: TaggedFilter | None = None


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


class Schedule(_Kept, ScheduleCreate):
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

    name: Text
    flow_id: UUID
    branch: Text | None = None
    root: UUID | None = None
    base: UUID | None = None
    disabled: bool | None = None


class Deployment(_Authored, DeploymentCreate):
    """A deployment. This server starts no runs, so that a deployment is never ready."""

    version_id: UUID | None = None
    is_schedule_active: bool = True
    schedules: list[dict[str, Any]] = Field(default_factory=list)
    paused: bool = False
    disabled: bool = False
    concurrency_limit: int | None = None
    global_concurrency_limit: dict[str, Any] | None = None
    enforce_parameter_schema: bool = False
    work_queue_id: UUID | None = None
    last_polled: Instant | None = None
    status: str = "NOT_READY"


class ReadDeployments(ReadObjects):
    """A page of deployments."""

    deployments: TaggedFilter | None = None
    flows: Annotated[TaggedFilter | None, ComparesParent("flow_id", "flow")] = None


class WorkPoolCreate(Carried):
    """A work pool, which is addressed by its name."""

    name: Text
    description: Text | None = None
    type: Text = "prefect-agent"
    base_job_template: Document = Field(default_factory=dict)
    is_paused: bool = False
    concurrency_limit: Annotated[int, Field(ge=0)] | None = None
    storage_configuration: dict[str, Any] | None = None


class WorkPoolUpdate(Carried):
    """A partial update."""

    description: Text | None = None
    base_job_template: dict[str, Any] | None = None
    is_paused: bool | None = None
    concurrency_limit: Annotated[int, Field(ge=0)] | None = None
    storage_configuration: dict[str, Any] | None = None


class WorkPool(_Authored, WorkPoolCreate):
    """A work pool. It is paused or not ready, since this server has no workers."""

    type: str
    concurrency_limit: int | None = None
    is_push_pool: bool = False
    is_mex_pool: bool = False
    status: str
    default_queue_id: UUID
    storage_configuration: dict[str, Any] = Field(default_factory=dict)
    last_polled: Instant | None = None
    active_slots: int | None = None


class ReadWorkPools(ReadObjects):
    """A page of work pools."""

    work_pools: ObjectFilter | None = None


Slots = Annotated[int, Field(ge=0)]

JsonValue = str | int | float | bool | dict[str, Any] | list[Any] | None


class VariableUpdate(Carried):
    """A partial update."""

    name: Text | None = None
    value: JsonValue = None
    tags: Texts = Field(default_factory=list)


class VariableCreate(VariableUpdate):
    """A variable, which is addressed by its name."""

    name: Text


class Variable(_Kept, VariableCreate):
    """A named value that flows read."""


class ReadVariables(ReadObjects):
    """A page of variables."""

    variables: TaggedFilter | None = None


class WorkQueueUpdate(Carried):
    """A partial update."""

    name: Text | None = None
    description: Text | None = None
    is_paused: bool | None = None
    concurrency_limit: Slots | None = None
    priority: Annotated[int, Field(ge=1)] | None = None
    filter: dict[str, Any] | None = None


class WorkQueueCreate(WorkQueueUpdate):
    """A queue of a work pool."""

    name: Text


class WorkQueue(_Kept):
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


class TagLimitCreate(Carried):
    """A limit of the task runs with a tag; it replaces the limit of that tag."""

    tag: Text
    concurrency_limit: Slots


class TagLimit(_Kept, TagLimitCreate):
    """A limit of the task runs with a tag, of which no slot is taken, since nothing runs here."""

    active_slots: list[UUID] = Field(default_factory=list)


class GlobalLimitUpdate(Carried):
    """A partial update."""

    name: Text | None = None
    limit: Slots | None = None
    active: bool | None = None
    active_slots: Slots | None = None
    slot_decay_per_second: Annotated[float, Field(ge=0)] | None = None


class GlobalLimitCreate(GlobalLimitUpdate):
    """A new global limit, which is addressed by its name."""

    name: Text
    limit: Slots


class GlobalLimit(_Kept):
    """A limit of all work that requests slots by its name."""

    name: str
    limit: int
    active: bool = True
    active_slots: int = 0
    slot_decay_per_second: float = 0.0


class SavedSearchCreate(Carried):
    """A named search of flow runs; it replaces the one with its name."""

    name: Text
    filters: Annotated[list[dict[str, Any]], instead_of_null(list)] = Field(default_factory=list)


class SavedSearch(_Kept, SavedSearchCreate):
    """A named search of flow runs."""


class NotificationPolicyUpdate(Carried):
    """A partial update."""

    is_active: bool | None = None
    state_names: Texts = Field(default_factory=list)
    tags: Texts = Field(default_factory=list)
    block_document_id: UUID | None = None
    message_template: Text | None = None


class NotificationPolicyCreate(NotificationPolicyUpdate):
    """A new policy: the states of flow runs to report, and the block that reports them."""

    state_names: Texts
    block_document_id: UUID


class NotificationPolicy(_Kept, NotificationPolicyCreate):
    """A policy for reports of states of flow runs; no run has such a state here."""

    is_active: bool = True
    state_names: list[str] = Field(default_factory=list)


class NotificationPolicyFilter(Filter):
    """A filter of notification policies."""

    is_active: Annotated[FlagCriterion | None, Compares("is_active", default=True)] = None


class ReadNotificationPolicies(ReadObjects):
    """A page of notification policies, with the filter under the name of the API."""

    flow_run_notification_policy_filter: NotificationPolicyFilter | None = None


def _complete_trigger(trigger: dict[str, Any]) -> dict[str, Any]:
    """Return a trigger with the lists that an event trigger always has, nested ones included.

    Source: [P], the provider's resource of automations.
    """
    lists: dict[str, Any] = {"after": [], "expect": [], "for_each": []}
    complete = {**(lists if trigger.get("type") == "event" else {}), **trigger}
    if isinstance(nested := trigger.get("triggers"), list):
        complete["triggers"] = [_complete_trigger(e) if isinstance(e, dict) else e for e in nested]
    return complete


class AutomationUpdate(Carried):
    """A partial update."""

    name: Text | None = None
    description: Text | None = None
    enabled: bool | None = None
    tags: Texts = Field(default_factory=list)
    trigger: dict[str, Any] | None = None
    actions: list[dict[str, Any]] | None = None
    actions_on_trigger: list[dict[str, Any]] | None = None
    actions_on_resolve: list[dict[str, Any]] | None = None
    owner_resource: Text | None = None


class AutomationCreate(AutomationUpdate):
    """An automation: the actions to take when certain events happen."""

    name: Text
    trigger: dict[str, Any]
    actions: list[dict[str, Any]]


class Automation(_Authored, AutomationCreate):
    """A stored automation, for which this server takes no action."""

    description: str = ""
    enabled: bool = True
    trigger: Annotated[dict[str, Any], AfterValidator(_complete_trigger)]
    actions_on_trigger: list[dict[str, Any]] = Field(default_factory=list)
    actions_on_resolve: list[dict[str, Any]] = Field(default_factory=list)


class ReadAutomations(ReadObjects):
    """A page of automations."""

    automations: TaggedFilter | None = None


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


class FlowRun(_Authored, FlowRunUpdate):
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


class ReadFlowRuns(ReadObjects):
    """A page of flow runs."""

    flow_runs: FlowRunFilter | None = None
    flows: Annotated[TaggedFilter | None, ComparesParent("flow_id", "flow")] = None
    deployments: Annotated[TaggedFilter | None, ComparesParent("deployment_id", "deployment")] = (
        None
    )


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


class NamedRow(Answer):
    """The id and the name of a listed object, to find its access list."""

    id: UUID
    name: str


class DeploymentRow(NamedRow):
    """A deployment, which is named within its flow."""

    flow_id: UUID


class BlockTypeRow(Answer):
    """The type of a block."""

    slug: str


class BlockRow(Answer):
    """A block; a block without a name is a part of another object."""

    id: UUID
    name: str | None = None
    block_type: BlockTypeRow | None = None
