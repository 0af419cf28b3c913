"""The older Prefect Cloud over GraphQL, as a backend: one tenant."""

from __future__ import annotations

from .backend import PrefectCloud1Backend

__all__ = ["PrefectCloud1Backend"]
