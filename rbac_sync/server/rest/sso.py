"""Single sign-on: the server has none, and reports who may sign in without it."""

from __future__ import annotations

from ...backends.store.features import SSO
from ...model import Kind, Permission
from ...wire.prefect_cloud.accounts import ValidateSSO, WorkOSIntegrationResponse
from ..auth import account
from ..read_view import ReadView
from ..refusals import forbidden, not_found
from .collection import ACCOUNT, collection, reads

router = collection(f"{ACCOUNT}/sso", "Account SSO")

ADMINISTER, BYPASS = "administrate:sso", "bypass:sso"
NONE_HERE = "this server has no single sign-on"


@router.get("/setup_url")
@reads(account(ADMINISTER))
def read_setup_url(_view: ReadView) -> str:
    """Refuse: there is nothing to set up."""
    raise forbidden(NONE_HERE)


@router.get("/dsync_setup_url")
@reads(account(ADMINISTER))
def read_dsync_setup_url(_view: ReadView) -> str:
    """Refuse: there is nothing to set up."""
    raise forbidden(NONE_HERE)


@router.post("/validate", status_code=204)
@reads(account("read:account"))
def validate(
    view: ReadView,
    body: ValidateSSO | None = None,  # noqa: ARG001 - nobody is led anywhere
) -> None:
    """Say that the caller need not sign in by SSO.

    *Why* nobody ever has: this server lets people in by keys, so in an account
    that takes SSO of its people only those are let by who may bypass it.

    Raises:
        Refusal: the account takes it of the caller.

    """
    signs_in = view.caller.kind is Kind.USER and SSO in view.session.account.features
    if signs_in and Permission(BYPASS) not in view.may():
        raise forbidden(f"people sign in by SSO in this account; to bypass it takes `{BYPASS}`")


@router.get("/integrations")
@reads(account(ADMINISTER))
def read_integrations(_view: ReadView) -> WorkOSIntegrationResponse:
    """Read what is set up: nothing."""
    return WorkOSIntegrationResponse()


@router.delete("/integrations/{integration_id}", status_code=204)
@reads(account(ADMINISTER))
def delete_integration(
    _view: ReadView,
    integration_id: str,  # noqa: ARG001 - there is none
) -> None:
    """Refuse: there is none."""
    raise not_found()
