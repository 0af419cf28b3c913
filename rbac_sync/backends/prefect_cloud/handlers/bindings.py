"""Bindings of Prefect Cloud: account roles, workspace roles and default roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from ....dataclasses import dataclass, field
from ....errors import BackendError, BadResponse, DanglingReference, Forbidden, NoAnswer, NotFound
from ....model import ACCOUNT, ACTORS, EVERYONE, Address, Binding, Kind, Level, User, held, label
from ....model.address import binding
from ....model.resources import Holdings
from ....model.resources import role as role_address
from ....named_tuples import NamedTuple
from ....wire.prefect_cloud import access as wire
from ....wire.prefect_cloud.account_memberships import AccountMembershipUpdate
from ....wire.prefect_cloud.bots import BotUpdate
from ....wire.prefect_cloud.invitations import InvitationCreate
from ....wire.prefect_cloud.shapes import Identified, Request
from ....wire.prefect_cloud.workspaces import Workspace, WorkspaceUpdate
from ...handler import WRITTEN
from ...remote.request import LOST
from ..lists import Listing
from ..rows import BOT_MEMBERS, TEAM_ACCESS, AccountRows, HeldRole
from .handler import Handler
from .users import MEMBERSHIP, Users

E = TypeVar("E", bound=Identified)

SETTINGS = "write_workspace_settings"
ACCESS = "workspace-access"
"""The type of events about a role in a workspace."""


class Route(NamedTuple):
    """The requests that write the access of one kind of principal, which ``noun`` names in them."""

    noun: str
    method: str
    sent: Callable[..., Request]
    answered: Any
    right: str

    def path(self, workspace: UUID) -> str:
        """Return the path of the rows of access in *workspace*."""
        return f"workspaces/{workspace}/{self.noun}_access/"


ROUTES = {
    Kind.USER: Route(
        "user",
        "POST",
        wire.WorkspaceUserAccessCreate,
        tuple[wire.WorkspaceUserAccessResponse],
        "manage_workspace_users",
    ),
    Kind.SERVICE_ACCOUNT: Route(
        "bot",
        "POST",
        wire.WorkspaceBotAccessCreate,
        tuple[wire.WorkspaceBotAccessResponse],
        "manage_workspace_service_accounts",
    ),
    Kind.TEAM: Route(
        "team",
        "PUT",
        wire.WorkspaceTeamAccessCreate,
        tuple[wire.WorkspaceTeamAccess],
        "manage_workspace_teams",
    ),
}


@dataclass
class Bindings(Handler):
    """Account roles, workspace roles and default roles: one role for each principal and scope.

    ``rows`` has the access rows of users and bots, by the ids of holder and workspace. ``beyond``
    has the teams that hold a role in a hidden workspace, each with the id of one such workspace.
    ``partly`` has the workspaces in which somebody holds a hidden role, and the teams that hold
    one; ``closed`` has the workspaces whose access was refused.
    """

    kind: ClassVar = Kind.BINDING
    actions: ClassVar = WRITTEN
    rows: dict[tuple[UUID, UUID], HeldRole] = field(default_factory=dict)
    beyond: dict[Address, UUID] = field(default_factory=dict)
    partly: set[Address] = field(default_factory=set)
    closed: set[Address] = field(default_factory=set)
    _held: dict[tuple[Level, UUID], Holdings] = field(default_factory=dict)

    def read(self, rows: AccountRows) -> Iterator[Binding]:
        self.partly.clear()
        self.closed.clear()
        self._held.clear()
        yield from self._in_account(rows)
        yield from self._by_default(rows)
        yield from self._of_principals(rows)
        yield from self._of_teams(rows)

    def create(self, after: Binding, *_brings: Binding) -> None:
        """Give the principal the role of *after*."""
        (role,) = (self.id(holding.role) for holding in after.roles)
        if after.scope == ACCOUNT:
            self._set_account_role(after.principal, role)
        elif after.principal == EVERYONE:
            self._set_default(after.scope, role)
        else:
            self._set(after, role)

    def update(self, _before: Binding, after: Binding) -> None:
        """Replace the role of the binding by that of *after*."""
        self.create(after)

    def delete(self, before: Binding) -> None:
        """Remove the role of the principal in the workspace."""
        if before.principal == EVERYONE:
            self._set_default(before.scope, None)
            return
        route, workspace = ROUTES[before.principal.kind], self.id(before.scope)
        path = f"{route.path(workspace)}{self._id_there(before)}"
        self.api.put("DELETE", path, None, route.right)
        self.rows.pop((self._owner(before.principal), workspace), None)

    def stamp(self, binding: Binding) -> str:
        return str(self._row(binding) or "")

    def _id_there(self, binding: Binding) -> UUID:
        """Return the id that *binding* has below the access of its workspace."""
        if binding.principal.kind is Kind.TEAM:
            return self.id(binding.principal)
        if row := self._row(binding):
            return row.id
        raise BackendError(f"`{binding.address}` is not there", hint="plan again")

    def _row(self, binding: Binding) -> HeldRole | None:
        """Return the access row of *binding*, None if no user or bot holds it in a workspace."""
        sort = _sort(binding.principal)
        owner, workspace = self.ids.find(binding.principal, sort), self.ids.find(binding.scope)
        return self.rows.get((UUID(owner), UUID(workspace))) if owner and workspace else None

    def _set_account_role(self, principal: Address, role: UUID) -> None:
        if principal.kind is Kind.SERVICE_ACCOUNT:
            body = BotUpdate(account_role_id=role)
            self.api.put("PATCH", f"bots/{self.id(principal)}", body, "update:bot")
        elif self.ids.has(principal, "invitation"):
            invitation = InvitationCreate(email=principal.key, account_role_id=role)
            Users(self.api, self.ids).invite(User(principal.key), invitation)
        else:
            path = f"account_memberships/{self.id(principal, 'membership')}"
            update = AccountMembershipUpdate(account_role_id=role)
            self.api.put("PATCH", path, update, "update:account_membership")

    def _set_default(self, scope: Address, role: UUID | None) -> None:
        """Set or clear the default role.

        *Why* read it after clearing: the meaning of null is not documented, and the
        Terraform provider of the service sends null without the intention to clear.
        """
        path = f"workspaces/{self.id(scope)}"
        self.api.put("PATCH", path, WorkspaceUpdate(default_workspace_role_id=role), SETTINGS)
        if role is None and not self.api.polled(lambda: self._is_cleared(path)):
            message = f"the service keeps the default role of `{scope}`"
            raise BackendError(message, hint="clear it in the service, then plan again")

    def _is_cleared(self, path: str) -> bool | None:
        try:
            workspace = self.api.get(path, Workspace, "read:workspace")
        except BackendError as error:
            raise NoAnswer(f"whether it is cleared is not known: {error}", hint=LOST) from error
        return True if workspace.default_workspace_role_id is None else None

    def _set(self, after: Binding, role: UUID) -> None:
        route, workspace = ROUTES[after.principal.kind], self.id(after.scope)
        owner = self._owner(after.principal)
        sent = {f"{route.noun}_id": owner, "workspace_role_id": role}
        path, echo = route.path(workspace), {**sent, "workspace_id": workspace}
        body, answered = [route.sent(**sent)], route.answered
        (made,) = self.api.put(route.method, path, body, route.right, answered, **echo)
        self.rows[owner, workspace] = HeldRole(made.id, made.updated, owner, role)

    def _owner(self, principal: Address) -> UUID:
        """Return the id of *principal* in access rows."""
        return self.id(principal, _sort(principal))

    def report_rows(self, bindings: Iterable[Binding]) -> None:
        """Learn the ids of *bindings* in events that reading the account did not show."""
        held = list(bindings)
        for each in held:
            if access := self._row(each):
                self.ids.reported(each.address, ACCESS, access.id)
        if any(b.scope == ACCOUNT and b.principal.kind is Kind.SERVICE_ACCOUNT for b in held):
            for member in self._listed(BOT_MEMBERS):
                if who := self.ids.known(member.actor_id):
                    self.ids.reported(binding(who, ACCOUNT), MEMBERSHIP, member.id)
        for scope in {b.scope for b in held if b.principal.kind is Kind.TEAM}:
            for row in self._listed(TEAM_ACCESS.of(self.id(scope))):
                if team := self.ids.known(row.team_id):
                    self.ids.reported(binding(team, scope), ACCESS, row.id)

    def _listed(self, listing: Listing[E]) -> list[E]:
        """Return all rows of *listing*; none if the request is refused."""
        try:
            return self.api.listed(listing)
        except (Forbidden, NotFound):
            return []

    def _in_account(self, rows: AccountRows) -> Iterator[Binding]:
        for member in rows.members:
            where = f"the member `{member.email}`"
            yield self._binding(
                self.ids.address(member.user_id, where), ACCOUNT, member.account_role_id
            )
        for principal, invitation in rows.invited().items():
            if self.ids.has(principal, "invitation"):
                yield self._binding(principal, ACCOUNT, invitation.account_role_id)
        named = {role.name: role.id for role in rows.roles.account_roles}
        for bot in rows.bots:
            if bot.account_role_name not in named:
                message = f"the service account `{bot.name}` holds `{bot.account_role_name}`"
                raise DanglingReference(f"{message}, which no list contains", hint="try again")
            principal = self.ids.address(bot.id, "")
            yield self._binding(principal, ACCOUNT, named[bot.account_role_name])

    def _by_default(self, rows: AccountRows) -> Iterator[Binding]:
        for workspace in rows.workspaces:
            if role := workspace.default_workspace_role_id:
                scope = self.ids.address(workspace.id, "")
                yield from self._in_workspace(rows, EVERYONE, scope, role)

    def _of_principals(self, rows: AccountRows) -> Iterator[Binding]:
        self.rows.clear()
        hides_people = rows.hides_people
        for workspace, access in rows.access:
            scope = self.ids.address(workspace, "")
            if access is None:
                self.closed.add(scope)
                continue
            where = f"access to `{scope}`"
            for row in access:
                if hides_people and not self.ids.known(row.owner):
                    continue  # the horizon contains its kind
                principal = self.ids.address(row.owner, where, ACTORS)
                for held_there in self._in_workspace(rows, principal, scope, row.role):
                    if self.rows.setdefault((row.owner, workspace), row) is not row:
                        raise _held_twice(principal, scope)
                    yield held_there

    def _of_teams(self, rows: AccountRows) -> Iterator[Binding]:
        self.beyond.clear()
        for team in rows.teams:
            roles = {row.workspace_id: row.workspace_role_id for row in team.workspaces}
            for row in team.workspaces:
                holder = self.ids.address(team.id, "")
                if not self.ids.known(row.workspace_id):
                    self.beyond[holder] = row.workspace_id
                    continue
                where = f"the team `{team.name}`"
                scope = self.ids.address(row.workspace_id, where, {Kind.WORKSPACE})
                if roles[row.workspace_id] != row.workspace_role_id:
                    raise _held_twice(holder, scope)
                yield from self._in_workspace(rows, holder, scope, row.workspace_role_id)

    def _in_workspace(
        self, rows: AccountRows, principal: Address, scope: Address, role: UUID
    ) -> Iterator[Binding]:
        """Yield the binding, or record that the role in *scope* is hidden."""
        if Kind.ROLE in rows.hidden and not self.ids.known(role):
            self.partly.update({scope, principal} if principal.kind is Kind.TEAM else {scope})
        else:
            yield self._binding(principal, scope, role)

    def _binding(self, principal: Address, scope: Address, role: UUID) -> Binding:
        level = Level.ACCOUNT if scope == ACCOUNT else Level.WORKSPACE
        if (roles := self._held.get((level, role))) is None:
            roles = self._held[level, role] = self._role(level, role, principal)
        return Binding(principal, scope, roles)

    def _role(self, level: Level, role: UUID, principal: Address) -> Holdings:
        """Return the role, which *principal* holds, as a part of a binding of this level."""
        known = self.ids.address(role, f"a role held by `{principal}`", {Kind.ROLE})
        if known != role_address(level, known.name):
            message = f"`{label(principal)}` holds `{known}`, which is no role of the {level}"
            raise BadResponse(message, hint="look at it in the service")
        return held(known)


def _sort(principal: Address) -> str:
    """Return the sort of the id of *principal* in access rows."""
    return "user" if principal.kind is Kind.USER else "id"


def _held_twice(principal: Address, scope: Address) -> BadResponse:
    """Return the error for two roles of *principal* in *scope*: a binding would have only one."""
    message = f"`{label(principal)}` holds two roles in `{scope}`, and one is possible here"
    return BadResponse(message, hint="take one of them away in the service")
