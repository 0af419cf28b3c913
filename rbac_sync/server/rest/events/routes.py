"""Events: the audit trail, and what clients report themselves."""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query, Request

from ....backends.database.columns import stored
from ....backends.store.trail import Span
from ....model import ACCOUNT as ROOT
from ....model import Address, Instant
from ....model.instant import parsed
from ....wire.prefect_cloud import events as wire
from ....wire.prefect_cloud.filters import Page
from ...auth import RequestScope, account, workspace
from ...guarded_store import WriteTransaction
from ...limits import LARGEST_ANSWER, MOST_ROWS
from ...read_view import ReadView
from ...refusals import Refusal, forbidden, unprocessable
from ...trail import PREFIX, count, events
from ..collection import ACCOUNT, WORKSPACE, collection, page
from .counts import counted
from .filters import asks_for_all, meets

KIND = "event"
READ, WRITE = "read:audit_event", "create:audit_event"
SEE, MANAGE = "see_events", "manage_events"
LONGEST = timedelta(days=14)
"""The longest span of one query. Source: the documentation."""

OURS = (f"{PREFIX}.", "prefect.")
"""Prefixes of the names of events that only the server itself may report."""

Token = Annotated[str, Query(alias="page-token")]


def _routes(prefix: str, reading: Any, reporting: Any) -> APIRouter:
    """Return the routes of the events below *prefix*, with what they ask of the caller."""
    routes = collection(f"{prefix}/events", "Events")

    @routes.post("", status_code=204)
    def report_events(body: list[wire.Event], at: RequestScope = reporting) -> None:
        """Keep events that a client reports."""
        _keep(at, body)

    @routes.post("/filter")
    def read_events(
        request: Request, at: RequestScope = reading, body: wire.ReadEvents | None = None
    ) -> wire.EventPage:
        """Read the first page."""
        return _first(request, at, body or wire.ReadEvents())

    @routes.get("/filter/next")
    def read_next_events(
        request: Request, token: Token, at: RequestScope = reading
    ) -> wire.EventPage:
        """Read the next page."""
        return _next(request, at, token)

    @routes.post("/count-by/{countable}")
    def count_events(
        countable: wire.Countable, at: RequestScope = reading, body: wire.CountEvents | None = None
    ) -> list[wire.EventCount]:
        """Count events by what they have in common."""
        return _count(at, countable, body or wire.CountEvents())

    return routes


def _keep(at: RequestScope, reported: list[wire.Event]) -> None:
    for event in reported:
        if event.event.startswith(OURS):
            raise forbidden(f"only the server itself reports `{event.event}`")
    contents = [event.model_dump(mode="json") for event in reported]

    def work(transaction: WriteTransaction) -> None:
        owner = ROOT if at.workspace_id is None else at.workspace(transaction.view).address
        for each in contents:
            name = f"{stored(parsed(each['occurred']))}/{uuid4()}"  # to be found by its time
            transaction.documents.add(KIND, owner, name, each)

    at.write(work)


def _first(request: Request, at: RequestScope, body: wire.ReadEvents) -> wire.EventPage:
    where = body.filter or wire.EventFilter()
    with at.view() as view:
        since, until = _span(where, view.now)
        span = wire.EventOccurredFilter(since=since, until=until)
        limit = body.limit if where.limit is None else where.limit
        part = Page(limit=limit, offset=where.offset or 0)
        return _page(request, at, view, where.model_copy(update={"occurred": span}), part)


def _next(request: Request, at: RequestScope, token: str) -> wire.EventPage:
    try:
        token_fields = json.loads(base64.urlsafe_b64decode(token.encode()))
        where = wire.EventFilter.model_validate(token_fields["filter"])
        part = Page.model_validate(token_fields)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise unprocessable("this is no page token") from None
    with at.view() as view:
        return _page(request, at, view, where, part)


def _span(where: wire.EventFilter, now: Instant) -> tuple[Instant, Instant]:
    until = where.occurred.until or now
    try:
        since = where.occurred.since or until - LONGEST
    except OverflowError:
        since = datetime.min.replace(tzinfo=until.tzinfo)
    if until - since > LONGEST:
        raise unprocessable("a query spans 14 days at most", "filter", "occurred")
    return since, until


