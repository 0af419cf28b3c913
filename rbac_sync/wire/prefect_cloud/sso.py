"""Single sign-on and directory synchronisation in the API."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from .shapes import Answer, Body, Text


class ValidateSSO(Body):
    """The check that the caller has lately signed in through the account's provider."""

    redirect_uri: Text | None = None


class WorkOSIntegrationResponse(Answer):
    """The set-up at WorkOS, whose objects the code does not read."""

    organization_id: str | None = None
    connections: list[dict[str, Any]] = Field(default_factory=list)
    directories: list[dict[str, Any]] = Field(default_factory=list)
