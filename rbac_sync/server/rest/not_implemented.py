"""The paths that this server does not have: 501 and a sentence, never 404.

*Why*: a 404 means that a resource does not exist. Clients then create it or wait for it.
"""

from __future__ import annotations

from typing import Any, NoReturn

from fastapi import APIRouter, Request

from ..auth import AuthenticatedRoute, account, anywhere, workspace
from ..read_view import ReadView
from ..refusals import NotServed
from .collection import ACCOUNT, WORKSPACE, reads

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

SERVED = (
    "accounts, members, invitations, roles, teams, service accounts, API keys, workspaces and who"
    " has access to them, events, and as objects that are kept and never executed: blocks, flows,"
    " deployments, flow runs, work pools, work queues, automations, notification policies,"
    " concurrency limits, saved searches and variables"
)
"""The parts that this server has, as the message and the page about the server name them."""

COLLISIONS = (
    ("POST", "/flows/paginate"),
    ("POST", "/flows/bulk_delete"),
    ("POST", "/deployments/paginate"),
    ("POST", "/deployments/bulk_delete"),
    ("POST", "/deployments/get_scheduled_flow_runs"),
    ("PUT", "/block_documents/"),
    ("POST", "/work_pools/paginate"),
    ("POST", "/work_pools/{work_pool_name}/queues/paginate"),
    ("POST", "/work_queues/paginate"),
    ("GET", "/automations/managed/"),
    ("POST", "/flow_runs/paginate"),
    ("POST", "/flow_runs/history"),
    ("POST", "/flow_runs/lateness"),
    ("POST", "/flow_runs/filter-minimal"),
    ("POST", "/flow_runs/bulk_delete"),
    ("POST", "/flow_runs/bulk_set_state"),
    ("POST", "/concurrency_limits/increment"),
    ("POST", "/concurrency_limits/decrement"),
    ("POST", "/v2/concurrency_limits/paginate"),
    ("POST", "/v2/concurrency_limits/increment"),
    ("POST", "/v2/concurrency_limits/decrement"),
    ("POST", "/v2/concurrency_limits/increment-with-lease"),
    ("POST", "/v2/concurrency_limits/decrement-with-lease"),
)
"""Operations of the vendor whose paths match those of one resource here. Source: [S]."""


def _refuse(request: Request, path: str) -> NoReturn:
    raise NotServed(f"`{request.method} {path}` is not served here; what is served: {SERVED}")


def _catching(prefix: str, place: Any) -> APIRouter:
    routes = APIRouter(prefix=prefix, route_class=AuthenticatedRoute, redirect_slashes=False)

    @routes.api_route("/{path:path}", methods=METHODS)
    @reads(place)
    def refuse(_view: ReadView, request: Request, path: str) -> None:
        """Refuse a request to a path without a route."""
        _refuse(request, path)

    return routes


def routes(prefix: str) -> APIRouter:
    """Return the routes of all paths below *prefix* without a route."""
    made = APIRouter(redirect_slashes=False)
    for scope, place in ((WORKSPACE, workspace()), (ACCOUNT, account()), ("", anywhere())):
        made.include_router(_catching(scope, place), prefix=prefix)
    return made


def _collision(path: str) -> Any:
    @reads(workspace())
    def refuse(_view: ReadView, request: Request) -> None:
        """Refuse a request that would otherwise get 405."""
        _refuse(request, path[1:])

    return refuse


collisions = APIRouter(prefix=WORKSPACE, route_class=AuthenticatedRoute)
for method, path in COLLISIONS:
    collisions.add_api_route(path, _collision(path), methods=[method], include_in_schema=False)
