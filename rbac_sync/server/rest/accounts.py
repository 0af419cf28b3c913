"""Accounts: their profile, settings, domains and limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...backends.store.features import SSO
from ...backends.store.id_index import IdEntry
from ...model import ACCOUNT as ROOT
from ...model import Level
from ...wire.prefect_cloud import accounts as wire
from ..auth import account, anywhere
from ..commands import profiles
from ..commands.profiles import NOT_ENFORCED
from ..directory.permissions import of_level
from ..directory.profiles import ACCOUNT_PROFILE, ACCOUNT_SETTINGS, ADDRESSES, DOMAIN, PLACE
from ..guarded_store import WriteTransaction
from ..read_view import ReadView
from ..refusals import forbidden
from .collection import ACCOUNT, collection, reads, writes
from .subscription import LIMITS, PLAN

router = collection("/accounts", "Accounts")

WHOLE = ACCOUNT.removeprefix("/accounts")
UPDATE = "update:account"


@router.get("/permissions")
@reads(anywhere())
def read_account_permissions(view: ReadView) -> list[str]:
    """List every permission that an account role can hold."""
    return sorted(of_level(view.catalogue, Level.ACCOUNT))


@router.get(WHOLE)
@reads(account())
def read_account(view: ReadView) -> wire.AccountResponse:
    """Read the account."""
    profile, features = _kept(view, ACCOUNT_PROFILE), view.session.account.features
    state = wire.AccountSSOState.ENABLED if SSO in features else wire.AccountSSOState.DISABLED
    return wire.AccountResponse(
        **{"name": view.handle, **PLAN, "sso_state": state, **profile},
        id=view.account_id,
        created=view.session.account.created,
        updated=view.session.account.created,
        handle=view.handle,
        settings=_settings(view),
        features=frozenset(features),
    )


@router.patch(WHOLE, status_code=204)
@writes(account(UPDATE))
def update_account(transaction: WriteTransaction, body: wire.AccountUpdate) -> None:
    """Change what is named; a null clears it where that can be."""
    fields = body.model_dump(mode="json", exclude_unset=True, exclude={"handle", "settings"})
    if fields.get("name", "") is None:
        del fields["name"]
    profiles.update_account_profile(transaction, fields, body.handle)
    if body.settings:
        profiles.update_account_settings(transaction, _sent_settings(body.settings))


@router.delete(WHOLE, status_code=204)
@reads(account("delete:account"))
def delete_account(_view: ReadView) -> None:
    """Refuse: an account's audit trail is kept for good, and so is the account."""
    raise forbidden("an account is not deleted while its audit trail is kept")


@router.get(f"{WHOLE}/settings")
@reads(account())
def read_account_settings(view: ReadView) -> wire.AccountSettings:
    """Read the settings."""
    return _settings(view)


@router.patch(f"{WHOLE}/settings", status_code=204)
@writes(account(UPDATE))
def update_account_settings(
    transaction: WriteTransaction, body: wire.AccountSettingsUpdate
) -> None:
    """Change the settings that are named."""
    profiles.update_account_settings(transaction, _sent_settings(body))


def _sent_settings(body: wire.AccountSettings | wire.AccountSettingsUpdate) -> dict[str, Any]:
    """Return the settings to replace; null values are left out, except of the default storage."""
    fields = body.model_dump(mode="json", exclude_unset=True)
    return {n: v for n, v in fields.items() if v is not None or n == "default_result_storage"}


@router.get(f"{WHOLE}/domains")
@reads(account())
def read_account_domains(view: ReadView) -> list[wire.AccountDomain]:
    """List the domains, in the order in which they were set."""
    domains = sorted(view.documents.of(DOMAIN), key=lambda domain: domain.content.get(PLACE, 0))
    return [
        wire.AccountDomain(
            id=d.id,
            created=d.created,
            updated=d.updated,
            account_id=view.account_id,
            name=d.name or "",
        )
        for d in domains
    ]


@router.patch(f"{WHOLE}/domains", status_code=204)
@writes(account(UPDATE))
def update_account_domains(transaction: WriteTransaction, body: wire.UpdateAccountDomains) -> None:
    """Replace the domains; those that stay keep their ids."""
    profiles.set_domains(transaction, body.domain_names)


@router.get(f"{WHOLE}/usage_limits")
@reads(account())
def read_usage_limits(_view: ReadView) -> wire.UsageLimitsResponse:
    """Read what the plan admits."""
    return wire.UsageLimitsResponse(**LIMITS)


@router.get(f"{WHOLE}/usage")
@reads(account())
def read_usage(view: ReadView) -> list[wire.WorkspaceUsageResponse]:
    """Read what each workspace to which the caller has access uses of it."""
    return [_usage(view, entry) for entry in view.workspaces()]


def _usage(view: ReadView, workspace: IdEntry) -> wire.WorkspaceUsageResponse:
    address = workspace.address
    pools = len(view.documents.outlines("work-pool", address))
    return wire.WorkspaceUsageResponse(
        id=workspace.id,
        name=address.key,
        automations=0,
        deployments=len(view.documents.outlines("deployment", address)),
        mex_compute=0,
        work_pools=pools,
        non_managed_work_pools=pools,
        managed_work_pools=0,
    )


@router.get(f"{WHOLE}/ip_allowlist", include_in_schema=False)
@reads(account("read:ip_allowlist"))
def read_ip_allowlist(view: ReadView) -> wire.IPAllowlist:
    """Read the list of addresses."""
    return wire.IPAllowlist.model_validate({"entries": [], **_kept(view, ADDRESSES)})


@router.put(f"{WHOLE}/ip_allowlist", status_code=204, include_in_schema=False)
@writes(account("update:ip_allowlist"))
def update_ip_allowlist(transaction: WriteTransaction, body: wire.IPAllowlist) -> None:
    """Replace the list of addresses, which is kept and not enforced."""
    profiles.set_ip_allowlist(transaction, body.model_dump(mode="json"))


@router.get(f"{WHOLE}/ip_allowlist/my_access", include_in_schema=False)
@reads(account())
def read_my_access(_view: ReadView) -> wire.IPAllowlistMyAccess:
    """Say that the caller's address is let in: none is kept out."""
    return wire.IPAllowlistMyAccess(allowed=True, detail=NOT_ENFORCED)


def name(view: ReadView) -> str:
    """Return the name of the account, by default its handle."""
    return str(_kept(view, ACCOUNT_PROFILE).get("name") or view.handle)


def _settings(view: ReadView) -> wire.AccountSettings:
    return wire.AccountSettings.model_validate(_kept(view, ACCOUNT_SETTINGS))


def _kept(view: ReadView, kind: str) -> Mapping[str, Any]:
    document = view.documents.named(kind, ROOT)
    return document.content if document else {}
