"""Redirections to a path with or without a final slash, without scheme and host.

*Why*: behind a proxy only the proxy, or ``--public-url``, knows those. A ``Location`` with ``http://``
would have clients send their keys in the clear.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LED = 307


class RelativeRedirects:
    """Makes every ``Location`` of a redirection a path without scheme and host."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap *app*."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on to *app*, and change its redirections."""

        async def led(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == LED:
                headers = MutableHeaders(scope=message)
                to = urlsplit(headers["location"])
                headers["location"] = urlunsplit(("", "", to.path, to.query, ""))
            await send(message)

        await self._app(scope, receive, led)
