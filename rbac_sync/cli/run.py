"""The start of a command: configuration, credential, live state and options."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import CredentialError, RbacSyncError

if TYPE_CHECKING:
    from ..backends.interface import Backend
    from ..model import Address
    from ..pipeline import Configuration, LiveAccount, RunOptions

KEY = "RBAC_SYNC_API_KEY"
TOKEN = "RBAC_SYNC_OIDC_TOKEN"  # noqa: S105 - the name of a variable


UNKNOWN = 7
"""The exit code where what could not be seen decides: of ``drift``, ``can`` and ``who-can``."""


def api_key() -> str | None:
    """Return the credential; it comes from the environment alone, never from a flag or a file.

    Raises:
        CredentialError: something slipped in where it was copied.
    """
    return _secret(KEY) or None


def _secret(variable: str) -> str:
    from ..backends.copied_text import check_secret

    found = os.environ.get(variable, "")
    check_secret(found, f"`{variable}`")
    return found


def configured(folder: Path, url: str, wait: float = 5.0) -> Configuration:
    """Read the configuration below *folder*; a writer waits *wait* seconds for another."""
    from .. import pipeline

    return pipeline.load(folder, url, wait)


def seen(configuration: Configuration, snapshot: Path | None) -> Backend:
    """Return the backend to look at: the one configured, or a snapshot of it."""
    from .. import pipeline

    if snapshot:
        return pipeline.remembered(snapshot.read_bytes(), datetime.now(UTC))
    return configuration.backend(api_key())


def whom(configuration: Configuration, written: str) -> Address:
    """Return who is meant: a short name, an e-mail address, ``sa:NAME`` or ``team:NAME``.

    Raises:
        RbacSyncError: nobody is.
    """
    from ..model import address

    written = configuration.people.get(written, written)
    kind, colon, name = written.partition(":")
    if written == "everyone":
        return address.EVERYONE
    if colon and kind in ("sa", "team") and name:
        return address.service_account(name) if kind == "sa" else address.team(name)
    if "@" in written[1:-1] and not colon:
        return address.user(written)
    hint = "write a short name of `[people]`, an e-mail address, `sa:NAME` or `team:NAME`"
    raise RbacSyncError(f"`{written}` is no principal", hint=hint)


def run_options(asked: Mapping[str, Any], configuration: Configuration) -> RunOptions:
    """Return what the options of a command ask for.

    Raises:
        click.UsageError: removals are allowed without a reason.
    """
    from ..pipeline import RunOptions
    from ..planning.selection import Selection

    for name in ("allow_deletes", "allow_losers", "allow_gainers"):
        if asked[name] and not asked["reason"]:
            flag = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{flag} needs --reason TEXT, which goes on record")
    return RunOptions(
        simulated=_whom(configuration, asked.get("as")),
        author=_whom(configuration, asked.get("on_behalf_of")),
        token=_secret(TOKEN),
        selection=Selection(tuple(asked["target"]), tuple(asked["exclude"])),
        allow_self_reduction=asked["allow_self_reduction"],
        allow_public=asked["allow_public"],
        allow_deletes=asked["allow_deletes"],
        allow_losers=asked["allow_losers"],
        allow_gainers=asked["allow_gainers"],
        reason=asked["reason"],
        resume=asked.get("resume", False),
    )


def _whom(configuration: Configuration, written: str | None) -> Address | None:
    return whom(configuration, written) if written else None


def looked(folder: Path, url: str) -> tuple[Configuration, LiveAccount]:
    """Return a configuration, and what is live in the account that it names."""
    from .. import pipeline

    configuration = configured(folder, url)
    live_account = pipeline.live_account(configuration.backend(api_key()))
    note_unseen(live_account.horizon.reasons)
    return configuration, live_account


def note_unseen(reasons: Iterable[str]) -> None:
    """Say on standard error what could not be seen, if there is anything."""
    from ..views.escape import visible

    for reason in reasons:
        click.echo(f"note: not everything is seen: {visible(reason)}", err=True)


def note_unsettled(count: int) -> None:
    """Say on standard error how many changes of earlier runs have no known outcome yet."""
    if count:
        changes = "1 change" if count == 1 else f"{count} changes"
        half_way = "an earlier run ended half-way, or is still going on"
        known = f"the outcome of {changes} is not known; `rbac-sync apply` finds it out first"
        click.echo(f"note: {half_way}: {known}", err=True)


def credentialled(folder: Path, url: str) -> tuple[LiveAccount, Address]:
    """Return what is live, and whose credential this is.

    Raises:
        CredentialError: there is none.
    """
    _, live_account = looked(folder, url)
    if live_account.applier is None:
        raise CredentialError("there is no credential", hint=f"set `{KEY}`")
    return live_account, live_account.applier


def located(folder: Path, url: str) -> str:
    """Return the database of a store command: the one named, configured, or the usual one.

    Raises:
        CredentialError: nobody but the configuration says that a password goes there.
    """
    from .. import pipeline
    from ..backends.database.connection import check_of_file
    from ..backends.database.engine import address

    root = folder / "rbac.toml" if folder.is_dir() else folder
    if url or not root.exists():
        return url or pipeline.STORE
    found = pipeline.load(folder).settings.url
    check_of_file(address(found))
    return found
