"""What clients ask before they begin: whether the system answers, and in which version."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..auth import Place, anywhere, workspace
from .collection import WORKSPACE, collection

VERSION = "0.8.4"
"""The version of the API that is spoken here: that of the published document."""


def _routes(prefix: str, place: Any) -> APIRouter:
    """Return the routes below *prefix*, at a *place*."""
    routes = collection(prefix, "Root")

    @routes.get("/health")
    def health(at: Place = place) -> bool:
        """Say that the system answers."""
        with at.look():
            return True

    @routes.get("/hello")
    def hello(at: Place = place) -> str:
        """Greet the caller."""
        with at.look():
            return "👋"

    @routes.get("/admin/version")
    def version(at: Place = place) -> str:
        """Say which version of the API this is."""
        with at.look():
            return VERSION

    return routes


router = APIRouter()
router.include_router(_routes(WORKSPACE, workspace()))
router.include_router(_routes("", anywhere()))
