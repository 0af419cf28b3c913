"""The request log: one line of JSON for each request and each error, without keys and bodies."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from traceback import extract_tb

from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("rbac_sync.server")
FIELDS = ("method", "path", "status", "milliseconds", "account", "caller", "reason", "client")


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "message": record.getMessage()}
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        return json.dumps(line)


def turn_on() -> None:
    """Write the log to standard error, and that of uvicorn with it."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    for name in (log.name, "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)


def log_failure(error: BaseException) -> None:
    """Log a fault of the server by its class and place: its message may quote the request."""
    places = extract_tb(error.__traceback__)
    where = f" at {places[-1].filename}:{places[-1].lineno}" if places else ""
    log.error("a request failed", extra={"reason": type(error).__name__ + where})


class RequestLog:
    """Logs each request: its path, its status, its duration and its caller."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log it after its response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.monotonic(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            log.info("request", extra=_fields(scope, status, time.monotonic() - began))


def _fields(scope: Scope, status: int, seconds: float) -> dict[str, object]:
    caller = scope.get("state", {}).get("caller")
    whose = {"account": caller.account, "caller": str(caller.principal)} if caller else {}
    return {
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "milliseconds": round(seconds * 1000),
        "client": (scope.get("client") or ("",))[0],
        **whose,
    }
