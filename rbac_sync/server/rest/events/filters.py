"""Filters of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from ....wire.prefect_cloud import events as wire

T = TypeVar("T")

ID, ROLE = "prefect.resource.id", "prefect.resource.role"


def asked(event: wire.ReceivedEvent, wanted: wire.EventFilter) -> bool:
    """Say whether *event* is asked for, its time apart."""
    everything = [event.resource, *event.related]
    return (
        _named(event.event, wanted.event)
        and _matches(event.resource, wanted.resource)
        and all(any(_related(r, each) for r in event.related) for each in _all(wanted.related))
        and all(any(_matches(r, each) for r in everything) for each in _all(wanted.any_resource))
        and _here(event, wanted.scope)
        and (wanted.id.id is None or event.id in wanted.id.id)
        and _says(event, wanted.text)
    )


def asks_for_all(wanted: wire.EventFilter, account: UUID) -> bool:
    """Say whether *wanted* leaves out no event of *account* but by its time."""
    plain = wire.EventFilter(
        occurred=wanted.occurred, order=wanted.order, limit=wanted.limit, offset=wanted.offset
    )
    scope = wire.EventScopeFilter(account=account)
    return wanted in (plain, plain.model_copy(update={"scope": scope}))


def _all(criteria: T | list[T] | None) -> list[T]:
    if criteria is None:
        return []
    return criteria if isinstance(criteria, list) else [criteria]


def _named(name: str, wanted: wire.EventNameFilter | None) -> bool:
    if wanted is None:
        return True
    return (
        _among(name, wanted.name)
        and _begins(name, wanted.prefix)
        and not (wanted.exclude_name and name in wanted.exclude_name)
        and not (wanted.exclude_prefix and name.startswith(tuple(wanted.exclude_prefix)))
    )


def _matches(
    resource: wire.Resource, wanted: wire.EventResourceFilter | wire.EventAnyResourceFilter | None
) -> bool:
    if wanted is None:
        return True
    id_ = resource.get(ID, "")
    return (
        _among(id_, wanted.id)
        and _begins(id_, wanted.id_prefix)
        and _labelled(resource, wanted.labels)
    )


def _related(resource: wire.Resource, wanted: wire.EventRelatedFilter) -> bool:
    pair = (resource.get(ID, ""), resource.get(ROLE, ""))
    return (
        _among(pair[0], wanted.id)
        and _among(pair[1], wanted.role)
        and (wanted.resources_in_roles is None or pair in wanted.resources_in_roles)
        and _labelled(resource, wanted.labels)
    )


def _labelled(resource: wire.Resource, wanted: Mapping[str, str | list[str]] | None) -> bool:
    for label, values in (wanted or {}).items():
        if resource.get(label) not in ([values] if isinstance(values, str) else values):
            return False
    return True


def _among(value: str, wanted: Sequence[str] | None) -> bool:
    return wanted is None or value in wanted


def _begins(value: str, wanted: Sequence[str] | None) -> bool:
    return wanted is None or value.startswith(tuple(wanted))


def _here(event: wire.ReceivedEvent, wanted: wire.EventScopeFilter) -> bool:
    return (wanted.account is None or wanted.account == event.account) and (
        wanted.workspace is None or event.workspace in wanted.workspace
    )


def _says(event: wire.ReceivedEvent, wanted: wire.EventTextFilter | None) -> bool:
    """Say whether the words are there: any plain one, every ``+`` one, no ``-`` one."""
    if wanted is None:
        return True
    text = f"{event.event} {event.resource} {event.related} {event.payload}".casefold()
    words = wanted.query.casefold().replace('"', "").split()
    plain = [word for word in words if word[0] not in "+-"]
    must = [word[1:] for word in words if word[0] == "+"]
    without = [word[1:] for word in words if word[0] == "-" and word[1:]]
    return (
        (not plain or any(word in text for word in plain))
        and all(word in text for word in must)
        and not any(word in text for word in without)
    )
