"""The lists of an account, whole or not at all: read page after page, as one moment."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate, chain, islice
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

from ...dataclasses import dataclass, replace
from ...errors import BadResponse
from ...model import Kind
from ...wire.prefect_cloud.filters import LONGEST_PAGE, Page
from ...wire.prefect_cloud.shapes import Identified
from ..remote.api import ServiceApi, read_consistently
from ..remote.client import THREADS, Client
from ..remote.response import STRANGE, TooLarge

E = TypeVar("E", bound=Identified)

BATCH = 100
"""The number of things that one request names; the limit of the service is not documented."""

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


class ListApi(ServiceApi):
    """The base of the requests to an account: its lists."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._lock = Lock()
        self.page = LONGEST_PAGE
        """The length of the shortest page that another page has followed."""
        self._limits: dict[str, int] = {}
        """The most rows in a page of each list, by path, of which longer pages were too large."""

    @abstractmethod
    def read_page(self, listing: Listing[E], offset: int = 0, limit: int = LONGEST_PAGE) -> list[E]:
        """Return one page of *listing*, from the row at *offset* on.

        Raises:
            TooLarge: fewer rows have to be requested.
        """

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
            listing.path,
            read_all,
            lambda pages: sum(map(len, pages)) < self._longest(listing),
            _content,
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
        for page, limit in islice(self._page_after_page(listing, before), MOST_PAGES):
            repeats = ids.intersection(row.id for row in page)
            if page:
                self._learn_length(length)
            yield page
            if not page or repeats or (listing.is_part and len(page) < self._longest(listing)):
                return
            ids.update(row.id for row in page)
            length = len(page) if len(page) < limit else LONGEST_PAGE
        message = f"`{listing.path}` goes on after {MOST_PAGES:,} pages"
        raise BadResponse(message, hint=STRANGE)

    def _page_after_page(
        self, listing: Listing[E], before: list[list[E]]
    ) -> Iterator[tuple[list[E], int]]:
        """Yield page after page, without an end, each with the number of rows requested.

        Pages that begin where one of the reading *before* did are requested side by side. Later
        on, after each page that is not short, twice as many are requested as the time before. A
        list that is a part is short, as a rule, and there are many.
        """
        starts: Sequence[int] = [0, *accumulate(map(len, before[:-1]))]
        offset, together = 0, 1
        while True:
            reads = [partial(self._readable_page, listing, start) for start in starts]
            results = self.client.side_by_side(reads)
            for start, (page, limit) in zip(starts, results, strict=True):
                if start != offset:
                    break
                yield page, limit
                length = len(page)
                offset += length
            is_last = listing.is_part or length < self._longest(listing)
            together = 1 if is_last else min(2 * together, THREADS)
            starts = range(offset, offset + together * length, length)

    def _learn_length(self, length: int) -> None:
        """Learn that another page followed one of this *length*."""
        with self._lock:
            self.page = min(self.page, length)

    def _longest(self, listing: Listing[E]) -> int:
        """Return the least length of a page of *listing* that another one may follow."""
        return min(self.page, self._limits.get(listing.path, LONGEST_PAGE))

    def _readable_page(self, listing: Listing[E], offset: int) -> tuple[list[E], int]:
        """Return a page and the number of rows requested: half as many while it is too large."""
        while True:
            limit = self._limits.get(listing.path, LONGEST_PAGE)
            try:
                return self.read_page(listing, offset, limit), limit
            except TooLarge:
                if limit == 1:
                    raise
                with self._lock:
                    known = self._limits.get(listing.path, limit)
                    self._limits[listing.path] = min(known, limit // 2)


def _content(pages: list[list[E]]) -> dict[UUID, dict[str, Any]] | None:
    """Return the content that two readings are compared by; None if a row occurs twice."""
    rows = [*chain.from_iterable(pages)]
    content = {row.id: dict(row, last_login=None) for row in rows}
    return content if len(content) == len(rows) else None
