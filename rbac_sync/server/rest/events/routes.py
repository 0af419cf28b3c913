"""Events: the audit trail, and the events that clients report."""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from ....backends.database.columns import stored
from ....model import ACCOUNT as ROOT
from ....model.instant import parsed
from ....wire.prefect_cloud import events as wire
from ....wire.prefect_cloud.filters import Limit
from ....wire.prefect_cloud.shapes import BIGGEST, Instant
from ...auth import RequestScope, account, workspace
from ...guarded_store import WriteTransaction
from ...limits import MOST_PARTS, has_parts
from ...read_view import ReadView
from ...refusals import InvalidRequest, NotAllowed
from ..collection import ACCOUNT, WORKSPACE, Collection, together
from .query import KIND, EventQuery, counted, span_of
from .trail import PREFIX, PlacedEvent

READ, WRITE = "read:audit_event", "create:audit_event"
SEE, MANAGE = "see_events", "manage_events"
OURS = (f"{PREFIX}.", "prefect.")
"""Prefixes of the names of events that only the server itself may report."""

NOT_A_PAGE = "this is no page token"
MOST_OF_TOKEN = 2 * MOST_PARTS
"""Values and names in a page token, which has the filter of the first page with all its fields."""

Token = Annotated[str, Query(alias=wire.PAGE_TOKEN)]
Number = Annotated[int, Field(ge=-BIGGEST, le=BIGGEST)]


class _PageToken(BaseModel):
    """The token of a later page: the filter, the number of events before it, and the last place."""

    filter: wire.EventFilter
    limit: Limit
    total: int
    before: int
    after: tuple[Instant, Literal[0], str, str] | tuple[Instant, Literal[1], Number, Number]

    @classmethod
    def read(cls, text: str) -> _PageToken:
        """Return the decoded token.

        Raises:
            Refusal: *text* is no token.
        """
        try:
            content = base64.urlsafe_b64decode(text.encode())
            token, parts = cls.model_validate_json(content), json.loads(content)
        except (ValueError, RecursionError):
            raise InvalidRequest(NOT_A_PAGE, wire.PAGE_TOKEN) from None
        if has_parts(parts, MOST_OF_TOKEN):
            raise InvalidRequest(NOT_A_PAGE, wire.PAGE_TOKEN)
        return token

    def __str__(self) -> str:
        """Return the token, encoded for a URL."""
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode()


def report_events(transaction: WriteTransaction, at: RequestScope, body: list[wire.Event]) -> None:
    """Store events that a client reports."""
    owner = ROOT if at.workspace_id is None else at.workspace(transaction.view).address
    for event in body:
        if event.event.startswith(OURS):
            raise NotAllowed(f"only the server itself reports `{event.event}`")
        content = event.model_dump(mode="json")
        name = f"{stored(parsed(content['occurred']))}/{uuid4()}"  # to read events by time
        transaction.documents.add(KIND, owner, name, content)


def read_events(
    view: ReadView, at: RequestScope, request: Request, body: wire.ReadEvents
) -> wire.EventPage:
    """Read the first page of the events that meet a filter."""
    where = body.filter or wire.EventFilter()
    limit, offset = body.limit if where.limit is None else where.limit, where.offset or 0
    since, until = span_of(where, view.now)
    occurred = wire.EventOccurredFilter(since=since, until=until)
    where = where.model_copy(update={"occurred": occurred})
    rows, total = _query(at, view, where).first(limit, offset)
    return _page(request, at, where, limit, rows, (offset + len(rows), total))


def read_next_events(
    view: ReadView, at: RequestScope, request: Request, token: Token
) -> wire.EventPage:
    """Read the page that a token names."""
    page = _PageToken.read(token)
    rows = _query(at, view, page.filter).next(page.limit, page.after)
    counts = page.before + len(rows), page.total
    return _page(request, at, page.filter, page.limit, rows, counts)


def count_events(
    view: ReadView,
    at: RequestScope,
    countable: wire.Countable,
    body: wire.CountEvents,
) -> list[wire.EventCount]:
    """Count events by an attribute."""
    return counted(_query(at, view, body.filter or wire.EventFilter()), countable, body)


def _query(at: RequestScope, view: ReadView, where: wire.EventFilter) -> EventQuery:
    here = None if at.workspace_id is None else at.workspace(view).address
    return EventQuery(view, where, here)


def _page(
    request: Request,
    at: RequestScope,
    where: wire.EventFilter,
    limit: int,
    rows: list[PlacedEvent],
    counts: tuple[int, int],
) -> wire.EventPage:
    """Return a page of *rows*; *counts* are the number of events up to its end, and of all.

    The address in the URL of the next page is the server's own, see ``address``.
    """
    (count, total), next_page = counts, None
    if rows and count < total:
        after = rows[-1].place
        token = _PageToken(filter=where, limit=limit, total=total, before=count, after=after)
        within = f"/workspaces/{at.workspace_id}" if at.workspace_id else ""
        path = f"api/accounts/{at.account_id}{within}/events/filter/next"
        next_page = f"{request.base_url}{path}?{wire.PAGE_TOKEN}={token}"
    return wire.EventPage(events=[event for _, event in rows], total=total, next_page=next_page)


def _routes(prefix: str, reading: Any, reporting: Any) -> APIRouter:
    """Return the routes of events below *prefix*; *reading* and *reporting* check the caller."""
    routes = Collection(f"{prefix}/events", "Events")
    routes.writes("POST", "", reporting, status_code=204)(report_events)
    routes.reads("POST", "/filter", reading)(read_events)
    routes.reads("GET", "/filter/next", reading)(read_next_events)
    routes.reads("POST", "/count-by/{countable}", reading)(count_events)
    return routes


router = together(
    _routes(ACCOUNT, account(READ), account(WRITE)),
    _routes(WORKSPACE, workspace(SEE), workspace(MANAGE)),
)
