"""The connections to one host, and the limits of size and time of what they answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from .late_answers import LateAnswers
from .network import proxy_of, trusted
from .response import STRANGE, TooLarge, unpacked

LARGEST = 16 * 2**20
"""The largest response that is read, in bytes after decompression."""

ENDED = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
"""Errors of a connection that was closed while it was used."""


class Connections:
    """The connections to the host of one URL; each thread that sends a request takes one.

    *Why* transports and not ``httpx.Client``: its cookies, redirections and log-ins are not
    used here, and take as much time as everything else.
    """

    def __init__(
        self, url: httpx.URL, clock: Callable[[], float], say: Callable[[str], object]
    ) -> None:
        """Find the proxy and the trusted authorities; no connection is opened yet.

        *say* is called with the name of a request that waits long for its response.

        Raises:
            BackendError: the environment names a proxy or a certificate file that cannot be used.
            CredentialError: the value of a proxy holds characters that were copied by mistake.
        """
        self.proxy, self._clock = proxy_of(url), clock
        self._trusted, self._idle = trusted(url), deque[httpx.HTTPTransport]()
        self._late = LateAnswers(say, clock)

    def close(self) -> None:
        self._late.end()
        while self._idle:
            self._idle.pop().close()

    def exchange(
        self, name: str, request: httpx.Request, deadline: float
    ) -> tuple[httpx.Response, bytes]:
        """Send *request*, and return the response and its body, decompressed.

        Raises:
            TooLarge: the body is too long.
            BadResponse: the body cannot be decompressed.
            TransportError: the request was not sent, or no whole response came in time.
        """
        with (
            self._connection() as connection,
            self._late.during(name, deadline, connection.close),
        ):
            try:
                response = connection.handle_request(request)
                try:
                    return response, b"".join(self._limited(response, deadline))
                finally:
                    response.close()
            except ENDED as error:
                if self._clock() < deadline:
                    raise
                raise httpx.ReadTimeout("the answer takes too long") from error

    @contextmanager
    def _connection(self) -> Iterator[httpx.HTTPTransport]:
        """Give one thread a connection: the idle one that was used last, else a new one.

        *Why* a transport for each connection: the pool inside a transport goes through all its
        connections at each request, under a lock. That is a quarter of the cost of a request.
        """
        try:
            connection = self._idle.pop()
        except IndexError:
            proxy = self.proxy and self.proxy.url
            connection = httpx.HTTPTransport(verify=self._trusted, trust_env=False, proxy=proxy)
        try:
            yield connection
        finally:
            self._idle.append(connection)

    def _limited(self, response: httpx.Response, deadline: float) -> Iterator[bytes]:
        """Yield the parts of the body, and stop if it is too long or too late."""
        size = 0
        for part in unpacked(response.iter_raw(), response.headers.get("content-encoding", "")):
            size += len(part)
            if size > LARGEST:
                message = f"an answer is longer than {LARGEST >> 20} MiB"
                raise TooLarge(message, hint=STRANGE)
            if self._clock() > deadline:
                raise httpx.ReadTimeout("the answer takes too long")
            yield part
