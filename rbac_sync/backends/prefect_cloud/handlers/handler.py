"""What the handlers of Prefect Cloud have in common."""

from __future__ import annotations

from ...handler import ApiHandler
from ..api import Api


class Handler(ApiHandler[Api]):
    """One kind of resource in one account of Prefect Cloud."""
