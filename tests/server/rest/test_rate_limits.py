"""The use of the rate limit, as the server tells it: what it counted, and nothing else."""

from __future__ import annotations

import pytest

from rbac_sync.server.limits import BUCKET, RateLimit

from ..account import Account
from ..serving import served


@pytest.fixture
def limited(tmp_path):
    """An account of three requests a minute, and the clock by which they are counted."""
    now = [0.0]
    with (
        served(f"sqlite:///{tmp_path}/rbac.db") as server,
        server.client() as client,
    ):
        account = Account(server, client)
        server.guarded.rate = RateLimit(3, lambda: now[0])
        yield account, now


def test_what_was_refused_was_requested_and_not_granted(limited):
    account, now = limited
    account.get("/rate-limits/status")
    account.get("/rate-limits/status")
    now[0] = 30
    account.get("/rate-limits/status")
    account.get("/rate-limits/status", 429)
    account.get("/rate-limits/status", 429)
    now[0] = 61
    assert account.get("/rate-limits/status") == {"exceeded_buckets": [BUCKET]}
    usage = account.get("/rate-limits/usage")
    assert usage["keys"] == {BUCKET: {"limit": [3], "usage": [3], "requested": [5], "granted": [3]}}
    assert len(usage["minutes"]) == 1


@pytest.mark.parametrize(
    ("window", "counted"),
    [
        ({"until": "2020-01-01T00:00:00Z"}, 0),
        ({"since": "2099-01-01T00:00:00Z"}, 0),
        ({"since": "2020-01-01T00:00:00Z"}, 1),
    ],
)
def test_of_other_times_nothing_is_told(limited, window, counted):
    account, _ = limited
    answer = account.call("GET", "/rate-limits/usage", params=window).json()
    assert len(answer["minutes"]) == counted
    assert answer["keys"][BUCKET]["usage"] == [1] * counted
