"""Memberships: the roles of members and service accounts, and their removal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....model import ACCOUNT, Kind
from ...commands.bindings import set_role
from ...commands.memberships import leave_account, remove_from_account
from ...guarded_store import WriteTransaction
from .. import ids
from ..request_context import RequestContext
from . import inputs


def set_membership_role(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Set the role of a user or service account; the id of a role takes precedence over a name."""

    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        view = transaction.view
        row = inputs.membership(view, arguments["membership_id"])
        set_role(transaction, row.principal, ACCOUNT, inputs.some_role(view, arguments))
        return {"id": row.id}

    return context.write(work)


def delete_membership(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Remove a principal from this tenant, or leave the tenant of the membership.

    A service account belongs to one tenant, so it is deleted with its membership.
    """
    id_ = arguments["membership_id"]

    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        view = transaction.view
        who = inputs.membership(view, id_).principal
        if who == view.caller and who.kind is Kind.USER:
            leave_account(transaction)
        else:
            remove_from_account(transaction, who)
        return inputs.DONE

    if ids.membership(context.here, id_) is None:
        for view in context.elsewhere():
            if (row := ids.membership(view, id_)) and row.principal == view.caller:
                return context.write_at(view.handle, work)
    return context.write(work)
