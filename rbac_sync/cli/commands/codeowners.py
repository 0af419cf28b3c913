"""The command that writes the reviewers of the configuration's files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import RbacSyncError
from .. import options, starter_files
from ..configuration_files import file_diff
from ..folders import repository_root
from ..terminal import print_error, print_problems

if TYPE_CHECKING:
    from ...config import CodeOwners

PLACES: Mapping[str, tuple[str, ...]] = {
    "github": (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    "gitlab": ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
}
"""The places of the file in a repository, by forge; the first existing one is used."""


@click.command()
@options.folder
@options.option(
    "forge",
    type=click.Choice(tuple(PLACES)),
    help="The forge that reads the file; without it that of the repository's remote.",
)
@options.flag("check", "Write nothing; exit 1 and show the difference if the file is out of date.")
def codeowners(*, config: Path, forge: str | None, check: bool) -> int:
    """Write CODEOWNERS from the table [owners]. Only the block of rbac-sync is touched.

    A forge looks for it in several places: the first file that is there is used, else one is made.
    """
    from ...views.code_owners import with_block

    root = repository_root(config if config.is_dir() else config.parent)
    path = _place(root, forge or starter_files.detect_forge(root))
    name = path.relative_to(root).as_posix()
    before = _read(path)
    after = with_block(before, *_owners(config, root))
    if after == before:
        click.echo(f"`{name}` is up to date")
    elif check:
        click.echo("\n".join(file_diff(before, after, (name, f"{name}, from [owners]"))))
        hint = "run `rbac-sync codeowners`, and commit the file"
        return print_error(RbacSyncError(f"`{name}` is out of date", hint=hint))
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(after, encoding="utf-8", newline="")
        click.echo(f"wrote `{name}`")
    return 0


def _place(root: Path, forge: str) -> Path:
    """Return the file that *forge* reads in the repository at *root*.

    Raises:
        RbacSyncError: it is a link, or in a linked folder; no forge follows links.
    """
    places = [root / name for name in PLACES[forge]]
    new = root / starter_files.OWNERS_FILE[forge]
    path = next((path for path in places if path.is_symlink() or path.exists()), new)
    if link := next((each for each in (path, path.parent) if each.is_symlink()), None):
        message = f"`{link.relative_to(root)}` is a symbolic link"
        raise RbacSyncError(message, hint="put the file itself there")
    return path


def _read(path: Path) -> str:
    """Return the text of *path*, empty if there is no such file.

    Raises:
        RbacSyncError: it is not UTF-8 text.
    """
    try:
        return path.read_bytes().decode() if path.exists() else ""
    except UnicodeDecodeError:
        raise RbacSyncError(f"`{path.name}` is not UTF-8", hint="save it in that form") from None


def _owners(folder: Path, root: Path) -> tuple[CodeOwners, str]:
    """Return the owners of files, and the root file of the configuration from *root* on.

    Advice on owners is printed here: for several accounts no other command prints it.

    Raises:
        ConfigError: the configuration cannot be used as written.
        RbacSyncError: it names no owners.
    """
    from ...pipeline.configuration import code_owners

    owners, sources = code_owners(folder, datetime.now(UTC))
    print_problems(owners.advice, sources.texts)
    inside = (folder if folder.is_dir() else folder.parent).resolve().relative_to(root)
    return owners, (inside / sources.root.name).as_posix()
