"""The checks of a trail one by one, each in a pass of its own: what the check in one pass finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rbac_sync.audit.chain import Flaw, Link
from rbac_sync.audit.replay import Replay, is_change, misfiled, recorded_change, unreadable
from rbac_sync.errors import RbacSyncError
from rbac_sync.model import Catalogue


def gaps(links: Iterable[Link], catalogue: Catalogue) -> Iterator[Flaw]:
    """Yield each row that changes an unknown resource, creates an existing one or is misfiled.

    Only this shows a change by other means that later rows have covered up.

    Raises:
        RbacSyncError: a record of a change cannot be read.

    """
    replay = Replay(catalogue)
    for row in links:
        record = row.record
        if is_change(record):
            change = recorded_change(record)
            yield from replay.step(row.seq, change)
            yield from misfiled(row, record, change)


def unreadable_rows(links: Iterable[Link]) -> Iterator[Flaw]:
    """Yield a flaw for each row that cannot be read, even if its hash is right."""
    for row in links:
        try:
            record = row.record
            if is_change(record):
                recorded_change(record)
        except RbacSyncError as error:
            yield unreadable(row, error)
