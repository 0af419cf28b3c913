"""Moves of a race: the real command line, and requests to a real server."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import httpx

from rbac_sync.cli.run import KEY

from ..cli.running import run
from ..patience import LONGEST


@dataclass(frozen=True, slots=True)
class Command:
    """Runs *words* with the key that stands in *key*; returns the exit code.

    ``#`` in a word is the number of the round. What the command wrote stands
    in ``*.said`` beside the key, for whoever wonders why it ended so.
    """

    key: Path
    words: tuple[str, ...]

    def __call__(self, _, number: int) -> int:
        os.environ[KEY] = self.key.read_text()
        ran = run("", *(word.replace("#", str(number)) for word in self.words))
        self.key.with_suffix(".said").write_text(ran.out + ran.err)
        return ran.code


@dataclass(frozen=True, slots=True)
class Requests:
    """Sends the requests that stand in *script*, one after the other; returns their statuses."""

    key: str
    root: str
    script: Path

    def write(self, *requests: tuple[str, str, object]) -> None:
        """Set what is sent next: method, path below ``/api``, and body."""
        self.script.write_text(json.dumps(requests))

    def __call__(self, *_) -> list[int]:
        headers = {"Authorization": f"Bearer {self.key}"}
        with httpx.Client(
            base_url=f"{self.root}/api", headers=headers, timeout=LONGEST, verify=False
        ) as client:
            sent = json.loads(self.script.read_text())
            return [client.request(*each[:2], json=each[2]).status_code for each in sent]
