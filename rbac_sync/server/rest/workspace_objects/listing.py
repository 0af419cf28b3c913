"""The documents of a workspace that meet a filter, in order and in pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from pydantic import BaseModel

from ....backends.store.documents import Document, Outline
from ....dataclasses import dataclass, field
from ....wire.prefect_cloud.filters import Compares, ComparesParent
from ....wire.prefect_cloud.workspace_objects.documents import ObjectPage
from ...auth import RequestScope
from ...matching import criteria, meets
from ...read_view import ReadView
from ...refusals import InvalidRequest
from ..collection import page
from . import documents

Listed = tuple[Outline, Mapping[str, Any]]
"""A document of a list, with those of its fields that are known."""

OLDEST_FIRST, NEWEST_FIRST, BY_NAME = "CREATED_ASC", "CREATED_DESC", "NAME_ASC"
AGES = frozenset({"created", "id"})
"""The fields whose order is that of creation: the ids of the vendor grow with time."""

AT_ONCE = 200
"""The number of documents whose contents are read at a time for a filter."""


@dataclass(frozen=True)
class DocumentQuery:
    """The documents of one kind that meet a request.

    *Why* outlines where possible: most requests have ids or names, and
    contents are large.
    """

    view: ReadView
    at: RequestScope
    kind: str
    request: ObjectPage
    where: BaseModel | None = None
    has_name: bool = True
    has_parent: bool = False
    shared: Mapping[str, Any] = field(default_factory=dict)
    """The common fields of all documents of the list."""

    order: str = OLDEST_FIRST
    """The order of a list for which the request names none."""

    def page(self) -> list[Document]:
        """Return the page.

        Raises:
            InvalidRequest: the page would be too large.
        """
        rows = page(self.outlines(), self.request)
        return documents.loaded(self.view, self.at, self.kind, rows)

    def outlines(self) -> list[Outline]:
        """Return all that meet the filter, in order."""
        rows = documents.outlines(self.view, self.at, self.kind)
        by, _, direction = (self.request.sort or self.order).lower().rpartition("_")
        read = self._by_contents if self._needs_contents(by) else self._by_outlines
        ranked = [(_rank(row.get(by)), outline) for outline, row in read(rows)]
        if by not in AGES:
            ranked.sort(key=itemgetter(0), reverse=direction == "desc")
        elif direction == "desc":
            ranked.reverse()
        return [outline for _, outline in ranked]

    def _needs_contents(self, by: str) -> bool:
        known = {"id", "name"} if self.has_name else {"id"}
        needed = {says.field for says, _ in criteria(self.where, Compares)} | {by} - AGES
        above = list(criteria(self.request, ComparesParent))
        return bool(needed - known or self.shared or above)

    def _by_outlines(self, rows: Sequence[Outline]) -> Iterator[Listed]:
        for outline in rows:
            name = outline.name or ""
            own = name.partition("/")[2] if self.has_parent else name
            row = {"id": str(outline.id), "name": own}
            if meets(row, self.where):
                yield outline, row

    def _by_contents(self, rows: Sequence[Outline]) -> Iterator[Listed]:
        above = self._of_parents()
        for outline, row in self._read(rows):
            is_here = all(row.get(name) == value for name, value in self.shared.items())
            is_below = all(row.get(name) in ids for name, ids in above.items())
            if is_here and is_below and meets(row, self.where):
                yield outline, row

    def _read(self, rows: Sequence[Outline]) -> Iterator[Listed]:
        for start in range(0, len(rows), AT_ONCE):
            batch = rows[start : start + AT_ONCE]
            for outline, document in zip(
                batch, documents.read_all(self.view, self.at, self.kind, batch), strict=True
            ):
                moments = {name: getattr(document, name).isoformat() for name in MOMENTS}
                yield outline, {**moments, **document.content, "id": str(outline.id)}

    def _of_parents(self) -> dict[str, set[str]]:
        return {
            says.field: {
                str(outline.id)
                for outline in DocumentQuery(
                    self.view,
                    self.at,
                    says.kind,
                    ObjectPage(),
                    where,
                    has_parent=says.kind in NESTED,
                ).outlines()
            }
            for says, where in criteria(self.request, ComparesParent)
        }


def check_order(sort: str | None, shape: type[BaseModel]) -> None:
    """Refuse an order by a field that *shape* does not have, or keeps out of its repr as a secret.

    *Why* not by a secret: the order says which of two secrets is the larger one.
    """
    names = (name for name, each in shape.model_fields.items() if each.repr)
    orders = {f"{name}_{way}" for name in names for way in ("asc", "desc")}
    if sort is not None and sort.lower() not in orders:
        raise InvalidRequest(f"this server has no order `{sort}` here", "sort")


def _rank(value: Any) -> tuple[float, str]:
    """Return the key by which a value is sorted: a number by size, any other value as text."""
    return (value, "") if isinstance(value, int | float) else (0, str(value or ""))


MOMENTS = ("created", "updated")
NESTED = frozenset({"deployment", "work-queue", "block-document"})
"""The kinds whose documents are stored with the id of the parent before their name."""
