"""Teams and their members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from ....dataclasses import dataclass, field
from ....model import ACTORS, Address, Binding, Kind, Membership, Team
from ....model import address as named
from ....wire.prefect_cloud import teams as wire
from ....wire.prefect_cloud.filters import AnyOrLikeText
from ..rows import TEAMS, AccountRows
from .handler import NamedKind

RIGHT = "update:team"
MEMBERS: dict[Kind, tuple[wire.MemberType, str]] = {
    Kind.USER: ("user", "user"),
    Kind.SERVICE_ACCOUNT: ("service_account", "id"),
}
"""The type of a member of each kind in requests, and the sort of its id."""


@dataclass
class Teams(NamedKind[Team]):
    """Sets of users and service accounts; the id of a directory group marks a managed team.

    ``partly`` has the teams with hidden members.
    """

    kind: ClassVar = Kind.TEAM
    listing: ClassVar = TEAMS
    creation_right: ClassVar = "create:team"
    deletion_right: ClassVar = "delete:team"
    partly: set[Address] = field(default_factory=set)

    def read(self, rows: AccountRows) -> Iterator[Team]:
        """Yield every team with its members, whom the service lists by actor id."""
        self.partly.clear()
        for row in rows.teams:
            where = f"the team `{row.name}`"
            visible = [m for m in row.memberships if self.ids.known(m.id) or not rows.hides_people]
            members = (self.ids.address(member.id, where, ACTORS) for member in visible)
            if len(visible) < len(row.memberships):
                self.partly.add(named.team(row.name))
            team = Team(
                row.name,
                frozenset(map(Membership, members)),
                row.workos_directory_group_id or "",
                row.description or "",
            )
            self.ids.learn(team.address, str(row.id), id=row.id)
            self.ids.reported(team.address, "team", row.id)
            yield team

    def create(self, after: Team, *_brings: Binding) -> None:
        """Create a team, then add all its members in one request."""
        body = wire.TeamCreate(name=after.name, description=after.description)
        self.ids.learn(after.address, id=self.made(after, body, wire.TeamResponse).id)
        self._add(after.address, after.references)

    def is_new(self, row: wire.TeamResponse, _after: Team, *_brings: Binding) -> bool:
        return not (row.memberships or row.workspaces or row.workos_directory_group_id)

    def update(self, before: Team, after: Team) -> None:
        """Change the team to *after*: add the new members, then remove others, one request each.

        *Why* in this order: a team may be the only owner of a workspace.
        """
        team = self.path(before)
        if (before.name, before.description) != (after.name, after.description):
            body = wire.TeamUpdate(
                name=after.name,
                description=after.description,
                workos_directory_group_id=after.managed_by or None,
            )
            self.api.put("PUT", team, body, RIGHT)
        self._add(before.address, after.references - before.references)
        for gone in sorted(before.references - after.references):
            self.api.put("DELETE", f"{team}/members/{self.id(gone, 'actor')}", None, RIGHT)

    def page(self, name: str) -> wire.ReadTeams:
        return wire.ReadTeams(teams=wire.TeamFilter(name=AnyOrLikeText(any_=[name])))

    def trace(self, after: Team) -> str:
        """Return the id of the team with this name, empty unless it has all its members."""
        row = self.row_named(after)
        members = {self.id(principal, "actor") for principal in after.references}
        there = {member.id for member in row.memberships} if row else set()
        return str(row.id) if row and members <= there else ""

    def _add(self, team: Address, principals: Iterable[Address]) -> None:
        sorts = [(each, *MEMBERS[each.kind]) for each in sorted(principals)]
        members = [
            wire.TeamMembershipCreate(member_id=self.id(each, sort), member_type=kind)
            for each, kind, sort in sorts
        ]
        if members:
            path = f"teams/{self.id(team)}/members"
            self.api.put("PUT", path, wire.UpsertTeamMembers(members=members), RIGHT)
