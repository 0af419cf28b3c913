"""The command that plans the reversal of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .. import options
from ..plan_files import save
from ..plans import print_run, run_result
from ..questions import check_addresses, read_checkpoint
from ..run import load_configuration, open_backend, run_options


@click.command()
@click.argument("run")
@options.account
@options.as_json
@options.full
@options.out
@options.selecting
@options.simulated
@options.author
@options.loosening
@options.checkpoints("A checkpoint of the audit trail from before; may repeat.")
def undo(
    *,
    run: str,
    config: Path,
    url: str,
    json: bool,
    out: Path | None,
    checkpoint: tuple[Path, ...],
    **arguments: Any,
) -> int:
    """Show the plan that reverts RUN, from the audit trail. Changes nothing.

    RUN is the id of a run, or the beginning of one. Resources that were renamed, deleted or created
    again since the run are refused, and so is an incomplete trail. Keys that the run revoked are
    not made again, and roles, places in teams and invitations that have ended are not given again.
    The guard judges the plan as any other; --out saves it for `rbac-sync apply FILE`. Exit 0, or 3
    if the guard refuses.
    """
    from ...pipeline import undo as reversal

    configuration = load_configuration(config, url)
    backend = open_backend(configuration)
    checkpoints = [read_checkpoint(path) for path in checkpoint]
    requested = run_options(arguments, configuration)
    review = reversal.undo(configuration, backend, run, requested, checkpoints)
    check_addresses(review, requested.selection)
    print_run(run_result(review, configuration), json=json)
    if review.findings:
        return 3
    save(review, out)
    return 0
