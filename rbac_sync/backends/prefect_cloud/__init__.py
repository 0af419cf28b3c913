"""Today's Prefect Cloud over REST, as a backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...deferred import deferred

if TYPE_CHECKING:
    from .session import PrefectCloudBackend

__all__ = ["PrefectCloudBackend"]

if not TYPE_CHECKING:
    __getattr__ = deferred(__name__, {"PrefectCloudBackend": ".session"})
