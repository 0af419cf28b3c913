"""The API of one account: its lists, whole or not at all, and its writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import accumulate, chain, islice
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

from ...dataclasses import dataclass, replace
from ...errors import BackendError, BadResponse, NoAnswer
from ...model import Instant, Kind
from ...wire.exchange import written
from ...wire.prefect_cloud.filters import LONGEST_PAGE, Page
from ...wire.prefect_cloud.shapes import Identified
from ...wire.prefect_cloud.users import MeReadResponse, UserAccountResponse
from ..remote.api import ServiceApi, check_distinct, parse_value, read_consistently
from ..remote.client import THREADS, Client
from ..remote.request import LOST, Idempotency, Request
from ..remote.response import STRANGE, quote_text, refusal_text

T = TypeVar("T")
U = TypeVar("U")
E = TypeVar("E", bound=Identified)

MOST_PAGES = 2_000
"""The number of pages after which a list is taken to have no end."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[E]):
    """A list of the API: its path, the shape of its rows, a page request and the needed right.

    ``kind`` is the kind that is unknown if the list is refused; without it, that is an error.
    ``is_part``: a list of the account has all principals of its rows.
    """

    path: str
    shape: type[E]
    page: Page
    right: str
    kind: Kind | None = None
    is_part: bool = False

    def of(self, workspace: UUID) -> Listing[E]:
        """Return the list of the access to *workspace*."""
        return replace(self, path=f"workspaces/{workspace}/{self.path}", is_part=True)


