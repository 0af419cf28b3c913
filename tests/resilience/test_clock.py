"""Clocks that jump between one run and the next: trails stay whole, and runs go on."""

from __future__ import annotations

import shutil
import signal
import sys

import pytest

from .accounts import CLOUD, LOOSENED, TENANT, Move
from .bench import Way, begun_in_store, begun_over_api
from .effects import Point

YEAR, HOUR = 365 * 86400.0, 3600.0
JUMPS = ("-730d", "-1h", "+10d", "+0d")
"""By how much the clock is off in one apply after the other, as `faketime` takes it."""


@pytest.mark.skipif(not shutil.which("faketime"), reason="SQLite's clock takes `faketime` to turn")
def test_a_store_is_applied_to_by_clocks_that_disagree(stage, sqlite_store, tmp_path):
    bench = begun_in_store(stage, Move(CLOUD, 20, 0), tmp_path, sqlite_store)
    tables = bench.move.before
    for number, jump in enumerate(JUMPS):
        tables += f"[workspaces.jump-{number}]\n"
        bench.declare(tables)
        turned = ["faketime", "-f", jump, sys.executable, "-m", "rbac_sync"]
        applied = bench.outside([*turned, "apply", "--auto-approve"])
        assert applied.code == 0, applied.err
        assert bench.backend_flaws() == ()
        newest = bench.run("audit", "log", "--limit", "1")
        assert f"workspace.jump-{number}" in newest.out


@pytest.mark.parametrize("shift", [-YEAR, HOUR])
@pytest.mark.parametrize("words", [CLOUD, TENANT], ids=lambda words: words.world)
def test_a_run_goes_on_over_an_api_though_the_clock_has_jumped(
    stage, sqlite_store, served, tmp_path, words, shift
):
    bench = begun_over_api(served)(stage, Move(words, 12, 0), tmp_path, sqlite_store)
    bench.declare(bench.move.after)
    killed = bench.apply(Way.AGAIN, point=Point(40, after=True))
    assert killed.code == -signal.SIGKILL
    again = bench.run("apply", "--auto-approve", *LOOSENED, shift=shift)
    assert again.code == 0, again.err
    assert bench.run("plan", "--detailed-exitcode").code == 0
    assert bench.run("audit", "verify").code == 0
    assert bench.backend_flaws() == ()
