"""The REST face: one module for each collection, in the order in which paths are matched."""

from __future__ import annotations

from . import (
    account_memberships,
    accounts,
    bots,
    health,
    invitations,
    me,
    not_implemented,
    roles,
    teams,
    users,
    workspace_access,
    workspaces,
)
from .collection import together
from .events import routes
from .workspace_objects import blocks, deployments, plain_objects, work_pools

API = together(
    me.router,
    users.router,
    roles.router,
    accounts.router,
    account_memberships.router,
    invitations.router,
    workspaces.router,
    workspace_access.router,
    bots.router,
    teams.router,
    routes.router,
    blocks.router,
    deployments.router,
    work_pools.router,
    plain_objects.router,
    health.router,
    not_implemented.collisions,
)
"""All routes of the API, built once."""

OTHERS = not_implemented.routes()
"""The routes of all other paths below that of the API."""
