"""Memberships: the role of each member and service account, and who leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....model import ACCOUNT, Binding, Kind, held
from ....planning import Change
from ...gate import Desk
from .. import ids
from ..asking import Asking
from . import meant


def set_membership_role(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a user or service account another role; the id of a role goes before a name."""

    def work(desk: Desk) -> Mapping[str, Any]:
        look = desk.look
        row = meant.membership(look, said["membership_id"])
        after = Binding(row.principal, ACCOUNT, held(meant.some_role(look, said)))
        desk.make(Change(look.state.binding(row.principal, ACCOUNT), after))
        return {"id": row.id}

    return asking.write(work)


def delete_membership(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Remove somebody from this tenant, or leave whichever tenant the membership is of.

    A service account is nowhere else, so without its membership it is gone.
    """
    id_ = said["membership_id"]

    def work(desk: Desk) -> Mapping[str, Any]:
        look = desk.look
        who = meant.membership(look, id_).principal
        own = who == look.caller and who.kind is Kind.USER
        make = desk.make_own if own else desk.make
        make(Change(look.state.get(who), None))
        return meant.DONE

    if ids.membership(asking.here, id_) is None:
        for look in asking.elsewhere():
            if (row := ids.membership(look, id_)) and row.principal == look.caller:
                return asking.write_at(look.handle, work)
    return asking.write(work)
