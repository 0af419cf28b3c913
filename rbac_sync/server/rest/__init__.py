"""The REST face: one module for each collection, in the order in which paths are matched."""

from __future__ import annotations

from fastapi import APIRouter

from ..http_errors import AsciiResponse
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
from .events import routes
from .workspace_objects import blocks, deployments, plain_objects, work_pools

ROUTERS = (
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

API = APIRouter(default_response_class=AsciiResponse)
"""All routes below ``/api``, built once: this takes half a second."""

for _router in ROUTERS:
    API.include_router(_router, prefix="/api")

OTHERS = not_implemented.routes("/api")
"""The routes of all other paths below ``/api``."""
