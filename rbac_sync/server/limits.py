"""Limits of the server: the size of a body, and requests of an account a minute."""

from __future__ import annotations

import json
import math
import time
from collections import deque
from collections.abc import Callable, Iterable
from threading import Lock
from uuid import UUID

from starlette.types import ASGIApp, Receive, Scope, Send

from .http_errors import AsciiResponse
from .refusals import InvalidRequest, TooManyRequests

LARGEST = 5 * 2**20
"""Bytes of a body. Source: the documentation, rate limits."""

DEEPEST = 100
"""Levels of a body. *Why*: a stored value with more than some 250 could not be shown again."""

MOST_PARTS = 2000
"""Values and names in the body of a request for a list. *Why*: each row is compared with each."""

LONGEST_NAME = 2600
"""Bytes of a name or an address. *Why*: an index of PostgreSQL has entries of some 2,700 bytes."""

MOST_ROWS = 20_000
"""Rows that one request reads or shows, where the size of the account is no limit."""

LARGEST_ANSWER = 16 * 2**20
"""Bytes of stored documents in one response."""

MINUTE = 60.0
REMEMBERED = 15 * MINUTE
"""Seconds for which a refused account stays listed. Source: the published document."""

MOST_REFUSED = 100_000
"""The most refused requests of an account that are counted in a minute."""

BUCKET = "orchestration-api"
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class BodyLimit:
    """Refuses bodies of unknown length and of more than ``LARGEST`` bytes, unread.

    A body in chunks is of unknown length, even where the request names one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless its body is too large."""
        if scope["type"] == "http" and (refusal := _refusal(scope)):
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _refusal(scope: Scope) -> AsciiResponse | None:
    headers = dict(scope["headers"])
    length = headers.get(b"content-length")
    is_needed = scope["method"] in WITH_BODY
    if b"transfer-encoding" in headers or (length is None and is_needed):
        return AsciiResponse({"detail": "Length Required"}, 411)
    if length is not None and (not length.isdigit() or int(length) > LARGEST):
        return AsciiResponse({"detail": "Request Entity Too Large"}, 413)
    return None


def check_name(name: str, *place: str) -> None:
    """Refuse a name, or an address with names, that an index of the store may not hold."""
    if len(name.encode()) > LONGEST_NAME:
        raise InvalidRequest(f"a name is too long: at most {LONGEST_NAME} bytes are kept", *place)


def check_json(body: object) -> None:
    """Refuse a body with a number or a text that Python reads and JSON does not allow."""
    try:
        json.dumps(body, allow_nan=False, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InvalidRequest("a text has half a surrogate pair, which is no character") from None
    except ValueError:
        raise InvalidRequest("JSON has no such number") from None


def is_deep(body: object) -> bool:
    """Say whether a body of JSON has more than ``DEEPEST`` levels."""
    level = [body]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
    return bool(level)


def has_parts(body: object, most: int = MOST_PARTS) -> bool:
    """Say whether a body of JSON has more than *most* values and names in it."""
    waiting, seen = [body], 0
    while waiting and seen <= most:
        part = waiting.pop()
        waiting += _inside(part)
        seen += 2 if isinstance(part, dict) else 1
    return seen > most


def _inside(value: object) -> Iterable[object]:
    match value:
        case dict():
            return value.values()
        case list():
            return value
    return ()


class RateLimit:
    """The limit of ``most`` requests of each account in any minute; None: no limit.

    Each process counts alone: several behind one balancer each allow this number.
    """

    def __init__(self, most: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self._clock, self._lock = most, clock, Lock()
        self._granted: dict[UUID, deque[float]] = {}
        self._refused: dict[UUID, deque[float]] = {}

    def take(self, account: UUID) -> None:
        """Count one request of *account*.

        Raises:
            TooManyRequests: the limit is reached; has the seconds until the next allowed request.
        """
        now = self._clock()
        with self._lock:
            granted = _of_last_minute(self._granted.setdefault(account, deque()), now)
            if self.most is None or len(granted) < self.most:
                granted.append(now)
                return
            refused = self._refused.setdefault(account, deque(maxlen=MOST_REFUSED))
            _of_last_minute(refused, now)
            refused.append(now)
            wait = math.ceil(granted[0] + MINUTE - now) if granted else int(MINUTE)
        raise TooManyRequests("Too Many Requests", max(wait, 1))

    def used(self, account: UUID) -> tuple[int, int]:
        """Return the numbers of granted and refused requests of *account* in the last minute."""
        begin = self._clock() - MINUTE
        with self._lock:
            counted = (self._granted.get(account, ()), self._refused.get(account, ()))
            granted, refused = (sum(at > begin for at in times) for times in counted)
        return granted, refused

    def exceeded(self, account: UUID) -> list[str]:
        """Return the buckets that have recently refused a request of *account*."""
        with self._lock:
            refused = self._refused.get(account)
            return [BUCKET] if refused and self._clock() - refused[-1] < REMEMBERED else []


def _of_last_minute(times: deque[float], now: float) -> deque[float]:
    """Drop from *times* those that are a minute old at *now*, and return the rest."""
    while times and times[0] <= now - MINUTE:
        times.popleft()
    return times
