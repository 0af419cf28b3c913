"""The file of a store in a repository of git, which should not hold it: it has hashes of keys."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import click

from .folders import repository_root

IGNORE = ".gitignore"


def store_file(url: str) -> Path | None:
    """Return the file of the store at *url*; None for a server."""
    from ..backends.database.engine import address, place

    return place(address(url))


def ignore_file(file: Path | None, folder: Path) -> dict[Path, str]:
    """Return a file that lets git ignore *file* in *folder*; empty if there is one, or no need."""
    is_inside = file is not None and file.resolve().parent == folder.resolve()
    path = folder / IGNORE
    return {path: f"/{_pattern(file)}\n"} if file and is_inside and not path.exists() else {}


def note_unignored(file: Path | None) -> None:
    """Print a note if git does not ignore *file*, which is in a repository."""
    if file is None or not (root := repository_root(file.parent)).joinpath(".git").exists():
        return
    names = file.resolve().relative_to(root).parts
    files = (root.joinpath(*names[:n], IGNORE) for n in range(len(names)))
    texts = (each.read_text(errors="replace") for each in files if each.is_file())
    patterns = {line.strip().strip("/") for text in texts for line in text.splitlines()}
    if not any(fnmatch(name, pattern) for name in names for pattern in patterns):
        line = f"write `/{_pattern(file)}` into the `{IGNORE}` beside it"
        click.echo(f"note: `{file.name}` has hashes of keys: {line}", err=True)


def _pattern(file: Path) -> str:
    """Return the pattern of *file* and of the files that SQLite keeps beside it."""
    return f"{file.name}*"
