"""The projects, flows and flow runs of a tenant, which are stored and not executed.

Each is a document of the tenant. A table has one kind of them; every object
except a project belongs to an object of the table above.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID, uuid5

from ...backends.store.documents import Document
from ...dataclasses import dataclass, field
from ...model import ACCOUNT, Instant
from ..read_view import ReadView
from .budget import Budget
from .filters import Row

LINE = 64
"""The number of characters of objects that costs as much as one part of a filter."""

SOURCE = "flow-source"
"""The kind of document with a flow as its author wrote it, by the id of the flow.

*Why* outside of the flow: it may have megabytes, and lists of flows seldom show it.
"""

ReadTable = Callable[[str], list[Row]]
"""Returns all rows of a table."""


@dataclass(frozen=True, slots=True)
class ObjectTable:
    """One kind of object: its table, and its place in the hierarchy of tables."""

    name: str
    subject: str
    """The object of its permissions, such as that of `create:run`."""

    above: str = ""
    """The table of the objects above; empty: the tenant itself."""

    below: str = ""
    """The table of the objects below, if there is one."""

    decode: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)
    """The decoders of columns that are not JSON."""

    @property
    def parent(self) -> str:
        """The column with the id of the object above."""
        return f"{self.above}_id"


PROJECT = ObjectTable("project", "project", below="flow")
FLOW = ObjectTable("flow", "flow", above="project", below="flow_run", decode={"project_id": UUID})
FLOW_RUN = ObjectTable(
    "flow_run",
    "run",
    above="flow",
    decode={
        "flow_id": UUID,
        "created_by_user_id": UUID,
        "scheduled_start_time": Instant.fromisoformat,
        "state_timestamp": Instant.fromisoformat,
    },
)
OBJECT_TABLES: Mapping[str, ObjectTable] = {t.name: t for t in (PROJECT, FLOW, FLOW_RUN)}


def object_rows(view: ReadView, budget: Budget, of: ObjectTable, read: ReadTable) -> list[Row]:
    """Return the rows of a table, oldest first, unless reading them is too much work.

    *read* returns the rows of a linked table, when a link is followed.
    """
    outlines = view.documents.outlines(of.name, ACCOUNT)
    budget.spend(sum(outline.size for outline in outlines) // LINE)

    @cache
    def above() -> Mapping[UUID, Row]:
        return {row.columns["id"]: row for row in read(of.above)}

    @cache
    def below() -> Mapping[UUID, list[Row]]:
        def parent(row: Row) -> UUID:
            return UUID(str(row.columns[f"{of.name}_id"]))

        return {k: list(v) for k, v in groupby(sorted(read(of.below), key=parent), parent)}

    def row(document: Document) -> Row:
        columns = columns_of(view, of, document)
        links: dict[str, Callable[[], Any]] = {}
        if of.above:
            links[of.above] = lambda: above()[columns[of.parent]]
        if of.below:
            links[f"{of.below}s"] = lambda: below().get(document.id, [])
        if of is FLOW:
            links["serialized_flow"] = lambda: source(view, document.id).content
            links["flow_group"] = lambda: Row({"id": columns["flow_group_id"], "labels": None}, {})
        if of is FLOW_RUN:
            links["states"] = lambda: [_last_state(columns)]
        return Row(columns, links)

    return [row(document) for document in view.documents.of(of.name, ACCOUNT)]


def columns_of(view: ReadView, of: ObjectTable, document: Document) -> Mapping[str, Any]:
    """Return the columns of the object in *document*."""
    content = document.content
    decoded = {name: decode(content[name]) for name, decode in of.decode.items()}
    columns = {
        **content,
        **decoded,
        "id": document.id,
        "tenant_id": view.account_id,
        "created": document.created,
        "updated": document.updated,
    }
    if of is FLOW:
        columns["settings"] = {}
        columns["flow_group_id"] = uuid5(view.account_id, content["version_group_id"])
    return columns


def _last_state(run: Mapping[str, Any]) -> Row:
    """Return the stored state of a run, which is its last one, as a row."""
    columns = {
        "state": run["state"],
        "message": run["state_message"],
        "timestamp": run["state_timestamp"],
        "serialized_state": run["serialized_state"],
    }
    return Row(columns, {})


def source(view: ReadView, flow: UUID) -> Document:
    """Return the flow with this id as its author wrote it."""
    document = view.documents.named(SOURCE, ACCOUNT, str(flow))
    assert document is not None, "each flow is kept with its source"
    return document
