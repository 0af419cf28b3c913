"""Accounts: their profile, settings, domains, limits, use of the rate limit, single sign-on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Query

from ...backends.store.features import SSO
from ...backends.store.id_rows import IdEntry
from ...model import ACCOUNT as ROOT
from ...model import Kind, Level, Permission
from ...wire.prefect_cloud import accounts as wire
from ...wire.prefect_cloud.shapes import Instant, Text
from ..auth import RequestScope, account, anywhere
from ..commands import profiles
from ..commands.profiles import NOT_ENFORCED
from ..directory.profiles import ACCOUNT_PROFILE, ACCOUNT_SETTINGS, ADDRESSES, DOMAIN, position
from ..directory.roles import of_level
from ..guarded_store import WriteTransaction
from ..limits import BUCKET
from ..read_view import ReadView
from ..refusals import Missing, NotAllowed
from .collection import ACCOUNT, Collection, entity, together

PLAN: dict[str, Any] = {
    "plan_type": "ENTERPRISE",
    "plan_tier": "ENTERPRISE",
    "scim_state": "DISABLED",
    "work_pool_limit": None,
    "mex_work_pool_limit": 0,
    "run_retention_days": 0,
    "audit_log_retention_days": 36_500,
    "automations_limit": 0,
}

LIMITS: dict[str, Any] = {
    "audit_log_retention_days": PLAN["audit_log_retention_days"],
    "automations_limit": PLAN["automations_limit"],
    "log_rate_limit": None,
    "max_deployments_per_workspace": None,
    "mex_compute_limit": 0,
    "mex_concurrency_limit": 0,
    "mex_work_pool_limit": PLAN["mex_work_pool_limit"],
    "non_mex_work_pool_limit": None,
    "orchestration_rate_limit": None,
    "run_retention_days": PLAN["run_retention_days"],
    "user_limit": 1_000_000,
    "free_user_slots": None,
    "work_pool_limit": PLAN["work_pool_limit"],
    "workspace_limit": 1_000_000,
}
"""The subscription is fixed data for clients, which the server does not enforce. Limits that cannot
be null are large numbers."""

accounts = Collection("/accounts", "Accounts")
rate_limits = Collection(f"{ACCOUNT}/rate-limits", "Rate Limits")
sso = Collection(f"{ACCOUNT}/sso", "Account SSO")

WHOLE = ACCOUNT.removeprefix("/accounts")
READ, UPDATE = "read:account", "update:account"
ADMINISTER, BYPASS = "administrate:sso", "bypass:sso"
NONE_HERE = "this server has no single sign-on"


@accounts.reads("GET", "/permissions", anywhere())
def read_account_permissions(view: ReadView) -> list[str]:
    """List every permission that an account role can hold."""
    return sorted(of_level(view.catalogue, Level.ACCOUNT))


@accounts.reads("GET", WHOLE, account())
def read_account(view: ReadView) -> wire.AccountResponse:
    """Read the account."""
    return answer(view, _kept(view, ACCOUNT_PROFILE), _settings(view))


def answer(
    view: ReadView, fields: Mapping[str, Any], settings: wire.AccountSettings
) -> wire.AccountResponse:
    """Return the account with *fields* of its profile as the API shows it."""
    features, created = view.session.account.features, view.session.account.created
    kept = (view.documents.named(kind, ROOT) for kind in (ACCOUNT_PROFILE, ACCOUNT_SETTINGS))
    profile = {name: v for name, v in fields.items() if v is not None}
    state = wire.AccountSSOState.ENABLED if SSO in features else wire.AccountSSOState.DISABLED
    return wire.AccountResponse(
        **{"name": view.handle, **PLAN, "sso_state": state, **profile},
        id=view.account_id,
        created=created,
        updated=max([created, *(document.updated for document in kept if document)]),
        handle=view.handle,
        settings=settings,
        features=frozenset(features),
    )


@accounts.writes("PATCH", WHOLE, account(UPDATE), status_code=204)
def update_account(transaction: WriteTransaction, body: wire.AccountUpdate) -> None:
    """Change the given fields of the account's profile; null clears a field that may be empty."""
    fields = body.model_dump(mode="json", exclude_unset=True, exclude={"handle", "settings"})
    if fields.get("name", "") is None:
        del fields["name"]
    profiles.update_account_profile(transaction, fields, body.handle)
    if body.settings:
        profiles.update_account_settings(transaction, _sent_settings(body.settings))


@accounts.reads("DELETE", WHOLE, account("delete:account"), status_code=204)
def delete_account(_view: ReadView) -> None:
    """Refuse: an account's audit trail is kept for good, and so is the account."""
    raise NotAllowed("an account is not deleted while its audit trail is kept")


@accounts.reads("GET", f"{WHOLE}/settings", account())
def read_account_settings(view: ReadView) -> wire.AccountSettings:
    """Read the settings of the account."""
    return _settings(view)


@accounts.writes("PATCH", f"{WHOLE}/settings", account(UPDATE), status_code=204)
def update_account_settings(
    transaction: WriteTransaction, body: wire.AccountSettingsUpdate
) -> None:
    """Change the given settings of the account."""
    profiles.update_account_settings(transaction, _sent_settings(body))


def _sent_settings(body: wire.AccountSettings | wire.AccountSettingsUpdate) -> dict[str, Any]:
    """Return the settings to replace; null values are left out, except of the default storage."""
    fields = body.model_dump(mode="json", exclude_unset=True)
    return {n: v for n, v in fields.items() if v is not None or n == "default_result_storage"}


