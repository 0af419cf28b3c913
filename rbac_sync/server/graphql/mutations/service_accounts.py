"""Service accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...commands import service_accounts as commands
from ...guarded_store import WriteTransaction
from .. import ids
from ..request_context import RequestContext
from . import inputs


def create_service_account(
    context: RequestContext, arguments: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Create a service account in the selected tenant; without a role it is an administrator."""

    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        view = transaction.view
        inputs.here(view, arguments["tenant_id"])
        role = inputs.role(view, arguments) or view.catalogue.owner
        name = inputs.text(arguments, "name")
        with inputs.conflict(inputs.NOT_UNIQUE):
            account = commands.create_service_account(transaction, name, role)
        return {"id": ids.public_id(transaction.view, account.address)}

    return context.write(work)


def delete_service_account(
    context: RequestContext, arguments: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Delete a service account with its keys."""

    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        account = inputs.service_account(transaction.view, arguments["user_id"])
        commands.delete_service_account(transaction, account)
        return inputs.DONE

    return context.write(work)
