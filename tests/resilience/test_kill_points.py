"""Runs that are killed after any effect and continued: nothing is lost, doubled or unrecorded.

The usual run of this test takes a few effects; ``-m long`` takes every one. Both ways to
continue, and the runners, alternate; in the usual run over an API the two services alternate, too.
"""

from __future__ import annotations

import signal

import pytest

from .accounts import CLOUD, TENANT, Move
from .bench import MODES, Runner, Way, begun_in_store, begun_over_api, clean, spread

LONG = [pytest.mark.long, pytest.mark.timeout(0)]

STALE = 5
"""The exit code of ``--resume`` on a runner that does not know what has been made."""


def broken_off(begin, stage, move, folder, store, number, every=slice(None)):
    """Kill a run at *number* moments, an account each; return what was not well, by moment.

    Of these moments, those of *every* are tried.
    """
    whole = {
        way: clean(begin(stage, move, folder / f"clean-{way.name}", store), way) for way in Way
    }
    found = []
    for way, runner in MODES:
        points = spread(whole[way].effects, number)
        for index, point in list(enumerate(points))[every]:
            if MODES[index % len(MODES)] != (way, runner):
                continue
            bench = begin(stage, move, folder / f"{way.name}-{runner.name}-{index}", store)
            what = whole[way].effects[point.number - 1]
            place = f"{'after' if point.after else 'before'} {point.number} `{what}`"
            flaws = gone_on(bench, whole[way], way, runner, point)
            found += [f"{place}, {way.value}, {runner.value}: {flaw}" for flaw in flaws]
    return found


def gone_on(bench, whole, way, runner, point):
    """Kill a run at *point*, go on, and return what is not well."""
    bench.declare(bench.move.after)
    if runner is Runner.KEPT:
        bench = bench.keeping_journal()
    if way is Way.RESUMED:
        bench.plan()
    killed = bench.apply(way, point=point)
    if killed.code == 0:  # it had fewer effects than the clean run: batches are not all alike
        return bench.flaws(whole, runner)
    assert killed.code == -signal.SIGKILL, killed.err
    ended = bench.apply(way, again=True, runner=runner)
    if ended.code == STALE and way is Way.RESUMED and not runner.remembers:
        ended = bench.apply(Way.AGAIN, runner=runner)
    if ended.code:
        return [f"it does not go on: {ended.code} {ended.err[-500:]}"]
    return bench.flaws(whole, runner)


@pytest.mark.parametrize(
    ("changes", "keys", "number"), [(60, 6, 6), pytest.param(200, 20, None, id="every", marks=LONG)]
)
def test_an_apply_of_many_changes_on_a_store(stage, store, tmp_path, changes, keys, number):
    move = Move(CLOUD, changes, keys)
    assert broken_off(begun_in_store, stage, move, tmp_path, store, number) == []


@pytest.mark.parametrize(
    ("words", "changes", "keys", "number", "every"),
    [
        pytest.param(CLOUD, 10, 3, 6, slice(0, None, 2), id="prefect-cloud"),
        pytest.param(TENANT, 10, 3, 6, slice(1, None, 2), id="prefect-cloud-1"),
        *(
            pytest.param(words, 60, 20, None, slice(None), id=f"every-{words.world}", marks=LONG)
            for words in (CLOUD, TENANT)
        ),
    ],
)
def test_an_apply_with_new_keys_over_an_api(
    stage, sqlite_store, served, tmp_path, words, changes, keys, number, every
):
    begin, move = begun_over_api(served), Move(words, changes, keys)
    assert broken_off(begin, stage, move, tmp_path, sqlite_store, number, every) == []
