"""The handlers of the store, one for each kind."""

from __future__ import annotations

from .bindings import Bindings
from .keys import Keys
from .objects import AccessLists
from .roles import Roles
from .service_accounts import ServiceAccounts
from .teams import Teams
from .users import Users
from .workspaces import Workspaces

HANDLERS = (Users, ServiceAccounts, Teams, Workspaces, Roles, Keys, Bindings, AccessLists)

__all__ = ["HANDLERS", "AccessLists", "Bindings", "Keys", "Roles", "Teams", "Users", "Workspaces"]
