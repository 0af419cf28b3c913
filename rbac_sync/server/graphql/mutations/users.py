"""Mutations by which people change their own names and settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....model import Kind
from ...directory.profiles import KIND as PROFILE
from ...directory.profiles import profiles
from ...guarded_store import WriteTransaction
from .. import ids
from ..fault import unauthorized
from ..request_context import RequestContext
from . import inputs


def update_user_details(context: RequestContext, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Change the caller's own names; nobody else can."""
    told = {name: said[name] and inputs.text(said, name) for name in said}
    return _told(context, told, "changed its name")


def update_user_settings(context: RequestContext, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Replace the caller's own settings."""
    return _told(context, {"settings": inputs.settings(said)}, "changed its settings")


def _told(context: RequestContext, told: Mapping[str, Any], words: str) -> Mapping[str, Any]:
    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        view = transaction.view
        if view.caller.kind is not Kind.USER:
            raise unauthorized("a service account has no names and settings")
        kept = profiles(view).get(view.caller, {})
        transaction.documents.set(PROFILE, view.caller, {**kept, **told})
        transaction.remark(view.caller, words)
        return {"id": ids.shown_id(view, view.caller)}

    return context.write(work)
