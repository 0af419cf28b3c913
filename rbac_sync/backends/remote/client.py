"""The HTTP client of remote backends: limits of time and size, and safe repetitions.

*Why* a loop of our own and not ``httpx-retries`` (0.6): its time limit counts only
the pauses, and neither the requests between them nor a response that arrives slowly;
it decides by the method what may be repeated, though half of the reads here are
POST; and when the service tells one thread to wait, the others go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from itertools import count
from random import uniform
from threading import Lock
from typing import Any, TypeVar

import httpx

from ... import __version__
from ...dataclasses import dataclass
from ...errors import BackendError, BadResponse, CredentialError, NoAnswer, NotFound
from ...model import Instant
from ..copied_text import check_secret, check_url_text
from ..progress_interval import INTERVAL, LOG
from .connections import Connections
from .failures import UNSENT, Failed, Failures
from .late_answers import SILENCE
from .network import distrusted
from .request import LOST, Idempotency, Request
from .response import STRANGE, Response, dated, value

T = TypeVar("T")

THREADS = 16
"""The number of requests that are under way at a time, besides one of the caller."""

HOPS = 5
PARTIAL = 206


@dataclass(frozen=True, slots=True)
class Timeouts:
    """The time limits of a request, in seconds; ``total`` covers all its repetitions."""

    connect: float = 10
    read: float = 60
    write: float = 30
    total: float = 180
    tries: int = 5
    pause: float = 60

    def timeout(self, left: float) -> httpx.Timeout:
        """Return the limits of one attempt when *left* seconds remain."""
        left = max(left, 0.001)
        parts = {name: min(getattr(self, name), left) for name in ("connect", "read", "write")}
        return httpx.Timeout(left, **parts)


class Client:
    """A client for one API root and one credential. If one thread has to wait, all wait."""

    def __init__(
        self,
        root: str,
        api_key: str | None,
        patience: Timeouts | None = None,
        *,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make a client; no connection is opened yet.

        Raises:
            CredentialError: the key holds characters that cannot be sent.
            BackendError: *root* holds such characters; or the environment names a proxy or
                a certificate file that cannot be used.
        """
        check_secret(api_key or "", "the API key")
        check_url_text(root, "the URL")
        try:
            self.root, self._api_key = httpx.URL(root), api_key
        except httpx.InvalidURL as error:
            hint = "look for a line break in it"
            raise BackendError("the URL holds characters that no URL has", hint=hint) from error
        self.patience, self.sleep, self._clock = patience or Timeouts(), sleep, clock
        self._connections = Connections(self.root, clock, self._say_silent)
        proxy, longest = self._connections.proxy, self.patience.pause
        self._failures = Failures(self.root, self._secrets(), bool(api_key), proxy, longest)
        self.quoted = self._failures.quoted
        """Returns the beginning of a text of the service, for a message."""
        self._lock, self._closed_until, self._reported_until = Lock(), 0.0, 0.0
        self._is_closed = False
        self.threads = ThreadPoolExecutor(THREADS)
        """The threads for requests that are made side by side."""
        self.date: Instant | None = None
        """The time of the service, from its last response."""

    def close(self) -> None:
        """Send no further request, and close the connections once their answers are there."""
        self._is_closed = True
        self.threads.shutdown(cancel_futures=True)
        self._connections.close()

    def side_by_side(self, tasks: Sequence[Callable[[], T]]) -> Iterator[T]:
        """Yield the results of *tasks*, which run side by side on the threads that are free.

        Tasks that no thread has begun when the caller stops are not run. *Why* the caller runs
        the first task, and the next if no thread has begun it: the caller may be one of these
        threads, and all others may be waiting here, too.
        """
        futures = [self.threads.submit(task) for task in tasks[1:]]
        try:
            for first in tasks[:1]:
                yield first()
            for task, future in zip(tasks[1:], futures, strict=True):
                yield task() if future.cancel() else future.result()
        finally:
            for future in futures:
                future.cancel()

    def send(self, call: Request, is_done: Callable[[], bool] = lambda: False) -> Response:
        """Send *call* and return the response.

        *is_done* is asked after a refusal, before a call that must not be repeated is sent again.
        *Why*: a proxy may answer 429 although the service has done what was requested.

        Raises:
            CredentialError: there is no key, or the service does not accept it.
            NoAnswer: the request may have been done, and must not simply be repeated.
            BackendError: the request was refused, or the response cannot be used.
            CancelledError: the client is closed.
        """
        deadline, lost = self._clock() + self.patience.total, False
        for attempt in count(1):
            self._wait_for_others(deadline)
            if self._is_closed:
                raise CancelledError
            try:
                return self._attempt(call, deadline)
            except BackendError as error:
                if not lost:
                    raise
                if isinstance(error, NotFound) and call.method == "DELETE":
                    return Response(None)
                raise _final(call, error, lost=lost) from error
            except Failed as failed:
                self._hold_all(failed.pause)
                pause = self._pause(failed, attempt)
                again = attempt < self.patience.tries and self._clock() + pause < deadline
                looks = failed.refused and again and call.effect is Idempotency.EACH
                lost = lost or (call.effect is not Idempotency.NONE and failed.sent and not looks)
                if not again or (lost and call.effect is Idempotency.EACH):
                    raise _final(call, failed.error, lost=lost) from failed
                self._say(pause, f"waiting {pause:.0f} s for `{self.root.host}`: {failed.error}")
                self.sleep(pause)
                if looks and is_done():
                    raise _final(call, failed.error, lost=True) from failed
        raise AssertionError("every attempt returns, raises or is repeated")

    def _attempt(self, call: Request, deadline: float) -> Response:
        try:
            began = self._clock()
            response, body = self._followed(call, deadline)
            spent = self._clock() - began
            LOG.debug("%s: %d, %.2f s, %d bytes", call, response.status_code, spent, len(body))
            if not response.is_success or response.status_code == PARTIAL:
                raise self._failures.refused(call, response, body)
            content = self._value(call, body, response.headers.get("content-type", ""))
        except UNSENT as error:
            if content := distrusted(self.root.host, error):
                raise content from error
            raise Failed(self._failures.unreached(error), sent=False) from error
        except httpx.TransportError as error:
            raise Failed(self._failures.unreached(error), sent=True) from error
        except BadResponse as error:
            raise _unusable(call, error) from error
        if trouble := call.trouble(content):
            raise self._failures.troubled(call, trouble)
        self.date = dated(response.headers.get("date", ""))
        return Response(content, self.date)

    def _followed(self, call: Request, deadline: float) -> tuple[httpx.Response, bytes]:
        """Send one request, and follow redirections inside the same origin."""
        url = self._url(call)
        for _ in range(HOPS):
            response, body = self._once(call, url, deadline)
            if not response.has_redirect_location:
                return response, body
            url = self._next(call, url, response)
        raise BadResponse(f"{call}: redirected without end", hint=STRANGE)

    def _once(self, call: Request, url: httpx.URL, deadline: float) -> tuple[httpx.Response, bytes]:
        """Send one request and read its response."""
        timeout = self.patience.timeout(deadline - self._clock())
        request = httpx.Request(
            call.method,
            url,
            content=call.body,
            headers={**self._headers(), **call.headers},
            extensions={"timeout": timeout.as_dict()},
        )
        return self._connections.exchange(str(call), request, deadline)

    def _say_silent(self, name: str) -> None:
        message = f"waiting for `{self.root.host}`: no answer to {name} for {SILENCE:.0f} s"
        self._say(INTERVAL, message)

    def _say(self, pause: float, message: str) -> None:
        """Log *message* if *pause* is long; only one of the waiting threads logs it."""
        with self._lock:
            now = self._clock()
            is_new = pause > SILENCE and now >= self._reported_until
            self._reported_until = now + pause if is_new else self._reported_until
        if is_new:
            LOG.warning("%s", message)

    def _url(self, call: Request) -> httpx.URL:
        path = f"{self.root.path.rstrip('/')}/{call.path}"
        url = self.root.copy_with(path=path) if call.path else self.root
        return url.copy_with(query=call.query.encode()) if call.query else url

    def _value(self, call: Request, body: bytes, kind: str) -> Any:
        return value(str(call), body, kind, self.quoted)

    def _secrets(self) -> Sequence[str]:
        """Return the texts that no message repeats."""
        return [self._api_key] if self._api_key else []

    def _credential(self) -> dict[str, str]:
        if not self._api_key:
            hint = "set RBAC_SYNC_API_KEY, or log in with Prefect's own client"
            raise CredentialError("there is no API key", hint=hint)
        return {"Authorization": f"Bearer {self._api_key}"}

    def _headers(self) -> dict[str, str]:
        return {
            **self._credential(),
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Content-Type": "application/json",
            "User-Agent": f"rbac-sync/{__version__}",
        }

    def _next(self, call: Request, url: httpx.URL, response: httpx.Response) -> httpx.URL:
        """Return the target of the redirection *response*, if the client may follow it."""
        target = response.headers["location"]
        try:
            destination = url.join(target)
        except httpx.InvalidURL as error:
            raise httpx.RemoteProtocolError(f"Invalid URL in location header: {error}") from error
        same_method = call.method == "GET" or response.status_code in (307, 308)
        if same_method and _origin(destination) == _origin(url):
            return destination
        raise self._failures.not_followed(call, target)

    def _pause(self, failed: Failed, attempt: int) -> float:
        """Return the seconds before the next attempt; a random part keeps threads apart."""
        backoff = 0.5 * 2.0 ** (attempt - 1)
        return max(failed.pause, backoff) + uniform(0, backoff)  # noqa: S311

    def _hold_all(self, pause: float) -> None:
        """Let all threads wait for so many seconds, as the service asks."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._clock() + pause)

    def _wait_for_others(self, deadline: float) -> None:
        """Wait if the service has told any thread to wait."""
        with self._lock:
            pause = min(self._closed_until, deadline) - self._clock()
        if pause > 0:
            self.sleep(pause)


def _unusable(call: Request, error: BadResponse) -> BackendError:
    """Return the error for a response that cannot be used.

    A read is not repeated: a log-in page stays a log-in page. A write may have been done.
    """
    return error if call.effect is Idempotency.NONE else _final(call, error, lost=True)


def _final(call: Request, error: BackendError, *, lost: bool) -> BackendError:
    if not lost or isinstance(error, NoAnswer):
        return error
    return NoAnswer(f"{call}: it may have been done, or not ({error})", hint=LOST)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    default = {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.host, url.port or default
