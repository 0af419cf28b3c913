"""The lowest layer: the immutable values of access, from the standard library only."""

from __future__ import annotations

from .address import ACCOUNT, ANYWHERE, EVERYONE, Address, label, place
from .catalogue import Action, Catalogue, Evidence, Right, Statement, Title
from .declaration import Alumnus, Declaration, Manage
from .draft import Draft
from .horizon import WHOLE, Horizon
from .instant import Instant
from .kind import ACTORS, PRINCIPALS, SCOPES, Kind, Subject
from .meet import meet
from .policy import Limit, Policy
from .resources import (
    Binding,
    Holding,
    Holdings,
    Key,
    Level,
    Membership,
    ObjectAccess,
    ObjectLevel,
    ObjectType,
    Permission,
    Permissions,
    Resource,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
    held,
    is_invited,
    is_member,
)
from .row_indexes import Row
from .state import State

__all__ = [
    "ACCOUNT",
    "ACTORS",
    "ANYWHERE",
    "EVERYONE",
    "PRINCIPALS",
    "SCOPES",
    "WHOLE",
    "Action",
    "Address",
    "Alumnus",
    "Binding",
    "Catalogue",
    "Declaration",
    "Draft",
    "Evidence",
    "Holding",
    "Holdings",
    "Horizon",
    "Instant",
    "Key",
    "Kind",
    "Level",
    "Limit",
    "Manage",
    "Membership",
    "ObjectAccess",
    "ObjectLevel",
    "ObjectType",
    "Permission",
    "Permissions",
    "Policy",
    "Resource",
    "Right",
    "Role",
    "Row",
    "ServiceAccount",
    "State",
    "Statement",
    "Status",
    "Subject",
    "Team",
    "Title",
    "User",
    "Workspace",
    "held",
    "is_invited",
    "is_member",
    "label",
    "meet",
    "place",
]
