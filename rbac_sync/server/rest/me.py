"""The caller: who it is, where it belongs and what it may do."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ...model import ACCOUNT, Address, Kind, Level, Permission, User, Workspace
from ...planning import Change
from ...wire.prefect_cloud import users as wire
from ...wire.prefect_cloud.bots import APIKeyReadResponse, FilterMyAPIKeys
from ..auth import Place, anywhere
from ..gate import Desk
from ..look import Look
from ..refusal import forbidden, not_found, unprocessable
from . import access, accounts
from .collection import collection, matches, page
from .keys import keys_of
from .permissions import of_level
from .plan import PLAN
from .profiles import Profile, profile

router = collection("/me", "Me")

NO_MAIL = "service-account.invalid"
"""The domain of the address shown for service accounts, which have none: RFC 2606 reserves it."""


@router.get("/")
def read_me(at: Annotated[Place, anywhere()]) -> wire.MeReadResponse:
    """Read the caller."""
    with at.look() as look:
        shown = _profile(look)
        return wire.MeReadResponse(
            id=look.id(look.caller),
            handle=shown.handle,
            first_name=shown.first_name,
            last_name=shown.last_name,
            email=shown.email,
            location=shown.told.get("location"),
            settings=shown.told.get("settings") or wire.UserSettings(),
        )


def _profile(look: Look) -> Profile:
    if look.caller.kind is Kind.USER:
        return profile(look, look.caller)
    told = {"handle": look.caller.key, "first_name": look.caller.key}
    return Profile(f"{look.id(look.caller)}@{NO_MAIL}", told)


@router.get("/api_keys")
def read_my_api_keys(
    at: Annotated[Place, anywhere()], name: str | None = None
) -> list[APIKeyReadResponse]:
    """List the caller's own keys."""
    with at.look() as look:
        return [key for key in keys_of(look, look.caller) if name in (None, key.name)]


@router.post("/api_keys/filter")
def filter_my_api_keys(
    at: Annotated[Place, anywhere()], body: FilterMyAPIKeys | None = None
) -> list[APIKeyReadResponse]:
    """List those of the caller's own keys that are asked for."""
    asked = body or FilterMyAPIKeys()
    wanted = asked.api_keys.name if asked.api_keys else None
    with at.look() as look:
        rows = [key for key in keys_of(look, look.caller) if matches(key.name, wanted)]
        return page(rows, asked)


@router.get("/accounts")
def read_my_accounts(at: Annotated[Place, anywhere()]) -> list[wire.UserAccountResponse]:
    """List the caller's accounts: a key belongs to one."""
    with at.look() as look:
        return [_account(look)]


@router.get("/organizations")
def read_my_organizations(at: Annotated[Place, anywhere()]) -> list[wire.UserOrganizationResponse]:
    """List the caller's accounts of the plan type ``ORGANIZATION``."""
    with at.look() as look:
        found = _account(look)
        return [found] if found.account_plan_type == "ORGANIZATION" else []


def _account(look: Look) -> wire.UserAccountResponse:
    row = look.register.held_by(ACCOUNT, look.caller)[0]
    return wire.UserAccountResponse(
        account_membership_id=row.id,
        account_id=look.account_id,
        account_name=accounts.name(look),
        account_role_name=look.role_name(row.role),
        account_handle=look.handle,
        account_plan_type=PLAN["plan_type"],
        account_plan_tier=PLAN["plan_tier"],
        account_plan_features=frozenset(look.session.account.features),
    )


@router.get("/accounts/has_permission")
def has_permission_anywhere(permission: str, at: Annotated[Place, anywhere()]) -> list[UUID]:
    """List the accounts in which the caller holds *permission*."""
    with at.look() as look:
        return [look.account_id] if _holds(look, permission, Level.ACCOUNT, ACCOUNT) else []


@router.get("/accounts/{account_id}/permissions")
def read_my_permissions(account_id: UUID, at: Annotated[Place, anywhere()]) -> list[str]:
    """List what the caller may do in an account."""
    with at.look() as look:
        _same(look, account_id)
        return sorted(look.may())


@router.get("/accounts/{account_id}/has_permission")
def has_permission(account_id: UUID, permission: str, at: Annotated[Place, anywhere()]) -> bool:
    """Say whether the caller holds *permission* in an account."""
    with at.look() as look:
        _same(look, account_id)
        return _holds(look, permission, Level.ACCOUNT, ACCOUNT)


@router.delete("/accounts/{account_id}", status_code=204)
def leave_account(account_id: UUID, at: Annotated[Place, anywhere()]) -> None:
    """Leave an account with all that the caller holds in it."""

    def work(desk: Desk) -> None:
        look = desk.look
        _same(look, account_id)
        me = look.state.get(look.caller)
        if not isinstance(me, User):
            raise forbidden("a service account is deleted, it does not leave")
        desk.make_own(Change(me, None))

    at.write(work)


@router.get("/workspaces")
def read_my_workspaces(at: Annotated[Place, anywhere()]) -> list[wire.UserWorkspaceResponse]:
    """List the workspaces in which the caller may do anything at all."""
    with at.look() as look:
        called = accounts.name(look)
        return [_workspace(look, entry.address, called) for entry in look.workspaces()]


def _workspace(look: Look, address: Address, called: str) -> wire.UserWorkspaceResponse:
    found = look.state.get(address)
    assert isinstance(found, Workspace), "the register names what is there"
    return wire.UserWorkspaceResponse(
        account_id=look.account_id,
        account_name=called,
        account_handle=look.handle,
        workspace_id=look.id(address),
        workspace_name=found.name or found.handle,
        workspace_description=found.description,
        workspace_handle=found.handle,
    )


@router.get("/workspaces/{workspace_id}/scopes")
def read_my_scopes(workspace_id: UUID, at: Annotated[Place, anywhere()]) -> list[str]:
    """List what the caller may do in a workspace."""
    with at.look() as look:
        return sorted(look.may(_mine(look, workspace_id)))


@router.get("/workspaces/{workspace_id}/has_scope")
def has_scope(workspace_id: UUID, scope: str, at: Annotated[Place, anywhere()]) -> bool:
    """Say whether the caller holds *scope* in a workspace."""
    with at.look() as look:
        return _holds(look, scope, Level.WORKSPACE, _mine(look, workspace_id))


@router.delete("/workspaces/{workspace_id}", status_code=204)
def leave_workspace(workspace_id: UUID, at: Annotated[Place, anywhere()]) -> None:
    """Give up what the caller itself holds in a workspace, and the account if it was for that."""

    def work(desk: Desk) -> None:
        look = desk.look
        held = look.state.binding(look.caller, _mine(look, workspace_id))
        if held is None:
            raise not_found("what you hold here comes from a team, a default or your account role")
        change = Change(held, None)
        desk.make_own(change, *access.leaving(look, change))

    at.write(work)


def _same(look: Look, account_id: UUID) -> None:
    if account_id != look.account_id:
        raise not_found()


def _mine(look: Look, workspace_id: UUID) -> Address:
    found = look.register.find(Kind.WORKSPACE, workspace_id)
    if found is None or not look.may(found):
        raise not_found()
    return found


def _holds(look: Look, name: str, level: Level, scope: Address) -> bool:
    if name not in of_level(look.catalogue, level):
        raise unprocessable(f"there is no permission `{name}`")
    return Permission(name) in look.may(scope)
