"""Error responses of the server, as exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from traceback import extract_tb
from types import MappingProxyType
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from ..errors import BackendError, CredentialError, Locked, OutcomeUnknown
from .log import log

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
UNAUTHENTICATED = "Invalid authentication credentials"
"""Source: troubleshooting page of the documentation."""

UNKNOWN = "It is not known whether this was done: see what is there before you ask again"
FORBIDDEN = "Forbidden"
"""Its wording is nowhere documented."""


class HttpError(Exception):
    """An answer that is no success; raised anywhere, it ends the transaction unmade."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] = NO_HEADERS) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


class AsciiResponse(JSONResponse):
    """JSON in ASCII: a half character, which UTF-8 cannot carry, is escaped like any other."""

    def render(self, content: Any) -> bytes:
        """Return *content* as JSON."""
        import json

        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


def unauthenticated() -> HttpError:
    """Return the refusal of a key that is missing, wrong or expired."""
    return HttpError(401, UNAUTHENTICATED, {"WWW-Authenticate": "Bearer"})


def forbidden(why: str = FORBIDDEN) -> HttpError:
    """Return the refusal of what the caller may not do."""
    return HttpError(403, why)


def not_found(what: str = "Not Found") -> HttpError:
    """Return the refusal of what does not exist, or not for the caller."""
    return HttpError(404, what)


def conflict(why: str) -> HttpError:
    """Return the refusal of what contradicts what is there."""
    return HttpError(409, why)


def unprocessable(why: str, *place: str) -> HttpError:
    """Return the refusal of a request that makes no sense; *place* is where in its body."""
    return InvalidRequest([{"loc": ["body", *place], "msg": why, "type": "value_error"}])


class InvalidRequest(HttpError):
    """A request whose fields are wrong; ``errors`` are in the documented form."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(422, errors[0]["msg"] if errors else "invalid")
        self.errors = errors


async def refused(_: Request, refusal: Exception) -> JSONResponse:
    """Answer a refusal of our own."""
    assert isinstance(refusal, HttpError), "registered for refusals"
    detail = refusal.errors if isinstance(refusal, InvalidRequest) else refusal.detail
    return AsciiResponse({"detail": detail}, refusal.status, dict(refusal.headers))


async def invalid(_: Request, error: Exception) -> JSONResponse:
    """Answer a request that does not fit its shape, without repeating what it held."""
    assert isinstance(error, RequestValidationError), "registered for these"
    shown = [{"loc": list(e["loc"]), "msg": e["msg"], "type": e["type"]} for e in error.errors()]
    return AsciiResponse({"detail": shown}, 422)


async def http(_: Request, error: Exception) -> JSONResponse:
    """Answer what the framework refuses: unknown paths and methods."""
    assert isinstance(error, HTTPException), "registered for these"
    return AsciiResponse({"detail": error.detail}, error.status_code, dict(error.headers or {}))


async def unknown_key(_: Request, __: Exception) -> JSONResponse:
    """Answer a key that ended between its first check and the transaction."""
    return await refused(_, unauthenticated())


async def unavailable(_: Request, error: Exception) -> JSONResponse:
    """Answer for a store that cannot be used at the moment; the reason goes to the log alone."""
    log.error("the store cannot be used", extra={"reason": str(error)})
    wait = "1" if isinstance(error, Locked) else "5"
    return AsciiResponse({"detail": "Service Unavailable"}, 503, {"Retry-After": wait})


async def unknown(_: Request, error: Exception) -> JSONResponse:
    """Answer for a change that was sent to be committed, and whose answer was lost."""
    log.error("the outcome of a request is not known", extra={"reason": str(error)})
    return AsciiResponse({"detail": UNKNOWN}, 503, {"Retry-After": "5"})


async def disconnected(_: Request, __: Exception) -> JSONResponse:
    """Answer a client that went away in the middle of its request; nobody reads the answer."""
    return AsciiResponse({"detail": "The request ended early"}, 400)


async def broken(_: Request, error: Exception) -> JSONResponse:
    """Answer for a mistake of our own; its words may quote the request, so none are logged."""
    places = extract_tb(error.__traceback__)
    where = f" at {places[-1].filename}:{places[-1].lineno}" if places else ""
    log.error("a request failed", extra={"reason": type(error).__name__ + where})
    return AsciiResponse({"detail": "Internal Server Error"}, 500)


HANDLERS: Mapping[Any, Any] = {
    HttpError: refused,
    RequestValidationError: invalid,
    HTTPException: http,
    CredentialError: unknown_key,
    BackendError: unavailable,
    OutcomeUnknown: unknown,
    ClientDisconnect: disconnected,
    Exception: broken,
}
