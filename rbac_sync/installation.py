"""The origin of this installation, and the command that adds optional packages to it."""

from __future__ import annotations

import json
import re
import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .named_tuples import NamedTuple

NAME = "rbac-sync"

INSTALLERS = {
    "uv-receipt.toml": "uv tool install",
    "pipx_metadata.json": "pipx install --force",
}
"""The command that made an environment, by a file that it leaves there."""

OPTIONAL = re.compile(r"(?P<package>[\w.-]+).*;.*\bextra == ['\"](?P<extra>[\w-]+)['\"]")
"""A requirement of an extra, as the metadata of a distribution says it."""


class Commit(NamedTuple):
    """A commit of a git repository."""

    repository: str
    id: str


def install_command(extra: str) -> str:
    """Return the shell command that adds the optional packages of *extra* to this installation.

    *Why* it names the extras that are there: uv and pipx make the environment of a tool anew.
    """
    tool, source = _tool(), _source()
    extras = sorted({extra, *_complete_extras()}) if tool else [extra]
    requirement = f"{NAME}[{','.join(extras)}]" + (f" @ {source}" if source else "")
    return f"{tool or _pip()} {shlex.quote(requirement)}"


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


def _tool() -> str | None:
    """Return the command of the tool that made this environment for the program alone."""
    prefix = Path(sys.prefix)
    commands = (command for file, command in INSTALLERS.items() if (prefix / file).is_file())
    return next(commands, None)


def _complete_extras() -> set[str]:
    """Return the extras of which every package is installed."""
    packages: dict[str, set[str]] = {}
    for requirement in distribution(NAME).requires or ():
        if match := OPTIONAL.match(requirement):
            packages.setdefault(match["extra"], set()).add(match["package"])
    return {extra for extra, names in packages.items() if all(map(_is_installed, names))}


def _is_installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def _pip() -> str:
    python = shlex.quote(sys.executable)
    return f"{python} -m pip install" if find_spec("pip") else f"uv pip install --python {python}"
