"""The schedules of deployments, which are stored with them. The server starts no scheduled run."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4, uuid5

from ....backends.store.documents import Document
from ....backends.store.handlers.objects import DOCUMENTS
from ....model import ObjectType
from ....wire.prefect_cloud.workspace_objects import deployments as wire
from ...auth import RequestScope, workspace
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ...refusals import Missing
from ..collection import WORKSPACE, Collection
from . import documents, levels
from .documents import Content

KIND = DOCUMENTS[ObjectType.DEPLOYMENT]
SEE, WRITE = "see_deployments", "write_deployments"
OURS = frozenset({"id", "created", "updated", "deployment_id"})
"""Fields of a schedule that a request cannot set."""

router = Collection(f"{WORKSPACE}/deployments/{{id}}/schedules", "Deployments")


def schedules_of(deployment: Document) -> list[Content]:
    """Return the schedules of a deployment as the API shows them."""
    kept = deployment.content.get("schedules") or ()
    return [_schedule(deployment, place, each) for place, each in enumerate(kept)]


def _schedule(deployment: Document, place: int, kept: Content) -> Content:
    """Return a schedule; one that came with its deployment has the id of its place."""
    at_first = {
        "id": str(uuid5(deployment.id, str(place))),
        "created": deployment.created.isoformat(),
        "updated": deployment.updated.isoformat(),
        "active": True,
    }
    return {**at_first, **kept, "deployment_id": str(deployment.id)}


def without_ours(fields: Content) -> Content:
    """Return the fields of a deployment, without those of schedules that no request can set."""
    if fields.get("schedules") is None:
        return fields
    return {**fields, "schedules": [_sent(each) for each in fields["schedules"]]}


def _sent(schedule: Content) -> Content:
    return {name: value for name, value in schedule.items() if name not in OURS}


@router.reads("GET", "", workspace(SEE))
def read_deployment_schedules(view: ReadView, at: RequestScope, id: UUID) -> list[wire.Schedule]:
    """List the schedules of a deployment."""
    return _answers(schedules_of(documents.get(view, at, KIND, id)))


@router.writes("POST", "", workspace(WRITE), status_code=201)
def create_deployment_schedules(
    transaction: WriteTransaction, at: RequestScope, id: UUID, body: list[wire.ScheduleCreate]
) -> list[wire.Schedule]:
    """Add schedules to a deployment."""
    there = schedules_of(documents.get(transaction.view, at, KIND, id))
    now = transaction.view.now.isoformat()
    moments = {"created": now, "updated": now}
    new = [{"id": str(uuid4()), **moments, **_of(each)} for each in body]
    deployment = _keep(transaction, at, id, [*there, *new])
    return _answers(schedules_of(deployment)[len(there) :])


@router.writes("PATCH", "/{schedule_id}", workspace(WRITE), status_code=204)
def update_deployment_schedule(
    transaction: WriteTransaction,
    at: RequestScope,
    id: UUID,
    schedule_id: UUID,
    body: wire.ScheduleUpdate,
) -> None:
    """Change the given fields of a schedule; parameters that are not given are emptied.

    Source: [S], the vendor's open-source server; its Terraform provider relies on it.
    """
    there, place = _find(transaction, at, id, schedule_id)
    changes = {"parameters": {}, **_of(body), "updated": transaction.view.now.isoformat()}
    there[place] = {**there[place], **changes}
    _keep(transaction, at, id, there)


@router.writes("DELETE", "/{schedule_id}", workspace(WRITE), status_code=204)
def delete_deployment_schedule(
    transaction: WriteTransaction, at: RequestScope, id: UUID, schedule_id: UUID
) -> None:
    """Delete a schedule."""
    there, place = _find(transaction, at, id, schedule_id)
    _keep(transaction, at, id, [*there[:place], *there[place + 1 :]])


def _of(body: wire.ScheduleUpdate) -> Content:
    """Return the fields that a request sets; a null for ``schedule`` sets nothing."""
    fields = _sent(documents.sent_fields(body))
    return {n: value for n, value in fields.items() if value is not None or n != "schedule"}


def _find(
    transaction: WriteTransaction, at: RequestScope, id_: UUID, schedule_id: UUID
) -> tuple[list[Content], int]:
    """Return the schedules of a deployment, and the index of the one with this id."""
    there = schedules_of(documents.get(transaction.view, at, KIND, id_))
    for place, each in enumerate(there):
        if each["id"] == str(schedule_id):
            return there, place
    raise Missing


def _keep(
    transaction: WriteTransaction, at: RequestScope, id_: UUID, schedules: Sequence[Content]
) -> Document:
    """Store the schedules of a deployment, if its access list allows it to the caller."""
    deployment = documents.get(transaction.view, at, KIND, id_)
    levels.check(transaction.view, deployment, levels.MANAGE)
    return documents.update(transaction, deployment, {"schedules": list(schedules)})


def _answers(schedules: Sequence[Content]) -> list[wire.Schedule]:
    return [wire.Schedule.model_validate(each) for each in schedules]
