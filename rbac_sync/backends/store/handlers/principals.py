"""The base of users, service accounts and teams in the store."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from ....model import Action, Binding, ServiceAccount, Team, User
from .. import tables as t
from .handler import Named

P = TypeVar("P", User, ServiceAccount, Team)
A = TypeVar("A", User, ServiceAccount)


class Principals(Named[P]):
    """The handler of a kind that can be a member of teams."""

    named_after: ClassVar = ((t.binding, "principal"), (t.api_key, "owner"))

    def shift(self, number: int) -> None:
        """Give a new version to the teams of the principal: members are a part of a team."""
        self.batch.settle("delete")
        for (team,) in self.account.find(t.team_member, "team", member=number):
            self.batch.touch(t.team, "number", team)


class Actors(Principals[A]):
    """The handler of users or service accounts, which have a second id: both APIs use two."""

    actions: ClassVar = Principals.actions | {Action.REPLACE}

    def create(self, after: A, *_brings: Binding) -> str | None:
        """Create *after*; it has no secret until it has a key."""
        self.insert(after, actor_id=self.batch.new_id(), **self.details(after))
        return None

    def replace(self, before: A, after: A, *_brings: Binding) -> None:
        """Delete *before* with all its holdings, and create *after*."""
        self.delete(before)
        self.create(after)
