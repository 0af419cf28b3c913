"""The error responses of the server: a status and a body for each refusal and failure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.routing import Match

from ..errors import BackendError, CredentialError, Locked, OutcomeUnknown
from . import refusals
from .log import log, log_failure
from .refusals import InvalidRequest, Refusal, TooManyRequests, Unauthenticated

UNKNOWN = "It is not known whether this was done: see what is there before you ask again"
STATUSES: Mapping[type[Refusal], int] = MappingProxyType(
    {
        Unauthenticated: 401,
        refusals.NotAllowed: 403,
        refusals.Missing: 404,
        refusals.Conflict: 409,
        InvalidRequest: 422,
        TooManyRequests: 429,
        refusals.NotServed: 501,
    }
)


class AsciiResponse(JSONResponse):
    """JSON in ASCII: half a surrogate pair, which UTF-8 does not allow, is escaped."""

    def render(self, content: Any) -> bytes:
        """Return *content* as JSON."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


async def refused(request: Request, refusal: Exception) -> JSONResponse:
    """Return the response to a ``Refusal``."""
    assert isinstance(refusal, Refusal), "registered for refusals"
    status = next(status for kind, status in STATUSES.items() if isinstance(refusal, kind))
    detail: Any = refusal.detail
    if isinstance(refusal, InvalidRequest):
        place = ["query" if request.method == "GET" else "body", *refusal.place]
        detail = [{"loc": place, "msg": refusal.detail, "type": "value_error"}]
    rules = refusal.rules if isinstance(refusal, refusals.NotAllowed) else ()
    content = {"detail": detail, "rules": rules} if rules else {"detail": detail}
    return AsciiResponse(content, status, _headers(refusal))


def _headers(refusal: Refusal) -> dict[str, str]:
    match refusal:
        case Unauthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case TooManyRequests(wait=wait):
            return {"Retry-After": str(wait)}
    return {}


async def invalid(_: Request, error: Exception) -> JSONResponse:
    """Return the response to a request of another shape, without quoting its values."""
    assert isinstance(error, RequestValidationError), "registered for these"
    details = [{"loc": list(e["loc"]), "msg": e["msg"], "type": e["type"]} for e in error.errors()]
    return AsciiResponse({"detail": details}, 422)


async def http(request: Request, error: Exception) -> JSONResponse:
    """Return the response to an unknown path or method, which the framework refuses."""
    assert isinstance(error, HTTPException), "registered for these"
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (methods := _methods(request)):
        headers["Allow"] = ", ".join(sorted(methods))  # the framework names those of one route
    return AsciiResponse({"detail": error.detail}, error.status_code, headers)


def _methods(request: Request) -> set[str]:
    """Return the methods of the served routes to the path of *request*."""
    routes = request.app.routes
    there = (r for r in routes if r.matches(request.scope)[0] is not Match.NONE)
    return {method for route in there for method in route.methods}


async def unknown_key(request: Request, _: Exception) -> JSONResponse:
    """Return the response to a key that ended between its first check and the transaction."""
    return await refused(request, Unauthenticated())


async def unavailable(_: Request, error: Exception) -> JSONResponse:
    """Return the response if the store cannot be used now; only the log has the reason."""
    log.error("the store cannot be used", extra={"reason": str(error)})
    wait = "1" if isinstance(error, Locked) else "5"
    return AsciiResponse({"detail": "Service Unavailable"}, 503, {"Retry-After": wait})


async def unknown(_: Request, error: Exception) -> JSONResponse:
    """Return the response if the result of a COMMIT was lost."""
    log.error("the outcome of a request is not known", extra={"reason": str(error)})
    return AsciiResponse({"detail": UNKNOWN}, 503, {"Retry-After": "5"})


async def disconnected(_: Request, __: Exception) -> JSONResponse:
    """Return the response to a client that closed the connection during its request."""
    return AsciiResponse({"detail": "The request ended early"}, 400)


async def broken(_: Request, error: Exception) -> JSONResponse:
    """Return the response to a fault of the server, whose message may quote the request."""
    log_failure(error)
    return AsciiResponse({"detail": "Internal Server Error"}, 500)


HANDLERS: Mapping[Any, Any] = {
    Refusal: refused,
    RequestValidationError: invalid,
    HTTPException: http,
    CredentialError: unknown_key,
    BackendError: unavailable,
    OutcomeUnknown: unknown,
    ClientDisconnect: disconnected,
    Exception: broken,
}
