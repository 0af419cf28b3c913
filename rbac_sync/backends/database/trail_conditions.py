"""Conditions of SQL that hold for each row of a trail that a search selects, and for few others.

They compare texts of the row. Whoever reads the rows that meet them asks the search.
"""

from __future__ import annotations

from ...audit.search import Search
from ...model.address_pattern import normal
from ...model.plain import text
from ...named_tuples import NamedTuple

MOST = 10_000
"""The most characters of a pattern that a database is asked for: SQLite has a limit."""

TO_LIKE = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_", "*": "%", "?": "_"})


class Matching(NamedTuple):
    """The operator by which a database matches patterns, and its function that finds a part.

    The operator uses an index if a pattern begins with a text and the database sorts texts by
    their bytes. SQLite always does.
    """

    like: str
    find: str

    @classmethod
    def of(cls, *, is_file: bool) -> Matching:
        return cls("GLOB", "instr") if is_file else cls("LIKE", "strpos")

    def pattern(self, address: str) -> str:
        """Return *address*, in which ``*`` and ``?`` are special, as the operator takes it."""
        return address if self.like == "GLOB" else address.translate(TO_LIKE)

    def patterns(self, name: str, address: str) -> dict[str, object]:
        """Return the patterns of *address*, of what is below it, and of the message of a rename."""
        return {
            name: self.pattern(address),
            f"{name}_below": self.pattern(f"{address}/*"),
            f"{name}_former": self.pattern(f"`{address}*` renamed to `*"),
        }

    def names(self, name: str) -> str:
        """Return the condition that a row names an address, now or before; see ``patterns``."""
        patterns = (("object_id", name), ("object_id", f"{name}_below"))
        parts = (*patterns, ("message", f"{name}_former"))
        return " OR ".join(f"{column} {self.like} :{value}" for column, value in parts)

    def finds(self, *columns: str) -> str:
        """Return the condition that one of *columns* has the text ``:plain``."""
        return " OR ".join(f'{self.find}("{column}", :plain) > 0' for column in columns)


def conditions(search: Search, *, is_file: bool) -> tuple[str, dict[str, object]]:
    """Return the conditions of *search* besides its time, each after ``AND``, and their values."""
    matching, parts, values = Matching.of(is_file=is_file), list[str](), dict[str, object]()
    if search.who:
        parts.append("applier = :who OR on_behalf_of = :who")
        values["who"] = search.who
    if search.run.isascii() and search.run:
        parts.append("substr(run, 1, :run_length) = :run")
        values |= {"run": search.run, "run_length": len(search.run)}
    if address := address_pattern(search):
        parts.append(matching.names("address"))
        values |= matching.patterns("address", address)
    if search.about is not None:
        parts.append(f"{matching.names('about')} OR {matching.finds('before', 'after', 'info')}")
        values |= matching.patterns("about", str(search.about)) | {"plain": text(search.about)}
    return "".join(f" AND ({part})" for part in parts), values


def address_pattern(search: Search) -> str:
    """Return the pattern of addresses of *search*; empty if no database is asked for it."""
    pattern = normal(search.address)
    return pattern if len(pattern) <= MOST else ""
