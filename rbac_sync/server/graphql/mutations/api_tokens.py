"""API tokens, from before keys: none are made, so there are none to revoke."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..fault import failed
from ..request_context import RequestContext
from . import inputs

NO_TOKENS = "API tokens are no longer made: create an API key."


def create_api_token(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG001
    """Refuse: what a token may do was said by a scope, past its owner's role."""
    with context.view():
        raise failed(NO_TOKENS)


def delete_api_token(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG001
    """Find none."""
    with context.view():
        raise inputs.invalid("token")
