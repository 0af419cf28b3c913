"""The API keys that a plan makes, whose secrets have to go somewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..backends.interface import Backend
    from ..model import Key
    from ..pipeline import Review
    from ..planning import Change
    from ..planning.planfile import SavedPlan


def new_keys(review: Review) -> list[str]:
    """Return the addresses of the API keys that a plan of now makes."""
    known = review.context.capabilities
    rotates = known is not None and known.rotates_keys
    return [str(key.address) for key in _made(review.plan.changes, rotates=rotates)]


def unmade_keys(saved: SavedPlan, backend: Backend) -> list[str]:
    """Return the addresses of the API keys that a saved plan has still to make.

    A key that is live already is not made again.
    """
    from .. import pipeline

    if not [*_made(saved.changes, rotates=True)]:
        return []
    there = pipeline.live_account(backend)
    rotates = there.capabilities.rotates_keys
    return [
        str(key.address)
        for key in _made(saved.changes, rotates=rotates)
        if (live := there.state.get(key.address)) is None or (rotates and live != key)
    ]


def _made(changes: Iterable[Change], *, rotates: bool) -> Iterable[Key]:
    """Yield the keys that *changes* make: where keys rotate, one with another end is another."""
    from ..model import Key

    for change in changes:
        if isinstance(change.after, Key) and (change.before is None or rotates):
            yield change.after
