"""The parts that all collections of the REST API use: routers, handlers, order and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial, wraps
from inspect import Parameter, signature
from itertools import islice
from types import MappingProxyType, NoneType
from typing import Annotated, Any, TypeVar, get_args

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool

from ...wire.prefect_cloud.filters import Page
from ...wire.prefect_cloud.shapes import FORM, HANDLE, HTTPValidationError
from ..auth import AuthenticatedRoute, RequestScope, bearer
from ..http_errors import AsciiResponse
from ..refusals import InvalidRequest

T = TypeVar("T")
Handler = Callable[..., Any]
Decorator = Callable[[Handler], Handler]

ROOT = "/api"
"""The path below which all paths of the API are; those of collections are given without it."""

ACCOUNT = "/accounts/{account_id}"
WORKSPACE = "/accounts/{account_id}/workspaces/{workspace_id}"

Types = Mapping[str, Any]
"""Types of parameters of a handler that serves several collections, by name."""

FROM_HANDLER: Types = MappingProxyType({})

INVALID: Mapping[int | str, dict[str, Any]] = MappingProxyType(
    {422: {"model": HTTPValidationError, "description": "Validation Error"}}
)


class Collection(APIRouter):
    """A router for paths below *prefix*, which all require a key."""

    def __init__(self, prefix: str, tag: str) -> None:
        super().__init__(
            prefix=f"{ROOT}{prefix}",
            tags=[tag],
            route_class=AuthenticatedRoute,
            dependencies=[bearer],
            default_response_class=AsciiResponse,
            responses=dict(INVALID),
        )

    def reads(
        self, method: str, path: str, place: Any, types: Types = FROM_HANDLER, **options: Any
    ) -> Decorator:
        """Return a decorator that makes a handler a route; see the function ``reads``."""
        return self._adder(reads(place, types), path, {"methods": [method], **options})

    def writes(
        self, method: str, path: str, place: Any, types: Types = FROM_HANDLER, **options: Any
    ) -> Decorator:
        """Return a decorator that makes a handler a route; see the function ``writes``."""
        return self._adder(writes(place, types), path, {"methods": [method], **options})

    def _adder(self, opened: Decorator, path: str, options: dict[str, Any]) -> Decorator:
        def add(handler: Handler) -> Handler:
            self.add_api_route(path, opened(handler), **options)
            return handler  # which may be a route of another path, too

        return add


def together(*routers: APIRouter) -> APIRouter:
    """Return one router with the routes of *routers*, in their order.

    *Why* the routes and not the routers: a router in a router is asked three times for its route.
    """
    whole = APIRouter()
    for router in routers:
        whole.routes.extend(router.routes)
    return whole


def depends(on: Callable[..., Any]) -> Any:
    """Return the type of a parameter with the result of *on*, a dependency."""
    return Annotated[Any, Depends(on)]


def reads(place: Any, types: Types = FROM_HANDLER) -> Decorator:
    """Return a decorator of a handler that reads: its first argument is the view of the account.

    *place* is the dependency that checks the caller. A handler with a parameter ``at`` gets the
    scope of the request, too. *types* replace those of the parameters of the handler.
    """

    def opened(handler: Handler, at: RequestScope, sent: Mapping[str, Any]) -> Any:
        with at.view() as view:
            return handler(view, **sent)

    return lambda handler: _route(handler, partial(opened, handler), place, types)


def writes(place: Any, types: Types = FROM_HANDLER) -> Decorator:
    """Return a decorator of a handler that writes: its first argument is the transaction.

    The handler may be called again, if the transaction has to be repeated. See ``reads``.
    """

    def opened(handler: Handler, at: RequestScope, sent: Mapping[str, Any]) -> Any:
        return at.write(lambda transaction: handler(transaction, **sent))

    return lambda handler: _route(handler, partial(opened, handler), place, types)


def _route(
    handler: Handler,
    opened: Callable[[RequestScope, Mapping[str, Any]], Any],
    place: Any,
    types: Types,
) -> Handler:
    """Return a function with the parameters of *handler* that a request has, and its scope.

    *Why* asynchronous: the framework takes another turn in a thread to check the answer of one
    that is not.
    """
    own = signature(handler, eval_str=True)
    sent = [_typed(each, types) for each in own.parameters.values()][1:]
    scope = Parameter("at", Parameter.KEYWORD_ONLY, default=place, annotation=RequestScope)

    @wraps(handler)
    async def route(at: RequestScope, **fields: Any) -> Any:
        sent = {**fields, "at": at} if "at" in own.parameters else fields
        return await run_in_threadpool(opened, at, sent)

    route.__signature__ = own.replace(  # type: ignore[attr-defined]
        parameters=[scope, *(each for each in sent if each.name != "at")]
    )
    return route


def _typed(parameter: Parameter, types: Types) -> Parameter:
    """Return a parameter of a route; one with a type in *types* may be missing if that has None."""
    sent = parameter.replace(kind=Parameter.KEYWORD_ONLY)
    if parameter.name not in types:
        return sent
    type_ = types[parameter.name]
    default = None if NoneType in get_args(type_) else Parameter.empty
    return sent.replace(annotation=type_, default=default)


def page(rows: Iterable[T], query: Page) -> list[T]:
    """Return the part of *rows* for the page; rows after it are not created.

    *Why* two slices: the sum of both numbers may be larger than a slice takes.
    """
    return list(islice(islice(rows, query.offset, None), query.limit))


def ordered(rows: Iterable[T], sort: str | None, keys: Mapping[str, Any]) -> Iterable[T]:
    """Return *rows* in the named order: a field of *keys*, then ``_ASC`` or ``_DESC``."""
    if sort is None:
        return rows
    name, _, direction = sort.rpartition("_")
    return sorted(rows, key=keys[name], reverse=direction == "DESC")


def handle(name: str, kept: str | None = None) -> str:
    """Return *name* if it is a handle, or equals *kept*, which may be older than the rule.

    Raises:
        Refusal: *name* is no handle.
    """
    if name != kept and not HANDLE.fullmatch(name):
        raise InvalidRequest(FORM, "handle")
    return name
