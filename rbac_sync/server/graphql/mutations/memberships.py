"""Memberships: the role of each member and service account, and who leaves."""

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
    """Give a user or service account another role; the id of a role goes before a name."""

    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        view = transaction.view
        row = inputs.membership(view, arguments["membership_id"])
        set_role(transaction, row.principal, ACCOUNT, inputs.some_role(view, arguments))
        return {"id": row.id}

    return context.write(work)


def delete_membership(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Remove somebody from this tenant, or leave whichever tenant the membership is of.

    A service account is nowhere else, so without its membership it is gone.
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
