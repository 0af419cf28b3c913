"""Members of the tenant: their roles and removal, service accounts, and the caller's profile."""

from __future__ import annotations

from ....model import ACCOUNT, Kind, ServiceAccount
from ...commands import service_accounts
from ...commands.bindings import set_role
from ...commands.memberships import leave_account, remove_from_account
from ...commands.profiles import update_profile
from ...commands.resources import delete
from ...guarded_store import WriteTransaction
from .. import ids
from ..request_context import RequestContext
from . import inputs
from .inputs import Arguments, Payload, existing, writes


@writes()
def set_membership_role(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Set the role of a user or service account; the id of a role takes precedence over a name."""
    view = transaction.view
    row = existing(view.membership(arguments["membership_id"]), "membership")
    set_role(transaction, row.principal, ACCOUNT, inputs.some_role(view, arguments))
    return {"id": transaction.view.account_row(row.principal).id}


def delete_membership(context: RequestContext, arguments: Arguments) -> Payload:
    """Remove a principal from this tenant, or leave the tenant of the membership.

    A service account belongs to one tenant, so it is deleted with its membership.
    """
    id_ = arguments["membership_id"]

    def work(transaction: WriteTransaction) -> Payload:
        view = transaction.view
        who = existing(view.membership(id_), "membership").principal
        if who == view.caller and who.kind is Kind.USER:
            leave_account(transaction)
        else:
            remove_from_account(transaction, who)
        return inputs.DONE

    if context.here.membership(id_) is None:
        for view in context.elsewhere():
            if (row := view.membership(id_)) and row.principal == view.caller:
                return context.write_at(view.handle, work)
    return context.write(work)


@writes()
def create_service_account(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Create a service account in the selected tenant; without a role it is an administrator."""
    view = transaction.view
    inputs.here(view, arguments["tenant_id"])
    role = inputs.role(view, arguments) or view.catalogue.owner
    name = inputs.text(arguments, "name")
    with inputs.conflict(inputs.NOT_UNIQUE):
        account = service_accounts.create_service_account(transaction, name, role)
    return {"id": ids.public_id(transaction.view, account.address)}


@writes()
def delete_service_account(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Delete a service account with its keys."""
    view = transaction.view
    account = view.state.get(existing(ids.principal(view, arguments["user_id"]), "user"))
    if not isinstance(account, ServiceAccount):
        raise inputs.invalid("user")
    delete(transaction, account)
    return inputs.DONE


@writes()
def update_user_details(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Change the names of the caller."""
    fields = {name: arguments[name] and inputs.text(arguments, name) for name in arguments}
    return _updated(transaction, fields, "changed its name")


@writes()
def update_user_settings(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Replace the settings of the caller."""
    return _updated(transaction, {"settings": inputs.settings(arguments)}, "changed its settings")


def _updated(transaction: WriteTransaction, fields: Payload, remark: str) -> Payload:
    update_profile(transaction, fields, remark=remark)
    return {"id": ids.public_id(transaction.view, transaction.view.caller)}
