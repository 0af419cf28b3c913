"""X01: killed while it applies, a process leaves the state before or after, never between."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.replay import differences, replay
from rbac_sync.backends.store import batch
from rbac_sync.backends.store.writer import StoreWriter
from rbac_sync.model import Binding, User, Workspace
from rbac_sync.planning import Change, followed
from tests.audit.separate_checks import gaps

from .children import LONGEST, SERVER, die, killed, recorded
from .stores import CLOUD, VIEWER, connected, founded, links, live

PEOPLE = [User(f"u{n}@example.org") for n in range(10)]
PROD, TEST = Workspace("prod"), Workspace("test")
START = [Change(None, r) for r in (TEST, *PEOPLE[:5])]
APPLY = [
    Change(None, PROD),
    *(Change(None, user) for user in PEOPLE[5:]),
    *(Change(None, Binding(user.address, PROD.address, VIEWER)) for user in PEOPLE),
    *(Change(None, Binding(user.address, TEST.address, VIEWER)) for user in PEOPLE),
    *(Change(Binding(user.address, TEST.address, VIEWER), None) for user in PEOPLE[:4]),
    *(Change(user, None) for user in PEOPLE[:4]),
    Change(TEST, replace(TEST, handle="trial")),
    Change(PROD, replace(PROD, description="Where it counts.")),
    *(Change(user, replace(user, email=f"x{user.email}")) for user in PEOPLE[4:8]),
]
RUN = "apply"


def dying(changes, at):
    """Yield *changes*, and kill this process before number *at*."""
    for number, change in enumerate(changes):
        if number == at:
            die()
        yield change


def die_before_change(backend, at):
    recorded(backend, dying(APPLY, at), RUN)


def die_before_change_unbuffered(backend, at):
    """As above, each write made at once, so that the database is in the middle of things."""
    batch.FULL = 1
    recorded(backend, dying(APPLY, at), RUN)


def die_before_commit(backend):
    finish = StoreWriter.finish
    StoreWriter.finish = lambda writer, run: (finish(writer, run), die())
    recorded(backend, APPLY, RUN)


def die_after_commit(backend):
    recorded(backend, APPLY, RUN)
    die()


def apply(backend):
    recorded(backend, APPLY, RUN)


@pytest.fixture
def backend(store_url):
    backend = founded(store_url)
    recorded(backend, START, "start")
    return backend


def is_before_or_after(backend, before):
    """Check the store after a crash, say whether the run is in it, and run again."""
    found, trail = live(backend), links(backend)
    assert len(APPLY) == 40
    assert found in (before, followed(before, APPLY))
    told = replay((row.record for row in trail), CLOUD)
    assert [str(d) for d in differences(told, found)] == []
    assert list(flaws(trail)) == list(gaps(trail, CLOUD)) == []
    done = found != before
    assert sum(row.record.run == RUN for row in trail) == (len(APPLY) if done else 0)
    if not done:
        recorded(backend, APPLY, RUN)
        assert live(backend) == followed(before, APPLY)
    return done


@pytest.mark.parametrize("die", [die_before_change, die_before_change_unbuffered])
@pytest.mark.parametrize(
    "places", [(0, 1, 17, 39), pytest.param(range(40), marks=pytest.mark.long)], ids=["some", "all"]
)
def test_killed_before_any_change_it_is_as_before(backend, store_url, die, places):
    before = live(backend)
    for place in places:
        killed(die, backend, place)
        assert live(backend) == before
    assert not is_before_or_after(backend, before)
    is_sound(store_url)


def test_killed_before_the_commit_it_is_as_before(backend, store_url):
    before = live(backend)
    killed(die_before_commit, backend)

    assert not is_before_or_after(backend, before)
    is_sound(store_url)


def test_killed_after_the_commit_it_is_as_after(backend, store_url):
    before = live(backend)
    killed(die_after_commit, backend)

    assert is_before_or_after(backend, before)
    is_sound(store_url)


@pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.long)])
def test_killed_at_any_moment_it_is_as_before_or_after(store_url, rounds):
    """Moments are spread over a little more than one whole run takes, measured here and now."""
    trial = founded(store_url, "trial")
    recorded(trial, START, "start")
    begun = time.monotonic()
    _start(trial).join(LONGEST)
    whole = time.monotonic() - begun
    for number in range(rounds):
        backend = founded(store_url, f"acme-{number}")
        recorded(backend, START, "start")
        before = live(backend)
        child = _start(backend)
        time.sleep(random.uniform(0, 1.2 * whole))
        child.kill()
        child.join(LONGEST)
        child.close()
        is_before_or_after(backend, before)
    is_sound(store_url)


def _start(backend):
    child = SERVER.Process(target=apply, args=(backend,))
    child.start()
    return child


def is_sound(url):
    with connected(url) as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
