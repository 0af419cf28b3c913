"""The command that draws access, or the changes of access by a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import RbacSyncError
from .. import options
from ..plan_files import read_plan
from ..plans import PARTLY_MADE, run_result
from ..questions import resolve_scope
from ..run import load_configuration, open_backend, read_account

if TYPE_CHECKING:
    from typing import Unpack

    from ...views.reports.graph import Edge
    from ..run import AccountOptions


@click.command()
@click.argument("changes", metavar="[PLAN]", required=False, type=click.Path(path_type=Path))
@options.account
@options.output_form(
    ("dot", "mermaid"), "The language of the graph: that of Graphviz, the default, or Mermaid's."
)
@options.workspace
@options.flag("desired", "Draw the state after the configuration is applied.")
@options.moment("at", "Draw a moment in the past of a store")
@options.file_option("plan", "Draw what a saved plan changes; the same as PLAN.")
def graph(
    *,
    changes: Path | None,
    form: str | None,
    workspace: str | None,
    **chosen: Unpack[AccountOptions],
) -> int:
    """Draw who is in which team and holds which role where; of PLAN, the paths that it changes.

    With PLAN, new paths are green, and removed ones red and dashed. Graphviz makes a picture:
    rbac-sync graph | dot -Tsvg > access.svg
    """
    from ...views.reports import graph as pictures

    if changes and chosen["plan"]:
        raise click.UsageError("name one plan")
    if saved := changes or chosen["plan"]:
        if chosen["desired"] or chosen["at"] or workspace:
            raise click.UsageError("a plan is drawn by itself")
        edges = _changing_edges(saved, chosen["config"], chosen["url"])
    else:
        configuration, account = read_account(**chosen)
        scope = resolve_scope(configuration, account, workspace) if workspace else None
        edges = pictures.state_edges(account.state, scope)
    click.echo(pictures.mermaid(edges) if form == "mermaid" else pictures.dot(edges))
    return 0


def _changing_edges(saved: Path, config: Path, url: str) -> list[Edge]:
    """Return the paths that the plan saved at *saved* changes in the account as it is now.

    Raises:
        StalePlan: it no longer fits the account.
        RbacSyncError: a part of it is applied already.
    """
    from ...pipeline import RunOptions
    from ...pipeline.saved_plan import review_saved
    from ...views.reports.graph import changing_edges

    configuration = load_configuration(config, url)
    backend, requested = open_backend(configuration), RunOptions()
    plan = read_plan(saved)
    review, stale = review_saved(configuration, backend, plan, requested)
    if stale:
        raise stale
    if review.plan.changes != plan.changes:
        raise RbacSyncError(f"`{saved}` is not drawn: {PARTLY_MADE}", hint="make a new plan")
    return changing_edges(run_result(review, configuration).rows, most=None)
