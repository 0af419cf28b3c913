"""Today's Prefect Cloud over REST, as a backend."""

from __future__ import annotations

from .backend import PrefectCloudBackend

__all__ = ["PrefectCloudBackend"]
