"""The members of the account by e-mail address: those whom a file lists, or the live ones."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from functools import cached_property

from ..model import Address, Kind, State, User
from ..model.address import folded
from ..model.address_pattern import TextIndex
from .groups import MOST_LEVELS
from .holders import GROUP, TEAM, name_of, teams_like
from .sources import Sources

MOST_IN_PARTS = 5000
"""The most people that are looked up in parts; after these, all addresses are read."""


class LiveMembers(Container[str]):
    """The e-mail addresses, folded, of the declared users, who are the live ones but for a few."""

    def __init__(self, people: State, changed: Mapping[Address, Address | None]) -> None:
        """Look among live *people*, but for those who are *changed*; see ``KnownFiles``."""
        self._people, self._count = people, 0
        self._changed = {who.key: role is not None for who, role in changed.items()}

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset(self._people.emails())

    def expect(self, emails: Collection[str]) -> None:
        """Look *emails* up together."""
        self._count += len(emails)
        if self._count <= MOST_IN_PARTS:
            self._people.expect([Address(Kind.USER, folded(email)) for email in emails])

    def __contains__(self, email: object) -> bool:
        if email in self._changed:
            return self._changed[str(email)]
        self.expect([str(email)])
        if self._count > MOST_IN_PARTS:
            return email in self._all
        return Address(Kind.USER, str(email)) in self._people.of(User)


def listed_members(sources: Sources) -> frozenset[str]:
    """Return the folded e-mail addresses of the people whom ``[members]`` lists in any way."""
    lists = (entries for _, _, entries in sources.named("members"))
    texts = (name_of(entry) for entries in lists for entry in entries)
    return _ListedEmails(sources).of(texts, frozenset())


class _ListedEmails:
    """The e-mail addresses of the people whom lists, groups and teams name, members or not."""

    def __init__(self, sources: Sources) -> None:
        self._people = sources.people
        self._groups, self._teams = sources.by_name("groups"), sources.by_name("teams")
        self._names_of_teams = TextIndex(self._teams.keys())
        self._known: dict[str, frozenset[str]] = {}

    def of(self, texts: Iterable[str], above: frozenset[str]) -> frozenset[str]:
        """Return the addresses of *texts*; *above* are the groups and teams that lead to them."""
        emails: set[str] = set()
        for text in texts:
            if not text.startswith((GROUP, TEAM)):
                emails.add(folded(self._people.get(text, text)))
            elif text not in above and len(above) < MOST_LEVELS:
                if text not in self._known:
                    self._known[text] = self._within(text, above | {text})
                emails |= self._known[text]
        return frozenset(emails)

    def _within(self, text: str, above: frozenset[str]) -> frozenset[str]:
        """Return the addresses in the group or team *text*."""
        name = text.partition(":")[2]
        if text.startswith(TEAM):
            members = self._teams[name][0].members if name in self._teams else None
            return self.of(map(name_of, members or ()), above)
        if name not in self._groups:
            return frozenset()
        table = self._groups[name][0]
        everybody = table.all_ or ""
        teams = teams_like(everybody, self._names_of_teams) if everybody.startswith(TEAM) else []
        listed = self.of((*map(name_of, table.members), *teams), above)
        return listed - self.of(table.except_, above)
