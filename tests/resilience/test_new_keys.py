"""Secrets of new keys over both APIs: after any end of a run, each live key has a secret.

A run is killed, or its disk is full, at a named moment. Then it is continued, on a runner with
the journal of the first run, or on one with only the keys file.
"""

from __future__ import annotations

import errno
import json
import re
import signal

import pytest

from .accounts import CLOUD, LOOSENED, TENANT, Move
from .bench import KEYS, Runner, Way, begun_over_api
from .effects import Point

REQUEST = re.compile(r"POST .*rotate_api_key|mutation create_api_key")
MOMENTS = {
    "the intent": lambda effects, at: at - 1,
    "the request": lambda effects, at: at,
    "the secret is written": lambda effects, at: _next(effects, "pwrite keys file", at),
    "the secret is on the disk": lambda effects, at: _next(effects, "fsync keys file", at),
    "the outcome": lambda effects, at: _next(effects, "journal: UPDATE journal_intent", at) + 1,
    "the record": lambda effects, at: _next(effects, "journal: INSERT journal_audit", at) + 2,
}
"""By what a run is killed after: where that is in a list of effects, given the request's place."""


def _next(effects, name, at):
    return effects.index(name, at)


def request_of(effects, key):
    """Return the place of the request that makes a key of this number, from the end if negative."""
    return [n for n, effect in enumerate(effects) if REQUEST.match(effect)][key]


WORLDS = (CLOUD, TENANT)


def in_turn(*rows):
    """Return *rows* in each world as parameters; the usual run has each row in one of them."""
    return [
        pytest.param(world, *row, marks=() if (n + m) % 2 else pytest.mark.long)
        for n, row in enumerate(rows)
        for m, world in enumerate(WORLDS)
    ]


@pytest.fixture(params=WORLDS, ids=lambda words: words.world, scope="module")
def begin(request, stage, sqlite_store, served, tmp_path_factory):
    """What begins an account in which two service accounts with keys are to be made."""

    def begin():
        move, folder = Move(request.param, 4, 2), tmp_path_factory.mktemp("account")
        made = begun_over_api(served)(stage, move, folder, sqlite_store)
        made.declare(move.after)
        return made

    return begin


@pytest.fixture(scope="module")
def effects(begin):
    """The effects of a run that nothing ends."""
    ended = begin().apply(Way.AGAIN)
    assert ended.code == 0, ended.err
    return ended.effects


def is_well(bench, runner=Runner.SAME):
    """Check that every declared key is live, and that its secret is in the file and works."""
    assert bench.run("plan", "--detailed-exitcode", runner=runner).code == 0
    assert sorted(bench.secrets()) == sorted(bench.move.secrets)
    assert [key for key, secret in bench.secrets().items() if not bench._works(key, secret)] == []
    text = (bench.folder / KEYS).read_text()
    assert text == json.dumps(bench.secrets(), indent=2) + "\n"


@pytest.mark.parametrize(
    ("begin", "moment", "key", "runner"),
    in_turn(
        ("the intent", -1, Runner.FRESH),
        ("the request", 0, Runner.SAME),
        ("the request", -1, Runner.FRESH),
        ("the secret is written", -1, Runner.SAME),
        ("the secret is on the disk", 0, Runner.FRESH),
        ("the secret is on the disk", -1, Runner.SAME),
        ("the outcome", -1, Runner.SAME),
        ("the record", -1, Runner.FRESH),
    ),
    indirect=["begin"],
)
def test_the_run_after_a_kill_makes_everything_good(begin, effects, moment, key, runner):
    number = MOMENTS[moment](effects, request_of(effects, key)) + 1
    bench = begin()
    assert bench.apply(Way.AGAIN, point=Point(number, after=True)).code == -signal.SIGKILL
    kept = {key: secret for key, secret in bench.secrets().items() if secret}

    again = bench.apply(Way.AGAIN, runner=runner)

    assert again.code == 0, again.err
    is_well(bench, runner)
    assert bench.secrets().items() >= kept.items()


def killed_at_the_last_key(begin, effects):
    """Return an account in which the secret of the last key was lost with the run."""
    bench = begin()
    point = Point(request_of(effects, -1) + 1, after=True)
    assert bench.apply(Way.AGAIN, point=point).code == -signal.SIGKILL
    return bench


def test_a_lost_key_is_made_again_though_nothing_else_is_left_to_do(begin, effects):
    bench = killed_at_the_last_key(begin, effects)

    again = bench.apply(Way.AGAIN)

    assert "1 to add" in again.out
    assert "Apply complete! Resources: 1 added, 0 changed, 0 destroyed." in again.out
    is_well(bench)
    log = bench.run("audit", "log", "--full").out.splitlines()
    assert sum(f"{bench.move.secrets[1]}` created" in line for line in log) == 2
    assert sum("the key whose secret was lost is revoked" in line for line in log) == 1
    assert bench.run("audit", "verify").code == 0


