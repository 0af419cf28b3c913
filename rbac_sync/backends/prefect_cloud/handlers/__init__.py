"""The handlers of Prefect Cloud, one for each kind."""

from __future__ import annotations

from uuid import UUID

from ...remote.ids import Ids
from ..api import Api
from .bindings import Bindings
from .handler import Handler
from .keys import Keys
from .objects import AccessLists
from .roles import Roles
from .service_accounts import ServiceAccounts
from .teams import Teams
from .users import Users
from .workspaces import Workspaces


def handlers(api: Api, ids: Ids, lost: frozenset[UUID]) -> tuple[Handler, ...]:
    """Return the handlers of one account in the order of reading: each needs ids of earlier ones.

    *lost* has the ids of keys whose secret is lost.
    """
    first = (kind(api, ids) for kind in (Roles, Workspaces, Users, ServiceAccounts))
    last = (kind(api, ids) for kind in (Teams, Bindings, AccessLists))
    return *first, Keys(api, ids, lost=lost), *last


__all__ = ["AccessLists", "Bindings", "Roles", "Teams", "handlers"]
