"""The rows of a trail that a search selects, found by the indexes of the trail.

A row is found by the names in its columns, see ``audit.replay.misfiled``. *By or for* whom it was
applied has no index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...audit.events import MARK, MEMBER
from ...audit.search import Search
from ...audit.shapes import BOTH, LISTED, NAMED, shapes
from ...model import Address
from ...model.address import binding, workspace
from ...model.plain import text
from ..database.trail_conditions import Matching, address_pattern
from .account import Account

FEW = 10_000
"""The most rows that are found by number. *Why*: more of them may well be all rows."""

RUN = re.compile("[0-9a-f-]+")
"""The beginning of an id in the table ``run``. The run that founds an account is not in it."""

SEQ = "SELECT seq FROM audit WHERE account = :account"
CHANGED = shapes(NAMED, [BOTH])
MEMBERS = [f"{MARK}{MEMBER}.{action}" for action in ("created", "updated", "deleted")]
OF_MEMBER = """
    SELECT seq FROM audit_event
    WHERE account = :account AND shape IN (:members) AND member = :member
"""
OF_RUN = """
    SELECT a.seq FROM run AS r CROSS JOIN audit AS a
    WHERE r.account = :account AND r.id {like} :run
        AND a.account = :account AND a.timestamp = r.created AND a.run = r.id
"""
"""*Why* by time: the rows of a run have the time of the run, and there is no index of runs."""

ACCESS = f"""
    WITH RECURSIVE places(place) AS (
        SELECT (SELECT min(place) FROM audit WHERE account = :account AND place > '')
        UNION ALL
        SELECT (SELECT min(a.place) FROM audit AS a
                WHERE a.account = :account AND a.place > places.place)
        FROM places WHERE place IS NOT NULL
    )
    {SEQ} AND object_id IN (SELECT place || :access FROM places)
"""  # noqa: S608
"""Finds access in all workspaces that the trail names, each by its address."""

Lookup = tuple[str, dict[str, object]]
"""A query for the numbers of rows, and its values."""


def numbers(account: Account, search: Search) -> list[int] | None:
    """Return the numbers of the rows that *search* may select, the newest first.

    None if its criteria have no index, or each has more than a few rows.
    """
    selected: set[int] | None = None
    matching = Matching.of(is_file=account.connection.is_file)
    for lookups in _criteria(search, matching):
        rows = _few(account, lookups)
        if rows is not None:
            selected = rows if selected is None else selected & rows
    return None if selected is None else sorted(selected, reverse=True)


def _few(account: Account, lookups: Iterator[Lookup]) -> set[int] | None:
    """Return the numbers of all rows that *lookups* find; None if there are more than a few."""
    few = set[int]()
    for query, values in lookups:
        few.update(seq for (seq,) in account.rows(f"{query} LIMIT {FEW + 1}", **values))
        if len(few) > FEW:
            return None
    return few


def _criteria(search: Search, matching: Matching) -> Iterator[Iterator[Lookup]]:
    """Yield the lookups of each criterion that has an index."""
    if RUN.fullmatch(search.run):
        run: dict[str, object] = {"run": matching.pattern(f"{search.run}*")}
        yield iter([(OF_RUN.format(like=matching.like), run)])
    if search.about is not None:
        yield _about(search.about, matching)
    if pattern := address_pattern(search):
        yield _named(pattern, matching)


def _named(address: str, matching: Matching) -> Iterator[Lookup]:
    """Yield the lookups of the rows that name *address*, or something below it, now or before."""
    like, (itself, below, former) = matching.like, matching.patterns("_", address).values()
    for pattern in (itself, below):
        yield f"{SEQ} AND object_id {like} :pattern", {"pattern": pattern}
    of_shapes = f"{SEQ} AND shape IN (:shapes) AND message {like} :pattern"
    yield of_shapes, {"shapes": CHANGED, "pattern": former}


def _about(who: Address, matching: Matching) -> Iterator[Lookup]:
    """Yield the lookups of the rows that change something of the principal *who*."""
    yield from _named(str(who), matching)
    somewhere = workspace("w")
    access = str(binding(who, somewhere)).removeprefix(str(somewhere))
    yield ACCESS, {"access": access}
    yield OF_MEMBER, {"members": MEMBERS, "member": str(who)}
    with_text = f"{SEQ} AND shape IN (:shapes) AND ({matching.finds('before', 'after')})"
    yield with_text, {"shapes": LISTED, "plain": text(who)}
