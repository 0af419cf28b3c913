"""The API keys that a plan has still to make."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..backends.interface import Backend
    from ..model import Key, State
    from ..planning.planfile import SavedPlan


def unmade_keys(saved: SavedPlan, backend: Backend) -> list[str]:
    """Return the addresses of the API keys whose secrets a plan is still to bring into being.

    Those are keys that it makes and, where a key with another end is another
    key, those that it updates; what is live already is not made again.
    """
    from .. import pipeline
    from ..model import Key

    keys = [(c.before, c.after) for c in saved.changes if isinstance(c.after, Key)]
    if not keys:
        return []
    look = pipeline.look(backend)
    rotates = look.capabilities.rotates_keys
    due = (after for before, after in keys if before is None or rotates)
    return [str(key.address) for key in due if not _is_live(key, look.state, rotates=rotates)]


def _is_live(key: Key, state: State, *, rotates: bool) -> bool:
    found = state.get(key.address)
    return found == key if rotates else found is not None
