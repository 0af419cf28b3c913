"""Teams and their members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from ....model import Address, Kind, Membership, Team
from .. import tables as t
from ..batch import deleting, updating
from ..columns import term
from .principals import Principals

PLACE = ("team", "member")


class Teams(Principals[Team]):
    """Sets of users and service accounts."""

    kind: ClassVar = Kind.TEAM
    table: ClassVar = t.team

    def read(self) -> Iterator[Team]:
        """Yield every team with its members."""
        addresses = self.account.names.addresses
        members: dict[int, set[Membership]] = defaultdict(set)
        for team, member, *ends in self.rows(t.team_member, "team", "member", "since", "until"):
            members[team].add(Membership(addresses[member], *term(ends)))
        for number, managed_by, description in self.rows(
            t.team,
            "number",
            "managed_by",
            "description",
        ):
            inside = frozenset(members[number])
            yield Team(addresses[number].key, inside, managed_by, description)

    def details(self, team: Team) -> dict[str, Any]:
        """Return its columns; its members have a table of their own."""
        return {"managed_by": team.managed_by, "description": team.description}

    def create(self, after: Team) -> str | None:
        """Create *after* with its members."""
        self._enter(self.insert(after, **self.details(after)), after.members)
        return None

    def update(self, before: Team, after: Team) -> None:
        """Bring the team and its members from *before* to *after*; who stays keeps the id."""
        super().update(before, after)
        self._members(self.number(after.address), before, after)

    def rename(self, before: Team, after: Team) -> None:
        """Rename the team, and bring its memberships to *after*."""
        super().rename(before, after)
        self._members(self.number(after.address), before, after)

    def join(self, team: Address, principal: Address) -> None:
        """Make *principal* a member of *team*, for good."""
        number = self.number(team)
        self._enter(number, (Membership(principal),))
        self.batch.touch(t.team, "number", number)

    def _enter(self, team: int, memberships: Iterable[Membership]) -> None:
        for one in sorted(memberships, key=lambda m: m.principal):
            member = self.number(one.principal)
            self.batch.insert(
                t.team_member,
                team=team,
                member=member,
                since=one.since,
                until=one.until,
            )

    def _members(self, team: int, before: Team, after: Team) -> None:
        old, new = ({m.principal: m for m in side.members} for side in (before, after))
        for principal in sorted(old.keys() - new.keys()):
            member = self.number(principal)
            self.batch.delete(deleting(t.team_member, *PLACE), at_team=team, at_member=member)
        for principal in sorted(p for p in old.keys() & new.keys() if old[p] != new[p]):
            self.batch.update(
                updating(t.team_member, "since", "until", key=PLACE),
                at_team=team,
                at_member=self.number(principal),
                since=new[principal].since,
                until=new[principal].until,
            )
        self._enter(team, (new[p] for p in new.keys() - old.keys()))
