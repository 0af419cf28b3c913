"""The caller: its identity, its accounts and workspaces, and its permissions."""

from __future__ import annotations

from uuid import UUID

from ...model import ACCOUNT, Address, Kind, Level, Permission, Workspace
from ...wire.prefect_cloud import users as wire
from ...wire.prefect_cloud.bots import APIKeyReadResponse, FilterMyAPIKeys
from ..auth import anywhere
from ..commands import memberships
from ..commands.bindings import leave_scope
from ..directory.profiles import Profile, profile
from ..directory.roles import of_level
from ..guarded_store import WriteTransaction
from ..matching import compares
from ..read_view import ReadView
from ..refusals import InvalidRequest, Missing
from . import accounts
from .bots import keys_of
from .collection import Collection, page

router = Collection("/me", "Me")

PARAMETERS = {Level.ACCOUNT: "permission", Level.WORKSPACE: "scope"}
"""The parameter of a query with the name of a permission of each level."""

NO_MAIL = "service-account.invalid"
"""The domain of the e-mail shown for service accounts, which have none: RFC 2606 reserves it."""


@router.reads("GET", "/", anywhere())
def read_me(view: ReadView) -> wire.MeReadResponse:
    """Read the caller."""
    person = _profile(view)
    return wire.MeReadResponse(
        id=view.id(view.caller),
        **person.names,
        location=person.content.get("location"),
        settings=person.content.get("settings") or wire.UserSettings(),
    )


def _profile(view: ReadView) -> Profile:
    if view.caller.kind is Kind.USER:
        return profile(view, view.caller)
    content = {"handle": view.caller.key, "first_name": view.caller.key}
    return Profile(f"{view.id(view.caller)}@{NO_MAIL}", content)


@router.reads("GET", "/api_keys", anywhere())
def read_my_api_keys(view: ReadView, name: str | None = None) -> list[APIKeyReadResponse]:
    """List the caller's own keys."""
    return [key for key in keys_of(view, view.caller) if name in (None, key.name)]


@router.reads("POST", "/api_keys/filter", anywhere())
def filter_my_api_keys(view: ReadView, body: FilterMyAPIKeys) -> list[APIKeyReadResponse]:
    """List the keys of the caller that meet a filter."""
    where = body.api_keys.name if body.api_keys else None
    return page((key for key in keys_of(view, view.caller) if compares(key.name, where)), body)


@router.reads("GET", "/accounts", anywhere())
def read_my_accounts(view: ReadView) -> list[wire.UserAccountResponse]:
    """List the caller's accounts: a key belongs to one."""
    return [_account(view)]


@router.reads("GET", "/organizations", anywhere())
def read_my_organizations(view: ReadView) -> list[wire.UserOrganizationResponse]:
    """List the caller's accounts of the plan type ``ORGANIZATION``."""
    account = _account(view)
    return [account] if account.account_plan_type == "ORGANIZATION" else []


def _account(view: ReadView) -> wire.UserAccountResponse:
    row = view.account_row(view.caller)
    return wire.UserAccountResponse(
        account_membership_id=row.id,
        account_id=view.account_id,
        account_name=accounts.name(view),
        account_role_name=view.role_name(row.role),
        account_handle=view.handle,
        account_plan_type=accounts.PLAN["plan_type"],
        account_plan_tier=accounts.PLAN["plan_tier"],
        account_plan_features=frozenset(view.session.account.features),
    )


@router.reads("GET", "/accounts/has_permission", anywhere())
def has_permission_anywhere(view: ReadView, permission: str) -> list[UUID]:
    """List the accounts in which the caller holds *permission*."""
    return [view.account_id] if _holds(view, permission, Level.ACCOUNT, ACCOUNT) else []


@router.reads("GET", "/accounts/{account_id}/permissions", anywhere())
def read_my_permissions(view: ReadView, account_id: UUID) -> list[str]:
    """List the permissions of the caller in an account."""
    _same(view, account_id)
    return sorted(view.may())


@router.reads("GET", "/accounts/{account_id}/has_permission", anywhere())
def has_permission(view: ReadView, account_id: UUID, permission: str) -> bool:
    """Say whether the caller holds *permission* in an account."""
    _same(view, account_id)
    return _holds(view, permission, Level.ACCOUNT, ACCOUNT)


@router.writes("DELETE", "/accounts/{account_id}", anywhere(), status_code=204)
def leave_account(transaction: WriteTransaction, account_id: UUID) -> None:
    """Leave an account, with all holdings of the caller in it."""
    _same(transaction.view, account_id)
    memberships.leave_account(transaction)


@router.reads("GET", "/workspaces", anywhere())
def read_my_workspaces(view: ReadView) -> list[wire.UserWorkspaceResponse]:
    """List the workspaces in which the caller has any permission."""
    called = accounts.name(view)
    return [
        wire.UserWorkspaceResponse(
            account_id=view.account_id,
            account_name=called,
            account_handle=view.handle,
            workspace_id=entry.id,
            workspace_name=workspace.name or workspace.handle,
            workspace_description=workspace.description,
            workspace_handle=workspace.handle,
        )
        for workspace, entry in view.resources(Workspace, view.workspaces())
    ]


@router.reads("GET", "/workspaces/{workspace_id}/scopes", anywhere())
def read_my_scopes(view: ReadView, workspace_id: UUID) -> list[str]:
    """List the permissions of the caller in a workspace."""
    return sorted(view.may(own_workspace(view, workspace_id)))


@router.reads("GET", "/workspaces/{workspace_id}/has_scope", anywhere())
def has_scope(view: ReadView, workspace_id: UUID, scope: str) -> bool:
    """Say whether the caller holds *scope* in a workspace."""
    return _holds(view, scope, Level.WORKSPACE, own_workspace(view, workspace_id))


@router.writes("DELETE", "/workspaces/{workspace_id}", anywhere(), status_code=204)
def leave_workspace(transaction: WriteTransaction, workspace_id: UUID) -> None:
    """Revoke the caller's own roles in a workspace; leave the account if in it for these alone."""
    leave_scope(transaction, own_workspace(transaction.view, workspace_id))


def _same(view: ReadView, account_id: UUID) -> None:
    if account_id != view.account_id:
        raise Missing


def own_workspace(view: ReadView, workspace_id: UUID) -> Address:
    """Return the workspace with this id, in which the caller has any permission.

    Raises:
        Refusal: there is no such workspace.
    """
    workspace = view.register.find(Kind.WORKSPACE, workspace_id)
    if workspace is None or not view.may(workspace):
        raise Missing
    return workspace


def _holds(view: ReadView, name: str, level: Level, scope: Address) -> bool:
    if name not in of_level(view.catalogue, level):
        raise InvalidRequest(f"there is no permission `{name}`", PARAMETERS[level])
    return Permission(name) in view.may(scope)
