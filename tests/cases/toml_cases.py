"""Runs one case of ``toml_cases``: files in a folder, and what must be said of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rbac_sync import config
from rbac_sync.catalogues import catalogue, worlds
from rbac_sync.errors import ConfigError, Diagnostic

STATED = ("code", "file", "line", "column")


def run(case: Mapping[str, Any], folder: Path) -> list[str]:
    """Return what differed from what *case* says; nothing if it holds.

    A file is text, ``{"repeat": text, "times": n}``, ``{"symlink": target}``,
    or ``{"text": text, "then": text}``: replaced while it is read.
    """
    for name, content in case["files"].items():
        _write(folder / name, content)
    with _replaced_while_read(folder, case["files"]):
        errors = _errors(folder)
    verdict = "reject" if errors else "accept"
    if verdict != case["verdict"]:
        return [f"verdict {verdict}, not {case['verdict']}: {_shown(errors)}"]
    stated = {key: case[key] for key in STATED if case.get(key) is not None}
    if not stated or any(_fits(error, stated) for error in errors):
        return []
    return [f"no problem with {stated}: {_shown(errors)}"]


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


def _errors(folder: Path) -> tuple[Diagnostic, ...]:
    try:
        sources = config.read(folder)
        world = config.settings(sources).world or worlds()[0]
        config.declaration(sources, catalogue(world), datetime.now(UTC))
    except ConfigError as error:
        return error.diagnostics
    return ()


def _fits(error: Diagnostic, stated: Mapping[str, Any]) -> bool:
    found = {"code": error.code}
    if error.place:
        found |= {key: getattr(error.place, key) for key in ("file", "line", "column")}
    return all(found.get(key) == value for key, value in stated.items())


def _shown(errors: tuple[Diagnostic, ...]) -> str:
    return "; ".join(f"{e.code} {e.place} {e.message}" for e in errors) or "no problem"
