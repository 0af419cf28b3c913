"""The ids by which a public API calls things, with when they came and last changed.

The one place that knows both names and ids. Read in bulk: a list of a
thousand rows asks the database once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from ...model import ACTORS, Address, Instant, Kind
from ..database.columns import loaded
from . import tables as t
from .account import Account
from .versions import NAMED


@dataclass(frozen=True, slots=True)
class IdEntry:
    """A thing with a name. ``actor_id`` is ``id`` for what does not act.

    ``version`` is the number that the last change of its row drew; no other
    row and no other state of this row ever has it.
    """

    address: Address
    id: UUID
    created: Instant
    updated: Instant
    version: int
    actor_id: UUID


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One role held by one principal in one scope: a row of its own, whose id stays."""

    scope: Address
    principal: Address
    role: Address
    id: UUID
    created: Instant
    updated: Instant


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """An API key. ``shown`` is its prefix and its end, None for keys older than that column."""

    owner: Address
    name: str
    id: UUID
    created: Instant
    until: Instant | None
    shown: str | None


class IdIndex:
    """All ids of one account, both ways. A value: it does not follow later writes."""

    def __init__(self, account: Account) -> None:
        self.account_id = UUID(account.id)
        self._addresses = addresses = dict(account.names.addresses)
        self.named: dict[Address, IdEntry] = {}
        for kind, table in NAMED.items():
            for number, *row in _rows(account, table, *_columns(kind)):
                id_, created, updated, version, *actor = row
                entry = IdEntry(
                    addresses[number],
                    UUID(id_),
                    loaded(created),
                    loaded(updated),
                    version,
                    UUID(*actor or [id_]),
                )
                self.named[entry.address] = entry
        self._rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        columns = ("scope", "principal", "role", "id", "created", "updated")
        for scope, *row in _rows(account, t.binding, *columns):
            self._rows[scope].append(tuple(row))
        self._held: dict[Address, list[HeldRow]] = {}
        self.keys: dict[Address, list[KeyEntry]] = defaultdict(list)
        columns = ("owner", "name", "id", "created", "until", "shown")
        for owner, name, id_, created, until, shown in _rows(account, t.api_key, *columns):
            end = loaded(until) if until else None
            key = KeyEntry(addresses[owner], name, UUID(id_), loaded(created), end, shown)
            self.keys[key.owner].append(key)

    def find(self, kind: Kind, id_: UUID) -> Address | None:
        """Return what of *kind* has this id, or None."""
        entry = self._by_id.get((kind, id_))
        return entry.address if entry else None

    def actor(self, actor_id: UUID) -> Address | None:
        """Return the user or service account with this actor id, or None."""
        entry = self._by_actor.get(actor_id)
        return entry.address if entry else None

    def held_in(self, scope: Address) -> list[HeldRow]:
        """Return the rows of *scope*, oldest first.

        *Why* built when first asked for: of ten thousand rows in hundreds of
        workspaces a request looks at one workspace's.
        """
        if scope not in self._held:
            rows = self._rows.get(self._numbers.get(scope, -1), ())
            self._held[scope] = [self._built(scope, *row) for row in rows]
        return self._held[scope]

    def held_by(self, scope: Address, principal: Address) -> list[HeldRow]:
        """Return the rows of *principal* in *scope*; nearly always one at most."""
        return [row for row in self.held_in(scope) if row.principal == principal]

    def row(self, scope: Address, id_: UUID) -> HeldRow | None:
        """Return the row of *scope* that has this id, or None."""
        return next((row for row in self.held_in(scope) if row.id == id_), None)

    def _built(self, scope: Address, principal: int, role: int, id_: str, *times: str) -> HeldRow:
        names = self._addresses[principal], self._addresses[role]
        return HeldRow(scope, *names, UUID(id_), *map(loaded, times))

    @cached_property
    def _numbers(self) -> dict[Address, int]:
        return {address: number for number, address in self._addresses.items()}

    @cached_property
    def _by_id(self) -> dict[tuple[Kind, UUID], IdEntry]:
        return {(entry.address.kind, entry.id): entry for entry in self.named.values()}

    @cached_property
    def _by_actor(self) -> dict[UUID, IdEntry]:
        return {
            entry.actor_id: entry for entry in self.named.values() if entry.address.kind in ACTORS
        }


def _columns(kind: Kind) -> tuple[str, ...]:
    own = ("actor_id",) if kind in ACTORS else ()
    return ("number", "id", "created", "updated", "version", *own)


def _rows(account: Account, table: Table, *columns: str) -> list[tuple[Any, ...]]:
    chosen = (table.c[name] for name in columns)
    mine = select(*chosen).where(table.c.account == account.number)
    return account.rows(mine.order_by(table.c.created, table.c.id))
