"""Teams and their members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from ....model import Address, Instant, Kind, Membership, Team
from ...database.columns import explained
from .. import tables as t
from ..bulk import deleting, updating
from .handler import among
from .principals import Principals

PLACE = ("team", "member")
TERM = ("since", "until", "reason")


class Teams(Principals[Team]):
    """The handler of teams and their memberships."""

    kind: ClassVar = Kind.TEAM
    table: ClassVar = t.team

    def read(self, numbers: Collection[int] | None = None) -> Iterator[Team]:
        """Yield every team, or those of *numbers*, with its members."""
        members: dict[int, set[Membership]] = defaultdict(set)
        rows = self.account.find(t.team_member, *PLACE, *TERM, **among("team", numbers))
        own, names = self.own_names(numbers), self.names({row[1] for row in rows})
        for team, member, *term in rows:
            members[team].add(Membership(names(member), *explained(term)))
        columns = ("number", "managed_by", "description")
        teams = self.account.find(t.team, *columns, **among("number", numbers))
        for number, managed_by, description in teams:
            yield Team(own(number).key, frozenset(members[number]), managed_by, description)

    def places(self, members: Collection[Address]) -> dict[Address, dict[Address, Membership]]:
        """Return the places in teams of each of *members*, by team; unknown ones have none."""
        known = {number: who for who, number in self.account.names.known(members).items()}
        rows = self.account.find(t.team_member, *PLACE, *TERM, member=list(known)) if known else []
        names = self.names({row[0] for row in rows})
        places: dict[Address, dict[Address, Membership]] = {who: {} for who in members}
        for team, member, *term in rows:
            who = known[member]
            places[who][names(team)] = Membership(who, *explained(term))
        return places

    def details(self, team: Team) -> dict[str, Any]:
        """Return the columns of the team; its members have a table of their own."""
        return {"managed_by": team.managed_by, "description": team.description}

    def join(self, team: Address, principal: Address) -> None:
        """Make *principal* a member of *team*, without a term."""
        number = self.number(team)
        self.batch.insert(t.team_member, team=number, member=self.number(principal))
        self.batch.touch(t.team, "number", number)

    def write_parts(self, number: int, team: Team) -> None:
        """Change the stored memberships to those of *team*; one that stays keeps its id.

        *Why* the stored ones: the same transaction may have deleted a member
        with its principal.
        """
        members = {self.number(m.principal): m for m in team.members}
        there = self._there(number)
        for member in there.keys() - members.keys():
            self.batch.delete(deleting(t.team_member, *PLACE), at_team=number, at_member=member)
        for member in sorted(members):
            place = members[member]
            term = {"since": place.since, "until": place.until, "reason": place.reason or None}
            if member not in there:
                self.batch.insert(t.team_member, team=number, member=member, **term)
            elif there[member] != (place.since, place.until, place.reason):
                statement = updating(t.team_member, *TERM, key=PLACE)
                self.batch.update(statement, at_team=number, at_member=member, **term)

    def _there(self, team: int) -> dict[int, tuple[Instant | None, Instant | None, str]]:
        self.batch.settle("insert")
        rows = self.account.find(t.team_member, "member", *TERM, team=team)
        return {member: explained(term) for member, *term in rows}
