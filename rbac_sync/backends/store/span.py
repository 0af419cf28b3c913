"""The selection of rows of a trail between two times, and the properties that group them."""

from __future__ import annotations

from enum import StrEnum
from itertools import product
from math import prod

from ...model import Address, Instant, Kind
from ...model.kind import SPECS
from ...named_tuples import NamedTuple
from ..database.columns import stored

KEY = SPECS[Kind.KEY].table
KEY_SHAPES = tuple(f"{KEY}{sides}" for sides in ".+-=")
SECOND = 1_000_000
MOST = 128
"""The most parts of a span that are read one by one."""


class By(StrEnum):
    """The property by which the rows of a span are grouped and counted, as an expression of SQL.

    ``SHAPE`` decides the name of an event. ``THING`` is the shape and the address, ``PLACE``
    the workspace of the object.
    """

    SHAPE = "shape"
    THING = "shape || '/' || object_id"
    ACTOR = "applier"
    PLACE = "place"


class Interval(NamedTuple):
    """Groups rows by time: intervals of *width* microseconds from *since* on."""

    since: Instant
    width: int


class Span(NamedTuple):
    """The rows of a trail from one time to another, both included.

    *shapes*, *appliers*, *objects*, which are addresses as text, and *places*, which are
    workspaces, leave other rows out unless they are None. *objects* leave no rows of keys
    out: two adjacent ones may be one event.
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

    def parts(self) -> tuple[list[str], dict[str, object]]:
        """Return the further conditions of each part of the span, and the values that they name.

        Parts have no row in common. *Why* parts: an index has the rows of each in order of
        time, so that the first of them are found without the others.
        """
        places = None if self.places is None else frozenset(map(str, self.places))
        criteria = {"place": places, "applier": self.appliers, "shape": self.shapes}
        chosen = {name: sorted(values) for name, values in criteria.items() if values is not None}
        every = "".join(f" AND {name} IN (:{name}s)" for name in chosen)
        lists: dict[str, object] = {f"{name}s": values for name, values in chosen.items()}
        if self.objects is not None:
            others = f" AND object_id IN (:objects) AND object_table <> '{KEY}'{every}"
            of_keys = (f" AND shape = '{shape}'{every}" for shape in KEY_SHAPES)
            return [others, *of_keys], {**lists, "objects": sorted(self.objects)}
        if prod(map(len, chosen.values())) > MOST:
            return [every], lists
        named = {name: {f"{name}_{n}": v for n, v in enumerate(of)} for name, of in chosen.items()}
        each = ([f" AND {name} = :{value}" for value in of] for name, of in named.items())
        single = {name: value for of in named.values() for name, value in of.items()}
        return list(map("".join, product(*each))), {**single}


def grouping(by: By | Interval, *, is_file: bool) -> str:
    """Return the expression that is equal for the rows of one group."""
    return by.value if isinstance(by, By) else interval_number(by, is_file=is_file)


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
