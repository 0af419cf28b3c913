"""Plan files on the command line: saved, with the command that applies them, and read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import PlanFileError, RbacSyncError, system_reason
from .reservation import Reservation
from .run import next_command

if TYPE_CHECKING:
    from ..pipeline import Review, RunOptions
    from ..planning.planfile import SavedPlan

KEYS, KEYS_OUT = ("--keys-out", "keys.json"), "RBAC_SYNC_KEYS_OUT"


def save(review: Review, out: Path | None) -> None:
    """Write a plan file, if *out* is given, and print the command that makes its changes.

    It is written completely or not at all, and readable by its owner alone.

    Raises:
        RbacSyncError: it cannot be written.
    """
    if out is None:
        return
    from ..pipeline.new_keys import new_keys

    with Reservation(out, private=True) as file:
        file.fill(review.saved.pieces())
    click.echo(f"Saved the plan to: {out}", err=True)
    if not review.plan.changes:
        return
    keys = KEYS if new_keys(review) and not os.environ.get(KEYS_OUT) else ()
    command = next_command("apply", str(out), more=keys)
    click.echo(f"To make exactly these changes: {command}", err=True)


def read_plan(path: Path) -> SavedPlan:
    """Read a plan file.

    Raises:
        PlanFileError: it is damaged, or no plan file.
        RbacSyncError: there is no such file.
    """
    from ..planning.planfile import decoded
    from .input_files import read_input

    try:
        return decoded(read_input(path))
    except PlanFileError as error:
        error.args = (f"{error}: `{path}`",)
        raise
    except OSError as error:
        message = f"cannot read the plan file `{path}`: {system_reason(error)}"
        raise RbacSyncError(message, hint="make one with `rbac-sync plan --out FILE`") from error


def saved_plan(path: Path, requested: RunOptions) -> SavedPlan:
    """Read a plan file that will be applied completely.

    Raises:
        click.UsageError: an option selects a part of it.
    """
    if requested.selection.targets or requested.selection.excludes:
        message = "a saved plan is applied as it is; pass --target and --exclude to `plan`"
        raise click.UsageError(message)
    return read_plan(path)
