"""Accounts: their profile, settings, domains and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from ...backends.store.documents import Document
from ...backends.store.register import Entry
from ...model import ACCOUNT as ROOT
from ...model import Level
from ...wire.prefect_cloud import accounts as wire
from ..auth import Place, account, anywhere
from ..gate import Desk
from ..look import Look
from ..refusal import conflict, forbidden
from .collection import ACCOUNT, collection
from .permissions import of_level
from .plan import LIMITS, PLAN

router = collection("/accounts", "Accounts")

PROFILE, SETTINGS, DOMAIN, ADDRESSES = "account", "account-settings", "domain", "ip-allowlist"
PLACE = "place"
WHOLE = ACCOUNT.removeprefix("/accounts")
UPDATE = "update:account"
NOT_ENFORCED = "this server does not enforce a list of addresses: set one up in front of it"


@router.get("/permissions")
def read_account_permissions(at: Annotated[Place, anywhere()]) -> list[str]:
    """List every permission that an account role can hold."""
    with at.look() as look:
        return sorted(of_level(look.catalogue, Level.ACCOUNT))


@router.get(WHOLE)
def read_account(at: Annotated[Place, account()]) -> wire.AccountResponse:
    """Read the account."""
    with at.look() as look:
        return shown(look)


@router.patch(WHOLE, status_code=204)
def update_account(body: wire.AccountUpdate, at: Annotated[Place, account(UPDATE)]) -> None:
    """Change what is named; a null clears it where that can be."""

    def work(desk: Desk) -> None:
        if body.handle not in (None, desk.look.handle):
            raise conflict("an account's handle is part of its audit trail and does not change")
        said = body.model_dump(mode="json", exclude_unset=True, exclude={"handle", "settings"})
        if said.get("name", "") is None:
            del said["name"]
        desk.documents.set(PROFILE, ROOT, {**_kept(desk.look, PROFILE), **said})
        if body.settings:
            _set(desk, body.settings.model_dump(mode="json", exclude_unset=True))

    at.write(work)


@router.delete(WHOLE, status_code=204)
def delete_account(at: Annotated[Place, account("delete:account")]) -> None:
    """Refuse: an account's audit trail is kept for good, and so is the account."""
    with at.look():
        raise forbidden("an account is not deleted while its audit trail is kept")


@router.get(f"{WHOLE}/settings")
def read_account_settings(at: Annotated[Place, account()]) -> wire.AccountSettings:
    """Read the settings."""
    with at.look() as look:
        return settings(look)


@router.patch(f"{WHOLE}/settings", status_code=204)
def update_account_settings(
    body: wire.AccountSettingsUpdate, at: Annotated[Place, account(UPDATE)]
) -> None:
    """Change the settings that are named."""
    at.write(lambda desk: _set(desk, body.model_dump(mode="json", exclude_unset=True)))


def _set(desk: Desk, said: Mapping[str, Any]) -> None:
    if said.get("enforce_ip_allowlist"):
        raise forbidden(NOT_ENFORCED)
    told = {name: value for name, value in said.items() if value is not None}
    cleared = {"default_result_storage": None} if "default_result_storage" in said else {}
    desk.documents.set(SETTINGS, ROOT, {**_kept(desk.look, SETTINGS), **cleared, **told})


@router.get(f"{WHOLE}/domains")
def read_account_domains(at: Annotated[Place, account()]) -> list[wire.AccountDomain]:
    """List the domains, in the order in which they were set."""
    with at.look() as look:
        return [
            wire.AccountDomain(
                id=d.id,
                created=d.created,
                updated=d.updated,
                account_id=at.account_id,
                name=d.name or "",
            )
            for d in sorted(look.documents.of(DOMAIN), key=_place)
        ]


def _place(domain: Document) -> int:
    return int(domain.content.get(PLACE, 0))


@router.patch(f"{WHOLE}/domains", status_code=204)
def update_account_domains(
    body: wire.UpdateAccountDomains, at: Annotated[Place, account(UPDATE)]
) -> None:
    """Replace the domains; those that stay keep their ids."""

    def work(desk: Desk) -> None:
        there = {d.name: d for d in desk.documents.of(DOMAIN)}
        wanted = dict.fromkeys(body.domain_names)
        for name in there.keys() - wanted.keys():
            desk.documents.delete(there[name])
        for place, name in enumerate(wanted):
            content = {PLACE: place}
            if name not in there:
                desk.documents.add(DOMAIN, ROOT, name, content)
            elif there[name].content != content:
                desk.documents.put(replace(there[name], content=content))

    at.write(work)


@router.get(f"{WHOLE}/usage_limits")
def read_usage_limits(at: Annotated[Place, account()]) -> wire.UsageLimitsResponse:
    """Read what the plan admits."""
    with at.look():
        return wire.UsageLimitsResponse(**LIMITS)


@router.get(f"{WHOLE}/usage")
def read_usage(at: Annotated[Place, account()]) -> list[wire.WorkspaceUsageResponse]:
    """Read what each workspace to which the caller has access uses of it."""
    with at.look() as look:
        return [_usage(look, entry) for entry in look.workspaces()]


def _usage(look: Look, workspace: Entry) -> wire.WorkspaceUsageResponse:
    address = workspace.address
    pools = len(look.documents.of("work-pool", address))
    return wire.WorkspaceUsageResponse(
        id=workspace.id,
        name=address.key,
        automations=0,
        deployments=len(look.documents.of("deployment", address)),
        mex_compute=0,
        work_pools=pools,
        non_managed_work_pools=pools,
        managed_work_pools=0,
    )


@router.get(f"{WHOLE}/ip_allowlist", include_in_schema=False)
def read_ip_allowlist(at: Annotated[Place, account("read:ip_allowlist")]) -> wire.IPAllowlist:
    """Read the list of addresses."""
    with at.look() as look:
        return wire.IPAllowlist.model_validate({"entries": [], **_kept(look, ADDRESSES)})


@router.put(f"{WHOLE}/ip_allowlist", status_code=204, include_in_schema=False)
def update_ip_allowlist(
    body: wire.IPAllowlist, at: Annotated[Place, account("update:ip_allowlist")]
) -> None:
    """Replace the list of addresses, which is kept and not enforced."""
    kept = body.model_dump(mode="json")
    at.write(lambda desk: desk.documents.set(ADDRESSES, ROOT, kept))


@router.get(f"{WHOLE}/ip_allowlist/my_access", include_in_schema=False)
def read_my_access(at: Annotated[Place, account()]) -> wire.IPAllowlistMyAccess:
    """Say that the caller's address is let in: none is kept out."""
    with at.look():
        return wire.IPAllowlistMyAccess(allowed=True, detail=NOT_ENFORCED)


def shown(look: Look) -> wire.AccountResponse:
    """Return the account as the API shows it."""
    told = _kept(look, PROFILE)
    return wire.AccountResponse(
        **{"name": look.handle, **PLAN, **told},
        id=look.account_id,
        created=look.session.account.created,
        updated=look.session.account.created,
        handle=look.handle,
        settings=settings(look),
        features=frozenset(look.session.account.features),
    )


def name(look: Look) -> str:
    """Return the name of the account, which is its handle until it is given one."""
    return str(_kept(look, PROFILE).get("name") or look.handle)


def settings(look: Look) -> wire.AccountSettings:
    """Return the settings of the account."""
    return wire.AccountSettings.model_validate(_kept(look, SETTINGS))


def _kept(look: Look, kind: str) -> Mapping[str, Any]:
    found = look.documents.named(kind, ROOT)
    return found.content if found else {}
