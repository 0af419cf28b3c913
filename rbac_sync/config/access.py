"""Who holds which role where: the lists of ``[members]`` and ``[workspaces.X.access]``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model import (
    EVERYONE,
    Address,
    Holding,
    Instant,
    Kind,
    Level,
    Membership,
    Row,
    held,
)
from .names import Names
from .problems import Problems, Spot

Lists = Iterable[tuple[str, Sequence[Any], Spot]]
"""Role as written, who holds it, and where the list stands."""


@dataclass
class Rows:
    """The bindings by scope and principal, filled scope by scope.

    ``ended`` holds what is written with an end that has passed.
    """

    names: Names
    problems: Problems
    now: Instant
    rows: dict[Address, Row] = field(default_factory=dict)
    ended: dict[Address, set[Address]] = field(default_factory=dict)

    def fill(self, scope: Address, level: Level, lists: Lists) -> None:
        """Add the bindings of one scope."""
        found = list(lists)
        row = self.rows.setdefault(scope, {})
        written: dict[Address, str] = {}
        for name, entries, spot in found:
            role = self.names.role(name, level, spot.key)
            if role is not None and written.setdefault(role, name) != name:
                message = f"`{name}` and `{written[role]}` are the same role"
                hint = "write one list for it"
                self.problems.add("RS303", spot.key, message, hint=hint)
            self._list(scope, row, role, entries, spot, found)

    def _list(  # noqa: PLR0913, PLR0917 - the hot loop, over locals
        self,
        scope: Address,
        row: Row,
        role: Address | None,
        entries: Sequence[Any],
        spot: Spot,
        lists: Any,
    ) -> None:
        known = self.names.known
        holdings = held(role) if role is not None else frozenset()
        for index, entry in enumerate(entries):
            plain = entry.__class__ is str
            who = entry if plain else entry.who
            principal = known.get(who) or self._who(who, spot.at(index), plain=plain)
            if principal is None:
                continue
            if principal in row or principal in self.ended.get(scope, ()):
                self._twice(principal, spot.at(index), lists)
            elif plain:
                row[principal] = holdings
            elif role is not None:
                self._termed(scope, row, principal, role, entry, spot.at(index))

    def _who(self, who: str, spot: Spot, *, plain: bool) -> Address | None:
        return self.names.principal(who, spot if plain else spot.at("who"))

    def _termed(  # noqa: PLR0913, PLR0917
        self, scope: Address, row: Row, principal: Address, role: Address, entry: Any, spot: Spot
    ) -> None:
        if not lasts(entry, spot, self.problems):
            return
        if is_over(entry, spot, self.problems, self.now):
            self.ended.setdefault(scope, set()).add(principal)
        else:
            row[principal] = frozenset({Holding(role, entry.since, entry.until)})

    def _twice(self, principal: Address, spot: Spot, lists: Lists) -> None:
        """Refuse a second role of *principal*; find the first one again only now."""
        if self.problems.full:
            self.problems.left_out += 1
            return
        role, first = next(
            (name, list_spot.at(index))
            for name, entries, list_spot in lists
            for index, entry in enumerate(entries)
            if self.names.known.get(_name(entry)) == principal
        )
        other = str(spot.path[-2])
        message = f"`{_written(spot)}` already holds `{role}` here"
        code = "RS303" if other == role else "RS302"
        hint = "keep one of them" if other == role else "a principal holds one role in each scope"
        self.problems.add(
            code, spot, message, hint=hint, second=first, second_label="first listed here"
        )


def _written(spot: Spot) -> str:
    """Return the name written at *spot*, which is a name or a table with one."""
    value: Any = spot.file.tree
    for step in spot.path:
        value = value[step]
    return str(value if isinstance(value, str) else value["who"])


def _name(entry: Any) -> str:
    return entry if isinstance(entry, str) else entry.who


def lasts(entry: Any, spot: Spot, problems: Problems) -> bool:
    """Say whether *entry* begins before it ends; note it if not."""
    if entry.since is None or entry.until is None or entry.since < entry.until:
        return True
    problems.add(
        "RS305",
        spot.at("until"),
        "`until` is not later than `from`",
        hint="swap them, or delete the entry",
        second=spot.at("from"),
        second_label="begins here",
    )
    return False


def is_over(entry: Any, spot: Spot, problems: Problems, now: Instant) -> bool:
    """Say whether the time of *entry* has passed, and advise to delete it."""
    if entry.until is None or entry.until > now:
        return False
    message = f"`{entry.who}` has no access by this entry any more: it has ended"
    problems.add("RS501", spot.at("until"), message, hint="delete the entry")
    return True


def members(
    entries: Sequence[Any], spot: Spot, names: Names, problems: Problems, now: Instant
) -> Iterator[Membership]:
    """Yield the places in a team that are desired."""
    first: dict[Address, int] = {}
    for index, entry in enumerate(entries):
        here = spot.at(index)
        plain = isinstance(entry, str)
        principal = names.principal(_name(entry), here if plain else here.at("who"))
        if principal is None or _refused(principal, here, first, index, problems):
            continue
        if plain:
            yield Membership(principal)
        elif lasts(entry, here, problems) and not is_over(entry, here, problems, now):
            yield Membership(principal, entry.since, entry.until)


def _refused(  # noqa: PLR0913, PLR0917
    principal: Address, spot: Spot, first: dict[Address, int], index: int, problems: Problems
) -> bool:
    if principal.kind is Kind.TEAM:
        message, hint = "a team contains no teams", "list the people of that team"
        problems.add("RS308", spot, message, hint=hint)
        return True
    if first.setdefault(principal, index) == index:
        return False
    problems.add(
        "RS303",
        spot,
        f"`{_written(spot)}` is listed twice",
        hint="keep one of them",
        second=Spot(spot.file, (*spot.path[:-1], first[principal])),
        second_label="first listed here",
    )
    return True


def default_role(rows: Rows, scope: Address, written: str, spot: Spot) -> None:
    """Add what every user of the account holds in *scope*; ``none`` is nothing."""
    if written == "none":
        return
    role = rows.names.role(written, Level.WORKSPACE, spot)
    if role is not None:
        rows.rows.setdefault(scope, {})[EVERYONE] = held(role)


def without_ended(
    rows: Mapping[Address, Row], account: Address, gone: set[Address]
) -> dict[Address, Row]:
    """Return *rows* without the bindings of people whose place in the account has ended."""
    if not gone:
        return dict(rows)
    return {
        scope: {who: roles for who, roles in row.items() if scope == account or who not in gone}
        for scope, row in rows.items()
    }
