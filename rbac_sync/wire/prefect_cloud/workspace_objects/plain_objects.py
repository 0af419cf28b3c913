"""Objects without access lists: flows, variables, limits, automations and others."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from ..filters import Compares, FlagCriterion
from ..shapes import Text, Texts, instead_of_null
from .documents import Authored, Carried, Filter, Kept, ObjectName, ReadObjects, Slots, TaggedFilter


class FlowUpdate(Carried):
    """A partial update."""

    tags: Texts = Field(default_factory=list)
    labels: dict[str, Any] | None = None


class FlowCreate(FlowUpdate):
    """A new flow, or the existing one with its name."""

    name: ObjectName


class Flow(Authored, FlowCreate):
    """A flow, which has no access list, but has deployments with lists."""

    name: str


class ReadFlows(ReadObjects):
    """A page of flows."""

    flows: TaggedFilter | None = None


JsonValue = str | int | float | bool | dict[str, Any] | list[Any] | None


class VariableUpdate(Carried):
    """A partial update."""

    name: ObjectName | None = None
    value: JsonValue = None
    tags: Texts = Field(default_factory=list)


class VariableCreate(VariableUpdate):
    """A variable, which is addressed by its name."""

    name: ObjectName


class Variable(Kept, VariableCreate):
    """A named value that flows read."""

    name: str


class ReadVariables(ReadObjects):
    """A page of variables."""

    variables: TaggedFilter | None = None


class TagLimitCreate(Carried):
    """A limit of the task runs with a tag; it replaces the limit of that tag."""

    tag: Text
    concurrency_limit: Slots


class TagLimit(Kept, TagLimitCreate):
    """A limit of the task runs with a tag, of which no slot is taken, since nothing runs here."""

    active_slots: list[UUID] = Field(default_factory=list)


class GlobalLimitUpdate(Carried):
    """A partial update."""

    name: ObjectName | None = None
    limit: Slots | None = None
    active: bool | None = None
    active_slots: Slots | None = None
    slot_decay_per_second: Annotated[float, Field(ge=0)] | None = None


class GlobalLimitCreate(GlobalLimitUpdate):
    """A new global limit, which is addressed by its name."""

    name: ObjectName
    limit: Slots


class GlobalLimit(Kept):
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


class SavedSearch(Kept, SavedSearchCreate):
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


class NotificationPolicy(Kept, NotificationPolicyCreate):
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
    labels: dict[str, Any] | None = None
    owner_resource: Text | None = None


class AutomationCreate(AutomationUpdate):
    """An automation: the actions to take when certain events happen."""

    name: Text
    trigger: dict[str, Any]
    actions: list[dict[str, Any]]


class Automation(Authored, AutomationCreate):
    """A stored automation, for which this server takes no action."""

    account: UUID
    workspace: UUID
    actor: dict[str, Any] | None = None
    description: str = ""
    enabled: bool = True
    trigger: Annotated[dict[str, Any], AfterValidator(_complete_trigger)]
    actions_on_trigger: list[dict[str, Any]] = Field(default_factory=list)
    actions_on_resolve: list[dict[str, Any]] = Field(default_factory=list)


class ReadAutomations(ReadObjects):
    """A page of automations."""

    automations: TaggedFilter | None = None
