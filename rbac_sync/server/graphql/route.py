"""The one route of this face: every path outside of the REST face.

Source: the older system accepted any path, and its clients use several.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from ...wire.prefect_cloud_1.error_code import ErrorCode
from ..http_errors import AsciiResponse
from .execution import OK, WRONG, answer, refused
from .request_body import MalformedRequest, decoded, operation
from .request_context import RequestContext, Sender

HEALTH = "/.well-known/apollo/server-health"
ELSEWHERE = frozenset({"api", "health", "ready", "openapi.json"})
"""First parts of the paths of the REST face."""

CORS = {"Access-Control-Allow-Origin": "*"}
"""*Why* any origin: browsers never send a key by themselves, as they do cookies."""

ALLOWED = {
    **CORS,
    "Access-Control-Allow-Methods": "GET, POST",
    "Vary": "Access-Control-Request-Headers",
}


class OutsideRest(Route):
    """A route for every path outside of the REST face."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether this route takes a request."""
        first = scope["path"].strip("/").partition("/")[0]
        return (Match.NONE, {}) if first in ELSEWHERE else super().matches(scope)


async def post(request: Request) -> Response:
    """Answer an operation, or a batch of them in their order."""
    body = await request.body()
    return await run_in_threadpool(_posted, request, body)


def _posted(request: Request, body: bytes) -> Response:
    try:
        parsed = decoded(body)
    except MalformedRequest as error:
        return _malformed(error)
    sender = Sender(request)
    if isinstance(parsed, list):
        return _json(OK, [answer(RequestContext(sender), each)[1] for each in parsed])
    return _json(*answer(RequestContext(sender), parsed))


async def get(request: Request) -> Response:
    """Answer a query in the path, or say that the process answers."""
    if request.url.path == HEALTH:
        return _json(OK, {"status": "pass"})
    if "query" not in request.query_params:
        raise HTTPException(404)
    return await run_in_threadpool(_got, request)


def _got(request: Request) -> Response:
    try:
        parsed = operation(dict(request.query_params))
        return _json(*answer(RequestContext(Sender(request)), parsed, reading=True))
    except MalformedRequest as error:
        return _malformed(error)


async def preflight(request: Request) -> Response:
    """Allow a browser to send its request."""
    names = request.headers.get("access-control-request-headers", "")
    return Response(status_code=204, headers={**ALLOWED, "Access-Control-Allow-Headers": names})


def _malformed(error: MalformedRequest) -> Response:
    return _json(WRONG, refused([error], ErrorCode.FAILED))


def _json(status: int, content: object) -> Response:
    return AsciiResponse(content, status, CORS)


ROUTES = (
    OutsideRest("/{path:path}", post, methods=["POST"]),
    OutsideRest("/{path:path}", get, methods=["GET"]),
    OutsideRest("/{path:path}", preflight, methods=["OPTIONS"]),
)
