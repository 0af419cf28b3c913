"""Automations: there are none, which is what clients ask when they deploy."""

from __future__ import annotations

from typing import Annotated

from ...wire.prefect_cloud.orchestration import Carried
from ..auth import RequestScope, workspace
from .collection import WORKSPACE, collection

router = collection(f"{WORKSPACE}/automations", "Automations")


@router.get("/related-to/{resource_id}")
def read_automations_related_to(
    resource_id: str,  # noqa: ARG001 - nothing is related to anything
    at: Annotated[RequestScope, workspace()],
) -> list[Carried]:
    """List those that something has to do with."""
    with at.view():
        return []


@router.delete("/owned-by/{resource_id}", status_code=202)
def delete_automations_owned_by(
    resource_id: str,  # noqa: ARG001 - nothing owns one
    at: Annotated[RequestScope, workspace()],
) -> None:
    """Delete those that belong to something."""
    with at.view():
        return
