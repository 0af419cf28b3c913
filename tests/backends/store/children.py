"""Processes beside the test's own: rivals that race, and one that is killed.

They come from a fork server that has imported what they need, so that one
starts in milliseconds and inherits neither threads nor connections.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from multiprocessing import get_context

from rbac_sync.audit.record import Authorship
from rbac_sync.backends.store import StoreBackend
from rbac_sync.errors import BackendError

from ...patience import LONGEST
from ...programs import IMPORTED, SERVED
from .stores import OWNER

SERVER = get_context("forkserver")
SERVER.set_forkserver_preload(
    [__name__, *IMPORTED, *SERVED, "tests.pipeline.company", "tests.frozen"]
)

Move = Callable[[StoreBackend, int], str]


def recorded(backend, changes, run):
    """Make *changes* on record in one transaction."""

    def work(writer):
        by = Authorship(OWNER.address, run)
        for change in changes:
            writer.make(change)
            writer.record(by.record(change, writer.now()))

    backend.transact(run, work)


def race(backend: StoreBackend | str, moves: tuple[Move, ...], rounds: int, prepare, check) -> None:
    """Let *moves* run at once, each in a process, *rounds* times; *check* hears what they said."""
    barrier, answers = SERVER.Barrier(len(moves) + 1), SERVER.Queue()
    arguments = (
        (move, place, backend, rounds, barrier, answers) for place, move in enumerate(moves)
    )
    with _running([SERVER.Process(target=_rival, args=each) for each in arguments]):
        for number in range(rounds):
            prepare(number)
            barrier.wait(LONGEST)
            said = sorted(answers.get(timeout=LONGEST) for _ in moves)
            check(number, [answer for _, answer in said])


def _rival(move, place, backend, rounds, barrier, answers):
    for number in range(rounds):
        barrier.wait(LONGEST)
        try:
            answers.put((place, move(backend, number)))
        except BackendError as refused:
            answers.put((place, type(refused).__name__))


@contextmanager
def holding(backend: StoreBackend):
    """Yield a process that has the account's lock and keeps it until it is killed."""
    held, forever = SERVER.Event(), SERVER.Event()
    child = SERVER.Process(target=_hold, args=(backend, held, forever))
    with _running([child]):
        assert held.wait(LONGEST)
        yield child


def _hold(backend, held, forever):
    def work(_):
        held.set()
        forever.wait()

    backend.transact("held", work)


@contextmanager
def _running(children):
    for child in children:
        child.start()
    try:
        yield
    finally:
        for child in children:
            child.kill()
            child.join(LONGEST)
            child.close()
