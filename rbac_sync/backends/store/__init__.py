"""Our own store: accounts in a SQLite file or a PostgreSQL database."""

from __future__ import annotations

from .backend import StoreBackend
from .founding import init
from .schema import migrate

__all__ = ["StoreBackend", "init", "migrate"]
