"""The store of rbac-sync itself: accounts in a SQLite file or a PostgreSQL database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...deferred import deferred

if TYPE_CHECKING:
    from .backend import StoreBackend
    from .founding import init
    from .schema import migrate

__all__ = ["StoreBackend", "init", "migrate"]

if not TYPE_CHECKING:
    __getattr__ = deferred(
        __name__, {"StoreBackend": ".backend", "init": ".founding", "migrate": ".schema"}
    )
