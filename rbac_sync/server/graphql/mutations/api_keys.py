"""API keys: one's own, and those of service accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ....backends.store.kept import KEY
from ....backends.store.reach import keep
from ....model import Address, Key, Kind
from ....planning import Change
from ...gate import Desk
from ...look import Look
from ...rest import keys
from .. import ids
from ..asking import Asking
from ..fault import unauthorized
from . import meant


def create_api_key(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Create a key of the caller's own or of a service account; its value is shown this once."""
    owner = _owner(asking.here, said["user_id"])
    default = _default(asking, owner, said.get("default_tenant_id"))
    reach = asking.reaching(owner, default)

    def work(desk: Desk) -> Mapping[str, Any]:
        if owner.kind is Kind.USER:
            meant.holds_ever(desk.look, "create:api-key")
        key = Key(owner, meant.text(said, "name"), said.get("expires_at"))
        with meant.conflict(meant.TAKEN):
            made = keys.minted(desk, key)
        keep(desk.documents, desk.look.register, key, reach)
        return {"id": made.id, "key": made.key}

    return asking.write(work)


def delete_api_key(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Revoke a key of the caller, in whichever tenant, or of a service account of this one."""
    id_ = said["key_id"]

    def work(desk: Desk) -> Mapping[str, Any]:
        look = desk.look
        found = ids.key(look, id_)
        if found is None or not _may_see(look, found.owner):
            raise meant.invalid("key")
        if found.owner.kind is Kind.USER:
            meant.holds_ever(look, "delete:api-key")
        beside = desk.documents.named(KEY, found.owner, str(id_))
        desk.make(Change(keys.resource(found), None))
        if beside:
            desk.documents.delete(beside)
        return meant.DONE

    if ids.key(asking.here, id_) is None:
        for look in asking.elsewhere():
            if (found := ids.key(look, id_)) and found.owner == look.caller:
                return asking.write_at(look.handle, work)
    return asking.write(work)


def _owner(look: Look, id_: UUID) -> Address:
    found = ids.principal(look, id_)
    if found is None:
        raise meant.invalid("user")
    if not _may_see(look, found):
        raise unauthorized("only people themselves make keys of their own")
    return found


def _may_see(look: Look, owner: Address) -> bool:
    return owner == look.caller or owner.kind is Kind.SERVICE_ACCOUNT


def _default(asking: Asking, owner: Address, wanted: UUID | None) -> UUID | None:
    """Return the tenant that a key works in unless told: one in which it does work."""
    here = asking.here
    if wanted in (None, here.account_id):
        return wanted
    if owner == here.caller and any(look.account_id == wanted for look in asking.tenants()):
        return wanted
    raise unauthorized("this key would not work in that tenant")
