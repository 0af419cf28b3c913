"""The routes of the vendor's API that this server does not have: 501 and a sentence, never 404.

*Why*: a 404 means that a resource does not exist. Clients then create it or wait for it. *Why* 404
for all other paths: by it the vendor's client sees that a server has no ``csrf-token``.
"""

from __future__ import annotations

from typing import Any, NoReturn

from fastapi import APIRouter, Request

from ..auth import account, anywhere, workspace
from ..read_view import ReadView
from ..refusals import Missing, NotServed
from .collection import ACCOUNT, WORKSPACE, Collection, Handler

METHODS, TAG = "GET POST PUT PATCH DELETE", "Not Implemented"

SERVED = (
    "accounts, members, invitations, roles, teams, service accounts, API keys, workspaces and who"
    " has access to them, events, and as objects that are kept and never executed: blocks, flows,"
    " deployments, flow runs, work pools, work queues, automations, notification policies,"
    " concurrency limits, saved searches and variables"
)
"""The parts that this server has, as the message and the page about the server name them."""

KINDS = frozenset(
    {
        "account_memberships",
        "account_roles",
        "artifacts",
        "asset-publications",
        "asset-subscriptions",
        "assets",
        "automations",
        "available-assets",
        "billing",
        "block_capabilities",
        "block_documents",
        "block_schemas",
        "block_types",
        "bot_access",
        "bots",
        "collections",
        "concurrency_limits",
        "deployments",
        "domains",
        "event-publications",
        "event-subscriptions",
        "events",
        "flow_run_notification_policies",
        "flow_run_states",
        "flow_runs",
        "flows",
        "image",
        "invitations",
        "ip_allowlist",
        "logs",
        "managed-automations",
        "managed_execution",
        "me",
        "metrics",
        "observed-loggers",
        "observed-states",
        "pins",
        "rate-limit-allocations",
        "rate-limits",
        "resources",
        "saved_searches",
        "settings",
        "slas",
        "spans",
        "sso",
        "tags",
        "task_run_states",
        "task_runs",
        "task_workers",
        "team_access",
        "teams",
        "templates",
        "traces",
        "ui",
        "usage",
        "usage_limits",
        "user_access",
        "users",
        "v2",
        "variables",
        "webhooks",
        "work_pools",
        "work_queues",
        "workers",
        "workspace_roles",
    }
)
"""First parts of the vendor's paths below a workspace, an account or the root. Source: [S]."""

COLLISIONS = (
    ("POST", "/flows/paginate"),
    ("POST", "/flows/bulk_delete"),
    ("POST", "/deployments/paginate"),
    ("POST", "/deployments/bulk_delete"),
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
    if path.partition("/")[0] not in KINDS:
        raise Missing
    raise NotServed(f"`{request.method} {path}` is not served here; what is served: {SERVED}")


def _refuse_any(_view: ReadView, request: Request) -> None:
    """Refuse a request about a whole kind, or about one object of it."""
    kind, rest = request.path_params["kind"], request.path_params.get("rest")
    _refuse(request, kind if rest is None else f"{kind}/{rest}")


def _catching(prefix: str, place: Any) -> APIRouter:
    routes = Collection(prefix, TAG)
    for path in ("/{kind}", "/{kind}/{rest:path}"):
        routes.reads(METHODS, path, place)(_refuse_any)
    return routes


def routes() -> APIRouter:
    """Return the routes of all paths of the API without a route."""
    made = APIRouter(redirect_slashes=False)
    for scope, place in ((WORKSPACE, workspace()), (ACCOUNT, account()), ("", anywhere())):
        made.routes.extend(_catching(scope, place).routes)
    return made


def _collision(path: str) -> Handler:
    def refuse(_view: ReadView, request: Request) -> None:
        """Refuse a request that would otherwise get 405."""
        _refuse(request, path.removeprefix("/"))

    return refuse


collisions = Collection(WORKSPACE, TAG)
for method, path in COLLISIONS:
    collisions.reads(method, path, workspace(), include_in_schema=False)(_collision(path))
