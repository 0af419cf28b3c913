"""The real command in a separate process, which lists its effects and can be interrupted.

*Why* a stage: it has imported everything and forks for each command, so that a command starts in
milliseconds, and its patches end with its process.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import time_machine

from ..backends.store.children import SERVER
from ..patience import LONGEST, say_no_waits
from .effects import Point, installed


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code (of a killed one the signal, negative), words, effects."""

    code: int
    out: str
    err: str
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A command to run in *folder*: ``rbac-sync`` with *words*, in an *environment*.

    It is killed or fails at *point*, or is killed after *seconds*; its clock is *shift* seconds
    ahead of this machine's.
    """

    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    point: Point | None = None
    seconds: float | None = None
    shift: float = 0


class Stage:
    """Runs commands, one at a time."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def run(self, order: Order) -> Ended:
        """Run a command and return how it ended."""
        with tempfile.TemporaryDirectory() as scratch:
            self._pipe.send((order, Path(scratch)))
            assert self._pipe.poll(LONGEST), f"no end: {order.words}"
            code = self._pipe.recv()
            out, err, effects = (_text(Path(scratch) / n) for n in ("out", "err", "effects"))
        return Ended(code, out, err, tuple(effects.splitlines()))


def _text(file: Path) -> str:
    """Return what is in *file*, nothing where a command was killed before it made it."""
    return file.read_text(encoding="utf-8") if file.exists() else ""


@contextmanager
def staged() -> Iterator[Stage]:
    """Yield a stage; it is gone at the end."""
    ours, theirs = SERVER.Pipe()
    process = SERVER.Process(target=_serve, args=(theirs,))
    process.start()
    try:
        yield Stage(ours)
        ours.send(None)
        process.join(LONGEST)
    finally:
        process.kill()
        process.join()


def _serve(pipe: Connection) -> None:
    say_no_waits()
    while received := pipe.recv():
        order, scratch = received
        child = os.fork()
        if not child:
            _perform(order, scratch)
        if order.seconds is not None:
            time.sleep(order.seconds)
            os.kill(child, signal.SIGKILL)
        pipe.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _perform(order: Order, scratch: Path) -> None:
    """Run the command and end this process with its exit code, whatever happens."""
    code = 99
    try:
        code = _main(order, scratch)
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _main(order: Order, scratch: Path) -> int:
    from rbac_sync.__main__ import main

    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.folder)
    for descriptor, name in ((0, Path(os.devnull)), (1, scratch / "out"), (2, scratch / "err")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT), descriptor)
    if order.shift:
        time_machine.travel(time.time() + order.shift).start()
    installed(scratch / "effects", order.point)
    try:
        main(order.words)
    except SystemExit as ended:
        return _code(ended.code)
    raise AssertionError("a command exits")


def _code(found: Any) -> int:
    assert found is None or isinstance(found, int)
    return found or 0
