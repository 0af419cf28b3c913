"""Health, greeting and version, which clients read before other requests."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..auth import anywhere, workspace
from ..read_view import ReadView
from .collection import WORKSPACE, Collection, together

VERSION = "0.8.4"
"""The version of the API of this server: that of the published document."""


def _routes(prefix: str, place: Any) -> APIRouter:
    """Return the routes below *prefix*, at a *place*."""
    routes = Collection(prefix, "Root")

    @routes.reads("GET", "/health", place)
    def health(_view: ReadView) -> bool:
        """Say that the system answers."""
        return True

    @routes.reads("GET", "/hello", place)
    def hello(_view: ReadView) -> str:
        """Greet the caller."""
        return "👋"

    @routes.reads("GET", "/admin/version", place)
    def version(_view: ReadView) -> str:
        """Say which version of the API this is."""
        return VERSION

    return routes


router = together(_routes(WORKSPACE, workspace()), _routes("", anywhere()))
