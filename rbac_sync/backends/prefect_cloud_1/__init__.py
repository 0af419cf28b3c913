"""The older Prefect Cloud over GraphQL, as a backend: one tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...deferred import deferred

if TYPE_CHECKING:
    from .session import PrefectCloud1Backend

__all__ = ["PrefectCloud1Backend"]

if not TYPE_CHECKING:
    __getattr__ = deferred(__name__, {"PrefectCloud1Backend": ".session"})
