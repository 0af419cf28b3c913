"""A row of a table: its columns, and its links to other rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Link = Callable[[], Any]
"""Returns a row, several rows, None, or a value that is too large to be read with the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One row. ``links`` are followed only when they are selected."""

    columns: Mapping[str, Any]
    links: Mapping[str, Link]

    def value(self, name: str) -> Any:
        """Return the value of a column or of a link."""
        link = self.links.get(name)
        return self.columns[name] if link is None else link()
