"""How plans are shown, saved, read, approved and followed."""

from __future__ import annotations

import json as jsonlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ConfigError, PlanFileError, PlanRefused, RbacSyncError
from .report import coloured

if TYPE_CHECKING:
    from ..backends.interface import Backend
    from ..errors import Diagnostic
    from ..guard import Finding
    from ..pipeline import Configuration, Review, Wish
    from ..planning import Change, Plan
    from ..planning.planfile import SavedPlan


def validated(folder: Path, now: datetime, *, json: bool) -> int:
    """Check the configuration and print what is wrong with it; return the exit code."""
    from .. import pipeline
    from ..views import diagnostics

    found: Sequence[Diagnostic] = ()
    texts: Mapping[str, str] = {}
    try:
        configuration = pipeline.load(folder)
        texts = configuration.sources.texts
        found = pipeline.validate(configuration, now).advice
    except ConfigError as error:
        if not json:
            raise
        found, code = error.diagnostics, error.exit_code
    else:
        code = 0
    if json:
        click.echo(
            jsonlib.dumps({"valid": code == 0, "diagnostics": diagnostics.machine(found)}, indent=2)
        )
        return code
    if found:
        click.echo(diagnostics.text(found, texts, colour=coloured(sys.stderr)), err=True)
    click.echo("Success! The configuration is valid.")
    return code


def print_review(
    review: Review, configuration: Configuration, findings: Sequence[Finding], *, json: bool
) -> None:
    """Print a plan, what it means for people, and *findings* of the guard."""
    from ..guard.effects import effects

    meaning = effects(review.inquiry)
    if json:
        from ..views import machine

        shown = machine.plan(review.plan, meaning, findings, review.saved)
        click.echo(machine.dumps(shown))
        return
    from ..views import plan

    text = plan.text(
        review.plan,
        meaning,
        findings,
        configuration.sources.texts,
        colour=coloured(sys.stdout),
    )
    click.echo(text)


def print_drift(plan: Plan, saved: SavedPlan, *, json: bool) -> None:
    """Print how live and declared differ."""
    from ..views import drift, machine

    click.echo(machine.dumps(drift.machine(plan, saved)) if json else drift.text(plan))


def save(saved: SavedPlan, out: Path | None) -> None:
    """Write a plan file, if one is asked for; whole or not at all."""
    if out is None:
        return
    part = out.with_name(out.name + ".part")
    part.write_bytes(saved.encoded())
    part.replace(out)
    click.echo(f"Saved the plan to: {out}", err=True)
    click.echo(f"To make exactly these changes: rbac-sync apply {out}", err=True)


def read_plan(path: Path) -> SavedPlan:
    """Read a plan file.

    Raises:
        PlanFileError: there is none, or it is damaged.
    """
    from ..planning.planfile import decoded

    try:
        return decoded(path.read_bytes())
    except OSError as error:
        message = f"cannot read the plan file `{path}`: {error.strerror}"
        raise PlanFileError(message, hint="make one with `rbac-sync plan --out FILE`") from error


def approved(
    configuration: Configuration, backend: Backend, wished: Wish, *, ask: bool
) -> SavedPlan | None:
    """Plan, show the plan, and return it once the user approves; None if they do not.

    Raises:
        PlanRefused: the guard objects, so there is nothing to approve.
        RbacSyncError: there is nobody to ask.
    """
    from .. import pipeline

    if ask and not sys.stdin.isatty():
        message = "there is no terminal to ask for approval on"
        raise RbacSyncError(message, hint="pass `--auto-approve`, or apply a saved plan")
    review = pipeline.plan(configuration, backend, wished)
    print_review(review, configuration, [], json=False)
    if review.findings:
        raise PlanRefused(review.findings, configuration.sources.texts)
    if ask and review.plan.changes and input_line() != "yes":
        click.echo("Apply cancelled.", err=True)
        return None
    return review.saved


def input_line() -> str:
    """Ask for approval and return the answer."""
    click.echo("\nDo you want to make these changes? Only 'yes' is accepted.\n")
    return str(click.prompt("Enter a value", default="", show_default=False)).strip()


def announce(saved: SavedPlan) -> Callable[[Change], None]:
    """Return what to call after each change: on a terminal it counts along."""
    if not sys.stderr.isatty():
        return lambda _: None
    total, done = len(saved.changes), iter(range(1, len(saved.changes) + 1))

    def progress(change: Change) -> None:
        from ..views.escape import visible

        line = f"[{next(done)}/{total}] {visible(str(change.address))}"
        click.echo(f"\r\x1b[K{line[:100]}", nl=False, err=True)

    return progress


@contextmanager
def keeping(
    saved: SavedPlan, keys_out: Path | None
) -> Iterator[Callable[[Mapping[str, str]], None]]:
    """Make room for the secrets of new keys before anything is changed; undo that on failure.

    Raises:
        RbacSyncError: the plan makes keys and there is nowhere to put them.
    """
    if keys_out is None:
        if any(str(change.address.kind) == "key" and change.after for change in saved.changes):
            message = "the plan makes API keys, and their secrets are shown only once"
            raise RbacSyncError(message, hint="say where they go: `--keys-out FILE`")
        yield lambda _: None
        return
    try:
        descriptor = os.open(keys_out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        message = f"cannot create `{keys_out}`: {error.strerror}"
        raise RbacSyncError(message, hint="name a file that does not exist yet") from error
    with os.fdopen(descriptor, "w") as file:

        def keep(secrets: Mapping[str, str]) -> None:
            file.seek(0)
            file.truncate()
            file.write(jsonlib.dumps(dict(secrets), indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())

        try:
            yield keep
        except BaseException:
            keys_out.unlink()
            raise


def shown_plan(saved: SavedPlan, *, json: bool) -> str:
    """Return a saved plan as text, without what only a look at live could say."""
    from ..views import plan

    return saved.encoded().decode().rstrip() if json else plan.changes_text(saved.changes)
