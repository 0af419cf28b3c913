"""The store of rbac-sync itself: accounts in a SQLite file or a PostgreSQL database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...deferred import deferred

if TYPE_CHECKING:
    from .backend import StoreBackend
    from .founding import init
    from .schema import migrate
else:
    __getattr__ = deferred(
        __name__, {".backend": "StoreBackend", ".founding": "init", ".schema": "migrate"}
    )

__all__ = ["StoreBackend", "init", "migrate"]