class Api(ServiceApi):
    """One account, named by handle or id; every path is below it.

    The caller and the account are read when they are first needed.
    """

    def __init__(self, client: Client, account: str) -> None:
        super().__init__(client)
        self._account, self._lock = account, Lock()
        self.page = LONGEST_PAGE
        """The length of the shortest page that another page has followed."""

    def begin(self) -> None:
        """Read the caller and the account side by side.

        Raises:
            BackendError: one of them could not be read.
        """
        reads = [lambda: self.caller_and_time, lambda: self.membership]
        for _ in self.client.side_by_side(reads):
            pass

    @cached_property
    def caller_and_time(self) -> tuple[MeReadResponse, Instant]:
        """The caller, and the time of the service when it was read."""
        me: MeReadResponse = self.answer(Request("GET", "me/"), MeReadResponse)
        return me, self.now()

    @cached_property
    def membership(self) -> UserAccountResponse:
        """The account, as the service shows it to the caller.

        Raises:
            BackendError: the key does not belong to it.
        """
        memberships: list[UserAccountResponse]
        memberships = self.answer(Request("GET", "me/accounts"), list[UserAccountResponse])
        for field in ("account_id", "account_handle"):  # a handle may read like an id
            for each in memberships:
                if str(getattr(each, field)) == self._account:
                    return each
        others = ", ".join(f"`{quote_text(each.account_handle)}`" for each in memberships) or "none"
        message = f"this API key does not belong to the account `{self._account}`"
        raise BackendError(message, hint=f"its accounts: {others}")

    @cached_property
    def rights(self) -> frozenset[str]:
        """The account permissions of the caller, as the service reports them."""
        path = f"me/accounts/{self.membership.account_id}/permissions"
        return frozenset(self.answer(Request("GET", path), list[str]))

    def scopes_in(self, workspace: UUID) -> frozenset[str]:
        """Return the permissions of the caller in one workspace, as the service reports them."""
        path = f"me/workspaces/{workspace}/scopes"
        return frozenset(self.answer(Request("GET", path), list[str]))

    def listed(
        self, listing: Listing[E], seen: Callable[[list[E]], object] = lambda _: None
    ) -> list[E]:
        """Return all rows of *listing*; *seen* is called with the rows of each page that came.

        One page is of one moment. Several pages are read until two readings agree. *Why* the pages
        of a reading may come in any order: all of them are later than the reading before, so a row
        that both readings have was there in between.

        Raises:
            TornRead: no two readings agree.
            BackendError: a page could not be read.
        """

        def read_all(before: list[list[E]] | None) -> list[list[E]]:
            pages = []
            for page in self._pages(listing, before or []):
                seen(page)
                pages.append(page)
            return pages

        pages = read_consistently(
            listing.path, read_all, lambda pages: sum(map(len, pages)) < self.page, _content
        )
        return [*chain.from_iterable(pages)]

    def _pages(self, listing: Listing[E], before: list[list[E]]) -> Iterator[list[E]]:
        """Yield the pages of one reading, after the reading *before*; an empty page is the end.

        *Why* a short page is not the end: a service, or a proxy, may return fewer rows than
        requested, and the rows that it leaves out would seem to be gone. A list that is a part
        ends with a page shorter than any that another has followed, in whichever list.

        Raises:
            BadResponse: the list has no end.
        """
        ids: set[UUID] = set()
        length = LONGEST_PAGE
        for page in islice(self._page_after_page(listing, before), MOST_PAGES):
            repeats = ids.intersection(row.id for row in page)
            if page:
                self._learn_length(length)
            yield page
            if not page or repeats or (listing.is_part and len(page) < self.page):
                return
            ids.update(row.id for row in page)
            length = len(page)
        message = f"`{listing.path}` goes on after {MOST_PAGES:,} pages"
        raise BadResponse(message, hint=STRANGE)

    def _page_after_page(self, listing: Listing[E], before: list[list[E]]) -> Iterator[list[E]]:
        """Yield page after page, without an end.

        Pages that begin where one of the reading *before* did are requested side by side. Later
        on, after each page that is not short, twice as many are requested as the time before. A
        list that is a part is short, as a rule, and there are many.
        """
        starts: Sequence[int] = [0, *accumulate(map(len, before[:-1]))]
        offset, together = 0, 1
        while True:
            reads = [partial(self.read_page, listing, start) for start in starts]
            for start, page in zip(starts, self.client.side_by_side(reads), strict=True):
                if start != offset:
                    break
                yield page
                length = len(page)
                offset += length
            is_last = listing.is_part or length < self.page
            together = 1 if is_last else min(2 * together, THREADS)
            starts = range(offset, offset + together * length, length)

    def _learn_length(self, length: int) -> None:
        """Learn that another page followed one of this *length*."""
        with self._lock:
            self.page = min(self.page, length)

    def read_page(self, listing: Listing[E], offset: int = 0) -> list[E]:
        """Return one page of *listing*, from the row at *offset* on."""
        page = listing.page.model_copy(update={"limit": LONGEST_PAGE, "offset": offset})
        call = self._call("POST", f"{listing.path}/filter", page, Idempotency.NONE, listing.right)
        rows: list[E] = self.answer(call, list[listing.shape])  # type: ignore[name-defined]
        if len(rows) > LONGEST_PAGE:
            message = f"{call}: {len(rows)} rows came where at most {LONGEST_PAGE} were asked for"
            raise BadResponse(message, hint=STRANGE)
        check_distinct(call, [row.id for row in rows])
        if "account_id" in listing.shape.model_fields:
            own = None, self.membership.account_id
            others = [row for row in rows if row.account_id not in own]  # type: ignore[attr-defined]
            if others:
                message = f"{call}: a row of the account `{others[0].account_id}` came"  # type: ignore[attr-defined]
                raise BadResponse(message, hint=STRANGE)
        return rows

    def get(self, path: str, shape: type[T], right: str) -> T:
        """Return the resource at *path* as *shape*."""
        call = self._call("GET", path, None, Idempotency.NONE, right)
        content: T = self.answer(call, shape)
        return content

    def put(
        self, method: str, path: str, body: Any, right: str, shape: Any = object, **sent: object
    ) -> Any:
        """Send a write that may be repeated, and return the value of the response.

        *sent* are the fields of the response that are as they were sent.

        Raises:
            NoAnswer: it is not known whether the write was done.
            BackendError: the write was refused.
        """
        call = self._call(method, path, body, Idempotency.ONCE, right)
        value = self.client.send(call).value
        try:
            answer = _parse_echo(call, shape, sent, value)
        except BadResponse as error:
            raise NoAnswer(str(error), hint=LOST) from error
        self.writes += 1
        return answer

    def once(
        self,
        path: str,
        body: Any,
        shape: type[T],
        right: str,
        trace: Callable[[], U | None],
        **sent: object,
    ) -> T | U:
        """Send a POST that must not be repeated.

        *sent* are the fields of the response that are as they were sent. If the response is lost,
        or is about something else, *trace* searches for the result.

        Raises:
            NoAnswer: the request may have been done, but its result is not visible.
            BackendError: the request was refused.
        """
        call = self._call("POST", path, body, Idempotency.EACH, right)
        return self.sent(call, partial(_parse_echo, call, shape, sent), trace)

    def _call(self, method: str, path: str, body: Any, effect: Idempotency, right: str) -> Request:
        sent = None if body is None else written(body)
        call = Request(method, f"accounts/{self.membership.account_id}/{path}", sent, effect, right)
        if effect is Idempotency.NONE:
            return call
        return replace(call, trouble=refusal_text)  # no answer about a write that was done has any


def _parse_echo(call: Request, shape: Any, sent: Mapping[str, object], value: Any) -> Any:
    """Return *value* as *shape*.

    *Why* compare the fields *sent*: later requests name the object of the response by its id.

    Raises:
        BadResponse: it has another shape, or is about another object.
    """
    parsed = parse_value(call, shape, value)
    for each in parsed if isinstance(parsed, tuple) else (parsed,):
        if others := unlike(each, sent):
            message = f"{call}: the answer has another `{others[0]}` than was sent"
            raise BadResponse(message, hint=STRANGE)
    return parsed


def unlike(row: Identified, fields: Mapping[str, object]) -> list[str]:
    """Return the names of *fields* that have another value in *row*."""
    return [name for name, value in fields.items() if getattr(row, name) != value]


def _content(pages: list[list[E]]) -> dict[UUID, dict[str, Any]] | None:
    """Return the content that two readings are compared by; None if a row occurs twice."""
    rows = [*chain.from_iterable(pages)]
    content = {row.id: dict(row, last_login=None) for row in rows}
    return content if len(content) == len(rows) else None
