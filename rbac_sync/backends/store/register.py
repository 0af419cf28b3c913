"""The ids by which a public API calls things, with when they came and last changed.

The one place that knows both names and ids. Read in bulk: a list of a
thousand rows asks the database once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Table, select

from ...model import Address, Instant, Kind
from . import tables as t
from .account import Account
from .columns import loaded
from .versions import NAMED

ACTORS = (Kind.USER, Kind.SERVICE_ACCOUNT)
"""The kinds with a second id, that of the actor."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing with a name. ``actor_id`` is empty for what does not act."""

    address: Address
    id: str
    created: Instant
    updated: Instant
    actor_id: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """One role held by one principal in one scope: a row of its own, whose id stays."""

    scope: Address
    principal: Address
    role: Address
    id: str
    created: Instant
    updated: Instant


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """An API key. ``shown`` is its prefix and its end, None for keys older than that column."""

    owner: Address
    name: str
    id: str
    created: Instant
    until: Instant | None
    shown: str | None


class Register:
    """All ids of one account, both ways. A value: it does not follow later writes."""

    def __init__(self, account: Account) -> None:
        self.account_id = account.id
        addresses = account.names.addresses
        self.named: dict[Address, Entry] = {}
        for kind, table in NAMED.items():
            for number, *row in _rows(account, table, *_columns(kind)):
                id_, created, updated, *actor = row
                entry = Entry(addresses[number], id_, loaded(created), loaded(updated), *actor)
                self.named[entry.address] = entry
        self.held: dict[Address, list[Held]] = defaultdict(list)
        columns = ("scope", "principal", "role", "id", "created", "updated")
        for scope, principal, role, id_, *times in _rows(account, t.binding, *columns):
            names = addresses[scope], addresses[principal], addresses[role]
            self.held[names[0]].append(Held(*names, id_, *map(loaded, times)))
        self.keys: dict[Address, list[KeyEntry]] = defaultdict(list)
        columns = ("owner", "name", "id", "created", "until", "shown")
        for owner, name, id_, created, until, shown in _rows(account, t.api_key, *columns):
            end = loaded(until) if until else None
            key = KeyEntry(addresses[owner], name, id_, loaded(created), end, shown)
            self.keys[key.owner].append(key)

    def find(self, kind: Kind, id_: object) -> Address | None:
        """Return what of *kind* has this id, or None."""
        entry = self._by_id.get((kind, str(id_)))
        return entry.address if entry else None

    def actor(self, actor_id: object) -> Address | None:
        """Return the user or service account with this actor id, or None."""
        entry = self._by_actor.get(str(actor_id))
        return entry.address if entry else None

    @cached_property
    def _by_id(self) -> dict[tuple[Kind, str], Entry]:
        return {(entry.address.kind, entry.id): entry for entry in self.named.values()}

    @cached_property
    def _by_actor(self) -> dict[str, Entry]:
        return {entry.actor_id: entry for entry in self.named.values() if entry.actor_id}


def _columns(kind: Kind) -> tuple[str, ...]:
    own = ("actor_id",) if kind in ACTORS else ()
    return ("number", "id", "created", "updated", *own)


def _rows(account: Account, table: Table, *columns: str) -> list[tuple[Any, ...]]:
    chosen = (table.c[name] for name in columns)
    mine = select(*chosen).where(table.c.account == account.number)
    return account.rows(mine.order_by(table.c.created, table.c.id))