def test_a_lost_key_is_not_made_again_where_its_secret_has_nowhere_to_go(begin, effects):
    bench = killed_at_the_last_key(begin, effects)

    again = bench.run("apply", "--auto-approve", *LOOSENED)

    assert again.code == 1
    assert again.err == (
        "error: the plan makes API keys, and their secrets are shown only once\n"
        "  = help: say where they go: `--keys-out FILE`\n"
    )
    assert bench.apply(Way.AGAIN).code == 0
    is_well(bench)


def test_a_plan_that_does_not_make_the_lost_key_again_is_stale(begin, effects):
    bench = killed_at_the_last_key(begin, effects)
    assert bench.run("plan", "--out", "other.plan", *LOOSENED).code == 0

    again = bench.run("apply", "other.plan", "--keys-out", KEYS, *LOOSENED)

    assert again.code == 5
    assert again.err == (
        f"error[stale-plan]: the secret of `{bench.move.secrets[1]}` was lost, and this plan does"
        " not make it again\n"
        "  = help: plan again, read the new plan, and apply it\n"
    )
    assert bench.apply(Way.AGAIN).code == 0
    is_well(bench)


@pytest.mark.parametrize(
    ("begin", "runner"), in_turn(*((runner,) for runner in Runner)), indirect=["begin"]
)
def test_a_plan_that_made_the_lost_key_makes_it_again(begin, runner):
    bench = begin()
    bench.plan()
    listed = begin()
    listed.plan()
    effects = listed.apply(Way.RESUMED).effects
    point = Point(request_of(effects, -1) + 1, after=True)
    assert bench.apply(Way.RESUMED, point=point).code == -signal.SIGKILL

    again = bench.apply(Way.RESUMED, again=True, runner=runner)

    assert again.code == 0, again.err
    is_well(bench, runner)


# Disks without room.


@pytest.mark.parametrize(
    ("begin", "call", "error"),
    in_turn(("pwrite keys file", errno.ENOSPC), ("fsync keys file", errno.EIO)),
    indirect=["begin"],
)
def test_a_key_whose_secret_cannot_be_kept_is_revoked_and_both_are_on_record(
    begin, effects, call, error
):
    bench = begin()
    key = bench.move.secrets[1]
    number = effects.index(call, request_of(effects, -1)) + 1

    stopped = bench.apply(Way.AGAIN, point=Point(number, error=error))

    assert stopped.code == 6
    assert f"applied 3 of 4 changes; `{key}`: its secret could not be kept:" in stopped.err
    assert "the key is revoked\n" in stopped.err
    assert f"  = help: go on with: `rbac-sync apply --keys-out {KEYS} --allow" in stopped.err
    log = json.loads(bench.run("audit", "log", "--limit", "2", "--json").out)
    assert [(r["object_id"], r["result"], r["after"] is None) for r in log] == [
        (key, "done", True),
        (key, "failed", False),
    ]
    assert "Plan: 1 to add" in bench.run("plan").out
    assert bench.apply(Way.AGAIN).code == 0
    is_well(bench)


@pytest.mark.parametrize(("begin", "key"), in_turn((0,), (-1,)), indirect=["begin"])
def test_a_journal_without_room_takes_no_secret_away(begin, effects, key):
    number = effects.index("journal: UPDATE journal_intent", request_of(effects, key)) + 1
    bench = begin()

    stopped = bench.apply(Way.AGAIN, point=Point(number, error=errno.ENOSPC))

    assert stopped.code == 6, stopped.err
    assert f"applied {1 if key == 0 else 3} of 4 changes; " in stopped.err
    assert bench.secrets()[bench.move.secrets[key]]
    kept = {key: secret for key, secret in bench.secrets().items() if secret}
    assert bench.apply(Way.AGAIN).code == 0
    is_well(bench)
    assert bench.secrets().items() >= kept.items()


def test_a_disk_without_room_for_the_secrets_is_met_before_anything_is_made(begin, effects):
    bench = begin()
    number = effects.index("pwrite keys file") + 1

    refused = bench.apply(Way.AGAIN, point=Point(number, error=errno.ENOSPC))

    assert refused.code == 1
    assert refused.err == (
        f"error: cannot create `{KEYS}`: no space left on device\n"
        "  = help: nothing was made; name a file that can be written\n"
    )
    assert not (bench.folder / KEYS).exists()
    assert "Plan: 4 to add" in bench.run("plan").out
