"""The holders in a list: the principals of each entry, with their terms and groups."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Address, Instant
from ..model.address_pattern import TextIndex
from ..model.instant import earlier, is_open, later
from ..named_tuples import NamedTuple
from .problems import TomlLocation
from .schema import PersonTable, PrincipalEntry

GROUP, TEAM = "group:", "team:"
"""The prefixes of a group and of a team in a list."""

Entries = Sequence["str | PrincipalEntry"]


class Term(NamedTuple):
    """The time of a holding, and its reason."""

    since: Instant | None = None
    until: Instant | None = None
    reason: str = ""

    def within(self, outer: Term) -> Term:
        """Return the part of this term that lies within *outer*; its own reason comes first."""
        since, until = later(self.since, outer.since), earlier(self.until, outer.until)
        return Term(since, until, self.reason or outer.reason)

    @property
    def is_possible(self) -> bool:
        """True unless the term ends before it begins."""
        return self.since is None or self.until is None or self.since < self.until

    def is_open(self, now: Instant) -> bool:
        """Say whether the term has begun and has not ended by *now*."""
        return is_open(self.since, self.until, now)

    def is_over(self, now: Instant) -> bool:
        """Say whether the term has ended by *now*."""
        return self.until is not None and self.until <= now


class Holder(NamedTuple):
    """A principal for which an entry of a list stands.

    ``location`` is that of the entry which names the principal itself.
    ``through`` are the groups and teams that lead to it, outermost first.
    """

    principal: Address
    term: Term
    location: TomlLocation
    through: tuple[str, ...] = ()


def email_of(person: str | PersonTable) -> str:
    """Return the e-mail address of an entry of ``[people]``."""
    return person if isinstance(person, str) else person.email


def name_of(entry: str | PrincipalEntry) -> str:
    """Return the name in *entry*."""
    return entry if isinstance(entry, str) else entry.who


def term_of(entry: str | PrincipalEntry) -> Term:
    """Return the term of *entry*."""
    return Term() if isinstance(entry, str) else Term(entry.since, entry.until, entry.reason)


def teams_like(pattern: str, names: TextIndex) -> list[str]:
    """Return as in a list those of the teams *names* that *pattern*, ``team:...``, matches."""
    return [f"{TEAM}{name}" for name in names.like(pattern.removeprefix(TEAM))]
