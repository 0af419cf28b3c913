"""API keys of the caller and of service accounts; the server creates no older API tokens."""

from __future__ import annotations

from uuid import UUID

from ....model import Address, Key, Kind
from ...commands.keys import create_key, revoke_key
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from .. import ids
from ..fault import failed, unauthorized
from ..request_context import RequestContext
from . import inputs
from .inputs import Arguments, Payload, reads

NO_TOKENS = "API tokens are no longer made: create an API key."


def create_api_key(context: RequestContext, arguments: Arguments) -> Payload:
    """Create a key of the caller or of a service account; its secret is shown only now."""
    owner = _owner(context.here, arguments["user_id"])
    default = _default(context, owner, arguments.get("default_tenant_id"))
    reach = context.reaching(owner, default)

    def work(transaction: WriteTransaction) -> Payload:
        if owner.kind is Kind.USER:
            inputs.holds_ever(transaction.view, "create:api-key")
        key = Key(owner, inputs.text(arguments, "name"), arguments.get("expires_at"))
        with inputs.conflict(inputs.NOT_UNIQUE):
            created = create_key(transaction, key, reach)
        return {"id": created.entry.id, "key": created.secret}

    return context.write(work)


def delete_api_key(context: RequestContext, arguments: Arguments) -> Payload:
    """Revoke a key of the caller, in any tenant, or of a service account of this tenant."""
    id_ = arguments["key_id"]

    def work(transaction: WriteTransaction) -> Payload:
        view = transaction.view
        entry = ids.key(view, id_)
        if entry is None or not _may_see(view, entry.owner):
            raise inputs.invalid("key")
        if entry.owner.kind is Kind.USER:
            inputs.holds_ever(view, "delete:api-key")
        revoke_key(transaction, entry)
        return inputs.DONE

    if ids.key(context.here, id_) is None:
        for view in context.elsewhere():
            if (entry := ids.key(view, id_)) and entry.owner == view.caller:
                return context.write_at(view.handle, work)
    return context.write(work)


@reads
def create_api_token(_view: ReadView, _arguments: Arguments) -> Payload:
    """Refuse: the rights of a token came from its scope, and not from the role of its owner."""
    raise failed(NO_TOKENS)


@reads
def delete_api_token(_view: ReadView, _arguments: Arguments) -> Payload:
    """Refuse: there are no tokens."""
    raise inputs.invalid("token")


def _owner(view: ReadView, id_: UUID) -> Address:
    principal = inputs.existing(ids.principal(view, id_), "user")
    if not _may_see(view, principal):
        raise unauthorized("only people themselves make keys of their own")
    return principal


def _may_see(view: ReadView, owner: Address) -> bool:
    return owner == view.caller or owner.kind is Kind.SERVICE_ACCOUNT


def _default(context: RequestContext, owner: Address, tenant_id: UUID | None) -> UUID | None:
    """Return the default tenant of a key: one in which the key works."""
    here = context.here
    if tenant_id in (None, here.account_id):
        return tenant_id
    if owner == here.caller and any(view.account_id == tenant_id for view in context.tenants()):
        return tenant_id
    raise unauthorized("this key would not work in that tenant")
