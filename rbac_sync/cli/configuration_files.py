"""The files of a configuration on the command line: exported, written, compared."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ConfigError, Place, RbacSyncError
from .input_files import LARGEST
from .reservation import Reservation

if TYPE_CHECKING:
    from ..model.settings import Settings
    from ..pipeline.queries import LiveAccount


def export_files(live_account: LiveAccount, settings: Settings, folder: Path) -> dict[str, str]:
    """Return the live state as the files of a configuration in *folder*, by name.

    A note on standard error says how many parts of it a configuration cannot hold.

    Raises:
        RbacSyncError: the key may not read everything.
    """
    from .. import config
    from ..config.export import LEFT_OUT, export
    from ..views.words import counted

    if not live_account.horizon.is_whole:
        message = "this key is not shown all of the account, so it cannot be written down"
        raise RbacSyncError(message, hint="; ".join(live_account.horizon.reasons))
    files = export(
        live_account.state,
        live_account.catalogue,
        replace(settings, url=config.relative_url(settings.url, folder)),
        live_account.now,
        live_account.capabilities,
    )
    if many := files["rbac.toml"].count(f"\n{LEFT_OUT}"):
        note = f"note: {counted(many, 'live part')} cannot be written and stays as it is"
        click.echo(f"{note}: the end of `rbac.toml` says which, and why", err=True)
    return files


def write_configuration(
    files: Mapping[str, str], folder: Path, *, overwrite: bool, is_whole: bool = False
) -> Iterator[str]:
    """Write *files* below *folder* and yield the name of each; none if one cannot be written.

    If *files* are those of a whole account (*is_whole*), the files of other workspaces are deleted
    at the end, and named, too: a plan would create these workspaces again.

    Raises:
        RbacSyncError: a file exists already, without *overwrite*, or cannot be written; a folder
            has the name of a file to delete; or a folder below *folder* is a link, which no reader
            of the files follows.
    """
    from ..views.escape import visible

    stale = sorted(_of_other_workspaces(files, folder)) if is_whole else []
    paths = [folder / name for name in files]
    existing = [path for path in (*paths, *stale) if path.exists()]
    if existing and not overwrite:
        message = f"`{existing[0]}` is there already"
        raise RbacSyncError(message, hint="choose an empty folder, or pass `--overwrite`")
    parents = dict.fromkeys(path.parent for path in (*paths, *stale))
    if link := next((each for each in parents if each != folder and each.is_symlink()), None):
        raise RbacSyncError(f"`{link}` is a symbolic link", hint="put the folder itself there")
    if inner := next((each for each in stale if each.is_dir() and not each.is_symlink()), None):
        raise RbacSyncError(f"`{inner}` is a folder, not a file", hint="move it to another place")
    with ExitStack() as stack:
        for parent in parents:
            parent.mkdir(parents=True, exist_ok=True)
        reserved = [stack.enter_context(Reservation(path)) for path in paths]
        for path, file, text in zip(paths, reserved, files.values(), strict=True):
            file.fill([text.encode()])
            yield str(path)
        for path in stale:
            path.unlink()
            yield visible(f"deleted {path}")


def _of_other_workspaces(files: Mapping[str, str], folder: Path) -> Iterator[Path]:
    """Yield the files in *folder* of workspaces that *files* do not declare.

    *Why* not where a name differs in case alone: on a disk that ignores case it is the same file.
    """
    from ..config.export import ONE_EACH

    names = {name.casefold() for name in files}
    for path in folder.glob(ONE_EACH):
        if path.relative_to(folder).as_posix().casefold() not in names:
            yield path


def compare_configuration(files: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Yield a unified diff of each file that differs between *files* and *folder*.

    A configuration file that exists only in the folder counts as different; other files do not.

    Raises:
        ConfigError: a file is a link, or no regular file. *Why* links are not followed: the
            differences would show the content of any file of this machine.
    """
    from ..config.files import UnreadableFile, read

    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.toml")}
    for name in sorted(names | files.keys()):
        is_there, new = os.path.lexists(folder / name), files.get(name, "")
        try:
            content = read(folder, name, LARGEST) if is_there else b""
        except UnreadableFile as error:
            raise ConfigError([error.at(Place(name))]) from None
        old = content.decode("utf-8-sig", "replace")
        yield from file_diff(old, new, (f"{folder / name}", "live"))


def file_diff(old: str, new: str, sides: tuple[str, str]) -> Iterator[str]:
    """Yield the lines of a unified diff from *old* to *new*, whose names are *sides*."""
    from difflib import unified_diff

    from ..views.escape import visible

    lines = unified_diff(old.splitlines(), new.splitlines(), *sides, lineterm="", n=1)
    yield from map(visible, lines)
