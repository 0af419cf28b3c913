"""Single sign-on, which this server has not: it says so in the API's own words."""

from __future__ import annotations

from typing import Annotated

from ...wire.prefect_cloud.sso import ValidateSSO, WorkOSIntegrationResponse
from ..auth import RequestScope, account
from ..refusals import forbidden, not_found
from .collection import ACCOUNT, collection

router = collection(f"{ACCOUNT}/sso", "Account SSO")

ADMINISTER = "administrate:sso"
NONE_HERE = "this server has no single sign-on"


@router.get("/setup_url")
def read_setup_url(at: Annotated[RequestScope, account(ADMINISTER)]) -> str:
    """Refuse: there is nothing to set up."""
    with at.view():
        raise forbidden(NONE_HERE)


@router.get("/dsync_setup_url")
def read_dsync_setup_url(at: Annotated[RequestScope, account(ADMINISTER)]) -> str:
    """Refuse: there is nothing to set up."""
    with at.view():
        raise forbidden(NONE_HERE)


@router.post("/validate", status_code=204)
def validate(
    at: Annotated[RequestScope, account("read:account")],
    body: ValidateSSO | None = None,  # noqa: ARG001 - nobody is led anywhere
) -> None:
    """Say that the caller need not sign in elsewhere."""
    with at.view():
        return


@router.get("/integrations")
def read_integrations(
    at: Annotated[RequestScope, account(ADMINISTER)],
) -> WorkOSIntegrationResponse:
    """Read what is set up: nothing."""
    with at.view():
        return WorkOSIntegrationResponse()


@router.delete("/integrations/{integration_id}", status_code=204)
def delete_integration(
    integration_id: str,  # noqa: ARG001 - there is none
    at: Annotated[RequestScope, account(ADMINISTER)],
) -> None:
    """Refuse: there is none."""
    with at.view():
        raise not_found()
