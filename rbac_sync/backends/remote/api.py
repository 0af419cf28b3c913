"""Requests to one service: whole lists, checked responses, a search after a lost response."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from ...errors import BackendError, BadResponse, NoAnswer, RbacSyncError, TornRead
from ...model import Instant
from ...wire.exchange import read
from .client import Client
from .request import LOST, Request
from .response import STRANGE, quote_text

T = TypeVar("T")
U = TypeVar("U")

READINGS = 3
LOOKS, PAUSE = 10, 0.5
"""Prefect's own Terraform provider reads ten times, half a second apart, after a write."""


class ServiceApi(ABC):
    """The base of the requests to one service."""

    def __init__(self, client: Client) -> None:
        """Send requests through *client*."""
        self.client = client
        self.writes = 0
        """The number of writes that were done."""
        self.recovered = 0
        """The number of those whose response was lost, and whose result was found."""

    def now(self) -> Instant:
        """Return the time of the service, from its last response.

        Raises:
            BadResponse: no response has stated it.
        """
        if self.client.date is None:
            message = f"`{self.client.root.host}` does not say what time it is"
            raise BadResponse(message, hint=STRANGE)
        return self.client.date

    @property
    @abstractmethod
    def caller_and_time(self) -> tuple[Any, Instant]:
        """The caller, and the time of the service when it was read."""

    def answer(self, call: Request, shape: Any) -> Any:
        """Send *call*, and return the value of its response as *shape*."""
        return parse_value(call, shape, self.client.send(call).value)

    def polled(self, read_once: Callable[[], T | None]) -> T | None:
        """Return the result of *read_once*, repeated until a write becomes readable."""
        for attempt in range(LOOKS):
            if attempt:
                self.client.sleep(PAUSE)
            if (result := read_once()) is not None:
                return result
        return None

    def sent(
        self, call: Request, parse: Callable[[Any], T], trace: Callable[[], U | None]
    ) -> T | U:
        """Send *call*, which must not be sent twice, and return what *parse* reads in the response.

        If the response is lost, *trace* searches for the result.

        Raises:
            NoAnswer: the request may have been done, but its result is not visible.
            BackendError: the request was refused.
        """
        result: T | U
        try:
            result = parse(self.client.send(call, partial(_is_seen, trace)).value)
        except (NoAnswer, BadResponse) as lost:
            result = self._made(call, trace, lost)
        self.writes += 1
        return result

    def _made(self, call: Request, trace: Callable[[], U | None], lost: BackendError) -> U:
        """Return the result of *trace* for a call whose response was lost."""
        try:
            result = self.polled(trace)
        except RbacSyncError as error:
            message = f"{call}: no usable answer came, and looking for it failed ({error})"
            raise NoAnswer(message, hint=LOST) from lost
        if result is None:
            message = f"{call}: no usable answer came, and nothing of it is seen yet ({lost})"
            raise NoAnswer(message, hint=LOST) from lost
        self.recovered += 1
        return result


def _is_seen(trace: Callable[[], object | None]) -> bool:
    """Say whether *trace* finds a result; true if it fails, so that nothing is sent twice."""
    try:
        return trace() is not None
    except RbacSyncError:
        return True


def parse_value(call: Request, shape: Any, value: Any) -> Any:
    """Return *value* as *shape*.

    Raises:
        BadResponse: it has another shape.
    """
    try:
        return read(shape, value)
    except ValueError as error:
        message = f"{call}: the answer is not what was asked for ({quote_text(str(error))})"
        raise BadResponse(message, hint=STRANGE) from error


def check_distinct(call: object, ids: Sequence[Any]) -> None:
    """Check that no row is twice in the answer to *call*, which has rows with these *ids*.

    *Why*: two rows with one id can differ, and nothing says which of them holds.

    Raises:
        BadResponse: a row is.
    """
    if len(set(ids)) < len(ids):
        (twice, _), *_ = Counter(ids).most_common(1)
        message = f"{call}: the row `{twice}` is twice in one answer"
        raise BadResponse(message, hint=STRANGE)


def read_consistently(
    what: str,
    read_all: Callable[[T | None], T],
    is_of_one_moment: Callable[[T], bool],
    content: Callable[[T], object | None],
) -> T:
    """Return a reading that is of one moment, or that agrees in its *content* with the one before.

    *read_all* is given the reading before. Rows that are added or removed between two pages move
    other rows to another page. A *content* of None agrees with nothing.

    Raises:
        TornRead: no two readings agree.
    """
    reading, before = None, None
    for _ in range(READINGS):
        reading = read_all(reading)
        if is_of_one_moment(reading):
            return reading
        current = content(reading)
        if current is not None and current == before:
            return reading
        before = current
    message = f"`{what}` changed while it was read ({READINGS} attempts)"
    raise TornRead(
        message, hint=f"try again when nobody changes it; if this message comes again, {STRANGE}"
    )
