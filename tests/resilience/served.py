"""`rbac-sync serve` as a process of its own, with its log in a file.

The process is forked from one that has its imports, which take more than a second.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from ..backends.store.children import SERVER
from ..patience import LONGEST
from ..server.account import Account


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: the id of its process, where it listens, and its log."""

    pid: int
    root: str
    log: Path

    @contextmanager
    def account(self, key: str):
        """Yield the account of a key, as its owner sees it through this server."""
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(
            base_url=f"{self.root}/api", headers=headers, timeout=LONGEST, verify=False
        ) as client:
            yield Account(None, client)

    def errors(self) -> list[str]:
        """Return what the log has of level error and above, and what is no line of it at all."""
        return [line for line in self.log.read_text().splitlines() if _is_error(line)]


def _is_error(line: str) -> bool:
    try:
        return json.loads(line)["level"].upper() in ("ERROR", "CRITICAL")
    except (ValueError, KeyError):
        return True


@contextmanager
def serving(url: str, log: Path, *options: str):
    """Run the command on a free port; it ends by SIGTERM, as a supervisor ends it."""
    words, environment = ("serve", "--port", "0", *options), {**os.environ, "RBAC_SYNC_URL": url}
    log.touch()
    process = SERVER.Process(target=_serve, args=(words, environment, log))
    process.start()
    try:
        yield Served(process.pid, _root(process, log), log)
        process.terminate()
        process.join(LONGEST)
        assert process.exitcode in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.join()


def _serve(words: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    from rbac_sync.__main__ import main

    os.environ.clear()
    os.environ.update(environment)
    os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND), 2)
    main(words)


def _root(process, log: Path) -> str:
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        assert process.is_alive(), log.read_text()
        for line in log.read_text().splitlines():
            if "Uvicorn running on " in line:
                return line.partition("Uvicorn running on ")[2].split()[0]
        time.sleep(0.02)
    raise AssertionError(log.read_text())
