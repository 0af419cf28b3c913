"""Flows, which have deployments and runs, and no access list."""

from __future__ import annotations

from ....wire.prefect_cloud import orchestration as wire
from .document_collection import DocumentCollection, Lookup, Repeat, Rights, routes
from .lookups import by_id, by_name

KIND = "flow"

FLOWS = DocumentCollection(
    kind=KIND,
    path="flows",
    tag="Flows",
    rights=Rights("see_flows", "run_flows", "run_flows", "manage_flows"),
    shape=wire.Flow,
    create=wire.FlowCreate,
    update=wire.FlowUpdate,
    page=wire.ReadFlows,
    criteria="flows",
    fixed=("name",),
    owns={"deployment": "flow_id", "flow-run": "flow_id"},
    repeat=Repeat.RETURN,
    lookups=(
        Lookup("/name/{name}", by_name(KIND), frozenset({"GET"})),
        Lookup("/{id}", by_id(KIND)),
    ),
)

router = routes(FLOWS)
