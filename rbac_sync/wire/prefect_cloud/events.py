"""Account and workspace events, which are the audit trail, and how they are searched."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from .filters import Limit
from .shapes import Answer, Body, Instant, Request, Text

Resource = dict[str, str]
"""Label to text; ``prefect.resource.id`` is the name of what it happened to."""

ResourceSpecification = dict[str, str | list[str]]
"""Label to value or values; every label must match, each with one of its values."""


class Event(Body):
    """An event that a client reports; ``occurred`` is by its clock, ``id`` of its choice.

    ``follows`` names an earlier event, where two are too close for their times to tell.
    """

    occurred: Instant
    event: Annotated[Text, Field(max_length=1024)]
    resource: Resource
    related: list[Resource] = Field(default_factory=list)
    payload: dict[str, Any] = Field(default_factory=dict)
    id: UUID
    follows: UUID | None = None


class ReceivedEvent(Answer):
    """An event as it is kept; ``received`` is by the server's clock."""

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
    """A page; ``next_page`` is the URL of the next one."""

    events: list[ReceivedEvent]
    total: int
    next_page: str | None


class EventOccurredFilter(Request):
    """A stretch of time, both ends included, of 14 days at most. Source: [D]."""

    since: Instant | None = None
    until: Instant | None = None


class EventNameFilter(Request):
    """A filter of events by name."""

    prefix: list[Text] | None = None
    exclude_prefix: list[Text] | None = None
    name: list[Text] | None = None
    exclude_name: list[Text] | None = None


class EventResourceFilter(Request):
    """A filter of events by their thing; ``distinct`` keeps the latest event of each."""

    id: list[Text] | None = None
    id_prefix: list[Text] | None = None
    labels: ResourceSpecification | None = None
    distinct: bool = False


class EventRelatedFilter(Request):
    """A filter of events by other things; ``resources_in_roles`` are pairs of id and role."""

    id: list[Text] | None = None
    role: list[Text] | None = None
    resources_in_roles: list[tuple[Text, Text]] | None = None
    labels: ResourceSpecification | None = None


class EventAnyResourceFilter(Request):
    """A filter of events by any thing that had a part."""

    id: list[Text] | None = None
    id_prefix: list[Text] | None = None
    labels: ResourceSpecification | None = None


class EventScopeFilter(Request):
    """A filter of events by scope."""

    account: UUID | None = None
    workspace: list[UUID] | None = None


class EventIDFilter(Request):
    """These events."""

    id: list[UUID] | None = None


class EventTextFilter(Request):
    """Words to look for: ``-word`` leaves out, ``+word`` insists, quotes make a phrase."""

    query: Annotated[Text, Field(max_length=200)]


class EventOrder(StrEnum):
    """By time of occurrence."""

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
    """The first page; further ones are asked for by the URL in ``next_page``."""

    limit: Limit = 50
    filter: EventFilter | None = None


class Countable(StrEnum):
    """By what events are counted."""

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
    """One value: ``value`` to filter by, ``label`` to show."""

    value: str
    label: str
    count: int
    start_time: Instant
    end_time: Instant
