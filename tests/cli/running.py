"""The real command line, run in this process: what it said, and how it ended."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from io import StringIO

from rbac_sync.cli.main import run as run_words

STEP = re.compile(r"\[\d+/\d+\] ")


@dataclass(frozen=True, slots=True)
class Ran:
    """The exit code of a command, its standard output, its standard error, its progress.

    ``err`` is without ``progress``: the lines about each change that an apply makes.
    """

    code: int
    out: str
    err: str
    progress: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The lines of the standard output, without what indents them."""
        return [line.strip() for line in self.out.splitlines()]

    def shows(self, pattern: str) -> bool:
        """Say whether a line of the standard output is *pattern*, where ``*`` is anything."""
        return any(fnmatchcase(line, pattern) for line in self.lines)


def run(command: str, *words: str) -> Ran:
    """Run *command*, split as a shell would, and *words* as they are."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_words([*shlex.split(command), *map(str, words)])
    return Ran(code, out.getvalue(), *parted(err.getvalue()))


def run_on_full_disk(command: str) -> subprocess.CompletedProcess[str]:
    """Run *command* in a process of its own, whose standard output has no room."""
    return subprocess.run(
        f"{sys.executable} -m rbac_sync {command} >/dev/full",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )


def parted(err: str) -> tuple[str, tuple[str, ...]]:
    """Return a standard error without the lines of progress, and these."""
    lines = err.splitlines(keepends=True)
    rest = "".join(line for line in lines if not STEP.match(line))
    return rest, tuple(line.rstrip() for line in lines if STEP.match(line))


def soon() -> str:
    """Return the date of in thirty days."""
    return (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


def bare(monkeypatch):
    """Take out of the environment all that the command line would read there."""
    for name in list(os.environ):
        if name.startswith("RBAC_SYNC_") or name in ("NO_COLOR", "CI", "TF_BUILD"):
            monkeypatch.delenv(name)
