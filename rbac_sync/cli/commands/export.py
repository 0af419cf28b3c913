"""The command that writes who has what for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import options
from ..reservation import Reservation
from ..run import UNKNOWN, read_account

if TYPE_CHECKING:
    from typing import Unpack

    from ...pipeline.queries import LiveAccount
    from ..run import AccountOptions


@click.command()
@options.output_form(
    ("csv", "openfga", "cedar"),
    "A table for spreadsheets, a store of OpenFGA, or entities and policies of Cedar.",
    required=True,
)
@click.option(
    "-o",
    "--out",
    "-out",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The file to write; for cedar, the folder.",
)
@options.account
@options.account_state
def export(*, form: str, out: Path | None, **chosen: Unpack[AccountOptions]) -> int:
    """Write who has what, in the form that another tool reads.

    csv: a row for each way in which somebody has a role. openfga: a file for `fga store import`.
    cedar: policies.cedar and entities.json; without PATH both are printed as one JSON object.
    Exit 7 if the key may not read everything, so that rows are missing.
    """
    _, account = read_account(**chosen)
    if form == "cedar":
        _write_cedar(account, out)
    elif out is None:
        click.echo(_text(form, account), nl=False)
    else:
        _write(out, _text(form, account))
    return 0 if account.horizon.is_whole else UNKNOWN


def _text(form: str, account: LiveAccount) -> str:
    if form == "csv":
        from ...views.exports.csv_table import csv_table

        return csv_table(account.access)
    from ...views.exports.openfga import openfga_store

    return openfga_store(account.target.account, account.access)


def _write_cedar(account: LiveAccount, folder: Path | None) -> None:
    from ...views import plan_json
    from ...views.exports.cedar import cedar_files

    files = cedar_files(account.target.account, account.access)
    if folder is None:
        click.echo(plan_json.dumps(files))
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        _write(folder / name, text)


def _write(path: Path, text: str) -> None:
    with Reservation(path) as file:
        file.fill([text.encode()])
    click.echo(path)
