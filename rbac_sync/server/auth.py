"""Authentication: the caller of a request, and the account or workspace that its path names."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from ..backends.store.accounts import Caller
from ..backends.store.legible import OURS
from ..dataclasses import dataclass
from ..model import Kind, Permission, Permissions, Workspace
from .guarded_store import GuardedStore, WriteTransaction
from .limits import DEEPEST, MOST_PARTS, WITH_BODY, check_json, has_parts, is_deep
from .read_view import ReadView
from .refusals import InvalidRequest, Missing, NotAllowed, lacking

T = TypeVar("T")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]

WORLD = "prefect-cloud"
"""The world of the accounts of the REST face; keys of other worlds are unknown here."""

NEEDS, SCOPES = "x-required-account-permissions", "x-required-workspace-scopes"

READS = re.compile(r"/(filter|count|my-access|count-by/\{[^}]*\})$")
"""The paths of requests for a list with a body."""

bearer = Security(HTTPBearer(auto_error=False, description="An API key."))


class AuthenticatedRoute(APIRoute):
    """A route that identifies its caller before it reads the rest of a request.

    The permissions that it requires are in the OpenAPI document; for changes of
    access, the guard requires those of the catalogue.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for dependency in self.dependant.dependencies:
            extra = getattr(dependency.call, "extra", None)
            if extra:
                self.openapi_extra = {**(self.openapi_extra or {}), **extra}

    def get_route_handler(self) -> Handler:
        """Return the handler, which identifies the caller first."""
        handle = super().get_route_handler()

        async def authenticated(request: Request) -> Response:
            guarded: GuardedStore = request.app.state.guarded
            key = presented(request)
            request.state.caller = await run_in_threadpool(guarded.identify, key, WORLD)
            await _measure(request, is_reading=READS.search(self.path) is not None)
            try:
                return await handle(request)
            except OURS as error:  # of an answer that cannot be written
                (cause,) = await run_in_threadpool(list, guarded.service.explained([error]))
                if cause is error:
                    raise
                raise cause from error

        return authenticated


async def _measure(request: Request, *, is_reading: bool) -> None:
    try:
        body = await request.json() if request.method in WITH_BODY else None
    except (ValueError, RecursionError):
        return  # the route reports the fault
    if is_deep(body):
        raise InvalidRequest(f"a body has at most {DEEPEST} levels")
    check_json(body)
    if is_reading and has_parts(body):
        raise InvalidRequest(f"what asks for a list has at most {MOST_PARTS} values: ask in parts")


def presented(request: Request) -> str | None:
    """Return the key in the header of a request, if any."""
    scheme, _, key = field_value(request, "authorization").partition(" ")
    return key if scheme.lower() == "bearer" else None


def field_value(request: Request, name: str) -> str:
    """Return the value of a header; of one that is sent several times, all values together.

    *Why* not the first one: a proxy may have checked another one. Source: RFC 9110, 5.2.
    """
    return ", ".join(request.headers.getlist(name))


@dataclass(frozen=True)
class RequestScope:
    """The scope of a request: an account, maybe a workspace, and the permissions needed.

    ``needs`` are account permissions. ``scopes`` are permissions in the
    workspace; None: membership of the workspace is not required.
    """

    guarded: GuardedStore
    caller: Caller
    key: str
    account_id: UUID | None = None
    workspace_id: UUID | None = None
    needs: tuple[str, ...] = ()
    scopes: tuple[str, ...] | None = None

    @contextmanager
    def view(self) -> Iterator[ReadView]:
        """Open a view of the account.

        Raises:
            Refusal: the caller cannot see the place, or lacks a required permission.
        """
        with self.guarded.view(self.caller.account, self.key) as view:
            self._enter(view)
            yield view

    def write(self, work: Callable[[WriteTransaction], T]) -> T:
        """Do *work* in one write transaction; see ``view``."""

        def entered(transaction: WriteTransaction) -> T:
            self._enter(transaction.view)
            return work(transaction)

        return self.guarded.write(self.caller.account, self.key, entered)

    def workspace(self, view: ReadView) -> Workspace:
        """Return the workspace that the path names."""
        assert self.workspace_id is not None, "the path names one"
        return view.resource(Workspace, self.workspace_id)

    def _enter(self, view: ReadView) -> None:
        if self.account_id is not None and self.account_id != view.account_id:
            raise Missing
        if not view.access.acts(view.caller):
            raise NotAllowed
        if self.needs:
            check_held(self.needs, view.may())
        if self.workspace_id is None:
            return
        here = view.register.find(Kind.WORKSPACE, self.workspace_id)
        if here is None:
            raise Missing
        if self.scopes is not None:
            held = view.may(here)
            if not held:
                raise Missing
            check_held(self.scopes, held)


def check_held(needed: tuple[str, ...], held: Permissions) -> None:
    """Refuse a request that requires all of *needed* unless they are *held*."""
    missing = [name for name in needed if Permission(name) not in held]
    if missing:
        raise NotAllowed(lacking(*missing))


def anywhere() -> Any:
    """Return a dependency on a caller, in its own account."""

    async def place(request: Request) -> RequestScope:
        return _place(request)

    return Depends(place)


def account(*needs: str) -> Any:
    """Return a dependency on a caller with all of *needs* in the account of the path."""

    async def place(request: Request, account_id: UUID) -> RequestScope:
        return _place(request, account_id=account_id, needs=needs)

    return _depends(place, needs)


def workspace(*scopes: str, needs: tuple[str, ...] = ()) -> Any:
    """Return a dependency on a caller with access to the workspace of the path and all *scopes*.

    *needs* are permissions that are required in the account.
    """
    return _in_workspace(needs, scopes)


def workspace_of_account(*needs: str) -> Any:
    """Return a dependency on a caller with *needs* in the account of the workspace."""
    return _in_workspace(needs, None)


def _in_workspace(needs: tuple[str, ...], scopes: tuple[str, ...] | None) -> Any:
    async def place(request: Request, account_id: UUID, workspace_id: UUID) -> RequestScope:
        where = {"account_id": account_id, "workspace_id": workspace_id}
        return _place(request, needs=needs, scopes=scopes, **where)

    return _depends(place, needs, scopes or ())


def _depends(place: Any, needs: tuple[str, ...], scopes: tuple[str, ...] = ()) -> Any:
    extra = {NEEDS: list(needs), SCOPES: list(scopes)}
    place.extra = {name: permissions for name, permissions in extra.items() if permissions}
    return Depends(place)


def _place(request: Request, **where: Any) -> RequestScope:
    key = presented(request)
    assert key is not None, "the route has seen it"
    return RequestScope(request.app.state.guarded, request.state.caller, key, **where)
