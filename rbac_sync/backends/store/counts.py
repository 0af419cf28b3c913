"""Running counts of a trail: how many events of a shape an account, a place or an applier had.

``audit_count`` has a row for each time at which such events were added: their number, the number
of all up to this time, and the row of the last of them. Two of these rows give the number of events
in a span of any length. The counts follow from the trail; ``audit verify`` compares them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from ...audit.row_facts import Mismatch
from ...named_tuples import NamedTuple
from ..database.parts import batched
from .account import Account
from .derived import expressions
from .row_facts import RESTORE
from .span import NOT_INDEXED, By, Interval, Span, interval_number

ALL, PLACE, APPLIER = "all", "place", "applier"
PARTS = {ALL: "''", PLACE: "place", APPLIER: "applier"}
"""The expression of the parts of the trail that are counted, by aspect."""

REDEFINED = "define the column again as the schema has it, and find out who can change the schema"

OWN = {By.ACTOR: APPLIER, By.PLACE: PLACE}

_TABLES = {"audit": f"account = :account AND {NOT_INDEXED}", "audit_event": "account = :account"}
"""The tables of events, with the condition of those that are counted."""

_ROWS = " UNION ALL ".join(
    f"SELECT '{aspect}' AS aspect, {part} AS part, shape, timestamp, seq FROM {table}"  # noqa: S608
    f" WHERE {such} AND seq > :last AND timestamp = :timestamp"
    for (aspect, part), (table, such) in product(PARTS.items(), _TABLES.items())
)
_NEW = f"""
SELECT aspect, part, shape, timestamp, count(*) AS size, max(seq) AS seq
FROM ({_ROWS}) AS counted GROUP BY aspect, part, shape, timestamp
"""  # noqa: S608
_ADD = f"""
    INSERT INTO audit_count (account, aspect, part, shape, timestamp, size, total, seq)
    SELECT :account, n.aspect, n.part, n.shape, n.timestamp, n.size, n.size + coalesce(
        (SELECT c.total FROM audit_count AS c WHERE c.account = :account AND c.aspect = n.aspect
         AND c.part = n.part AND c.shape = n.shape AND c.timestamp < n.timestamp
         ORDER BY c.timestamp DESC LIMIT 1), 0), n.seq
    FROM ({_NEW}) AS n WHERE true
    ON CONFLICT (account, aspect, part, shape, timestamp) DO UPDATE SET
        size = audit_count.size + excluded.size, total = audit_count.total + excluded.size,
        seq = excluded.seq
"""  # noqa: S608
_RAISE = f"""
    UPDATE audit_count SET total = audit_count.total + n.size FROM ({_NEW}) AS n
    WHERE audit_count.account = :account AND audit_count.aspect = n.aspect
        AND audit_count.part = n.part AND audit_count.shape = n.shape
        AND audit_count.timestamp > n.timestamp
"""  # noqa: S608
"""Adds new rows to the totals of later times. There are such times if a clock was set back."""

_TOTALS = " UNION ALL ".join(
    f"""
    SELECT '{aspect}' AS aspect, {part} AS part, shape, timestamp, count(*) AS size,
           sum(count(*)) OVER (PARTITION BY {part}, shape ORDER BY timestamp) AS total,
           max(seq) AS seq, 0 AS kept
    FROM {table} WHERE {such} GROUP BY part, shape, timestamp
    """  # noqa: S608
    for (aspect, part), (table, such) in product(PARTS.items(), _TABLES.items())
)
"""Counts the whole trail: by each aspect in the order of an index, which takes half the time."""
_RENEW = f"""
INSERT INTO audit_count (account, aspect, part, shape, timestamp, size, total, seq)
SELECT :account, aspect, part, shape, timestamp, size, total, seq FROM ({_TOTALS}) AS counted
"""  # noqa: S608
_KEPT = """
SELECT aspect, part, shape, timestamp, size, total, seq, 1 AS kept
FROM audit_count WHERE account = :account
"""
_WRONG = f"""
SELECT aspect, part, shape, timestamp FROM ({_TOTALS} UNION ALL {_KEPT}) AS counted
GROUP BY aspect, part, shape, timestamp, size, total, seq
HAVING count(*) <> 2 OR sum(kept) <> 1 LIMIT 1
"""  # noqa: S608
"""Finds a count that not each of both has once."""

_OF = "FROM audit_count AS c WHERE c.account = :account AND c.aspect = :aspect"
_NEXT = f"""
SELECT (SELECT min(c.part) {_OF}) AS part UNION ALL
SELECT (SELECT min(c.part) {_OF} AND c.part > parts.part) FROM parts WHERE part IS NOT NULL
"""  # noqa: S608
_GROUPS = f"""
WITH RECURSIVE parts(part) AS ({{parts}}), groups(part, shape) AS (
    SELECT part, (SELECT min(c.shape) {_OF} AND c.part = parts.part) FROM parts
    UNION ALL
    SELECT part, (SELECT min(c.shape) {_OF} AND c.part = groups.part AND c.shape > groups.shape)
    FROM groups WHERE shape IS NOT NULL
)
SELECT g.part, g.shape, z.total - coalesce(
           (SELECT c.total {_OF} AND c.part = g.part AND c.shape = g.shape
            AND c.timestamp < :since ORDER BY c.timestamp DESC LIMIT 1), 0),
       (SELECT min(c.timestamp) {_OF} AND c.part = g.part AND c.shape = g.shape
        AND c.timestamp >= :since),
       z.timestamp, z.seq
