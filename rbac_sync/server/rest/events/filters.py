"""Filters of events: their comparison with an event, and the part of them that becomes SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from ....backends.store.names import can_be_kept
from ....backends.store.span import Span
from ....model import ACCOUNT, Address, Kind, label
from ....named_tuples import NamedTuple
from ....wire.prefect_cloud import events as wire
from ....wire.prefect_cloud.events import ID, NAME, ROLE
from ...read_view import ReadView
from .trail import PREFIX

T = TypeVar("T")

ACCOUNT_ROLE, DEFAULT_ROLE = "/account_role", "/default_role"
"""Ends of the addresses of bindings; see ``model.address``."""

GONE = 5
"""The UUID version of ids of deleted things, which are hashes of names."""

KINDS = {
    "workspace": Kind.WORKSPACE,
    "workspace-settings": Kind.WORKSPACE,
    "user": Kind.USER,
    "team": Kind.TEAM,
    "service-account": Kind.SERVICE_ACCOUNT,
    "account-role": Kind.ROLE,
    "workspace-role": Kind.ROLE,
    "account-invitation": Kind.USER,
}
"""The kind of the object by the type of an event, for types whose events have its id."""


def meets(event: wire.ReceivedEvent, where: wire.EventFilter) -> bool:
    """Say whether *event* meets a filter, without regard to its time."""
    everything = [event.resource, *event.related]
    return (
        matches_name(event.event, where.event)
        and _matches(event.resource, where.resource)
        and all(any(_related(r, each) for r in event.related) for each in criteria(where.related))
        and all(any(_matches(r, each) for r in everything) for each in criteria(where.any_resource))
        and where.scope.account in (None, event.account)
        and (where.scope.workspace is None or event.workspace in where.scope.workspace)
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
    for name, values in (where or {}).items():
        if resource.get(name) not in ([values] if isinstance(values, str) else values):
            return False
    return True


def _among(value: str, where: Sequence[str] | None) -> bool:
    return where is None or value in where


def _begins(value: str, where: Sequence[str] | None) -> bool:
    return where is None or value.startswith(tuple(where))


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


class Narrowing(NamedTuple):
    """A span with all rows that meet a filter. With ``is_exact``, it has no other rows."""

    span: Span
    is_exact: bool


def narrowing(
    view: ReadView, where: wire.EventFilter, span: Span, here: Address | None
) -> Narrowing:
    """Return *span* without rows outside of *where* or outside of the workspace *here*."""
    related = criteria(where.related)
    exact = all(_is_actor(each) for each in related) and len(related) <= 1
    rest = (where.resource, where.any_resource, where.id.id, where.text)
    narrowed = span._replace(
        places=_places(view, where.scope, here),
        appliers=_appliers(view, related[0]) if related else None,
        objects=_objects(view, where.resource),
    )
    if where.scope.account not in (None, view.account_id):
        narrowed = narrowed._replace(places=frozenset())
    is_known = not related or narrowed.appliers is not None
    return Narrowing(narrowed, exact and is_known and all(part is None for part in rest))


def _places(
    view: ReadView, scope: wire.EventScopeFilter, here: Address | None
) -> frozenset[Address] | None:
    own = None if here is None else frozenset({here})
    if scope.workspace is None:
        return own
    known = (view.register.find(Kind.WORKSPACE, id_) for id_ in scope.workspace)
    requested = frozenset(address for address in known if address is not None)
    return requested if own is None else requested & own


def _is_actor(where: wire.EventRelatedFilter) -> bool:
    """Say whether a criterion is for the id of the actor, and nothing else."""
    is_plain = where.labels is None and where.resources_in_roles is None
    return is_plain and where.id is not None and (where.role is None or "actor" in where.role)


def _appliers(view: ReadView, where: wire.EventRelatedFilter) -> frozenset[str] | None:
    """Return the labels of the actors of a criterion; None if its ids do not have labels."""
    if where.id is None or not all(each.startswith(f"{PREFIX}.actor.") for each in where.id):
        return None
    ids = [_uuid(each) for each in where.id]
    if any(id_ is not None and id_.version == GONE for id_ in ids):
        return None
    actors = (view.register.actor(id_) for id_ in ids if id_ is not None)
    return frozenset(label(actor) for actor in actors if actor is not None)


def _objects(view: ReadView, where: wire.EventResourceFilter | None) -> frozenset[str] | None:
    """Return the addresses of the objects of a criterion; None if it does not determine them."""
    if where is None:
        return None
    names = (where.labels or {}).get(NAME)
    if names is not None:
        return frozenset(filter(can_be_kept, [names] if isinstance(names, str) else names))
    return _named(view, where.id) if where.id is not None else None


def _named(view: ReadView, ids: Collection[str]) -> frozenset[str] | None:
    objects: set[str] = set()
    for text in ids:
        type_, id_ = text.removeprefix(f"{PREFIX}.").partition(".")[0], _uuid(text)
        if not text.startswith(f"{PREFIX}.") or id_ is None:
            continue  # the trail has no such id
        if id_.version == GONE or type_ not in {*KINDS, "account-membership"}:
            return None
        objects.update(_addresses(view, type_, id_))
    return frozenset(objects)


def _addresses(view: ReadView, type_: str, id_: UUID) -> Iterator[str]:
    """Yield the addresses of objects whose events may have this id."""
    if type_ == "account-membership":
        row = view.register.row(ACCOUNT, id_)
        if row is not None:
            yield from (str(row.principal), f"{row.principal}{ACCOUNT_ROLE}")
        return
    address = view.register.find(KINDS[type_], id_)
    if address is not None:
        yield from (str(address), f"{address}{DEFAULT_ROLE}")


def _uuid(text: str) -> UUID | None:
    """Return the id at the end of *text*; None without an id in canonical form."""
    end = text.rpartition(".")[2]
    try:
        return UUID(end) if str(UUID(end)) == end else None
    except ValueError:
        return None
