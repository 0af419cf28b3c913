"""Changes by hand: a plan of their own, judged like any other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import uuid4

from ..audit.record import Authorship
from ..backends.interface import Backend, Writer
from ..dataclasses import replace
from ..errors import PlanRefused
from ..execution import make_all
from ..guard import GuardContext, examine
from ..model import State
from ..planning import Change, Plan
from .apply import applier_of
from .commit_check import check_made, live_before
from .configuration import Configuration


def change_by_hand(
    configuration: Configuration, backend: Backend, changes: Sequence[Change], reason: str
) -> dict[str, str]:
    """Make *changes* as a plan of their own, judged like any other; return new secrets.

    No author is needed: the applier of a change by hand is its author.

    Raises:
        PlanRefused: the guard objects; nothing was written.
    """
    run, part = str(uuid4()), configuration.part(())  # no access is compared with what is declared

    def work(writer: Writer) -> dict[str, str]:
        applier = applier_of(writer)
        configured = part.declaration_for(writer).policy
        policy = replace(configured, allow_self_reduction=True, require_author=False)
        live, now, can = live_before(writer, changes), writer.now(), writer.capabilities
        plan = Plan(live, tuple(_from_live(change, live) for change in changes))
        horizon = writer.horizon()
        context = GuardContext(plan, writer.catalogue, applier, now, policy, can, horizon=horizon)
        if findings := examine(context):
            raise PlanRefused(findings)
        authorship = Authorship(applier, run, reason=reason)
        check = partial(check_made, context, writer)
        return make_all(plan.changes, writer, authorship, lambda _: None, lambda _: None, check)

    return backend.transact(run, work)


def _from_live(change: Change, live: State) -> Change:
    """Return *change*, with the live resource as ``before`` of a deletion."""
    if change.before is None or change.after is not None:
        return change
    return replace(change, before=live.find(change.before) or change.before)
