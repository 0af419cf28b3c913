"""The server as one ASGI application."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse

from .. import __version__
from .address import Addressed
from .gate import Gate
from .graphql.route import ROUTES
from .leading import Leading
from .limits import Measured
from .log import Logged
from .refusal import HANDLERS, AsciiResponse
from .rest import ROUTERS, unserved


def app(gate: Gate, public_url: str = "") -> FastAPI:
    """Return the application over the store behind *gate*, reached at *public_url* if any."""
    made = FastAPI(
        title="rbac-sync",
        version=__version__,
        default_response_class=AsciiResponse,
        exception_handlers=dict(HANDLERS),
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    made.state.gate = gate
    made.include_router(_health())
    for router in ROUTERS:
        made.include_router(router, prefix="/api")
    made.router.routes.extend(ROUTES)
    made.router.default = unserved.routes("/api")
    made.add_middleware(Leading)
    made.add_middleware(Measured)
    made.add_middleware(Logged)
    made.add_middleware(Addressed, public_url=public_url)
    return made


def _health() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/health")
    async def health() -> bool:
        """Say that the process answers."""
        return True

    @router.get("/ready")
    def ready(request: Request) -> JSONResponse:
        """Say whether the store can be used; 503 if not."""
        request.app.state.gate.service.check()
        return AsciiResponse(content=True)

    return router
