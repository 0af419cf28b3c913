"""Grants: the lists of ``[members]`` and ``[workspaces.X.access]``."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from ..dataclasses import dataclass, field
from ..model import ACCOUNT, EVERYONE, Address, Holding, Holdings, Level, Row, held, label
from ..model.compact_row import compact
from .holders import Holder, name_of
from .problems import TomlLocation
from .resolve import NameResolver
from .text_rules import is_of_texts
from .workspace_tables import RoleHolders


@dataclass
class BindingTable:
    """The bindings by scope and principal, filled scope by scope.

    ``ended`` holds, by scope, the principals whose entry has an end that has passed.
    """

    names: NameResolver
    rows: dict[Address, Row] = field(default_factory=dict)
    ended: dict[Address, set[Address]] = field(default_factory=dict)

    def fill(self, scope: Address, level: Level, lists: Iterable[RoleHolders]) -> None:
        """Add the bindings of one scope."""
        row = self.rows[scope] = dict(self.rows.get(scope, {}))  # a scope may be declared twice
        table = _Scope(self, row, list(lists))
        names: dict[Address, str] = {}
        for listed in table.lists:
            role = self.names.role(listed.role, level, listed.location.key)
            if role is not None and names.setdefault(role, listed.role) != listed.role:
                message = f"`{listed.role}` and `{names[role]}` are the same role"
                hint = "write one list for it"
                self.names.problems.add("RS303", listed.location.key, message, hint=hint)
            table.add(listed, role)
        table.add_grouped()
        if table.ended:
            self.ended[scope] = table.ended

    def default(self, scope: Address, text: str, location: TomlLocation) -> None:
        """Add the default role of *scope*; ``none`` adds nothing."""
        role = None if text == "none" else self.names.role(text, Level.WORKSPACE, location)
        if role is not None:
            self.rows.setdefault(scope, {})[EVERYONE] = held(role)

    def close(self, scope: Address) -> None:
        """Store the bindings in *scope* in less memory; nothing is added to *scope* afterwards."""
        self.rows[scope] = compact(self.rows[scope])

    def without(self, ended: set[Address]) -> dict[Address, Row]:
        """Return the rows without the principals of *ended*, except the row of the account."""
        if not ended:
            return self.rows
        return {
            scope: {
                who: roles for who, roles in row.items() if scope == ACCOUNT or who not in ended
            }
            for scope, row in self.rows.items()
        }


@dataclass
class _Scope:
    """The bindings of one scope, before ``BindingTable`` takes them.

    ``grouped`` are the principals whose binding comes through a group.
    """

    rows: BindingTable
    row: Row
    lists: list[RoleHolders]
    ended: set[Address] = field(default_factory=set)
    grouped: dict[Address, tuple[str, Holder]] = field(default_factory=dict)
    _later: list[tuple[RoleHolders, Address | None, int, Holder]] = field(default_factory=list)

    def add(self, listed: RoleHolders, role: Address | None) -> None:
        """Add one list."""
        known, row, ended = self.rows.names.known, self.row, self.ended
        holdings = held(role) if role is not None else frozenset()
        if is_of_texts(listed.entries) and self._add_texts(listed.entries, holdings):
            return
        for index, entry in enumerate(listed.entries):
            principal = known.get(entry) if isinstance(entry, str) else None
            if principal is None:
                self._add_entry(listed, role, index)
            elif principal in row or principal in ended:
                self._refuse_twice(principal, listed, index)
            else:
                row[principal] = holdings

    def _add_texts(self, texts: list[str], holdings: Holdings) -> bool:
        """Add a list if each of *texts* names a principal that is new here; say if it was added.

        *Why*: most lists are like this, and to read entry by entry takes several times as long.
        """
        try:
            new = dict.fromkeys(self.rows.names.principals(texts), holdings)
        except KeyError:
            return False
        if len(new) < len(texts) or not new.keys().isdisjoint(chain(self.row, self.ended)):
            return False
        self.row.update(new)
        return True

    def _add_entry(self, listed: RoleHolders, role: Address | None, index: int) -> None:
        """Add an entry with a term, one of a group, or one whose name is new."""
        groups = self.rows.names.groups
        for holder in groups.expand(listed.entries[index], listed.location.at(index)):
            if holder.through:
                self._later.append((listed, role, index, holder))
            elif holder.principal in self.row or holder.principal in self.ended:
                self._refuse_twice(holder.principal, listed, index)
            else:
                self._hold(holder, role)

    def add_grouped(self) -> None:
        """Add the principals of groups that have no entry of their own here."""
        own = {*self.row, *self.ended}
        for listed, role, index, holder in self._later:
            if holder.principal in own:
                continue
            first_role, first = self.grouped.setdefault(holder.principal, (listed.role, holder))
            location = listed.location.at(index)
            if first is holder:
                self._hold(holder, role)
            elif first_role == listed.role:
                self.rows.names.groups.refuse_other_term(holder, first, location)
            else:
                self._refuse_other_role(holder, first_role, first, location)

    def _hold(self, holder: Holder, role: Address | None) -> None:
        if holder.term.is_over(self.rows.names.now):
            self.ended.add(holder.principal)
        elif role is None:
            self.row[holder.principal] = frozenset()
        else:
            has_term = any(holder.term)  # without a term always the same value
            holdings = frozenset({Holding(role, *holder.term)}) if has_term else held(role)
            self.row[holder.principal] = holdings

    def _refuse_twice(self, principal: Address, listed: RoleHolders, index: int) -> None:
        """Refuse a second role of *principal*; the first one is searched only for the message."""
        problems = self.rows.names.problems
        if problems.full:
            problems.left_out += 1
            return
        role, first = next(
            (role, location.at(number))
            for role, entries, location in self.lists
            for number, entry in enumerate(entries)
            if self.rows.names.known.get(name_of(entry)) == principal
        )
        who = name_of(listed.entries[index])
        location = listed.location.at(index)
        if role == listed.role:
            problems.add_twice(who, location, first)
            return
        message, second = f"`{who}` already holds `{role}` here", (first, "first listed here")
        hint = "a principal holds one role in each scope"
        problems.add("RS302", location, message, hint=hint, second=second)

    def _refuse_other_role(
        self, holder: Holder, role: str, first: Holder, location: TomlLocation
    ) -> None:
        who = label(holder.principal)
        message = f"`{who}` already holds `{role}` here, through `{first.through[0]}`"
        hint = f"list `{who}` itself under the role that it is to hold"
        second = (first.location, "in that group by this entry")
        self.rows.names.problems.add("RS302", location, message, hint=hint, second=second)
