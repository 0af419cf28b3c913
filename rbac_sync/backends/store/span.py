"""The selection of events of a trail between two times, and the properties that group them."""

from __future__ import annotations

from enum import StrEnum
from itertools import product
from math import prod

from ...audit.events import MARK
from ...audit.shapes import INDEXED
from ...model import Address, Instant
from ...named_tuples import NamedTuple
from ..database.columns import stored

SECOND = 1_000_000
NOT_INDEXED = f"shape NOT IN {INDEXED}"
"""The condition of the rows of ``audit`` that are one event each."""

MOST = 128
"""The most parts of a span that are read one by one."""


class By(StrEnum):
    """The property by which the events of a span are grouped and counted, as an expression of SQL.

    ``SHAPE`` decides the name of an event. ``THING`` is the shape and the address, with that of
    a member of a team; ``PLACE`` is the workspace of the object.
    """

    SHAPE = "shape"
    THING = "shape || '/' || object_id"
    ACTOR = "applier"
    PLACE = "place"


class Interval(NamedTuple):
    """Groups events by time: intervals of *width* microseconds from *since* on."""

    since: Instant
    width: int


class Span(NamedTuple):
    """The events of a trail from one time to another, both included.

    *shapes*, *appliers*, *objects*, which are addresses as text, and *places*, which are
    workspaces, leave other events out unless they are None. An event of a row that is one event
    is in ``audit``, another one in ``audit_event``.
    """

    since: Instant
    until: Instant
    shapes: frozenset[str] | None = None
    appliers: frozenset[str] | None = None
    objects: frozenset[str] | None = None
    places: frozenset[Address] | None = None

    @property
    def times(self) -> dict[str, object]:
        """The first and the last time, as stored."""
        return {"since": stored(self.since), "until": stored(self.until)}

    def parts(self) -> tuple[list[tuple[str, str]], dict[str, object]]:
        """Return the table and the further conditions of each part, and the values that they name.

        Parts have no event in common. *Why* parts: an index has the events of each in order of
        time, so that the first of them are found without the others.
        """
        places = None if self.places is None else frozenset(map(str, self.places))
        criteria = {
            "place": places,
            "applier": self.appliers,
            "object_id": self.objects,
            "shape": self.shapes,
        }
        chosen = {name: sorted(values) for name, values in criteria.items() if values is not None}
        if (
            self.shapes is None
            or self.objects is not None
            or prod(map(len, chosen.values())) > MOST
        ):
            every = "".join(f" AND {name} IN (:{name}s)" for name in chosen)
            parts = [("audit", f" AND {NOT_INDEXED}{every}"), ("audit_event", every)]
            return parts, {f"{name}s": values for name, values in chosen.items()}
        named = {name: {f"{name}_{n}": v for n, v in enumerate(of)} for name, of in chosen.items()}
        single = {name: value for of in named.values() for name, value in of.items()}
        parts = [
            (
                "audit_event" if str(single[values[-1]]).startswith(MARK) else "audit",
                "".join(
                    f" AND {name} = :{value}" for name, value in zip(named, values, strict=True)
                ),
            )
            for values in product(*named.values())
        ]
        return parts, {**single}


def grouping(by: By | Interval, table: str, *, is_file: bool) -> str:
    """Return the expression that is equal for the events of one group in *table*."""
    if isinstance(by, Interval):
        return interval_number(by, is_file=is_file)
    is_of_member = by is By.THING and table == "audit_event"
    return f"{by.value} || '/' || member" if is_of_member else by.value


def interval_number(by: Interval, *, is_file: bool) -> str:
    """Return the expression for the number of the interval of a row.

    Its time is a text of a fixed width, see ``sortable``.
    """
    second = "substr(timestamp, 1, 19)"
    seconds = (
        f"strftime('%s', {second})"
        if is_file
        else f"extract(epoch FROM CAST({second} || 'Z' AS timestamptz))"
    )
    rest = "CAST(substr(timestamp, 21, 6) AS BIGINT)"
    begin = int(by.since.replace(microsecond=0).timestamp()) * SECOND + by.since.microsecond
    return f"(CAST({seconds} AS BIGINT) * {SECOND} + {rest} - ({begin})) / {by.width}"
