"""Access to workspaces: the rows of users, service accounts and teams, and all who have access."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from ...backends.store.id_rows import HeldRow
from ...dataclasses import dataclass
from ...model import ANYWHERE, EVERYONE, Address, Kind, Level, Team
from ...wire.prefect_cloud import access as wire
from ...wire.prefect_cloud.access import ObjectActorAccess
from ..auth import RequestScope, workspace
from ..commands.bindings import revoke_binding, revoke_role, set_roles
from ..directory import roles
from ..directory.profiles import display, email, profile
from ..guarded_store import WriteTransaction
from ..matching import compares
from ..read_view import ReadView
from ..refusals import InvalidRequest, Missing
from . import bots, users
from .collection import WORKSPACE, Collection, entity, ordered, page, together


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
        """Return the routes: creating and listing rows, and reading and deleting one."""
        title, name = f"Workspace {self.word.title()} Access", f"{self.word}_access"
        router = Collection(f"{WORKSPACE}/{name}", title)
        self._add_upsert(router, f"upsert_{name}")
        place, body = workspace(self.see), {"body": self.read}
        rows: Any = {"name": f"read_{name}es", "response_model": list[self.response]}  # type: ignore[name-defined]
        router.reads("POST", "/filter", place, body, **rows)(self.read_all)
        self._add_single(router, name)
        return router

    def _add_upsert(self, router: Collection, name: str) -> None:
        body = {"body": self.create | list[self.create]}  # type: ignore[name-defined]
        answer: Any = self.response | list[self.response]  # type: ignore[name-defined]
        router.writes("POST", "/", workspace(), body, name=name, response_model=answer)(self.upsert)

    def _add_single(self, router: Collection, name: str) -> None:
        row: Any = {"name": f"read_{name}", "response_model": self.response}
        router.reads("GET", "/{id}", workspace(self.see), **row)(self.read_one)
        done: Any = {"name": f"delete_{name}", "status_code": 204}
        router.writes("DELETE", "/{id}", workspace(), **done)(self.delete)

    def upsert(self, transaction: WriteTransaction, at: RequestScope, body: Any) -> Any:
        """Give roles to principals; the response is an object or a list, as the body is."""
        scope = at.workspace(transaction.view).address
        bodies = body if isinstance(body, list) else [body]
        pairs = [self._pair(transaction.view, each) for each in bodies]
        set_roles(transaction, scope, dict(pairs))
        view = transaction.view
        held = (view.held_row(scope, principal) for principal, _ in pairs)
        answers = [self._response(view, row) for row in held if row]
        return answers if isinstance(body, list) else answers[0]

    def _pair(self, view: ReadView, body: Any) -> tuple[Address, Address]:
        """Return the principal and the role that a body names."""
        place = f"{self.word}_id"
        id_ = getattr(body, place)
        principal = view.register.find(self.kind, id_)
        if principal is None or not view.is_member(principal):
            raise InvalidRequest(f"there is no {self.kind} `{id_}` in this account", place)
        role_id = body.workspace_role_id
        return principal, roles.named(view, Level.WORKSPACE, role_id, "workspace_role_id")

    def read_all(self, view: ReadView, at: RequestScope, body: Any) -> Any:
        """List the roles that principals themselves hold in the workspace."""
        rows = (row for row in self._rows(view, at) if self.meets(view, row, body))
        answers = [self._response(view, row) for row in rows]
        return page(ordered(answers, getattr(body, "sort", None), self.sorts), body)

    def _rows(self, view: ReadView, at: RequestScope) -> Iterator[HeldRow]:
        """Yield the rows of the workspace with principals of the kind, without pending users."""
        held = view.register.held_in(at.workspace(view).address)
        view.expect([row.principal for row in held])
        return (row for row in held if self._is_shown(view, row))

    def _is_shown(self, view: ReadView, row: HeldRow) -> bool:
        is_one = row.principal.kind is self.kind and view.is_member(row.principal)
        return is_one and view.is_open(row)

    def read_one(self, view: ReadView, at: RequestScope, id: UUID) -> BaseModel:
        """Read the role of one principal."""
        return self._response(view, self._row(view, at, id))

    def _row(self, view: ReadView, at: RequestScope, id_: UUID) -> HeldRow:
        row = view.register.row(at.workspace(view).address, id_)
        if row is None or not self._is_shown(view, row):
            raise Missing
        return row

    def delete(self, transaction: WriteTransaction, at: RequestScope, id: UUID) -> None:
        """Revoke the role of one row; a user who is in the account for it alone leaves."""
        row = self._row(transaction.view, at, id)
        revoke_role(transaction, row.principal, row.scope, row.role)

    def _response(self, view: ReadView, row: HeldRow) -> BaseModel:
        principal = {f"{self.word}_id": view.id(row.principal), **self.fields(view, row.principal)}
        return self.response(
            **entity(row),
            workspace_id=view.id(row.scope),
            workspace_role_id=view.id(row.role),
            **principal,
        )


class TeamAccessRoutes(AccessRoutes):
    """The routes of teams: written by PUT and always in a list, deleted by team."""

    def _add_upsert(self, router: Collection, name: str) -> None:
        body = {"body": list[self.create]}  # type: ignore[name-defined]
        answer: Any = list[wire.WorkspaceTeamAccess]
        router.writes("PUT", "/", workspace(), body, name=name, response_model=answer)(self.upsert)

    def _add_single(self, router: Collection, name: str) -> None:
        done: Any = {"name": f"delete_{name}", "status_code": 204}
        router.writes("DELETE", "/{team_id}", workspace(), **done)(self.delete_team)

    def delete_team(self, transaction: WriteTransaction, at: RequestScope, team_id: UUID) -> None:
        """Revoke all roles of a team in the workspace."""
        view = transaction.view
        team, scope = view.resource(Team, team_id), at.workspace(view)
        revoke_binding(transaction, team.address, scope.address)


def _meets(view: ReadView, row: HeldRow, where: wire.WorkspaceActorAccessFilter | None) -> bool:
    return where is None or (
        compares(view.id(row.role), where.workspace_role_id)
        and compares(view.entry(row.principal).actor_id, where.actor_id)
    )


USERS = AccessRoutes(
    kind=Kind.USER,
    word="user",
    see="see_workspace_users",
    create=wire.WorkspaceUserAccessCreate,
    read=wire.ReadWorkspaceUserAccesses,
    response=wire.WorkspaceUserAccessResponse,
    fields=lambda view, user: {
        "actor_id": view.entry(user).actor_id,
        **profile(view, user).names,
    },
    meets=lambda view, row, query: (
        _meets(view, row, query.workspace_accesses)
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
        _meets(view, row, query.workspace_accesses)
        and bots.meets(view.id(row.principal), row.principal.key, query.bots)
    ),
    sorts={"CREATED": lambda row: row.created, "BOT_NAME": lambda row: row.bot_name.casefold()},
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

EVERYBODY = ObjectActorAccess(id="*", name="*", email=None, type="*")
TYPES: Mapping[Kind, Literal["user", "service_account", "team"]] = {
    Kind.USER: "user",
    Kind.SERVICE_ACCOUNT: "service_account",
    Kind.TEAM: "team",
}

everybody = Collection(f"{WORKSPACE}/access", "Workspace Access")


@everybody.reads("GET", "/", workspace("see_workspace_users", "see_workspace_service_accounts"))
def read_workspace_access(view: ReadView, at: RequestScope) -> list[ObjectActorAccess]:
    """List every team and actor with access; ``*`` stands for all users, where they have it.

    No source says whether the vendor's list has those whose account role gives the access.
    """
    scope = at.workspace(view).address
    actors = dict.fromkeys((*_direct(view, scope), *_implicit(view)))
    view.expect(list(actors))
    default = [EVERYBODY] if view.default_roles(scope) else []
    return default + [actor_access(view, who) for who in actors if view.access.acts(who)]


def _direct(view: ReadView, scope: Address) -> Iterator[Address]:
    held = view.register.held_in(scope)
    view.expect([row.principal for row in held])
    for row in held:
        if row.principal == EVERYONE or not view.is_open(row):
            continue
        yield row.principal
        resource = view.state.get(row.principal)
        if isinstance(resource, Team):
            yield from view.members(resource)


def _implicit(view: ReadView) -> Iterator[Address]:
    """Yield the principals whose account role gives permissions in every workspace."""
    for kind in (Kind.USER, Kind.SERVICE_ACCOUNT):
        for entry in view.all(kind):
            if view.access.may(entry.address, ANYWHERE, view.now):
                yield entry.address


def actor_access(view: ReadView, who: Address) -> ObjectActorAccess:
    """Return a principal as an entry of the list of access; a team has its own id."""
    entry = view.entry(who)
    return ObjectActorAccess(
        id=entry.actor_id, name=display(view, who), email=email(view, who), type=TYPES[who.kind]
    )


router = together(USERS.router(), BOTS.router(), TEAMS.router(), everybody)
