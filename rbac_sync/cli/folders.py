"""The folder of a configuration, and the repository around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import RbacSyncError

ROOT = "rbac.toml"


def nearest_folder() -> Path:
    """Return the nearest folder above the current one with a root file, else the current one."""
    return next((each for each in _above() if (each / ROOT).is_file()), Path())


def _above() -> Iterator[Path]:
    """Yield the folders above the current one up to the repository's, unless it has a root file.

    *Why* only folders of the same user: another user could put a configuration there.
    """
    try:
        here, folder = Path.cwd(), Path()
    except FileNotFoundError:
        hint = "change to a folder that is there"
        raise RbacSyncError("the current folder was deleted", hint=hint) from None
    if (here / ROOT).exists() or (here / ".git").exists():
        return
    for each in here.parents:
        if each.stat().st_uid != here.stat().st_uid:
            return
        folder /= ".."
        yield folder
        if (each / ".git").exists():
            return


def repository_root(folder: Path, otherwise: Path | None = None) -> Path:
    """Return the folder of the repository around *folder*, else *otherwise*, or *folder* itself."""
    here = folder.resolve()
    above = (here, *here.parents)
    return next((each for each in above if (each / ".git").exists()), otherwise or here)
