"""Connections to a database and to a service that are cut at any stage.

A command that succeeds has made all changes. A command that fails says so, and the same command
continues its work.
"""

from __future__ import annotations

import pytest
from sqlalchemy.engine import make_url

from ..proxy import Fate, Stage, proxied, proxy_before
from .accounts import CLOUD, Move
from .bench import Way, begun_in_store, begun_over_api, clean
from .ends import after_fault

EVERY = pytest.param(True, id="every", marks=[pytest.mark.long, pytest.mark.timeout(0)])
STORED = Move(CLOUD, 30, 0)
COMMIT = b"COMMIT"


def cuts(word, number):
    """Return every way in which the first few connections that send *word* are cut there."""
    return [
        Stage(Fate.CUT, word, passed=passed, nth=nth, refusing=refusing)
        for nth in range(1, number + 1)
        for passed in (True, False)
        for refusing in (True, False)
    ]


def words_of(effects):
    """Return what a client sends for the effects on a database, each once, in their order."""
    verbs = {"INSERT": "INSERT INTO", "DELETE": "DELETE FROM"}
    found = (what.removeprefix("postgresql: ").split(" ") for what in effects)
    spoken = (" ".join([verbs.get(verb, verb), *rest]) for verb, *rest in found)
    return [word.encode() for word in dict.fromkeys(spoken)]


def cut_at(stage_of_proxy, proxy, bench, whole):
    """Apply with the connection cut at a stage, go on, and return what is not well."""
    bench.declare(bench.move.after)
    untouched = bench.full_message()
    proxy.at(stage_of_proxy)
    ended = bench.apply(Way.AGAIN)
    proxy.heal()
    if not proxy.hit.is_set():
        return ["no connection was cut"]
    return after_fault(bench, whole, ended, untouched)


@pytest.mark.parametrize("every", [False, EVERY])
def test_a_database_whose_connections_are_cut(stage, postgresql_store, tmp_path, every):
    whole = clean(begun_in_store(stage, STORED, tmp_path / "clean", postgresql_store), Way.AGAIN)
    stages = cuts(COMMIT, 3)
    if not every:  # each two of the three properties of a cut in all their combinations
        stages = [s for s in stages if (s.nth + s.passed + s.refusing) % 2]
    stages += [s for word in words_of(whole.effects) for s in cuts(word, 1)] if every else []
    found = {}
    with proxied(postgresql_store) as proxy:
        for index, at in enumerate(stages):
            bench = begun_in_store(stage, STORED, tmp_path / str(index), postgresql_store)
            bench = bench.through(proxy.url(postgresql_store))
            if flaws := cut_at(at, proxy, bench, whole):
                found[str(at)] = flaws
    assert found == {}


SERVED = {
    CLOUD: (b'"s1"', b"old_key_expires_in_seconds", b'"w0"'),
}
"""What stands in requests that make a service account, a key, a workspace."""


@pytest.mark.parametrize("every", [False, EVERY])
@pytest.mark.parametrize("words", [CLOUD], ids=lambda words: words.world)
def test_a_service_whose_connections_are_cut(stage, sqlite_store, served, tmp_path, words, every):
    move, url = Move(words, 20, 4), make_url(served)
    whole = clean(begun_over_api(served)(stage, move, tmp_path / "clean", sqlite_store), Way.AGAIN)
    stages = [s for word in SERVED[words] for s in cuts(word, 4 if every else 1)]
    if not every:  # a service that is gone is asked again for a while
        stages = [s for s in stages if not s.refusing]
    found = {}
    with proxy_before((url.host, url.port)) as proxy:
        begin = begun_over_api(f"http://127.0.0.1:{proxy.port}")
        for index, at in enumerate(stages):
            bench = begin(stage, move, tmp_path / str(index), sqlite_store)
            if flaws := cut_at(at, proxy, bench, whole):
                found[str(at)] = flaws
    assert found == {}
