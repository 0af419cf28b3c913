"""Single sign-on: the server has none, and reports who may sign in without it."""

from __future__ import annotations

from typing import Annotated

from ...backends.store.features import SSO
from ...model import Kind, Permission
from ...wire.prefect_cloud.sso import ValidateSSO, WorkOSIntegrationResponse
from ..auth import RequestScope, account
from ..refusals import forbidden, not_found
from .collection import ACCOUNT, collection

router = collection(f"{ACCOUNT}/sso", "Account SSO")

ADMINISTER, BYPASS = "administrate:sso", "bypass:sso"
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
    """Say that the caller need not sign in by SSO.

    *Why* nobody ever has: this server lets people in by keys, so in an account
    that takes SSO of its people only those are let by who may bypass it.

    Raises:
        Refusal: the account takes it of the caller.

    """
    with at.view() as view:
        signs_in = view.caller.kind is Kind.USER and SSO in view.session.account.features
        if signs_in and Permission(BYPASS) not in view.may():
            raise forbidden(f"people sign in by SSO in this account; to bypass it takes `{BYPASS}`")


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
