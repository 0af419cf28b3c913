"""The server as one ASGI application."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse

from .. import __version__
from .address import PublicAddress, RelativeRedirects
from .damaged_documents import damaged_documents
from .graphql.route import ROUTES
from .guarded_store import GuardedStore
from .http_errors import HANDLERS, AsciiResponse
from .limits import BodyLimit
from .log import RequestLog
from .rest import API, OTHERS


def app(guarded: GuardedStore, public_url: str = "") -> FastAPI:
    """Return the application on the store of *guarded*, reached at *public_url* if any."""
    made = FastAPI(
        title="rbac-sync",
        version=__version__,
        default_response_class=AsciiResponse,
        exception_handlers=dict(HANDLERS),
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    made.state.guarded = guarded
    guarded.service.examine_also(damaged_documents)
    made.router.routes.extend((*_health().routes, *API.routes, *ROUTES))
    made.router.default = OTHERS
    made.add_middleware(RelativeRedirects)
    made.add_middleware(BodyLimit)
    made.add_middleware(RequestLog)
    made.add_middleware(PublicAddress, public_url=public_url)
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
        request.app.state.guarded.service.check()
        return AsciiResponse(content=True)

    return router
