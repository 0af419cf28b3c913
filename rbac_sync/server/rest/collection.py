"""The parts that all collections of the REST API use: routers, handlers, order and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import Parameter, signature
from itertools import islice
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from ...backends.store.documents import Document
from ...backends.store.id_rows import HeldRow, IdEntry
from ...wire.prefect_cloud.filters import Page
from ...wire.prefect_cloud.shapes import FORM, HANDLE, HTTPValidationError
from ..auth import AuthenticatedRoute, RequestScope, bearer
from ..directory.invitations import Invitation
from ..http_errors import AsciiResponse
from ..refusals import InvalidRequest

T = TypeVar("T")
Handler = Callable[..., Any]
Decorator = Callable[[Handler], Handler]
Work = Callable[[Handler, RequestScope, Mapping[str, Any]], Any]
"""Calls a handler within the scope of a request, with the values that were sent."""

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
        self, methods: str, path: str, place: Any, types: Types = FROM_HANDLER, **options: Any
    ) -> Decorator:
        """Return a decorator of a handler that reads; its first argument is the view of an account.

        *place* is the dependency that checks the caller. A handler with a parameter ``at`` gets
        the scope of the request, too. *types* replace those of the parameters of the handler. A
        body with defaults alone may be missing or null; the handler then gets the defaults.
        """
        return self._adder(_read, methods, path, place, types, options)

    def writes(
        self, methods: str, path: str, place: Any, types: Types = FROM_HANDLER, **options: Any
    ) -> Decorator:
        """Return a decorator of a handler that writes; its first argument is the transaction.

        The handler may be called again, if the transaction has to be repeated. See ``reads``.
        """
        return self._adder(_write, methods, path, place, types, options)

    def _adder(
        self,
        work: Work,
        methods: str,
        path: str,
        place: Any,
        types: Types,
        options: Mapping[str, Any],
    ) -> Decorator:
        def add(handler: Handler) -> Handler:
            route = _route(handler, work, place, types)
            self.add_api_route(path, route, methods=methods.split(), **options)
            return handler  # which may be a route of another path, too

        return add


def _read(handler: Handler, at: RequestScope, sent: Mapping[str, Any]) -> Any:
    with at.view() as view:
        return handler(view, **sent)


def _write(handler: Handler, at: RequestScope, sent: Mapping[str, Any]) -> Any:
    return at.write(lambda transaction: handler(transaction, **sent))


def together(*routers: APIRouter) -> APIRouter:
    """Return one router with the routes of *routers*, in their order.

    *Why* not the routers: a request would be compared three times with the routes of each.
    """
    whole = APIRouter()
    for router in routers:
        whole.routes.extend(router.routes)
    return whole


def depends(on: Callable[..., Any]) -> Any:
    """Return the type of a parameter with the result of *on*, a dependency."""
    return Annotated[Any, Depends(on)]


def _route(handler: Handler, work: Work, place: Any, types: Types) -> Handler:
    """Return a function with the parameters of *handler* that a request has, and its scope.

    *Why* asynchronous: the framework takes another turn in a thread to check the answer of one
    that is not.
    """
    own = signature(handler, eval_str=True)
    of = {name: types.get(name, each.annotation) for name, each in own.parameters.items()}
    bodies = {name: each for name, each in of.items() if work is _read and _has_defaults(each)}

    @wraps(handler)
    async def route(at: RequestScope, **fields: Any) -> Any:
        scope = {"at": at} if "at" in of else {}
        absent = {name: body() for name, body in bodies.items() if fields[name] is None}
        return await run_in_threadpool(work, handler, at, {**fields, **absent, **scope})

    sent = [
        each.replace(annotation=of[name] | None, default=None)
        if name in bodies
        else each.replace(annotation=of[name])
        for name, each in own.parameters.items()
        if name != "at"
    ]
    scope = Parameter("at", Parameter.KEYWORD_ONLY, default=place, annotation=RequestScope)
    keywords = (each.replace(kind=Parameter.KEYWORD_ONLY) for each in sent[1:])
    route.__signature__ = own.replace(parameters=[scope, *keywords])  # type: ignore[attr-defined]
    return route


def _has_defaults(type_: Any) -> bool:
    """Say whether *type_* is a model without required fields."""
    is_model = isinstance(type_, type) and issubclass(type_, BaseModel)
    return is_model and not any(each.is_required() for each in type_.model_fields.values())


def entity(of: IdEntry | HeldRow | Document | Invitation) -> dict[str, Any]:
    """Return the fields that every response has for an object with an id of its own."""
    return {"id": of.id, "created": of.created, "updated": of.updated}


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
