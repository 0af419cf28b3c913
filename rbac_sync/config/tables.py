"""A live state as the tables of a configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, TypeVar

from ..dataclasses import dataclass, field
from ..model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Binding,
    Catalogue,
    Holding,
    Instant,
    Key,
    Kind,
    Level,
    Membership,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
    label,
)
from ..model.address import listed_name
from ..model.reasons import reason_fault
from ..model.skeleton import Likeness
from ..planning import Capabilities, Change
from .order import role_rank
from .secrets_and_hidden import HIDDEN, KEY_ALONE, KEY_WITHIN
from .text_rules import email_fault, is_handle, name_fault, prose_fault

PlainTable = dict[str, Any]
PlainTables = dict[str, PlainTable]
R = TypeVar("R", bound=Resource)


@dataclass
class TomlWriter:
    """The tables of one state, and a list of the parts that cannot be written.

    Parts that a configuration cannot hold (a name with hidden characters, a second
    role in one scope) are left out and listed: under ``"declared"`` a run touches
    nothing undeclared, so they stay unchanged. Keys that ``capabilities`` rule out
    are left out too: an earlier key in its time of grace.
    """

    state: State
    catalogue: Catalogue
    now: Instant
    capabilities: Capabilities | None = None
    left_out: list[str] = field(default_factory=list)

    def tables(self) -> PlainTables:
        """Return the tables by name, in the order people read them, without empty ones."""
        tables: PlainTables = {
            "members": self._members(),
            "service_accounts": self._named(ServiceAccount, self._service_account),
            "roles": self._roles(),
            "teams": self._named(Team, self._team),
            "workspaces": self._named(Workspace, self._workspace),
        }
        return {name: table for name, table in tables.items() if table}

    def _leave_out(self, what: str, why: str) -> None:
        self.left_out.append(f"{json.dumps(what)}: {why}")

    def _named(self, cls: type[R], table: Callable[[R], PlainTable]) -> PlainTable:
        resources = self.state.of(cls)
        writable = _distinct(address.key for address in resources if is_written_name(address.key))
        table_by_name = {}
        for address, resource in sorted(resources.items()):
            is_writable = cls is not Workspace or is_handle(address.key)
            if is_writable and address.key in writable:
                table_by_name[address.key] = table(resource)
            else:
                self._leave_out(str(address), "its name cannot be written")
        return table_by_name

    def _members(self) -> PlainTable:
        for address in self.state.of(User):
            if not self.state.holdings(address, ACCOUNT):
                self._leave_out(str(address), "holds no account role")
        return self._lists(ACCOUNT)

    def _lists(self, scope: Address) -> PlainTable:
        """Return the holders in *scope* by role, built-in roles first."""
        lists: dict[str, dict[str, Any]] = {}
        for principal, roles in self.state.row(scope).items():
            if principal == EVERYONE:
                continue
            if problem := self._unwritable(principal, roles):
                self._leave_out(str(Binding(principal, scope, roles).address), problem)
                continue
            (holding,) = roles
            who = label(principal)
            lists.setdefault(holding.role.name, {})[who] = _entry(who, holding)
        ordered = sorted(lists, key=role_rank)
        return {name: [entry for _, entry in sorted(lists[name].items())] for name in ordered}

    def _unwritable(self, principal: Address, roles: Iterable[Holding]) -> str:
        """Return the reason why a binding cannot be written, or nothing."""
        held = list(roles)
        if not _is_principal(principal):
            return "its name cannot be written"
        if len(held) != 1:
            return "holds several roles here"
        if held[0].until is not None and held[0].until <= self.now:
            return "has ended"
        return "" if self._resolves(held[0].role) else "its role cannot be written"

    def _resolves(self, role: Address) -> bool:
        """Say whether a configuration with the name of *role* means *role*."""
        level, _, name = role.key.partition("/")
        builtin = self.catalogue.builtin(Level(level), name) if name.isascii() else None
        return builtin == role or (builtin is None and role in self._custom)

    @cached_property
    def _custom(self) -> frozenset[Address]:
        """The custom roles whose names can be written."""
        names: dict[str, Address] = {}
        for role in self.state.of(Role).values():
            is_usual = role.level is self.catalogue.custom_level
            is_builtin = role.builtin or any(self.catalogue.builtin_names.like(role.name))
            is_writable = not is_builtin and is_written_name(role.name)
            if is_writable and (is_usual or role.name not in names):
                names[role.name] = role.address
        return frozenset(names[name] for name in _distinct(names))

    def _roles(self) -> PlainTable:
        tables = {}
        for address, role in sorted(self.state.of(Role).items()):
            if address in self._custom:
                tables[role.name] = self._role(role)
            elif not role.builtin:
                self._leave_out(str(address), "its name cannot be written")
        return tables

    def _role(self, role: Role) -> PlainTable:
        table = described(role.description)
        if role.level is not self.catalogue.custom_level:
            table["level"] = str(role.level)
        if role.base or role.level is Level.WORKSPACE:
            table |= self._base(role)
        titles = [self.catalogue.titles.get(permission) for permission in role.permissions]
        if all(t and t.level is role.level and not t.reserved for t in titles):
            table["permissions"] = sorted(self.catalogue.minimal(role.permissions))
        else:
            self._leave_out(str(role.address), "it holds permissions that are not in the catalogue")
        return table

    def _base(self, role: Role) -> dict[str, str]:
        if not role.base:
            return {"base": "none"}
        names = [a.name for a in role.base if a in self.catalogue.roles]
        if len(names) != len(role.base) or len(names) > 1:
            self._leave_out(str(role.address), "its base role cannot be written")
            return {}
        return {"base": names[0]}

    def _team(self, team: Team) -> PlainTable:
        table = described(team.description)
        places = [m for m in team.members if m.until is None or m.until > self.now]
        if team.managed_by:
            self._leave_out(str(team.address), f"its members come from {team.managed_by}")
        elif len(places) < len(team.members) or not all(_is_principal(m.principal) for m in places):
            self._leave_out(str(team.address), "some of its members cannot be written")
        else:
            labelled = {label(m.principal): m for m in places}
            table["members"] = [_entry(who, m) for who, m in sorted(labelled.items())]
        return table

    def _workspace(self, workspace: Workspace) -> PlainTable:
        table: PlainTable = {}
        if not name_fault(workspace.name) and not _is_hidden(workspace.name):
            table["name"] = workspace.name
        table |= described(workspace.description)
        table["public"] = workspace.public
        scope = workspace.address
        if default := self._default_role(scope):
            table["default_role"] = default
        table["access"] = self._lists(scope)
        if objects := self._access_lists(scope):
            table["objects"] = objects
        return table

    def _access_lists(self, scope: Address) -> PlainTable:
        """Return the access lists of the objects in *scope*."""
        tables = {}
        of_scope = [
            each for each in self.state.of(ObjectAccess).values() if each.workspace == scope
        ]
        for listed in sorted(of_scope, key=lambda each: each.name):
            if not is_written_name(listed.name):
                self._leave_out(str(listed.address), "its name cannot be written")
            elif not all(map(_is_principal, listed.principals - {EVERYONE})):
                self._leave_out(str(listed.address), "some on its access list cannot be written")
            else:
                levels = ((str(level), listed.at(level)) for level in listed.levels)
                tables[listed.name] = {k: sorted(map(listed_name, who)) for k, who in levels}
        return tables

    def _default_role(self, scope: Address) -> str:
        roles = list(self.state.holdings(EVERYONE, scope))
        if not roles:
            return "none"
        plain = len(roles) == 1 and roles[0] == Holding(roles[0].role)
        if plain and self._resolves(roles[0].role):
            return roles[0].role.name
        self._leave_out(f"{scope}/default_role", "its role cannot be written")
        return ""

    def _service_account(self, account: ServiceAccount) -> PlainTable:
        table = described(account.description)
        keys = {}
        for key in sorted(self.state.keys_of(account.address), key=lambda k: k.name):
            if reason := self._obstacle(key):
                self._leave_out(str(key.address), reason)
            elif is_written_name(key.name):
                keys[key.name] = {} if key.until is None else {"until": moment(key.until)}
            else:
                self._leave_out(str(key.address), "its name cannot be written")
        return {**table, "keys": keys} if keys else table

    def _obstacle(self, key: Key) -> str:
        """Return the reason why the target would not make *key*, or nothing."""
        able = self.capabilities
        return next(iter(able.obstacles(Change(None, key))), "") if able else ""


def described(text: str) -> PlainTable:
    """Return a table with the description *text*, empty if that cannot be written."""
    is_writable = text and not prose_fault(text) and not _is_hidden(text)
    return {"description": text} if is_writable else {}


def _is_hidden(text: str) -> bool:
    """Say whether a configuration refuses *text* for forbidden content."""
    is_key = re.match(KEY_ALONE, text) or re.search(KEY_WITHIN, text)
    return bool(is_key or re.search(HIDDEN, text))


def is_written_name(name: str) -> bool:
    """Say whether a configuration may hold *name*."""
    return not name_fault(name) and not _is_hidden(name)


def _distinct(names: Iterable[str]) -> frozenset[str]:
    """Return *names* without the names in other alphabets that look like another name."""
    all_names = list(names)
    if all(name.isascii() for name in all_names):
        return frozenset(all_names)
    likeness: Likeness[str] = Likeness()
    distinct = set()
    for name in sorted(all_names, key=lambda n: (not n.isascii(), n)):
        if name.isascii() or not any(likeness.like(name)):
            likeness.add(name, name)
            distinct.add(name)
    return frozenset(distinct)


def _is_principal(principal: Address) -> bool:
    if principal.kind is Kind.USER:
        return not email_fault(principal.key) and not _is_hidden(principal.key)
    return is_written_name(principal.key)


def _entry(who: str, term: Holding | Membership) -> str | PlainTable:
    """Return a name, or a table where there is a term or a reason."""
    ends = {"from": term.since, "until": term.until}
    details: PlainTable = {key: moment(end) for key, end in ends.items() if end is not None}
    if term.reason and not reason_fault(term.reason) and not _is_hidden(term.reason):
        details["reason"] = term.reason
    return {"who": who, **details} if details else who


def moment(instant: Instant) -> date | datetime:
    """Return the day if *instant* is the start of a day, else *instant*: as people write it."""
    return instant.date() if instant.timetz().replace(tzinfo=None) == time() else instant
