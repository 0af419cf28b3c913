"""API tokens, which came before keys: the server creates none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..fault import failed
from ..request_context import RequestContext
from . import inputs

NO_TOKENS = "API tokens are no longer made: create an API key."


def create_api_token(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG001
    """Refuse: the rights of a token came from its scope, and not from the role of its owner."""
    with context.view():
        raise failed(NO_TOKENS)


def delete_api_token(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG001
    """Refuse: there are no tokens."""
    with context.view():
        raise inputs.invalid("token")
