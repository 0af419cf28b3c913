"""The API keys that a plan makes, whose secrets need a place."""

from __future__ import annotations

from collections.abc import Iterable

from ..backends.interface import Backend
from ..model import Key
from ..planning import Change, Writes
from ..planning.planfile import SavedPlan
from .queries import live_account
from .review import Review


def new_keys(review: Review) -> list[str]:
    """Return the addresses of the API keys that a new plan makes."""
    known = review.context.capabilities
    rotates = known is not None and Writes.ROTATED_KEYS in known.writes
    return [str(key.address) for key in _created_keys(review.plan.changes, rotates=rotates)]


def unmade_keys(saved: SavedPlan, backend: Backend) -> list[str]:
    """Return the addresses of the API keys that a saved plan still has to make.

    A key that is live already is not made again.
    """
    if not [*_created_keys(saved.changes, rotates=True)]:
        return []
    account = live_account(backend)
    rotates = Writes.ROTATED_KEYS in account.capabilities.writes
    return [
        str(key.address)
        for key in _created_keys(saved.changes, rotates=rotates)
        if (live := account.state.get(key.address)) is None or (rotates and live != key)
    ]


def _created_keys(changes: Iterable[Change], *, rotates: bool) -> Iterable[Key]:
    """Yield the keys that *changes* make; where keys rotate, a new end makes a new key."""
    for change in changes:
        if isinstance(change.after, Key) and (change.before is None or rotates):
            yield change.after
