"""Health, greeting and version, which clients read before other requests."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..auth import RequestScope, anywhere, workspace
from .collection import WORKSPACE, collection

VERSION = "0.8.4"
"""The version of the API of this server: that of the published document."""


def _routes(prefix: str, place: Any) -> APIRouter:
    """Return the routes below *prefix*, at a *place*."""
    routes = collection(prefix, "Root")

    @routes.get("/health")
    def health(at: RequestScope = place) -> bool:
        """Say that the system answers."""
        with at.view():
            return True

    @routes.get("/hello")
    def hello(at: RequestScope = place) -> str:
        """Greet the caller."""
        with at.view():
            return "👋"

    @routes.get("/admin/version")
    def version(at: RequestScope = place) -> str:
        """Say which version of the API this is."""
        with at.view():
            return VERSION

    return routes


router = APIRouter()
router.include_router(_routes(WORKSPACE, workspace()))
router.include_router(_routes("", anywhere()))
