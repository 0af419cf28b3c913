"""The command that writes files in canonical form."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import options, terraform
from ..configuration_files import file_diff
from ..reservation import replace_content
from ..terminal import print_error

if TYPE_CHECKING:
    from ...pipeline.canonical_form import FormattedFile

STDIN = Path("-")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@options.folder
@options.flag("check", "Write nothing; exit 1 if a file is not in canonical form.")
@options.flag("diff", "Print what changes.")
@terraform.formatting
def fmt(*, paths: tuple[Path, ...], config: Path, check: bool, diff: bool) -> int:
    """Write files in canonical form, and list those that change.

    Takes files, folders, or - for standard input; without PATH the files of the configuration.
    Tables and keys are put in order, comments stay, and what the configuration means does not
    change. A file that cannot be read stays as it is.
    """
    from ...pipeline.canonical_form import Formatting

    if STDIN in paths:
        if len(paths) > 1:
            raise click.UsageError("- stands alone")
        return _format_stdin(check=check, diff=diff)
    formatting, now = Formatting(), datetime.now(UTC)
    for path in paths:
        formatting.add(path, now)
    if not paths:
        formatting.add_configuration(config, now)
    changed = [file for file in formatting.files.values() if not file.is_canonical]
    for file in changed:
        _print_change(file, diff=diff)
        if not check:
            replace_content(file.path, file.before, file.after)
    for error in formatting.errors:
        print_error(error)
    return 1 if (check and changed) or formatting.errors else 0


def _format_stdin(*, check: bool, diff: bool) -> int:
    from ...pipeline.canonical_form import format_content

    file = format_content(STDIN, sys.stdin.buffer.read())
    if check or diff:
        if not file.is_canonical:
            _print_change(file, diff=diff)
    else:
        click.echo(file.after.decode(), nl=False)
    return 1 if check and not file.is_canonical else 0


def _print_change(file: FormattedFile, *, diff: bool) -> None:
    click.echo(file.path)
    if diff:
        sides = (str(file.path), "formatted")
        for line in file_diff(file.before.decode("utf-8-sig"), file.after.decode(), sides):
            click.echo(line)
