"""The names and settings of the caller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...commands.profiles import update_profile
from ...guarded_store import WriteTransaction
from .. import ids
from ..request_context import RequestContext
from . import inputs


def update_user_details(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Change the names of the caller."""
    fields = {name: arguments[name] and inputs.text(arguments, name) for name in arguments}
    return _updated(context, fields, "changed its name")


def update_user_settings(
    context: RequestContext, arguments: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Replace the settings of the caller."""
    return _updated(context, {"settings": inputs.settings(arguments)}, "changed its settings")


def _updated(context: RequestContext, fields: Mapping[str, Any], remark: str) -> Mapping[str, Any]:
    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        update_profile(transaction, fields, remark=remark)
        return {"id": ids.public_id(transaction.view, transaction.view.caller)}

    return context.write(work)