@accounts.reads("GET", f"{WHOLE}/domains", account())
def read_account_domains(view: ReadView) -> list[wire.AccountDomain]:
    """List the domains, in the order in which they were set."""
    domains = sorted(view.documents.of(DOMAIN), key=position)
    return [
        wire.AccountDomain(**entity(each), account_id=view.account_id, name=each.name or "")
        for each in domains
    ]


@accounts.writes("PATCH", f"{WHOLE}/domains", account(UPDATE), status_code=204)
def update_account_domains(transaction: WriteTransaction, body: wire.UpdateAccountDomains) -> None:
    """Replace the domains; those that stay keep their ids."""
    profiles.set_domains(transaction, body.domain_names)


@accounts.reads("GET", f"{WHOLE}/usage_limits", account())
def read_usage_limits(_view: ReadView) -> wire.UsageLimitsResponse:
    """Read the limits of the account's plan."""
    return wire.UsageLimitsResponse(**LIMITS)


@accounts.reads("GET", f"{WHOLE}/usage", account())
def read_usage(view: ReadView) -> list[wire.WorkspaceUsageResponse]:
    """Read the usage of each workspace to which the caller has access."""
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


@accounts.reads(
    "GET", f"{WHOLE}/ip_allowlist", account("read:ip_allowlist"), include_in_schema=False
)
def read_ip_allowlist(view: ReadView) -> wire.IPAllowlist:
    """Read the list of admitted IP addresses."""
    return wire.IPAllowlist.model_validate({"entries": [], **_kept(view, ADDRESSES)})


@accounts.writes(
    "PUT",
    f"{WHOLE}/ip_allowlist",
    account("update:ip_allowlist"),
    status_code=204,
    include_in_schema=False,
)
def update_ip_allowlist(transaction: WriteTransaction, body: wire.IPAllowlist) -> None:
    """Replace the list of admitted IP addresses, which is stored and not enforced."""
    profiles.set_ip_allowlist(transaction, body.model_dump(mode="json"))


@accounts.reads("GET", f"{WHOLE}/ip_allowlist/my_access", account(), include_in_schema=False)
def read_my_access(_view: ReadView) -> wire.IPAllowlistMyAccess:
    """Say that the IP address of the caller is admitted: this server refuses none."""
    return wire.IPAllowlistMyAccess(allowed=True, detail=NOT_ENFORCED)


def name(view: ReadView) -> str:
    """Return the name of the account, by default its handle."""
    return str(_kept(view, ACCOUNT_PROFILE).get("name") or view.handle)


def _settings(view: ReadView) -> wire.AccountSettings:
    return wire.AccountSettings.model_validate(_kept(view, ACCOUNT_SETTINGS))


def _kept(view: ReadView, kind: str) -> Mapping[str, Any]:
    document = view.documents.named(kind, ROOT)
    return document.content if document else {}


@rate_limits.reads("GET", "/status", account(READ), name="read_status")
def read_rate_limit_status(view: ReadView, at: RequestScope) -> wire.RateLimitStatusResponse:
    """List the buckets that refused a request lately."""
    return wire.RateLimitStatusResponse(exceeded_buckets=at.guarded.rate.exceeded(view.account_id))


@rate_limits.reads("GET", "/usage", account(READ), name="read_usage")
def read_rate_limit_usage(
    view: ReadView,
    at: RequestScope,
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
    keys: Annotated[list[Text] | None, Query(min_length=1)] = None,
) -> wire.RateLimitUsageResponse:
    """Read the use of the last minute, the only one that is counted; nothing for other times.

    Each process counts the requests that it got.
    """
    rate, minute = at.guarded.rate, view.now - timedelta(minutes=1)
    begin, end = since or minute, until or view.now
    is_counted = begin <= view.now and end > minute
    granted, refused = rate.used(view.account_id)
    limit, of_granted, requested = (
        [number] * is_counted for number in (rate.most or 0, granted, granted + refused)
    )
    counts = wire.RateLimitUsageByKey(
        limit=limit, usage=of_granted, requested=requested, granted=of_granted
    )
    return wire.RateLimitUsageResponse(
        account=view.account_id,
        since=begin,
        until=end,
        minutes=[minute] * is_counted,
        keys={name: counts for name in keys or [BUCKET] if name == BUCKET},
    )


@sso.reads("GET", "/setup_url", account(ADMINISTER))
@sso.reads("GET", "/dsync_setup_url", account(ADMINISTER), name="read_dsync_setup_url")
def read_setup_url(_view: ReadView) -> str:
    """Refuse: there is nothing to set up."""
    raise NotAllowed(NONE_HERE)


@sso.reads("POST", "/validate", account(READ), status_code=204)
def validate(
    view: ReadView,
    body: wire.ValidateSSO,  # noqa: ARG001 - there is no redirection
) -> None:
    """Say that the caller need not sign in by SSO.

    *Why* no user ever has: this server identifies users by keys. In an account with SSO
    only users who may bypass it pass.

    Raises:
        Refusal: the account requires SSO of the caller.
    """
    signs_in = view.caller.kind is Kind.USER and SSO in view.session.account.features
    if signs_in and Permission(BYPASS) not in view.may():
        raise NotAllowed(f"people sign in by SSO in this account; to bypass it takes `{BYPASS}`")


@sso.reads("GET", "/integrations", account(ADMINISTER))
def read_integrations(_view: ReadView) -> wire.WorkOSIntegrationResponse:
    """Read the set-up of single sign-on: there is none."""
    return wire.WorkOSIntegrationResponse()


@sso.reads("DELETE", "/integrations/{integration_id}", account(ADMINISTER), status_code=204)
def delete_integration(
    _view: ReadView,
    integration_id: str,  # noqa: ARG001 - there is none
) -> None:
    """Refuse: there is no set-up of single sign-on."""
    raise Missing


router = together(accounts, rate_limits, sso)
