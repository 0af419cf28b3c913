"""Where this machine keeps what it knows of an account: its journal and its lock."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path


def folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of this user's state: RBAC_SYNC_STATE_DIR, or the usual place."""
    if chosen := environment.get("RBAC_SYNC_STATE_DIR"):
        return Path(chosen).expanduser()
    usual = environment.get("XDG_STATE_HOME")
    return Path(usual or Path.home() / ".local" / "state") / "rbac-sync"


def journal(url: str, account: str, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the file of the journal of one account of one service."""
    digest = sha256(f"{url}\n{account}".encode()).hexdigest()[:12]
    name = "".join(c for c in account if c.isalnum() or c == "-")[:40]
    return folder(environment) / f"{name}-{digest}.journal"
