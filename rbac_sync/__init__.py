"""Access control as code: declare it, plan it, have escalations refused, apply it on record."""

from __future__ import annotations

__version__ = "0.1.0"
