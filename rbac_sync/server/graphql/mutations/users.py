"""What people say of themselves: names and settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....model import Kind
from ...gate import Desk
from ...rest.profiles import KIND as PROFILE
from ...rest.profiles import profiles
from .. import ids
from ..asking import Asking
from ..fault import unauthorized
from . import meant


def update_user_details(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Change the caller's own names; nobody else can."""
    told = {name: said[name] and meant.text(said, name) for name in said}
    return _told(asking, told, "changed its name")


def update_user_settings(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Replace the caller's own settings."""
    return _told(asking, {"settings": meant.settings(said)}, "changed its settings")


def _told(asking: Asking, told: Mapping[str, Any], words: str) -> Mapping[str, Any]:
    def work(desk: Desk) -> Mapping[str, Any]:
        look = desk.look
        if look.caller.kind is not Kind.USER:
            raise unauthorized("a service account has no names and settings")
        kept = profiles(look).get(look.caller, {})
        desk.documents.set(PROFILE, look.caller, {**kept, **told})
        desk.remark(look.caller, words)
        return {"id": ids.shown_id(look, look.caller)}

    return asking.write(work)
