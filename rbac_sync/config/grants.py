"""Grants: the lists of ``[members]`` and ``[workspaces.X.access]``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ..model import (
    EVERYONE,
    Address,
    Holding,
    Kind,
    Level,
    Membership,
    Row,
    held,
)
from .expiry import advise_on_end
from .problems import TomlLocation
from .resolve import NameResolver

if TYPE_CHECKING:
    from .schema import PrincipalEntry


class RoleHolder(NamedTuple):
    """The entries listed under one role, unresolved, with their location."""

    role: str
    entries: Sequence[str | PrincipalEntry]
    location: TomlLocation


@dataclass
class BindingTable:
    """The bindings by scope and principal, filled scope by scope.

    ``ended`` holds, by scope, who is listed with an end that has passed.
    """

    names: NameResolver
    rows: dict[Address, Row] = field(default_factory=dict)
    ended: dict[Address, set[Address]] = field(default_factory=dict)

    def fill(self, scope: Address, level: Level, lists: Iterable[RoleHolder]) -> None:
        """Add the bindings of one scope."""
        table = _Scope(self, self.rows.setdefault(scope, {}), list(lists))
        names: dict[Address, str] = {}
        for listed in table.lists:
            role = self.names.role(listed.role, level, listed.location.key)
            if role is not None and names.setdefault(role, listed.role) != listed.role:
                message = f"`{listed.role}` and `{names[role]}` are the same role"
                hint = "write one list for it"
                self.names.problems.add("RS303", listed.location.key, message, hint=hint)
            table.add(listed, role)
        if table.ended:
            self.ended[scope] = table.ended

    def default(self, scope: Address, text: str, location: TomlLocation) -> None:
        """Add the default role of *scope*; ``none`` adds nothing."""
        role = None if text == "none" else self.names.role(text, Level.WORKSPACE, location)
        if role is not None:
            self.rows.setdefault(scope, {})[EVERYONE] = held(role)

    def without(self, ended: set[Address], account: Address) -> dict[Address, Row]:
        """Return the rows without the principals of *ended*, except the row of *account*."""
        if not ended:
            return self.rows
        return {
            scope: {
                who: roles for who, roles in row.items() if scope == account or who not in ended
            }
            for scope, row in self.rows.items()
        }


@dataclass
class _Scope:
    """The bindings of one scope, before ``BindingTable`` takes them."""

    rows: BindingTable
    row: Row
    lists: list[RoleHolder]
    ended: set[Address] = field(default_factory=set)

    def add(self, listed: RoleHolder, role: Address | None) -> None:
        """Add one list; this is the hot loop, so a known name costs one look-up."""
        known, row, ended = self.rows.names.known, self.row, self.ended
        holdings = held(role) if role is not None else frozenset()
        for index, entry in enumerate(listed.entries):
            if isinstance(entry, str):
                principal = known.get(entry) or self._principal(entry, listed.location.at(index))
            else:
                principal = self._principal(entry.who, listed.location.at(index, "who"))
            if principal is None:
                continue
            if principal in row or principal in ended:
                self._refuse_twice(principal, listed, index)
            elif isinstance(entry, str):
                row[principal] = holdings
            elif role is not None:
                self._add_termed(principal, role, entry, listed.location.at(index))

    def _principal(self, text: str, location: TomlLocation) -> Address | None:
        return self.rows.names.principal(text, location)

    def _add_termed(
        self, principal: Address, role: Address, entry: PrincipalEntry, location: TomlLocation
    ) -> None:
        if not has_valid_term(entry, location, self.rows.names):
            return
        if is_over(entry, location, self.rows.names):
            self.ended.add(principal)
        else:
            self.row[principal] = frozenset({Holding(role, entry.since, entry.until, entry.reason)})

    def _refuse_twice(self, principal: Address, listed: RoleHolder, index: int) -> None:
        """Refuse a second role of *principal*; only now the first one is searched."""
        problems = self.rows.names.problems
        if problems.full:
            problems.left_out += 1
            return
        role, first = next(self._locations(principal))
        who = _name(listed.entries[index])
        is_same = role == listed.role
        problems.add(
            "RS303" if is_same else "RS302",
            listed.location.at(index),
            f"`{who}` is listed twice" if is_same else f"`{who}` already holds `{role}` here",
            hint="keep one of them" if is_same else "a principal holds one role in each scope",
            second=first,
            second_label="first listed here",
        )

    def _locations(self, principal: Address) -> Iterator[tuple[str, TomlLocation]]:
        for role, entries, location in self.lists:
            for index, entry in enumerate(entries):
                if self.rows.names.known.get(_name(entry)) == principal:
                    yield role, location.at(index)


def _name(entry: str | PrincipalEntry) -> str:
    return entry if isinstance(entry, str) else entry.who


def has_valid_term(entry: PrincipalEntry, location: TomlLocation, names: NameResolver) -> bool:
    """Say whether *entry* begins before it ends; add a problem if not."""
    if entry.since is None or entry.until is None or entry.since < entry.until:
        return True
    names.problems.add(
        "RS305",
        location.at("until"),
        "`until` is not later than `from`",
        hint="swap them, or delete the entry",
        second=location.at("from"),
        second_label="begins here",
    )
    return False


def is_over(entry: PrincipalEntry, location: TomlLocation, names: NameResolver) -> bool:
    """Say whether *entry* has ended; add advice for an ended entry and for a near end."""
    if entry.until is None:
        return False
    if entry.until > names.now:
        advise_on_end(f"the time of `{entry.who}`", entry.until, location.at("until"), names)
        return False
    message = f"`{entry.who}` has no access by this entry any more: it has ended"
    names.problems.add("RS501", location.at("until"), message, hint="delete the entry")
    return True


@dataclass
class TeamPlaces:
    """The desired memberships of one team, without principals whose account role has ended."""

    names: NameResolver
    ended: set[Address]
    _first: dict[Address, int] = field(default_factory=dict)

    def read(
        self, entries: Sequence[str | PrincipalEntry], location: TomlLocation
    ) -> Iterator[Membership]:
        """Yield the memberships that *entries* list."""
        for index, entry in enumerate(entries):
            here = location.at(index)
            at_name = here if isinstance(entry, str) else here.at("who")
            principal = self.names.principal(_name(entry), at_name)
            if principal is None or self._is_refused(principal, _name(entry), location, index):
                continue
            if isinstance(entry, str):
                place = Membership(principal)
            elif has_valid_term(entry, here, self.names) and not is_over(entry, here, self.names):
                place = Membership(principal, entry.since, entry.until, entry.reason)
            else:
                continue
            if principal not in self.ended:
                yield place

    def _is_refused(
        self, principal: Address, name: str, location: TomlLocation, index: int
    ) -> bool:
        if principal.kind is Kind.TEAM:
            message, hint = "a team contains no teams", "list the people of that team"
            self.names.problems.add("RS308", location.at(index), message, hint=hint)
            return True
        if self._first.setdefault(principal, index) == index:
            return False
        self.names.problems.add(
            "RS303",
            location.at(index),
            f"`{name}` is listed twice",
            hint="keep one of them",
            second=location.at(self._first[principal]),
            second_label="first listed here",
        )
        return True
