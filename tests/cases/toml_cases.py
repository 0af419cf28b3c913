"""Runs one case of ``toml_cases``: files in a folder, and what the command says of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rbac_sync.cli.main import run as command

STATED = ("code", "file", "line", "column")
TOLD = re.compile(
    r"^error\[(?P<code>\w+)\]: .*(?:\n *--> (?P<file>.+):(?P<line>\d+):(?P<column>\d+))?",
    re.MULTILINE,
)


def run(case: Mapping[str, Any], folder: Path) -> list[str]:
    """Return what differed from what *case* says; nothing if it holds.

    A file is text, ``{"repeat": text, "times": n}``, ``{"symlink": target}``,
    or ``{"text": text, "then": text}``: replaced while it is read.
    """
    for name, content in case["files"].items():
        _write(folder / name, content)
    told = StringIO()
    with _replaced_while_read(folder, case["files"]), chdir(folder), redirect_stderr(told):
        words = [word for word in case.get("args") or ["validate"] if word != "--json"]
        code = command(words)
    verdict = "reject" if code else "accept"
    if verdict != case["verdict"]:
        return [f"verdict {verdict}, not {case['verdict']}", told.getvalue()]
    stated = {key: str(case[key]) for key in STATED if case.get(key) is not None}
    found = [match.groupdict() for match in TOLD.finditer(told.getvalue())]
    if not stated or any(stated.items() <= error.items() for error in found):
        return []
    return [f"nothing is told with {stated}", told.getvalue()]


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        path.write_bytes(content.encode())
    elif "symlink" in content:
        path.symlink_to(content["symlink"])
    elif "repeat" in content:
        path.write_bytes(content["repeat"].encode() * content["times"])
    else:
        path.write_bytes(content["text"].encode())


@contextmanager
def _replaced_while_read(folder: Path, files: Mapping[str, Any]) -> Iterator[None]:
    """Replace each file that says so as soon as its first bytes have been read."""
    waiting = {name: c["then"] for name, c in files.items() if isinstance(c, dict) and "then" in c}
    read = os.read

    def reading(descriptor: int, length: int) -> bytes:
        found = read(descriptor, length)
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        if name in waiting:
            (folder / name).write_bytes(waiting.pop(name).encode())
        return found

    with patch("os.read", reading if waiting else read):
        yield
