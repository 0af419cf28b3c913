"""The folder of the user's state: journals, and files of plans."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

FOLDER_VARIABLE = "RBAC_SYNC_STATE_DIR"
"""The variable that names the folder."""


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder: RBAC_SYNC_STATE_DIR, or the default of the platform."""
    if chosen := environment.get(FOLDER_VARIABLE):
        return Path(chosen).expanduser()
    usual = environment.get("XDG_STATE_HOME")
    return Path(usual or Path.home() / ".local" / "state") / "rbac-sync"
