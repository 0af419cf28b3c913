"""Workspace access of users, service accounts and teams: the same routes over different rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from ....backends.store.id_index import HeldRow
from ....model import Address, Kind, Team
from ....wire.prefect_cloud import access as wire
from ...auth import RequestScope, workspace
from ...commands.bindings import revoke_binding
from ...directory.profiles import profile
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from .. import bots, users
from ..collection import WORKSPACE, collection, ordered, page
from . import rows

Route = tuple[str, str, Callable[..., Any], str, Any]
"""The method, the path, the function, the name and the response of a route."""


@dataclass(frozen=True)
class AccessRoutes:
    """The routes of one kind of principal, *word* in the API; reading them requires *see*.

    ``fields`` are the fields of a principal in the API besides its id;
    ``meets`` says whether a row meets the filter in a body of *read*.
    """

    kind: Kind
    word: str
    see: str
    create: type[BaseModel]
    read: Any
    response: type[BaseModel]
    fields: Callable[[ReadView, Address], Mapping[str, Any]]
    meets: Callable[[ReadView, HeldRow, Any], bool]
    sorts: Mapping[str, Callable[[Any], Any]]

    def router(self) -> APIRouter:
        """Return the four routes."""
        title = f"Workspace {self.word.title()} Access"
        router = collection(f"{WORKSPACE}/{self.word}_access", title)
        for method, path, route, name, model in self.routes():
            status, named = 204 if model is None else 200, name.format(self.word)
            options: Any = {"methods": [method], "response_model": model, "status_code": status}
            router.add_api_route(path, route, name=named, **options)
        return router

    def routes(self) -> Iterable[Route]:
        """Yield the routes: creating and listing, and reading and deleting one row."""
        one, many = self.response, list[self.response]  # type: ignore[name-defined]
        yield "POST", "/", self._upsert(), "upsert_{}_access", one | many
        yield "POST", "/filter", self._read_all(), "read_{}_accesses", many
        yield "GET", "/{id}", self._read(), "read_{}_access", one
        yield "DELETE", "/{id}", self._delete(), "delete_{}_access", None

    def _upsert(self) -> Callable[..., Any]:
        place = workspace()

        def upsert(body: Any, at: RequestScope = place) -> Any:
            """Give actors roles; one object is answered with one, a list with a list."""
            bodies = body if isinstance(body, list) else [body]
            id_ = f"{self.word}_id"
            pairs = [(getattr(each, id_), each.workspace_role_id) for each in bodies]
            answers = rows.upserted(at, self.kind, pairs, id_, self.to_response)
            return answers if isinstance(body, list) else answers[0]

        upsert.__annotations__["body"] = self.create | list[self.create]  # type: ignore[name-defined]
        return upsert

    def _read_all(self) -> Callable[..., Any]:
        place = workspace(self.see)

        def read_all(body: Any = None, at: RequestScope = place) -> Any:
            """List what actors hold themselves."""
            query = body or self.read()
            with at.view() as view:
                answers = [
                    self.to_response(view, row)
                    for row in rows.rows(view, at, self.kind)
                    if self.meets(view, row, query)
                ]
                return page(ordered(answers, getattr(query, "sort", None), self.sorts), query)

        read_all.__annotations__["body"] = self.read | None
        return read_all

    def _read(self) -> Callable[..., Any]:
        place = workspace(self.see)

        def read(id: UUID, at: RequestScope = place) -> Any:  # noqa: A002
            """Read one row."""
            with at.view() as view:
                return self.to_response(view, rows.row(view, at, self.kind, id))

        return read

    def _delete(self) -> Callable[..., Any]:
        place = workspace()

        def delete(id: UUID, at: RequestScope = place) -> None:  # noqa: A002
            """Take away what one row says; a user who was in the account for it alone leaves."""
            rows.revoke(at, self.kind, id)

        return delete

    def to_response(self, view: ReadView, row: HeldRow) -> BaseModel:
        """Return the response for a row."""
        own = {f"{self.word}_id": view.id(row.principal)}
        fields = {**rows.common_fields(view, row), **own, **self.fields(view, row.principal)}
        return self.response(**fields)


class TeamAccessRoutes(AccessRoutes):
    """The routes of teams: written by PUT and always in a list, deleted by team."""

    def routes(self) -> Iterable[Route]:
        """Yield the routes: creating and listing rows, and deleting those of one team."""
        many, answer = list[self.response], list[wire.WorkspaceTeamAccess]  # type: ignore[name-defined]
        upsert = self._upsert()
        upsert.__annotations__["body"] = list[self.create]  # type: ignore[name-defined]
        yield "PUT", "/", upsert, "upsert_{}_access", answer
        yield "POST", "/filter", self._read_all(), "read_{}_accesses", many
        yield "DELETE", "/{team_id}", self._delete(), "delete_{}_access", None

    def _delete(self) -> Callable[..., Any]:
        place = workspace()

        def delete(team_id: UUID, at: RequestScope = place) -> None:
            """Take away all that a team holds in the workspace."""

            def work(transaction: WriteTransaction) -> None:
                view = transaction.view
                team, scope = view.resource(Team, team_id), at.workspace(view)
                revoke_binding(transaction, team.address, scope.address)

            at.write(work)

        return delete


def _user_fields(view: ReadView, user: Address) -> Mapping[str, Any]:
    person = profile(view, user)
    names = {n: getattr(person, n) for n in ("first_name", "last_name", "email", "handle")}
    return {"actor_id": view.entry(user).actor_id, **names}


USERS = AccessRoutes(
    kind=Kind.USER,
    word="user",
    see="see_workspace_users",
    create=wire.WorkspaceUserAccessCreate,
    read=wire.ReadWorkspaceUserAccesses,
    response=wire.WorkspaceUserAccessResponse,
    fields=_user_fields,
    meets=lambda view, row, query: (
        rows.meets(view, row, query.workspace_accesses)
        and users.meets(view, row.principal, query.users)
    ),
    sorts={
        "CREATED": lambda row: row.created,
        "NAME": lambda row: f"{row.first_name} {row.last_name}".casefold(),
        "EMAIL": lambda row: row.email.casefold(),
        "HANDLE": lambda row: row.handle.casefold(),
    },
)

BOTS = AccessRoutes(
    kind=Kind.SERVICE_ACCOUNT,
    word="bot",
    see="see_workspace_service_accounts",
    create=wire.WorkspaceBotAccessCreate,
    read=wire.ReadWorkspaceBotAccesses,
    response=wire.WorkspaceBotAccessResponse,
    fields=lambda view, bot: {"actor_id": view.entry(bot).actor_id, "bot_name": bot.key},
    meets=lambda view, row, query: (
        rows.meets(view, row, query.workspace_accesses)
        and bots.meets(view.id(row.principal), row.principal.key, query.bots)
    ),
    sorts={
        "CREATED": lambda row: row.created,
        "BOT_NAME": lambda row: row.bot_name.casefold(),
    },
)

TEAMS = TeamAccessRoutes(
    kind=Kind.TEAM,
    word="team",
    see="manage_workspace_teams",
    create=wire.WorkspaceTeamAccessCreate,
    read=wire.ReadWorkspaceTeamAccesses,
    response=wire.WorkspaceTeamAccessResponse,
    fields=lambda _, team: {"team_name": team.key},
    meets=lambda _view, _row, _query: True,
    sorts={},
)
