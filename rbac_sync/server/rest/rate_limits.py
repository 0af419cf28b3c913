"""The use of the rate limit of an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Query

from ...wire.prefect_cloud.accounts import (
    RateLimitStatusResponse,
    RateLimitUsageByKey,
    RateLimitUsageResponse,
)
from ...wire.prefect_cloud.shapes import Instant, Text
from ..auth import RequestScope, account
from ..limits import BUCKET
from ..read_view import ReadView
from .collection import ACCOUNT, collection, reads

router = collection(f"{ACCOUNT}/rate-limits", "Rate Limits")


@router.get("/status")
@reads(account("read:account"))
def read_status(view: ReadView, at: RequestScope) -> RateLimitStatusResponse:
    """List the buckets that lately refused."""
    return RateLimitStatusResponse(exceeded_buckets=at.guarded.rate.exceeded(view.account_id))


@router.get("/usage")
@reads(account("read:account"))
def read_usage(
    view: ReadView,
    at: RequestScope,
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
    keys: Annotated[list[Text] | None, Query(min_length=1)] = None,
) -> RateLimitUsageResponse:
    """Read the use of the last minute, the only one that is counted; nothing for other times.

    What is counted is what this process was asked.
    """
    rate, minute = at.guarded.rate, view.now - timedelta(minutes=1)
    begin, end = since or minute, until or view.now
    is_counted = begin <= view.now and end > minute
    granted, refused = rate.used(view.account_id)
    limit, of_granted, requested = (
        [number] * is_counted for number in (rate.most or 0, granted, granted + refused)
    )
    counts = RateLimitUsageByKey(
        limit=limit, usage=of_granted, requested=requested, granted=of_granted
    )
    return RateLimitUsageResponse(
        account=view.account_id,
        since=begin,
        until=end,
        minutes=[minute] * is_counted,
        keys={name: counts for name in keys or [BUCKET] if name == BUCKET},
    )
