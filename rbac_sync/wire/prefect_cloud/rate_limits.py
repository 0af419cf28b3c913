"""The use of the rate limits of an account."""

from __future__ import annotations

from uuid import UUID

from .shapes import Answer, Instant


class RateLimitStatusResponse(Answer):
    """The buckets that refused requests in about the last 15 minutes."""

    exceeded_buckets: list[str]


class RateLimitUsageByKey(Answer):
    """One number for each minute of the response, in its order."""

    limit: list[int]
    usage: list[int]
    requested: list[int]
    granted: list[int]


class RateLimitUsageResponse(Answer):
    """The use of the rate limits by minute."""

    account: UUID
    since: Instant
    until: Instant
    minutes: list[Instant]
    keys: dict[str, RateLimitUsageByKey]