FROM groups AS g JOIN audit_count AS z ON z.account = :account AND z.aspect = :aspect
    AND z.part = g.part AND z.shape = g.shape AND z.timestamp =
        (SELECT max(c.timestamp) {_OF} AND c.part = g.part AND c.shape = g.shape
         AND c.timestamp <= :until)
WHERE z.timestamp >= :since
"""  # noqa: S608
"""Finds the groups of a span without reading all their rows. The parts are given as a list, or each
is found as the next one after another."""


class Counted(NamedTuple):
    """The events of a span that are counted by one aspect; *parts* None: all of the aspect."""

    aspect: str
    parts: list[str] | None

    @classmethod
    def of(cls, span: Span, by: By | Interval) -> Counted | None:
        """Return the aspect by which the events of *span* are counted; None if there is none."""
        places = None if span.places is None else sorted(map(str, span.places))
        appliers = None if span.appliers is None else sorted(span.appliers)
        criteria = {PLACE: places, APPLIER: appliers}
        chosen = {aspect: parts for aspect, parts in criteria.items() if parts is not None}
        own = OWN.get(by) if isinstance(by, By) else None
        aspects = {*chosen, *([own] if own else ())}
        if span.objects is not None or by is By.THING or len(aspects) > 1:
            return None
        aspect = next(iter(aspects), ALL)
        return cls(aspect, [""] if aspect == ALL else chosen.get(aspect))


Group = tuple[Any, int, str, str, int]
"""A key, the number of rows with it, their first and last time as stored, and the last row."""


def add(account: Account, last: int, times: Iterable[str]) -> None:
    """Count the events of the trail after row *last*, which have these *times*."""
    ((latest,),) = account.rows("SELECT max(timestamp) FROM audit WHERE account = :account")
    for time in sorted(set(times)):
        account.rows(_ADD, last=last, timestamp=time)
        if time < latest:
            account.rows(_RAISE, last=last, timestamp=time)


def renew(account: Account) -> None:
    """Count the events of the trail anew."""
    account.rows("DELETE FROM audit_count WHERE account = :account")
    account.rows(_RENEW)


def groups(
    account: Account, span: Span, by: By | Interval, counted: Counted, most: int | None
) -> Iterator[Group]:
    """Yield the groups of *span*, at most *most* intervals; several groups may have one key."""
    if isinstance(by, Interval):
        yield from _intervals(account, span, by, counted, most)
        return
    for some in [None] if counted.parts is None else batched(counted.parts):
        named = {f"part{n}": part for n, part in enumerate(some or ())}
        parts = f"VALUES {', '.join(f'(:{name})' for name in named)}" if named else _NEXT
        values = {"aspect": counted.aspect, **span.times, **named}
        for part, shape, *rest in account.rows(_GROUPS.format(parts=parts), **values):
            if span.shapes is None or shape in span.shapes:
                yield (shape if by is By.SHAPE else part, *rest)


def _intervals(
    account: Account, span: Span, by: Interval, counted: Counted, most: int | None
) -> list[Group]:
    number = interval_number(by, is_file=account.connection.is_file)
    shapes = "" if span.shapes is None else "AND shape IN (:shapes)"
    text = f"""
        SELECT {number}, sum(size), min(timestamp), max(timestamp), max(seq) FROM audit_count
        WHERE account = :account AND aspect = :aspect AND part IN (:parts) {shapes}
            AND timestamp BETWEEN :since AND :until
        GROUP BY 1 {"" if most is None else "LIMIT :most"}
    """  # noqa: S608
    lists = {"parts": counted.parts, "shapes": sorted(span.shapes or ())}
    return account.rows(text, aspect=counted.aspect, most=most, **lists, **span.times)


def mismatches(account: Account) -> Iterator[Mismatch]:
    """Yield a mismatch if the counts of *account* are not those of its trail.

    The columns by which rows are counted are derived anew: somebody may have redefined them.
    """
    derived = expressions(is_file=account.connection.is_file)
    wrong = " OR ".join(f"coalesce({name}, '?') <> ({text})" for name, text in derived.items())
    such = f"SELECT seq FROM audit WHERE account = :account AND ({wrong}) ORDER BY seq LIMIT 1"  # noqa: S608
    for (row,) in account.rows(such):
        message = "`shape` or `place` does not follow from the row"
        yield Mismatch(f"`audit` row {row}", message, REDEFINED)
    for aspect, part, shape, timestamp in account.rows(_WRONG):
        where = f"`audit_count` row {aspect}, {part}, {shape}, {timestamp}"
        yield Mismatch(where, "does not count the rows of the trail", RESTORE)
