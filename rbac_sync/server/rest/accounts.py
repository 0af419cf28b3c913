"""Accounts: their profile, settings, domains and limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from ...backends.store.documents import Document
from ...backends.store.features import SSO
from ...backends.store.id_index import IdEntry
from ...model import ACCOUNT as ROOT
from ...model import Level
from ...wire.prefect_cloud import accounts as wire
from ..auth import RequestScope, account, anywhere
from ..commands import profiles
from ..commands.profiles import NOT_ENFORCED
from ..directory.permissions import of_level
from ..directory.profiles import ACCOUNT_PROFILE, ACCOUNT_SETTINGS, ADDRESSES, DOMAIN, PLACE
from ..guarded_store import WriteTransaction
from ..read_view import ReadView
from ..refusals import forbidden
from .collection import ACCOUNT, collection
from .subscription import LIMITS, PLAN

router = collection("/accounts", "Accounts")

WHOLE = ACCOUNT.removeprefix("/accounts")
UPDATE = "update:account"


@router.get("/permissions")
def read_account_permissions(at: Annotated[RequestScope, anywhere()]) -> list[str]:
    """List every permission that an account role can hold."""
    with at.view() as view:
        return sorted(of_level(view.catalogue, Level.ACCOUNT))


@router.get(WHOLE)
def read_account(at: Annotated[RequestScope, account()]) -> wire.AccountResponse:
    """Read the account."""
    with at.view() as view:
        return to_response(view)


@router.patch(WHOLE, status_code=204)
def update_account(body: wire.AccountUpdate, at: Annotated[RequestScope, account(UPDATE)]) -> None:
    """Change what is named; a null clears it where that can be."""

    def work(transaction: WriteTransaction) -> None:
        fields = body.model_dump(mode="json", exclude_unset=True, exclude={"handle", "settings"})
        if fields.get("name", "") is None:
            del fields["name"]
        profiles.update_account_profile(transaction, fields, body.handle)
        if body.settings:
            profiles.update_account_settings(transaction, _settings(body.settings))

    at.write(work)


@router.delete(WHOLE, status_code=204)
def delete_account(at: Annotated[RequestScope, account("delete:account")]) -> None:
    """Refuse: an account's audit trail is kept for good, and so is the account."""
    with at.view():
        raise forbidden("an account is not deleted while its audit trail is kept")


@router.get(f"{WHOLE}/settings")
def read_account_settings(at: Annotated[RequestScope, account()]) -> wire.AccountSettings:
    """Read the settings."""
    with at.view() as view:
        return settings(view)


@router.patch(f"{WHOLE}/settings", status_code=204)
def update_account_settings(
    body: wire.AccountSettingsUpdate, at: Annotated[RequestScope, account(UPDATE)]
) -> None:
    """Change the settings that are named."""
    at.write(lambda transaction: profiles.update_account_settings(transaction, _settings(body)))


def _settings(body: wire.AccountSettings | wire.AccountSettingsUpdate) -> dict[str, Any]:
    """Return the settings to replace; null values are left out, except of the default storage."""
    fields = body.model_dump(mode="json", exclude_unset=True)
    return {n: v for n, v in fields.items() if v is not None or n == "default_result_storage"}


@router.get(f"{WHOLE}/domains")
def read_account_domains(at: Annotated[RequestScope, account()]) -> list[wire.AccountDomain]:
    """List the domains, in the order in which they were set."""
    with at.view() as view:
        return [
            wire.AccountDomain(
                id=d.id,
                created=d.created,
                updated=d.updated,
                account_id=at.account_id,
                name=d.name or "",
            )
            for d in sorted(view.documents.of(DOMAIN), key=_place)
        ]


def _place(domain: Document) -> int:
    return int(domain.content.get(PLACE, 0))


@router.patch(f"{WHOLE}/domains", status_code=204)
def update_account_domains(
    body: wire.UpdateAccountDomains, at: Annotated[RequestScope, account(UPDATE)]
) -> None:
    """Replace the domains; those that stay keep their ids."""
    at.write(lambda transaction: profiles.set_domains(transaction, body.domain_names))


@router.get(f"{WHOLE}/usage_limits")
def read_usage_limits(at: Annotated[RequestScope, account()]) -> wire.UsageLimitsResponse:
    """Read what the plan admits."""
    with at.view():
        return wire.UsageLimitsResponse(**LIMITS)


@router.get(f"{WHOLE}/usage")
def read_usage(at: Annotated[RequestScope, account()]) -> list[wire.WorkspaceUsageResponse]:
    """Read what each workspace to which the caller has access uses of it."""
    with at.view() as view:
        return [_usage(view, entry) for entry in view.workspaces()]


def _usage(view: ReadView, workspace: IdEntry) -> wire.WorkspaceUsageResponse:
    address = workspace.address
    pools = len(view.documents.of("work-pool", address))
    return wire.WorkspaceUsageResponse(
        id=workspace.id,
        name=address.key,
        automations=0,
        deployments=len(view.documents.of("deployment", address)),
        mex_compute=0,
        work_pools=pools,
        non_managed_work_pools=pools,
        managed_work_pools=0,
    )


@router.get(f"{WHOLE}/ip_allowlist", include_in_schema=False)
def read_ip_allowlist(
    at: Annotated[RequestScope, account("read:ip_allowlist")],
) -> wire.IPAllowlist:
    """Read the list of addresses."""
    with at.view() as view:
        return wire.IPAllowlist.model_validate({"entries": [], **_kept(view, ADDRESSES)})


@router.put(f"{WHOLE}/ip_allowlist", status_code=204, include_in_schema=False)
def update_ip_allowlist(
    body: wire.IPAllowlist, at: Annotated[RequestScope, account("update:ip_allowlist")]
) -> None:
    """Replace the list of addresses, which is kept and not enforced."""
    kept = body.model_dump(mode="json")
    at.write(lambda transaction: profiles.set_ip_allowlist(transaction, kept))


@router.get(f"{WHOLE}/ip_allowlist/my_access", include_in_schema=False)
def read_my_access(at: Annotated[RequestScope, account()]) -> wire.IPAllowlistMyAccess:
    """Say that the caller's address is let in: none is kept out."""
    with at.view():
        return wire.IPAllowlistMyAccess(allowed=True, detail=NOT_ENFORCED)


def to_response(view: ReadView) -> wire.AccountResponse:
    """Return the account as the API shows it."""
    profile, features = _kept(view, ACCOUNT_PROFILE), view.session.account.features
    state = wire.AccountSSOState.ENABLED if SSO in features else wire.AccountSSOState.DISABLED
    return wire.AccountResponse(
        **{"name": view.handle, **PLAN, "sso_state": state, **profile},
        id=view.account_id,
        created=view.session.account.created,
        updated=view.session.account.created,
        handle=view.handle,
        settings=settings(view),
        features=frozenset(features),
    )


def name(view: ReadView) -> str:
    """Return the name of the account, by default its handle."""
    return str(_kept(view, ACCOUNT_PROFILE).get("name") or view.handle)


def settings(view: ReadView) -> wire.AccountSettings:
    """Return the settings of the account."""
    return wire.AccountSettings.model_validate(_kept(view, ACCOUNT_SETTINGS))


def _kept(view: ReadView, kind: str) -> Mapping[str, Any]:
    document = view.documents.named(kind, ROOT)
    return document.content if document else {}
