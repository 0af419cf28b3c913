"""Commands about the live state: pull and show."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import options
from ..accounts import over_accounts
from ..configuration_files import compare_configuration, export_files, write_configuration
from ..notices import note_unseen
from ..plan_files import read_plan
from ..plans import print_saved_plan
from ..reservation import Reservation
from ..run import load_configuration, open_backend, read_account
from ..starter_files import SCHEMA, with_schema
from ..terminal import layout

if TYPE_CHECKING:
    from ...pipeline import Configuration


@click.command()
@over_accounts()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@options.account
@options.flag(
    "overwrite", "Replace files that are there; delete those of workspaces that are gone."
)
@options.file_option("snapshot", "Write what is live as one file, for `plan --live FILE`.")
@options.flag("check", "Write nothing; exit 2 if FOLDER is not what `pull` would write.")
def pull(
    *,
    folder: Path | None,
    config: Path,
    url: str,
    overwrite: bool,
    snapshot: Path | None,
    check: bool,
) -> int:
    """Write what is live as configuration into FOLDER.

    Planning from there says `No changes.`
    """
    from ...pipeline import queries

    if (folder is None) == (snapshot is None):
        raise click.UsageError("say where to: FOLDER, or --snapshot FILE")
    if check and (snapshot or overwrite):
        raise click.UsageError("--check goes with FOLDER alone")
    configuration = load_configuration(config, url)
    if snapshot:
        with Reservation(snapshot, private=True) as file:
            content = queries.snapshot(open_backend(configuration))
            file.fill([content.encoded()])
        note_unseen(content.horizon.reasons)
        return 0
    assert folder is not None, "one of the two is given"
    live_account = queries.live_account(open_backend(configuration), objects=None)
    files = export_files(live_account, configuration.settings, folder)
    if (folder / SCHEMA).exists():
        files = with_schema(files)
    if check:
        differences = list(compare_configuration(files, folder))
        click.echo("\n".join(differences) or f"`{folder}` is what `pull` would write")
        return 2 if differences else 0
    for name in write_configuration(files, folder, overwrite=overwrite, is_whole=True):
        click.echo(name)
    return 0


@click.command()
@click.argument("plan", required=False, type=click.Path(path_type=Path))
@options.account
@options.as_json
@options.full
@options.flag("resolved", "Show the configuration, flat, and where each line comes from.")
def show(*, plan: Path | None, config: Path, url: str, json: bool, resolved: bool) -> int:
    """Show what is live, or the saved plan PLAN as `plan` showed it.

    Effects on people are computed from the account as it is now; where it cannot be read, or the
    plan no longer fits, the changes alone are shown.
    """
    from ...views import plan_json, state

    if resolved:
        if plan:
            raise click.UsageError("--resolved shows the configuration, not PLAN")
        return _show_resolved(load_configuration(config, url), json=json)
    if plan:
        saved = read_plan(plan)
        if json:
            click.echo(saved.encoded().decode().rstrip())
        else:
            print_saved_plan(saved, config, url)
        return 0
    _, live_account = read_account(config=config, url=url)
    if json:
        click.echo(plan_json.dumps(plan_json.state(live_account.state, live_account.catalogue)))
    else:
        click.echo(state.render_state(live_account.state, live_account.catalogue, layout()))
    return 0


def _show_resolved(configuration: Configuration, *, json: bool) -> int:
    from ... import pipeline
    from ...views import flat_configuration, plan_json

    now = datetime.now(UTC)
    declaration, catalogue = pipeline.validate(configuration, now), configuration.catalogue
    rows = flat_configuration.flat_rows(declaration, catalogue, now)
    if json:
        click.echo(plan_json.dumps(flat_configuration.flat_json(rows)))
    else:
        click.echo(flat_configuration.render_flat(rows))
    return 0
