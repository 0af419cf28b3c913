"""The permissions and built-in roles of each world, as data."""

from __future__ import annotations

from .load import catalogue, worlds

__all__ = ["catalogue", "worlds"]
