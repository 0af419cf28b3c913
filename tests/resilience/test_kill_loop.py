"""A store's apply of many changes, killed at random moments: wholly made or not at all.

``RBAC_SYNC_TEST_ROUNDS=N pytest -m long -k kill_loop`` makes N rounds; 200 are usual.
"""

from __future__ import annotations

import os
import random
import signal
import time

import psycopg
import pytest

from ..patience import LONGEST
from .accounts import CLOUD, LOOSENED, Move
from .bench import begun_in_store

ROUNDS = int(os.environ.get("RBAC_SYNC_TEST_ROUNDS", "200"))


def let_go(url):
    """Wait until PostgreSQL has noticed who is gone: a COMMIT under way may still be made."""
    if not url.startswith("postgresql"):
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rbac-sync'"
    with psycopg.connect(url, autocommit=True) as connection:
        end = time.monotonic() + LONGEST
        while connection.execute(others).fetchone()[0]:
            assert time.monotonic() < end
            time.sleep(0.01)


class Account:
    """An account that goes from one configuration to the other and back."""

    def __init__(self, bench):
        self.bench, self.sides = bench, (bench.move.before, bench.move.after)
        self.here, self.rounds = 0, 0

    def applied(self, seconds=None):
        """Apply the other configuration, and kill that after *seconds*; return how it ended."""
        self.bench.declare(self.sides[1 - self.here])
        words = ("apply", "--auto-approve", *LOOSENED)
        return self.bench.run(*words, seconds=seconds)

    def at(self, side):
        """Say whether all is as the configuration of *side* says."""
        self.bench.declare(self.sides[side])
        return self.bench.run("plan", "--detailed-exitcode", *LOOSENED).code == 0


@pytest.mark.parametrize(
    ("changes", "rounds"),
    [(200, 3), pytest.param(500, ROUNDS, marks=[pytest.mark.long, pytest.mark.timeout(0)])],
)
def test_the_kill_loop(stage, store, tmp_path, changes, rounds):
    account = Account(begun_in_store(stage, Move(CLOUD, changes, 0), tmp_path, store))
    begun = time.monotonic()
    assert account.applied().code == 0
    whole, account.here = time.monotonic() - begun, 1
    moments, ended = random.Random(rounds), {"before": 0, "after": 0}
    for number in range(rounds):
        killed = account.applied(whole * (number + moments.random()) / rounds)
        let_go(store)
        made = account.at(1 - account.here)
        assert made or account.at(account.here), f"round {number}: between two states"
        assert killed.code in ((-signal.SIGKILL, 0) if made else (-signal.SIGKILL,)), killed.err
        ended["after" if made else "before"] += 1
        assert account.bench.backend_flaws() == ()
        if not made:
            assert account.applied().code == 0
        account.here = 1 - account.here
    print(f"{rounds} rounds: {ended}")  # noqa: T201 - shown by -s, for the record
