"""The questions about access that a partial read can answer."""

from __future__ import annotations

from ..model import ANYWHERE, Address, Horizon, State


def is_partly_seen(scope: Address | None, live: State, horizon: Horizon) -> bool:
    """Say whether unseen access may exist in *scope*; None is anywhere.

    *live* is the seen state.
    """
    if scope is None or scope == ANYWHERE:
        return horizon.hides_access
    is_shown = live.knows(scope)
    return horizon.hides_access_in(scope) or (not is_shown and horizon.hides_workspaces)
