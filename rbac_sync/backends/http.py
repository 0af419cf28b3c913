"""HTTP, as far as backends need it: JSON both ways, within time and size, repeated where that is safe.

*Why* a loop of our own and not ``httpx-retries`` (0.6): its limit in time counts
the pauses alone, neither the requests between them nor an answer that comes
drop by drop; it tells what may be repeated by the method alone, though half of
the reads here are POST; and one thread told to wait does not hold back the others.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import uniform
from threading import Lock
from typing import Any, NoReturn

import httpx

from .. import __version__
from ..errors import BackendError, CredentialError, NoAnswer
from ..model import Instant
from .answers import Answer, answer, dated, failure, retry_after, shown

LARGEST = 16 * 2**20
"""How many bytes of an answer are taken, unpacked."""

HOPS = 5
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""What can go wrong before anything of a request has left."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds; ``total`` is for one request with all its repetitions."""

    connect: float = 10
    read: float = 60
    write: float = 30
    pool: float = 60
    total: float = 180
    tries: int = 5
    longest_pause: float = 60


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``path`` is below the root; ``repeatable``: made twice, it does no more than once.

    ``right`` is the permission that it takes, for whoever turns out not to have it.
    """

    method: str
    path: str
    body: str | None = None
    repeatable: bool = True
    right: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class _Lost(Exception):
    """An answer did not arrive, or not whole."""


class Client:
    """One API root and one credential; shared by threads.

    Told by the service to wait, all threads do.
    """

    def __init__(
        self,
        root: str,
        api_key: str | None,
        patience: Patience | None = None,
        *,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect to nothing yet.

        Raises:
            CredentialError: the key holds characters that cannot be sent.

        """
        if api_key and not (api_key.isascii() and api_key.isprintable() and " " not in api_key):
            message = "the API key holds characters that no key has"
            raise CredentialError(message, hint="look for a line break or a blank in it")
        self.root, self._api_key = root.rstrip("/"), api_key
        self.patience, self.sleep, self._clock = patience or Patience(), sleep, clock
        self._client = httpx.Client(limits=httpx.Limits(max_connections=32))
        self._lock, self._open_from = Lock(), 0.0

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def send(self, call: Call) -> Answer:
        """Make *call* and return what came of it.

        Raises:
            CredentialError: there is no key, or it is not accepted.
            NoAnswer: it may have been done, and must not simply be repeated.
            BackendError: it was refused, or nothing usable came.

        """
        if self._api_key is None:
            hint = "set RBAC_SYNC_API_KEY, or log in with `prefect cloud login`"
            raise CredentialError("there is no API key", hint=hint)
        deadline = self._clock() + self.patience.total
        for attempt in range(1, self.patience.tries + 1):
            self._await_turn(deadline)
            pause, error = self._attempt(call, attempt, deadline)
            if isinstance(pause, Answer):
                return pause
            assert error is not None, "without an answer there is an error"
            if attempt == self.patience.tries or self._clock() + pause > deadline:
                raise error
            self.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _attempt(
        self, call: Call, attempt: int, deadline: float
    ) -> tuple[Answer | float, BackendError | None]:
        """Return an answer, or how long to wait before the next attempt and what to say if none."""
        backoff = uniform(0.5, 1) * 2 ** (attempt - 1) / 2  # noqa: S311
        try:
            response, body = self._followed(call, deadline)
        except UNSENT as error:
            return backoff, self._unreachable(error)
        except (httpx.TransportError, _Lost) as error:
            return self._again_or_raise(call, backoff, self._unreachable(error))
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            asked = retry_after(response.headers, self.patience.longest_pause)
            pause = backoff if asked is None else asked + uniform(0, 0.5)  # noqa: S311
            self._hold_back(pause)
            return pause, self._failure(call, response, body)
        if response.is_server_error:
            asked = retry_after(response.headers, self.patience.longest_pause)
            pause = max(backoff, asked or 0)
            return self._again_or_raise(call, pause, self._failure(call, response, body))
        if not response.is_success:
            raise self._failure(call, response, body)
        return answer(str(call), body, response.headers, self._redacted), None

    @staticmethod
    def _again_or_raise(
        call: Call, pause: float, error: BackendError
    ) -> tuple[float, BackendError]:
        if call.repeatable:
            return pause, error
        hint = "apply again: what was asked for is looked for before anything is repeated"
        raise NoAnswer(f"{call}: it may have been done, or not ({error})", hint=hint) from error

    def _followed(self, call: Call, deadline: float) -> tuple[httpx.Response, bytes]:
        """Make one request, following redirections that stay where they are."""
        url, method = httpx.URL(f"{self.root}/{call.path}"), call.method
        for _ in range(HOPS):
            response, body = self._once(method, url, call.body, deadline)
            if not response.has_redirect_location:
                return response, body
            url = self._next(call, url, response)
        raise BackendError(f"{call}: redirected without end", hint=f"check the URL `{self.root}`")

    def _next(self, call: Call, url: httpx.URL, response: httpx.Response) -> httpx.URL:
        """Return where *response* redirects to."""
        keeps_method = response.status_code in (307, 308) or call.method == "GET"
        try:
            found = url.join(response.headers["location"])
        except httpx.InvalidURL:
            self._strayed(call, "nowhere")
        if _origin(found) != _origin(url) or not keeps_method:
            self._strayed(call, f"`{self._redacted(shown(str(found)))}`")
        return found

    def _strayed(self, call: Call, where: str) -> NoReturn:
        hint = f"the API key is sent to `{httpx.URL(self.root).host}` only; check `url`"
        raise BackendError(f"{call}: redirected to {where}, which is not followed", hint=hint)

    def _once(
        self, method: str, url: httpx.URL, body: str | None, deadline: float
    ) -> tuple[httpx.Response, bytes]:
        headers = {
            "Authorization": f"Bearer {self._api_key}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Content-Type": "application/json",
            "User-Agent": f"rbac-sync/{__version__}",
        }
        left = max(deadline - self._clock(), 0.001)
        wait = self.patience
        timeout = httpx.Timeout(
            connect=min(wait.connect, left),
            read=min(wait.read, left),
            write=min(wait.write, left),
            pool=min(wait.pool, left),
        )
        with self._client.stream(
            method, url, content=body, headers=headers, timeout=timeout
        ) as response:
            return response, b"".join(self._taken(response, deadline))

    def _taken(self, response: httpx.Response, deadline: float) -> Iterator[bytes]:
        """Yield the body, unpacked, as long as it is neither too long nor too late."""
        size = 0
        for part in unpacked(response):
            size += len(part)
            if size > LARGEST:
                raise BadResponse(f"an answer is longer than {LARGEST >> 20} MiB", hint=STRANGE)
            if self._clock() > deadline:
                raise _Lost(f"the answer takes longer than {self.patience.total:.0f} s")
            yield part

    def _await_turn(self, deadline: float) -> None:
        """Wait as long as the service has told any thread to."""
        with self._lock:
            pause = min(self._open_from, deadline) - self._clock()
        if pause > 0:
            self.sleep(pause)

    def _hold_back(self, pause: float) -> None:
        with self._lock:
            self._open_from = max(self._open_from, self._clock() + pause)
