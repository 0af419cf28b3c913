"""Killed after any effect, and gone on with: nothing lost, doubled or unrecorded.

The usual run takes a few moments spread over a run; ``-m long`` takes every one. Both ways to go
on, and both runners, take turns.
"""

from __future__ import annotations

import signal

import pytest

from .accounts import CLOUD, Move
from .bench import MODES, Way, begun_in_store, clean, spread

EVERY = pytest.param(None, id="every", marks=[pytest.mark.long, pytest.mark.timeout(0)])


def broken_off(begin, stage, move, folder, store, number):
    """Kill a run at *number* moments, an account each; return what was not well, by moment."""
    whole = {
        way: clean(begin(stage, move, folder / f"clean-{way.name}", store), way) for way in Way
    }
    found = {}
    for way, runner in MODES:
        points = spread(whole[way].effects, number)
        for index, point in enumerate(points):
            if MODES[index % len(MODES)] != (way, runner):
                continue
            bench = begin(stage, move, folder / f"{way.name}-{runner.name}-{index}", store)
            what = whole[way].effects[point.number - 1]
            place = f"{'after' if point.after else 'before'} {point.number} `{what}`"
            if flaws := gone_on(bench, whole[way], way, runner, point):
                found[f"{place}, {way.value}, {runner.value} runner"] = flaws
    return found


def gone_on(bench, whole, way, runner, point):
    """Kill a run at *point*, go on, and return what is not well."""
    bench.declare(bench.move.after)
    if way is Way.RESUMED:
        bench.plan()
    killed = bench.apply(way, point=point)
    assert killed.code == -signal.SIGKILL, killed.err
    ended = bench.apply(way, again=True, runner=runner)
    if ended.code:
        return [f"it does not go on: {ended.code} {ended.err[-500:]}"]
    return bench.flaws(whole, runner)


@pytest.mark.parametrize("number", [20, EVERY])
def test_an_apply_of_two_hundred_changes_on_a_store(stage, store, tmp_path, number):
    assert broken_off(begun_in_store, stage, Move(CLOUD, 200, 0), tmp_path, store, number) == {}
