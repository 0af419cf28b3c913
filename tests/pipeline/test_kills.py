"""X01: `rbac-sync apply` is killed at any moment, and the store is as before or as after."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from rbac_sync.cli.run import KEY

from ..backends.store.children import LONGEST, SERVER
from .company import Company

ROUNDS = pytest.mark.parametrize("rounds", [5, pytest.param(300, marks=pytest.mark.long)])
NIGHT = "".join(
    f"""
[workspaces.night-{n}]
name = "Night {n}"
default_role = "none"

[workspaces.night-{n}.access]
viewer = ["bo", "team:data"]
runner = ["sa:ci"]
"""
    for n in range(9)
)
EDITS = (
    ('permissions = ["see_flows"]', 'permissions = ["see_blocks"]'),
    ('viewer  = ["bo"]', 'runner  = ["bo"]'),
    ('"pia", "lee", "sa:ci"]', '"lee", "sa:ci", "new@acme.example"]\n'),
    ('members = ["bo"]', 'members = ["bo", "new@acme.example"]'),
    ('pia    = "pia@acme.example"\n', ""),
)


def stage(pipe, folders, url, key):
    """Run the command line again and again, each time in a fork, and kill it after a while.

    *Why* a stage: what starts from it has imported everything, so that the
    time until it is killed is spent on the work itself.
    """
    from rbac_sync.backends.store import StoreBackend  # noqa: F401
    from rbac_sync.cli.main import run
    from rbac_sync.config import schema  # noqa: F401
    from rbac_sync.views import plan  # noqa: F401

    os.environ[KEY] = key
    while order := pipe.recv():
        number, delay = order
        words = ["apply", "--auto-approve", "--config", folders[number], "--url", url]
        words += ["--allow-deletes", "99", "--reason", "night is over"]
        child = os.fork()
        if not child:
            _alone(run, words)
        begun = time.monotonic()
        if delay is not None:
            time.sleep(delay)
            os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        pipe.send((status, time.monotonic() - begun))


def _alone(run, words):
    """Run a command and end this process with its exit code, whatever happens."""
    code = 99
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        code = run(words)
    finally:
        os._exit(code)


@contextmanager
def staged(company: Company, folders):
    """Yield what applies a configuration by number, with the seconds until it is killed."""
    ours, theirs = SERVER.Pipe()
    arguments = (theirs, [str(f) for f in folders], company.url, company.key("olivia"))
    process = SERVER.Process(target=stage, args=arguments)
    process.start()

    def apply(number, delay=None):
        ours.send((number, delay))
        assert ours.poll(LONGEST)
        return ours.recv()

    try:
        yield apply
        ours.send(None)
        process.join(LONGEST)
    finally:
        process.kill()
        process.join()


def settle(company: Company) -> None:
    """Wait until the server has noticed who is gone: a COMMIT under way may still be made."""
    if not company.url.startswith("postgresql"):
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rbac-sync'"
    with psycopg.connect(company.url, autocommit=True) as connection:
        end = time.monotonic() + LONGEST
        while connection.execute(others).fetchone()[0]:
            assert time.monotonic() < end
            time.sleep(0.005)


def variant(company: Company, folder: Path, more: str = "", *edits: tuple[str, str]) -> Company:
    """Return another configuration of the same company."""
    made = Company(company.url, folder)
    made.keys = company.keys
    made.edit(*edits)
    made.write(made.file.read_text(encoding="utf-8") + more)
    return made


@ROUNDS
def test_an_apply_that_is_killed_at_any_moment_is_made_wholly_or_not_at_all(
    company, tmp_path, rounds
):
    """The account goes from day to night, and back from night to day, as often as it gets there."""
    sides = [
        variant(company, tmp_path / "day"),
        variant(company, tmp_path / "night", NIGHT, *EDITS),
    ]
    assert len(sides[1].outstanding()) >= 40
    random_moments, seen = random.Random(rounds), set()

    with staged(company, [side.folder for side in sides]) as apply:
        states = [company.state]
        code, whole = apply(1)
        assert (code, sides[1].outstanding()) == (0, ())
        states.append(company.state)
        here, rows = 1, len(company.trail())
        for number in range(rounds):
            there = 1 - here
            due = len(sides[there].outstanding())
            code, _ = apply(there, whole * 1.4 * (number + random_moments.random()) / rounds)
            settle(company)
            made = len(company.trail()) - rows
            assert (code, made) in {(-signal.SIGKILL, 0), (-signal.SIGKILL, due), (0, due)}
            if made:
                here, rows = there, rows + due
            assert company.state == states[here]
            company.verify()
            seen.add((code, bool(made)))
        code, _ = apply(1 - here)
        assert (code, company.state) == (0, states[1 - here])

    assert (-signal.SIGKILL, False) in seen
    company.verify()
