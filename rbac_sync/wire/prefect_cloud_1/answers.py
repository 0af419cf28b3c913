"""The responses of Cloud 1: rows of tables, payloads of mutations, and errors.

Fields that give access are required and never null: a truncated response must not read as an
empty one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field, StrictBool

from ..prefect_cloud.shapes import Answer, Expiration, Instant


class AccountType(StrEnum):
    """The type of a user: people and service accounts are rows of one table."""

    USER = "USER"
    SERVICE = "SERVICE"


class Tenant(Answer):
    """One of the caller's tenants."""

    id: UUID
    slug: str


class Tenants(Answer):
    """The response to ``tenants``."""

    tenant: list[Tenant]


class AuthInfo(Answer):
    """The caller. ``permissions`` also has the features of the licence, as ``feature:NAME``.

    ``tenant_id`` is null for old tokens, which came before API keys.
    """

    user_id: UUID
    tenant_id: UUID | None
    role_id: UUID | None
    permissions: list[str]


class PermissionsInfo(Answer):
    """Every permission under this licence.

    *Why* never empty: the list decides whether the caller sees everything.
    """

    all_permissions_filtered_by_license_features: list[str] = Field(min_length=1)


class Caller(Answer):
    """The response to ``caller``."""

    auth_info: AuthInfo
    permissions_info: PermissionsInfo


class Role(Answer):
    """A role; of no tenant if it is built in."""

    id: UUID
    name: str
    permissions: list[str]
    tenant_id: UUID | None
    updated: Instant


class Roles(Answer):
    """The response to ``role``: one row, or none."""

    auth_role: list[Role]


class Membership(Answer):
    """The role of one user in one tenant.

    *Why* ``security_updated``, not ``updated``: a log-in changes the latter too.
    """

    id: UUID
    role_id: UUID
    tenant_id: UUID
    security_updated: Instant


class User(Answer):
    """A person or a service account; the latter's name is its ``first_name``."""

    id: UUID
    account_type: AccountType
    email: str | None
    first_name: str | None
    memberships: list[Membership]


class Invitation(Answer):
    """An invitation; the row is deleted when the invitation is accepted or withdrawn."""

    id: UUID
    email: str
    role_id: UUID
    tenant_id: UUID
    created: Instant


class APIKey(Answer):
    """A key of the caller or of a service account, without its value."""

    id: UUID
    name: str
    user_id: UUID
    expires_at: Expiration | None


class Access(Answer):
    """The response to ``access``: a page of each list."""

    auth_role: list[Role]
    user_view_same_tenant: list[User]
    membership_invitation: list[Invitation]
    auth_api_key: list[APIKey]


class AuditRow(Answer):
    """One event of the audit log."""

    object_id: UUID | None
    tenant_id: UUID | None
    timestamp: Instant
    info: dict[str, Any] | None


class AuditLog(Answer):
    """The response to ``audit``."""

    audit_log: list[AuditRow]


class Made(Answer):
    """The payload of a mutation that makes or sets something."""

    id: UUID


class NewKey(Made):
    """The payload of a new key, the only response with its value."""

    key: str = Field(repr=False, min_length=1)


class Success(Answer):
    """The payload of other mutations, which may fail here without an error of GraphQL."""

    success: StrictBool
    error: str | None = None


class Extensions(Answer):
    """The machine-readable part of an error."""

    code: str = ""


class Fault(Answer):
    """One error of GraphQL. Only ``code`` is reliable: messages may contain texts of users."""

    message: str = ""
    path: list[str | int] | None = None
    extensions: Extensions = Field(default_factory=Extensions)

    def __str__(self) -> str:
        place = ".".join(str(part) for part in self.path or ())
        return f"{place}: {self.message}" if place else self.message


class Reply(Answer):
    """A GraphQL response; without ``errors`` if it succeeded."""

    data: dict[str, Any] | None = None
    errors: list[Fault] | None = None
