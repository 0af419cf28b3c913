"""The real command in a process of its own, with its effects listed and, on demand, broken off.

*Why* a stage: it has imported everything and forks for each command, so that a command starts in
milliseconds, and what is patched in it is gone with it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ..backends.store.children import SERVER
from .effects import Point, installed

LONGEST = 120
"""Seconds after which a command that does not end fails the test."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code (of a killed one the signal, negative), words, effects."""

    code: int
    out: str
    err: str
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A command to run in *folder*, with the whole of its *environment*."""

    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    scratch: Path
    point: Point | None = None

    def file(self, name: str) -> Path:
        """Return where the command leaves its ``out``, ``err`` or ``effects``."""
        return self.scratch / name


class Stage:
    """Runs commands, one at a time."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def run(
        self,
        words: Sequence[object],
        folder: Path,
        environment: Mapping[str, str],
        point: Point | None = None,
    ) -> Ended:
        """Run ``rbac-sync`` with *words*; it is killed or fails at *point*, if one is given."""
        with tempfile.TemporaryDirectory() as scratch:
            usual = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
            order = Order(
                [*map(str, words)], folder, {**usual, **environment}, Path(scratch), point
            )
            self._pipe.send(order)
            assert self._pipe.poll(LONGEST), f"no end: {order.words}"
            code = self._pipe.recv()
            out, err, effects = (order.file(n).read_text() for n in ("out", "err", "effects"))
        return Ended(code, out, err, tuple(effects.splitlines()))


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
    _imported()
    while order := pipe.recv():
        child = os.fork()
        if not child:
            _perform(order)
        pipe.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _imported() -> None:
    """Import what the commands import."""
    import rbac_sync.backends.prefect_cloud
    import rbac_sync.backends.prefect_cloud_1
    import rbac_sync.backends.store
    import rbac_sync.cli.commands.audit
    import rbac_sync.cli.commands.plan
    import rbac_sync.config.schema
    import rbac_sync.pipeline
    import rbac_sync.views.answer
    import rbac_sync.views.plan  # noqa: F401


def _perform(order: Order) -> None:
    """Run the command and end this process with its exit code, whatever happens."""
    code = 99
    try:
        code = _main(order)
    finally:
        os._exit(code)


def _main(order: Order) -> int:
    from rbac_sync.__main__ import main

    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.folder)
    for descriptor, name in ((0, os.devnull), (1, "out"), (2, "err")):
        flags = os.O_RDWR | os.O_CREAT
        os.dup2(os.open(order.file(name) if descriptor else name, flags), descriptor)
    installed(order.file("effects"), order.point)
    try:
        main(order.words)
    except SystemExit as ended:
        return _code(ended.code)
    raise AssertionError("a command exits")


def _code(found: Any) -> int:
    assert found is None or isinstance(found, int)
    return found or 0
