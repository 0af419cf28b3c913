"""The address of the server in its responses: from its settings or from its socket.

*Why* never from ``Host`` or ``X-Forwarded-*`` of a request: the sender of the
request chooses these, and clients send their keys to the address in a link.

Redirections have no scheme and host. *Why*: behind a proxy only the proxy, or ``--public-url``,
knows those. A ``Location`` with ``http://`` would have clients send their keys in the clear.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import RbacSyncError

HOST = b"host"
CHOSEN = re.compile(rb"(host|forwarded)\Z|x-forwarded-")
"""The names of headers with an address that the sender chooses."""

PUBLIC = re.compile(
    r"(?P<scheme>https?)://(?P<host>([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?)/?"
)
REDIRECTION = 307
PLAIN = "http"
"""The scheme of this server itself."""

SchemeAndHost = tuple[str, str]
"""A scheme, and a host with its port."""


class PublicAddress:
    """Replaces the address of the server in a request by the configured one.

    The application behind it sees no other, so that links made from the request are right.
    """

    def __init__(self, app: ASGIApp, public_url: str = "") -> None:
        """Wrap *app*, which is reached at *public_url*; empty: at its socket."""
        self._app = app
        self._public = public(public_url) if public_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the right address."""
        if scope["type"] == "http":
            scheme, host = self._public or _socket(scope)
            kept = [each for each in scope["headers"] if not CHOSEN.match(each[0])]
            headers = [(HOST, host.encode("ascii")), *kept]
            scope = {**scope, "scheme": scheme, "headers": headers}
        await self._app(scope, receive, send)


class RelativeRedirects:
    """Makes every ``Location`` of a redirection a path without scheme and host."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap *app*."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on to *app*, and change its redirections."""

        async def relative(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == REDIRECTION:
                headers = MutableHeaders(scope=message)
                to = urlsplit(headers["location"])
                headers["location"] = urlunsplit(("", "", to.path, to.query, ""))
            await send(message)

        await self._app(scope, receive, relative)


def public(url: str) -> SchemeAndHost:
    """Return the scheme and the host of the public URL of the server.

    Raises:
        RbacSyncError: the URL has other parts, or lacks these.
    """
    if match := PUBLIC.fullmatch(url):
        return match["scheme"], match["host"]
    message = f"`{url}` is no address of a server"
    raise RbacSyncError(message, hint="write `https://HOST` or `https://HOST:PORT`, no path")


def _socket(scope: Scope) -> SchemeAndHost:
    host, port = scope.get("server") or ("localhost", None)
    name = f"[{host}]" if ":" in host else host
    return PLAIN, name if port is None else f"{name}:{port}"
