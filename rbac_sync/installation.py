"""The origin of this installation, and the command that adds optional packages to it."""

from __future__ import annotations

import json
import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

NAME = "rbac-sync"

INSTALLERS = {
    "uv-receipt.toml": "uv tool install",
    "pipx_metadata.json": "pipx install --force",
}
"""The command that made an environment, by a file that it leaves there."""


class Commit(NamedTuple):
    """A commit of a git repository."""

    repository: str
    id: str


def install_command(extra: str) -> str:
    """Return the shell command that adds the optional packages of *extra* to this installation."""
    source = _source()
    requirement = f"{NAME}[{extra}]" + (f" @ {source}" if source else "")
    return f"{_installer()} {shlex.quote(requirement)}"


def commit() -> Commit | None:
    """Return the commit that was installed, None if it did not come from a git repository."""
    origin = _origin()
    if "vcs_info" not in origin:
        return None
    return Commit(origin["url"], origin["vcs_info"]["commit_id"])


def _source() -> str:
    """Return the URL to install from, as pip takes it; empty if that is the package index."""
    if installed := commit():
        return f"git+{installed.repository}@{installed.id}"
    return str(_origin().get("url", ""))


def _origin() -> dict[str, Any]:
    """Return the origin of the program as the installer recorded it (PEP 610)."""
    try:
        text = distribution(NAME).read_text("direct_url.json")
    except PackageNotFoundError:  # the program runs from a checkout
        return {"url": Path(__file__).parents[1].as_uri()}
    return dict(json.loads(text)) if text else {}


def _installer() -> str:
    for left, command in INSTALLERS.items():
        if (Path(sys.prefix) / left).is_file():
            return command
    python = shlex.quote(sys.executable)
    return f"{python} -m pip install" if find_spec("pip") else f"uv pip install --python {python}"
