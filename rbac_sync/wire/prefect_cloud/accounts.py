"""Accounts: settings, domains, limits and their use, admitted IP addresses, single sign-on."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field, IPvAnyNetwork

from .shapes import Answer, Body, Entity, Instant, Integer, Name, Names, Open, Request, Text


class AccountStatus(StrEnum):
    """The status of an account; a frozen account allows very few requests."""

    ACTIVE = "ACTIVE"
    DELINQUENT = "DELINQUENT"
    FROZEN = "FROZEN"


class AccountPlanType(StrEnum):
    """The plan of an account, for display; the capabilities of an account are its ``features``."""

    ORGANIZATION = "ORGANIZATION"
    PERSONAL = "PERSONAL"
    ENTERPRISE = "ENTERPRISE"


class AccountPlanTier(StrEnum):
    """The tier of the plan, for display like ``AccountPlanType``."""

    FREE_2025_04 = "FREE_2025_04"
    PRO = "PRO"
    ENTERPRISE = "ENTERPRISE"
    PRO_2024_04 = "PRO_2024_04"
    STARTER = "STARTER"
    TEAM = "TEAM"


class AccountSCIMState(StrEnum):
    """The state of directory synchronisation."""

    DISABLED = "DISABLED"
    NEEDS_ORGANIZATION_ID = "NEEDS_ORGANIZATION_ID"
    NEEDS_CONFIGURATION = "NEEDS_CONFIGURATION"
    ENABLED = "ENABLED"


class AccountSSOState(StrEnum):
    """The state of single sign-on."""

    DISABLED = "DISABLED"
    NEEDS_CONFIGURATION = "NEEDS_CONFIGURATION"
    ENABLED = "ENABLED"


class AccountSettings(Answer):
    """The settings of an account, the same shape in requests and responses.

    Without ``enforce_ip_allowlist`` the CLI says that the account has no IP allow list.
    The code does not read ``default_result_storage``.
    """

    allow_public_workspaces: bool = False
    ai_log_summaries: bool = False
    managed_execution: bool = True
    enforce_ip_allowlist: bool = False
    enforce_webhook_authentication: bool = False
    self_healing_enabled: bool = False
    enabled_feature_flags: list[Text] = Field(default_factory=list)
    default_result_storage: dict[str, Any] | None = None


class AccountSettingsUpdate(Request):
    """New settings, not under ``settings``; the Go client sends false for its unset booleans."""

    allow_public_workspaces: bool | None = None
    ai_log_summaries: bool | None = None
    managed_execution: bool | None = None
    enforce_ip_allowlist: bool | None = None
    enforce_webhook_authentication: bool | None = None
    self_healing_enabled: bool | None = None
    default_result_storage: dict[str, Any] | None = None


class AccountResponse(Entity):
    """An account; ``handle`` is unique and of lowercase letters, digits and dashes."""

    location: str | None = None
    link: str | None = None
    image_location: str | None = None
    stripe_customer_id: str | None = None
    auth_expiration_seconds: int | None = None
    status_last_updated: Instant | None = None
    name: str
    handle: str
    settings: AccountSettings = Field(default_factory=AccountSettings)
    status: Open[AccountStatus] = AccountStatus.ACTIVE
    workos_connection_ids: list[str] = Field(default_factory=list)
    workos_directory_ids: list[str] = Field(default_factory=list)
    workos_organization_id: str | None = None
    plan_type: Open[AccountPlanType]
    plan_tier: Open[AccountPlanTier] | None = None
    self_serve: bool = False
    scim_state: Open[AccountSCIMState]
    sso_state: Open[AccountSSOState]
    billing_email: str | None = None
    features: Names
    max_deployments_per_workspace: int | None = None
    work_pool_limit: int | None
    non_mex_work_pool_limit: int | None = None
    mex_work_pool_limit: int
    run_retention_days: int
    audit_log_retention_days: int
    automations_limit: int


class AccountUpdate(Request):
    """A partial update, in which the Go client sends null for unset fields."""

    name: Name | None = None
    handle: Name | None = None
    location: Name | None = None
    link: Name | None = None
    workos_directory_ids: list[Text] | None = None
    workos_organization_id: Name | None = None
    workos_connection_ids: list[Text] | None = None
    auth_expiration_seconds: Integer | None = None
    settings: AccountSettings | None = None
    billing_email: Name | None = None


class AccountDomain(Answer):
    """A domain of an account. Source: [P]; the document has no type for the answer."""

    id: UUID | None = None
    created: Instant | None = None
    updated: Instant | None = None
    account_id: UUID | None = None
    name: str


class UpdateAccountDomains(Body):
    """The domains of an account, which replace all earlier ones."""

    domain_names: list[Text]


class UsageLimitsResponse(Answer):
    """The limits of a plan; null is no limit."""

    audit_log_retention_days: int | None
    automations_limit: int | None
    log_rate_limit: int | None
    max_deployments_per_workspace: int | None
    mex_compute_limit: int | None
    mex_concurrency_limit: int | None
    mex_work_pool_limit: int | None
    non_mex_work_pool_limit: int | None = None
    orchestration_rate_limit: int | None
    run_retention_days: int | None
    user_limit: float | int
    free_user_slots: int | None = None
    work_pool_limit: int | None
    workspace_limit: float | int


class WorkspaceUsageResponse(Answer):
    """The usage of one workspace, counted against the limits."""

    id: UUID
    name: str
    automations: int
    deployments: int
    mex_compute: int
    work_pools: int
    non_managed_work_pools: int
    managed_work_pools: int


class IPAllowlistEntry(Body):
    """A network that is admitted while ``enabled``. Source: [C]; not in the document."""

    ip_network: IPvAnyNetwork
    enabled: bool
    description: Text | None = None
    last_seen: Text | None = None


class IPAllowlist(Body):
    """The list of admitted networks, read and replaced whole. Source: [C]; not in the document."""

    entries: list[IPAllowlistEntry]


class IPAllowlistMyAccess(Answer):
    """The admission of the caller's IP address. Source: [C]; not in the document."""

    allowed: bool
    detail: str


class RateLimitStatusResponse(Answer):
    """The buckets that refused requests in about the last 15 minutes."""

    exceeded_buckets: list[str]


class RateLimitUsageByKey(Answer):
    """One number for each minute of the response, in its order."""

    limit: list[int]
    usage: list[int]
    requested: list[int]
    granted: list[int]


class RateLimitUsageResponse(Answer):
    """The use of the rate limits by minute."""

    account: UUID
    since: Instant
    until: Instant
    minutes: list[Instant]
    keys: dict[str, RateLimitUsageByKey]


class ValidateSSO(Body):
    """The check that the caller has lately signed in through the account's provider."""

    redirect_uri: Text | None = None


class WorkOSIntegrationResponse(Answer):
    """The set-up at WorkOS, whose objects the code does not read."""

    organization_id: str | None = None
    connections: list[dict[str, Any]] = Field(default_factory=list)
    directories: list[dict[str, Any]] = Field(default_factory=list)
