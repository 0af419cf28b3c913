"""What an account would be without one run of its trail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import RbacSyncError
from ..model import Action, Address, Catalogue, Resource, State
from ..planning.planner import normal
from .record import Record, change
from .replay import Difference, differences, is_change, replay

SHORTEST = 8
"""How many characters of the id of a run are enough to name it."""

LATER = "undo the later run first, or change it in the configuration"


def run_named(written: str, records: Iterable[Record]) -> str:
    """Return the id of the run on record that *written* is, or begins.

    Raises:
        RbacSyncError: there is none, or more than one.

    """
    runs = {record.run for record in records if is_change(record)}
    found = sorted(run for run in runs if run.startswith(written))
    if not found or (len(written) < SHORTEST and written not in runs):
        hint = "`rbac-sync audit log` shows the runs; eight characters of one are enough"
        raise RbacSyncError(f"no run `{written}` is on record", hint=hint)
    if len(found) > 1:
        hint = f"write more of it: {', '.join(f'`{run}`' for run in found)}"
        raise RbacSyncError(f"`{written}` begins more than one run", hint=hint)
    return found[0]


def without(run: str, records: Sequence[Record], catalogue: Catalogue, live: State) -> State:
    """Return *live*, in normal form, as if *run* had not been; *records* are the whole trail.

    Raises:
        RbacSyncError: something that the run changed has been changed since.

    """
    places = [i for i, record in enumerate(records) if record.run == run and is_change(record)]
    before, after = (
        normal(replay(records[:end], catalogue), catalogue) for end in (places[0], places[-1] + 1)
    )
    draft = normal(live, catalogue).draft()
    undone = [d for d in differences(before, after) if not _is_undone(d, draft)]
    for difference in undone:
        if draft.find(_either(difference)) != difference.live:
            message = f"`{difference.address}` has been changed since that run"
            raise RbacSyncError(message, hint=LATER)
    for difference in undone:
        if difference.recorded is None and difference.live is not None:
            draft.remove(difference.live)
    for difference in undone:
        if difference.recorded is not None:
            draft.put(difference.recorded)
    return draft


def former_names(run: str, records: Iterable[Record]) -> dict[Address, Address]:
    """Return, by the name that each thing had which *run* renamed, the one that it has now."""
    changes = (change(r) for r in records if r.run == run and is_change(r))
    return {c.before.address: c.address for c in changes if c.action is Action.RENAME and c.before}


def _is_undone(difference: Difference, live: State) -> bool:
    return live.find(_either(difference)) == difference.recorded


def _either(difference: Difference) -> Resource:
    found = difference.recorded or difference.live
    assert found is not None, "a difference has at least one side"
    return found
