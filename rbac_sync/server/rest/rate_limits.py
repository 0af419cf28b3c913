"""The use of the rate limit of an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Query

from ...wire.prefect_cloud.rate_limits import (
    RateLimitStatusResponse,
    RateLimitUsageByKey,
    RateLimitUsageResponse,
)
from ...wire.prefect_cloud.shapes import Instant, Text
from ..auth import RequestScope, account
from ..limits import BUCKET
from .collection import ACCOUNT, collection

router = collection(f"{ACCOUNT}/rate-limits", "Rate Limits")


@router.get("/status")
def read_status(at: Annotated[RequestScope, account("read:account")]) -> RateLimitStatusResponse:
    """List the buckets that lately refused."""
    with at.view() as view:
        return RateLimitStatusResponse(exceeded_buckets=at.guarded.rate.exceeded(view.account_id))


@router.get("/usage")
def read_usage(
    at: Annotated[RequestScope, account("read:account")],
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
    keys: Annotated[list[Text] | None, Query(min_length=1)] = None,
) -> RateLimitUsageResponse:
    """Read the use of the minute that is running, the only one that is counted."""
    with at.view() as view:
        rate, end = at.guarded.rate, until or view.now
        used, most = rate.used(view.account_id), rate.most or 0
        counts = RateLimitUsageByKey(limit=[most], usage=[used], requested=[used], granted=[used])
        return RateLimitUsageResponse(
            account=view.account_id,
            since=since or view.now - timedelta(minutes=1),
            until=end,
            minutes=[view.now.replace(second=0, microsecond=0)],
            keys={name: counts for name in keys or [BUCKET] if name == BUCKET},
        )
