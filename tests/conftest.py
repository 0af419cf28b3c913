"""Fixtures that tests of any package may ask for."""

from __future__ import annotations

from .postgres import postgres, postgres_url, store_url

__all__ = ["postgres", "postgres_url", "store_url"]
