"""Account and workspace events, which are the audit trail, and their filters."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from .filters import Limit
from .shapes import Answer, Body, Instant, Request, Text

Resource = dict[str, str]
"""Labels of a resource with their texts; that of ``ID`` is the name of the resource."""

ID, ROLE, NAME = "prefect.resource.id", "prefect.resource.role", "prefect.resource.name"
"""Labels that resources of events have."""

LONGEST = timedelta(days=14)
"""The longest span of one query. Source: the documentation."""

PAGE_TOKEN = "page-token"  # noqa: S105 - the name of a parameter

ResourceSpecification = dict[str, str | list[str]]
"""Labels with one or several values; every label must match one of its values."""


class Event(Body):
    """An event from a client, which chooses ``id`` and sets ``occurred`` by its clock.

    ``follows`` names the event before it, if their times are too close to show the order.
    """

    occurred: Instant
    event: Annotated[Text, Field(max_length=1024)]
    resource: Resource
    related: list[Resource] = Field(default_factory=list)
    payload: dict[str, Any] = Field(default_factory=dict)
    id: UUID
    follows: UUID | None = None


class ReceivedEvent(Answer):
    """A stored event; ``received`` is by the server's clock."""

    occurred: Instant
    event: str
    resource: Resource
    related: list[Resource] = Field(default_factory=list)
    payload: dict[str, Any] = Field(default_factory=dict)
    id: UUID
    follows: UUID | None = None
    account: UUID
    workspace: UUID | None = None
    received: Instant


class EventPage(Answer):
    """A page of events; ``next_page`` is the URL of the next page."""

    events: list[ReceivedEvent]
    total: int
    next_page: str | None


class EventOccurredFilter(Request):
    """A filter by time, both ends included, of 14 days at most. Source: [D]."""

    since: Instant | None = None
    until: Instant | None = None


class EventNameFilter(Request):
    """A filter of events by name."""

    prefix: list[Text] | None = None
    exclude_prefix: list[Text] | None = None
    name: list[Text] | None = None
    exclude_name: list[Text] | None = None


class EventRelatedFilter(Request):
    """A filter of events by related resources; ``resources_in_roles`` are pairs of id and role."""

    id: list[Text] | None = None
    role: list[Text] | None = None
    resources_in_roles: list[tuple[Text, Text]] | None = None
    labels: ResourceSpecification | None = None


class EventAnyResourceFilter(Request):
    """A filter of events by any resource, the main one or a related one."""

    id: list[Text] | None = None
    id_prefix: list[Text] | None = None
    labels: ResourceSpecification | None = None


class EventResourceFilter(EventAnyResourceFilter):
    """A filter of events by their resource; ``distinct`` keeps the latest event of each one."""

    distinct: bool = False


class EventScopeFilter(Request):
    """A filter of events by scope."""

    account: UUID | None = None
    workspace: list[UUID] | None = None


class EventIDFilter(Request):
    """A filter of events by id."""

    id: list[UUID] | None = None


class EventTextFilter(Request):
    """A filter of events by words: ``-word`` excludes, ``+word`` requires, quotes make a phrase."""

    query: Annotated[Text, Field(max_length=200)]


class EventOrder(StrEnum):
    """The order of events by time of occurrence."""

    ASC = "ASC"
    DESC = "DESC"


class EventFilter(Request):
    """A filter of events."""

    occurred: EventOccurredFilter = Field(default_factory=EventOccurredFilter)
    event: EventNameFilter | None = None
    resource: EventResourceFilter | None = None
    related: EventRelatedFilter | list[EventRelatedFilter] | None = None
    any_resource: EventAnyResourceFilter | list[EventAnyResourceFilter] | None = None
    scope: EventScopeFilter = Field(default_factory=EventScopeFilter)
    id: EventIDFilter = Field(default_factory=EventIDFilter)
    text: EventTextFilter | None = None
    order: EventOrder = EventOrder.DESC
    limit: Limit | None = None
    offset: Annotated[int, Field(ge=0, le=5000)] | None = None


class ReadEvents(Body):
    """A request for the first page; the URL in ``next_page`` leads to the next one."""

    limit: Limit = 50
    filter: EventFilter | None = None


class Countable(StrEnum):
    """The attribute by which events are counted."""

    DAY = "day"
    TIME = "time"
    EVENT = "event"
    RESOURCE = "resource"
    WORKSPACE = "workspace"
    ACTOR = "actor"


class TimeUnit(StrEnum):
    """The unit of ``CountEvents.time_interval``."""

    WEEK = "week"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"


class CountEvents(Body):
    """A count of events, per value of a ``Countable``."""

    time_unit: TimeUnit = TimeUnit.DAY
    time_interval: Annotated[float, Field(ge=0.01, allow_inf_nan=False)] = 1.0
    filter: EventFilter | None = None


class EventCount(Answer):
    """The count of one value: ``value`` is for filters, ``label`` for display."""

    value: str
    label: str
    count: int
    start_time: Instant
    end_time: Instant
