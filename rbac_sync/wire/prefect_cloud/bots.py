"""Bots (service accounts everywhere else), and the keys of bots and users."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from .filters import AnyId, AnyOrLikeText, Page
from .shapes import Answer, Entity, Expiration, Instant, Name, Request

LONGEST_GRACE = 172_800
"""The longest time of grace of a rotated key, in seconds."""

NO_KEY = UUID(int=0)
"""The id in place of the key of a service account without one: clients require an id."""


class APIKeyCreate(Request):
    """A new key of a user; without an expiration it never ends."""

    name: Name
    expiration: Instant | None = None


class APIKeyCreateResponse(Answer):
    """A new key with its secret, which no other response contains."""

    id: UUID
    created: Instant | None = None
    name: str
    expiration: Expiration | None
    key: str = Field(repr=False)


class APIKeyReadResponse(Answer):
    """A key without its secret; ``masked_key`` is prefix and last four: ``pnu_...a1b2``."""

    id: UUID
    created: Instant | None = None
    name: str
    expiration: Expiration | None
    masked_key: str | None = None


class APIKeyFilter(Request):
    """A filter of keys."""

    name: AnyOrLikeText | None = None


class FilterMyAPIKeys(Page):
    """A page of the caller's own keys."""

    api_keys: APIKeyFilter | None = None


class BotCreate(Request):
    """A new bot with its first key; without a role it is a ``Member``."""

    name: Name
    api_key_expiration: Instant | None = None
    account_role_id: UUID | None = None


class _Bot(Entity):
    actor_id: UUID
    account_id: UUID
    name: str
    account_role_name: str


class BotCreateResponse(_Bot):
    """A bot with the secret of its new or rotated key."""

    api_key: APIKeyCreateResponse


class BotReadResponse(_Bot):
    """A bot; ``api_key`` is its active key and never absent."""

    api_key: APIKeyReadResponse


class BotUpdate(Request):
    """A partial update."""

    name: Name | None = None
    account_role_id: UUID | None = None


class BotFilter(Request):
    """A filter of bots."""

    id: AnyId | None = None
    name: AnyOrLikeText | None = None


class ReadBots(Page):
    """A page of bots, which the filter calls service accounts."""

    service_accounts: BotFilter | None = None


class BotRotateAPIKey(Request):
    """A rotation of a bot's key; the old key ends at once unless a time of grace is given."""

    api_key_expiration: Instant | None = None
    old_key_expires_in_seconds: Annotated[int, Field(ge=0, le=LONGEST_GRACE)] | None = None


class BotAPIKeyReadResponse(Answer):
    """The keys of a bot: the active one, and old ones in their time of grace."""

    active_key: APIKeyReadResponse
    rotating_keys: list[APIKeyReadResponse]
