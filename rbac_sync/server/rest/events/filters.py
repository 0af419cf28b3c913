"""Filters of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from ....wire.prefect_cloud import events as wire

T = TypeVar("T")

ID, ROLE = "prefect.resource.id", "prefect.resource.role"


def meets(event: wire.ReceivedEvent, where: wire.EventFilter) -> bool:
    """Say whether *event* meets a filter, without regard to its time."""
    everything = [event.resource, *event.related]
    return (
        matches_name(event.event, where.event)
        and _matches(event.resource, where.resource)
        and all(any(_related(r, each) for r in event.related) for each in criteria(where.related))
        and all(any(_matches(r, each) for r in everything) for each in criteria(where.any_resource))
        and _here(event, where.scope)
        and (where.id.id is None or event.id in where.id.id)
        and _says(event, where.text)
    )


def criteria(where: T | list[T] | None) -> list[T]:
    """Return the criteria of a field, which may have one, several or none."""
    if where is None:
        return []
    return where if isinstance(where, list) else [where]


def matches_name(name: str, where: wire.EventNameFilter | None) -> bool:
    """Say whether an event of this *name* meets a filter by name."""
    if where is None:
        return True
    return (
        _among(name, where.name)
        and _begins(name, where.prefix)
        and not (where.exclude_name and name in where.exclude_name)
        and not (where.exclude_prefix and name.startswith(tuple(where.exclude_prefix)))
    )


def _matches(
    resource: wire.Resource, where: wire.EventResourceFilter | wire.EventAnyResourceFilter | None
) -> bool:
    if where is None:
        return True
    id_ = resource.get(ID, "")
    return (
        _among(id_, where.id)
        and _begins(id_, where.id_prefix)
        and _labelled(resource, where.labels)
    )


def _related(resource: wire.Resource, where: wire.EventRelatedFilter) -> bool:
    pair = (resource.get(ID, ""), resource.get(ROLE, ""))
    return (
        _among(pair[0], where.id)
        and _among(pair[1], where.role)
        and (where.resources_in_roles is None or pair in where.resources_in_roles)
        and _labelled(resource, where.labels)
    )


def _labelled(resource: wire.Resource, where: Mapping[str, str | list[str]] | None) -> bool:
    for label, values in (where or {}).items():
        if resource.get(label) not in ([values] if isinstance(values, str) else values):
            return False
    return True


def _among(value: str, where: Sequence[str] | None) -> bool:
    return where is None or value in where


def _begins(value: str, where: Sequence[str] | None) -> bool:
    return where is None or value.startswith(tuple(where))


def _here(event: wire.ReceivedEvent, where: wire.EventScopeFilter) -> bool:
    return (where.account is None or where.account == event.account) and (
        where.workspace is None or event.workspace in where.workspace
    )


def _says(event: wire.ReceivedEvent, where: wire.EventTextFilter | None) -> bool:
    """Say whether the event has the words: any plain one, every ``+`` one, no ``-`` one."""
    if where is None:
        return True
    text = f"{event.event} {event.resource} {event.related} {event.payload}".casefold()
    words = where.query.casefold().replace('"', "").split()
    plain = [word for word in words if word[0] not in "+-"]
    must = [word[1:] for word in words if word[0] == "+"]
    without = [word[1:] for word in words if word[0] == "-" and word[1:]]
    return (
        (not plain or any(word in text for word in plain))
        and all(word in text for word in must)
        and not any(word in text for word in without)
    )
