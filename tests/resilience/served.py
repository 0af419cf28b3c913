"""`rbac-sync serve` as a process of its own, with its log in a file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from ..server.account import Account

LONGEST = 60
"""Seconds after which a server that does not come up, or does not go, fails the test."""


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
    command = [sys.executable, "-m", "rbac_sync", "serve", "--port", "0", *options]
    with log.open("w") as err:
        process = subprocess.Popen(command, stderr=err, env={**os.environ, "RBAC_SYNC_URL": url})
    try:
        yield Served(process.pid, _root(process, log), log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONGEST) in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait()


def _root(process, log: Path) -> str:
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        for line in log.read_text().splitlines():
            if "Uvicorn running on " in line:
                return line.partition("Uvicorn running on ")[2].split()[0]
        time.sleep(0.02)
    raise AssertionError(log.read_text())
