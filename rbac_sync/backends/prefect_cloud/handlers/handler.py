"""The base of the handlers of Prefect Cloud."""

from __future__ import annotations

from ...remote.handler import ApiHandler
from ..api import Api


class Handler(ApiHandler[Api]):
    """One kind of resource in one account of Prefect Cloud."""