def _page(
    request: Request, at: RequestScope, view: ReadView, where: wire.EventFilter, part: Page
) -> wire.EventPage:
    listed, total = _listed(at, view, where, part)
    end = part.offset + part.limit
    token_fields = {"filter": where.model_dump(mode="json"), "offset": end, "limit": part.limit}
    return wire.EventPage(
        events=listed,
        total=total,
        next_page=_url(request, at, token_fields) if part.limit > 0 and total > end else None,
    )


def _listed(
    at: RequestScope, view: ReadView, where: wire.EventFilter, part: Page
) -> tuple[list[wire.ReceivedEvent], int]:
    """Return the events of a page, and how many there are on all pages."""
    if at.workspace_id is not None or not asks_for_all(where, view.account_id):
        matching = _matching(at, view, where)
        return page(matching, part), len(matching)
    since, until = _span(where, view.now)
    is_ascending = where.order is wire.EventOrder.ASC
    reported = sorted(_reported(at, view, since, until), key=_occurred, reverse=True)
    links = view.session.trail.walk(Span(since, until), is_ascending=is_ascending)
    recorded = events(view, links, is_ascending=is_ascending)
    both = (reversed(reported), recorded) if is_ascending else (recorded, reported)
    merged = heapq.merge(*both, key=_occurred, reverse=not is_ascending)
    rows = list(islice(merged, part.offset, part.offset + part.limit))
    return rows, count(view, since, until) + len(reported)


def _occurred(event: wire.ReceivedEvent) -> Instant:
    return event.occurred


def _url(request: Request, at: RequestScope, token_fields: dict[str, Any]) -> str:
    """Return the URL of a page; the address in it is the server's own, see ``address``."""
    token = base64.urlsafe_b64encode(json.dumps(token_fields).encode()).decode()
    within = f"/workspaces/{at.workspace_id}" if at.workspace_id else ""
    path = f"api/accounts/{at.account_id}{within}/events/filter/next"
    return f"{request.base_url}{path}?page-token={token}"


def _matching(
    at: RequestScope, view: ReadView, where: wire.EventFilter
) -> list[wire.ReceivedEvent]:
    since, until = _span(where, view.now)
    span = Span(since, until)
    if view.session.trail.count(span) > MOST_ROWS:
        raise too_many()
    there = [*events(view, view.session.trail.walk(span)), *_reported(at, view, since, until)]
    here = at.workspace_id
    matching = [event for event in there if here in (None, event.workspace) and meets(event, where)]
    matching.sort(key=_occurred, reverse=True)
    if where.order is wire.EventOrder.ASC:
        matching.reverse()
    return _distinct(matching) if where.resource and where.resource.distinct else matching


def _reported(
    at: RequestScope, view: ReadView, since: Instant, until: Instant
) -> Iterable[wire.ReceivedEvent]:
    owner: Address | None = None if at.workspace_id is None else at.workspace(view).address
    names = stored(since), f"{stored(until)}0"
    most = MOST_ROWS, LARGEST_ANSWER
    there = view.documents.between(KIND, owner, names, most)
    if there is None:
        raise too_many()
    for document in there:
        occurred = parsed(document.content["occurred"])
        if not since <= occurred <= until:
            continue
        inside = document.owner in view.register.named
        yield wire.ReceivedEvent(
            **{**document.content, "occurred": occurred},
            account=view.account_id,
            workspace=view.id(document.owner) if inside else None,
            received=document.created,
        )


def too_many() -> Refusal:
    """Return the refusal of a span in which too much has happened to look through."""
    what = f"more than {MOST_ROWS} events, or too large ones, are in this span"
    return unprocessable(f"{what}: ask for a shorter one", "filter", "occurred")


def _distinct(rows: list[wire.ReceivedEvent]) -> list[wire.ReceivedEvent]:
    kept: dict[str | None, wire.ReceivedEvent] = {}
    for event in rows:
        kept.setdefault(event.resource.get("prefect.resource.id"), event)
    return list(kept.values())


def _count(
    at: RequestScope, countable: wire.Countable, body: wire.CountEvents
) -> list[wire.EventCount]:
    where = body.filter or wire.EventFilter()
    with at.view() as view:
        since, _ = _span(where, view.now)
        return counted(_matching(at, view, where), countable, body, since)


router = APIRouter()
router.include_router(_routes(ACCOUNT, account(READ), account(WRITE)))
router.include_router(_routes(WORKSPACE, workspace(SEE), workspace(MANAGE)))
