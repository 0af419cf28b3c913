"""What commands start from: the configuration, the credential, what is live, what is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import CredentialError

if TYPE_CHECKING:
    from ..model import Address
    from ..pipeline import Configuration, Look, Wish

KEY = "RBAC_SYNC_API_KEY"


def api_key() -> str | None:
    """Return the credential; it comes from the environment alone, never from a flag or a file."""
    return os.environ.get(KEY) or None


def configured(folder: Path, url: str) -> Configuration:
    """Read the configuration below *folder*."""
    from .. import pipeline

    return pipeline.load(folder, url)


def wish(asked: Mapping[str, Any]) -> Wish:
    """Return what the options of a command ask for.

    Raises:
        click.UsageError: removals are allowed without a reason.
    """
    from ..pipeline import Wish
    from ..planning.selection import Selection

    if asked.get("allow_deletes") and not asked.get("reason"):
        raise click.UsageError("--allow-deletes needs --reason TEXT, which goes on record")
    return Wish(
        simulated=asked.get("as"),
        author=asked.get("on_behalf_of"),
        selection=Selection(tuple(asked["target"]), tuple(asked["exclude"])),
        allow_self_reduction=asked["allow_self_reduction"],
        allow_public=asked["allow_public"],
        allow_deletes=asked["allow_deletes"],
        reason=asked["reason"],
    )


def looked(folder: Path, url: str) -> Look:
    """Return what is live in the account that the configuration names."""
    from .. import pipeline

    return pipeline.look(configured(folder, url).backend(api_key()))


def credentialled(folder: Path, url: str) -> tuple[Look, Address]:
    """Return what is live, and whose credential this is.

    Raises:
        CredentialError: there is none.
    """
    look = looked(folder, url)
    if look.applier is None:
        raise CredentialError("there is no credential", hint=f"set `{KEY}`")
    return look, look.applier


def located(folder: Path, url: str) -> str:
    """Return the database of a store command: the one named, configured, or the usual one."""
    from .. import pipeline

    root = folder / "rbac.toml" if folder.is_dir() else folder
    if url or not root.exists():
        return url or pipeline.STORE
    return pipeline.load(folder).settings.url
