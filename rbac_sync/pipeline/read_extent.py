"""The extent of the reads of a run: more of the account is read until it is enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..guard import Finding, RuleId
from ..model import Horizon
from ..planning import Plan
from ..planning.extent import Extent, ScopesOf, extent_of_changes

if TYPE_CHECKING:
    from ..backends.interface import Session

LEAST_MORE, MORE = 16, 8
"""The workspaces that are read beside a part of the account to see more, and for each in it."""


def scopes_of(session: Session) -> ScopesOf | None:
    """Return a function that finds bindings without a read of all; None if the target has none."""
    recorded = session.recorded_session
    return recorded.live_holdings.scopes if recorded else None


def wider(
    extent: Extent,
    plan: Plan,
    horizon: Horizon,
    findings: Sequence[Finding] = (),
    find: ScopesOf | None = None,
) -> Extent:
    """Return the extent that *plan* needs, after *extent* was requested and *horizon* read.

    *find* finds bindings; see ``scopes_of``.

    It is *extent* itself if that is enough. *Why* more if the guard has *findings*: on a part of
    the account it may refuse a plan that it would let pass on the whole. If all of them are about
    shares, some more workspaces may be enough: a share is one of all live things that were read.
    """
    if extent is None or not horizon.unread:
        return extent
    changed = extent_of_changes(plan.changes, plan.live, find)
    if changed is None or plan.unknown or any(f.rule is not RuleId.THRESHOLD for f in findings):
        return None
    others = sorted(horizon.unread) if findings else []
    return extent.union(changed, others[: LEAST_MORE + MORE * len(extent)])
