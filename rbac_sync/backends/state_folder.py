"""The folder of the user's state: journals, and files of plans."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ..errors import BackendError

FOLDER_VARIABLE = "RBAC_SYNC_STATE_DIR"
"""The variable that names the folder."""


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder: RBAC_SYNC_STATE_DIR, or the default of the platform.

    Raises:
        BackendError: neither is known: a container's user may have no home folder.
    """
    if chosen := environment.get(FOLDER_VARIABLE):
        return Path(chosen).expanduser()
    usual = environment.get("XDG_STATE_HOME")
    try:
        return Path(usual or Path.home() / ".local" / "state") / "rbac-sync"
    except RuntimeError:
        message = "this user has no home folder to keep journals in"
        raise BackendError(message, hint=f"set `{FOLDER_VARIABLE}` to a folder") from None


def make_private(folder: Path) -> None:
    """Create *folder* if it is missing; only this user may enter what is created.

    Raises:
        OSError: it cannot be created.
    """
    missing = [each for each in folder.parents if not each.exists()]
    for each in (*reversed(missing), folder):
        each.mkdir(mode=0o700, exist_ok=True)
