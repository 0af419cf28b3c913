"""The ids of resources in a public API, with the times of their creation and last change.

The only module that has both names and ids. They are read in bulk: for a list of a
thousand rows, the database is queried once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, islice, repeat
from typing import Any, TypeVar
from uuid import UUID

from ...model import ACCOUNT, ACTORS, Address, Kind
from ..database.parts import batched
from . import tables as t
from .account import Account, statement
from .id_rows import (
    HELD_COLUMNS,
    KEY_COLUMNS,
    HeldRow,
    IdEntry,
    KeyEntry,
    entry_of,
    held_row,
    key_of,
)
from .loaded_mapping import LoadedMapping
from .partial_state import MANY
from .table import StoreTable
from .versions import NAMED, key_conditions

T = TypeVar("T")

PARTS = (16, 64, 128, 256)
"""The number of rows of a list in the first queries, and in each later one.

The first three have a page of 200, the longest one, and a few rows that it leaves out.
"""

Place = tuple[Address, Address]
"""A scope, and a principal that may hold something there."""


MEMBERS_AFTER = f"""
    {statement(t.binding, (*HELD_COLUMNS, "position"), {"scope": 0})}
    AND (principal, position) > (:principal, :position) ORDER BY principal, position LIMIT :most
"""
NAME_OF = """
    SELECT own.number, n.kind, n.key FROM "{}" own
    LEFT JOIN address n ON n.account = own.account AND n.number = own.number
    WHERE own.account = :account AND own.{} = :id
"""
"""Finds the name of the row of a table with an id in a column; a damaged row has none."""


class IdIndex:
    """All ids of one account by address, and addresses by id, read when they are needed.

    Later writes do not change read values; *everything* reads all ids at once.
    """

    def __init__(self, account: Account, everything: Callable[[], WholeIds] | None = None) -> None:
        self.account_id, self._account = UUID(account.id), account
        self._everything = everything or (lambda: WholeIds(account))
        self.named = LoadedMapping(self._entry, lambda: self.whole.named)
        self.keys: LoadedMapping[Address, list[KeyEntry]] = LoadedMapping(
            self._keys_of, lambda: self.whole.keys
        )
        self._addresses: dict[tuple[Kind, UUID], Address | None] = {}
        self._held: dict[Address, list[HeldRow]] = {}
        self._held_by: dict[Place, list[HeldRow]] = {}
        self._queries = 0

    @cached_property
    def whole(self) -> WholeIds:
        """All ids, read at once when many are needed."""
        return self._everything()

    def find(self, kind: Kind, id_: UUID) -> Address | None:
        """Return the address of the resource of *kind* with this id, or None."""
        if (kind, id_) not in self._addresses:
            self._addresses[kind, id_] = self._with(kind, "id", id_)
        return self._addresses[kind, id_]

    def actor(self, actor_id: UUID) -> Address | None:
        """Return the user or service account with this actor id, or None."""
        return next(filter(None, (self._with(k, "actor_id", actor_id) for k in ACTORS)), None)

    def held_in(self, scope: Address) -> list[HeldRow]:
        """Return the rows of *scope*, oldest first.

        Those of a workspace are read alone; for the account, all ids are read.
        """
        if scope == ACCOUNT:
            return self.whole.members
        if scope not in self._held:
            self._held[scope] = self._rows_at(scope)
        return self._held[scope]

    def held_by(self, scope: Address, principal: Address) -> list[HeldRow]:
        """Return the rows of *principal* in *scope*; nearly always one at most."""
        if (scope, principal) in self._held_by:
            return self._held_by[scope, principal]
        if scope in self._held:
            return [row for row in self._held[scope] if row.principal == principal]
        number = self._account.names.find(principal)
        return self._rows_at(scope, principal=number) if number is not None else []

    def expect_held(self, places: Collection[Place]) -> None:
        """Read the rows of each principal in each scope of *places*, and their ids, together."""
        names, numbers = self._account.names, dict[tuple[int, int], Place]()
        known = names.known({a for place in places for a in place})
        for scope, principal in places:
            number, who = known.get(scope), known.get(principal)
            if number is not None and who is not None:
                numbers[number, who] = scope, principal
        self._held_by.update({place: [] for place in places})
        self.expect({a for place in numbers.values() for a in place})
        query = statement(t.binding, ("scope", *HELD_COLUMNS), {})
        for such, values in key_conditions(("scope", "principal"), sorted(numbers)):
            rows = self._account.rows(f"{query}{such} ORDER BY created, id", **values)
            there = [(numbers[row[:2]], row[1:]) for row in rows if row[:2] in numbers]
            self._know([row for _, row in there])
            for place, row in there:
                self._held_by[place].append(held_row(place[0], row, names.address))

    def row(self, scope: Address, id_: UUID) -> HeldRow | None:
        """Return the row of *scope* that has this id, or None."""
        return next(iter(self._rows_at(scope, id=str(id_))), None)

    def _rows_at(self, scope: Address, **at: object) -> list[HeldRow]:
        number = self._account.names.find(scope)
        mine = _rows(self._account, t.binding, *HELD_COLUMNS, scope=number, **at)
        return self._held_rows(scope, mine)

    def _held_rows(self, scope: Address, mine: Sequence[Sequence[Any]]) -> list[HeldRow]:
        """Return *mine*, database rows of *scope* with ``HELD_COLUMNS``, as ``HeldRow``."""
        self._know(mine)
        return [held_row(scope, row, self._account.names.address) for row in mine]

    def _know(self, mine: Sequence[Sequence[Any]]) -> None:
        """Read the names and the ids of the principals and roles of *mine*."""
        names = self._account.names
        names.know(n for row in mine for n in row[:2])
        self.expect({names.address(n) for row in mine for n in row[:2]})

    def parts(self, kind: Kind) -> Iterator[list[IdEntry]]:
        """Yield all entries of *kind* in order of creation, in parts that are read one by one."""
        names, last = self._account.names, 0
        mine = statement(NAMED[kind], _columns(kind), {})
        query = f"{mine} AND number > :last ORDER BY number LIMIT :most"
        for most in _sizes():
            rows = self._account.rows(query, last=last, most=most)
            if not rows:
                return
            names.know(row[0] for row in rows)
            part = {names.address(n): entry_of(names.address(n), row) for n, *row in rows}
            self.named.keep(part)
            yield list(part.values())
            last = rows[-1][0]

    def member_parts(self) -> Iterator[list[HeldRow]]:
        """Yield the rows of the account in order of the members' creation, in parts."""
        root, at = self._account.names.number(ACCOUNT), (0, 0)
        for most in _sizes():
            after = {"principal": at[0], "position": at[1], "most": most}
            rows = self._account.rows(MEMBERS_AFTER, scope=root, **after)
            if not rows:
                return
            yield self._held_rows(ACCOUNT, rows)
            at = rows[-1][0], rows[-1][-1]

    def expect_keys(self, owners: Iterable[Address]) -> None:
        """Read the keys of *owners* at once."""
        names = self._account.names
        numbers = {names.number(owner): owner for owner in self.keys.unknown(owners)}
        there: dict[Address, list[KeyEntry] | None] = {owner: [] for owner in numbers.values()}
        for row in _rows(self._account, t.api_key, *KEY_COLUMNS, owner=list(numbers)):
            key = key_of(numbers[row[0]], row[1:])
            there[key.owner] = [*(there[key.owner] or ()), key]
        self.keys.keep(there)

    def expect(self, addresses: Collection[Address]) -> None:
        """Read the entries of those of *addresses* that exist at once, a query for each kind."""
        for kind, table in NAMED.items():
            unread = self.named.unknown(a for a in addresses if a.kind is kind)
            numbers = {n: address for address, n in self._account.names.known(unread).items()}
            for part in batched(sorted(numbers)):
                rows = _rows(self._account, table, *_columns(kind), number=part)
                self.named.keep({numbers[n]: entry_of(numbers[n], row) for n, *row in rows})

    def _with(self, kind: Kind, column: str, id_: UUID) -> Address | None:
        rows = self._account.rows(NAME_OF.format(NAMED[kind].name, column), id=str(id_))
        self._account.names.take(rows)
        return self._account.names.address(rows[0][0]) if rows else None

    def _entry(self, address: Address) -> IdEntry | None:
        self._queries += 1
        if "whole" in self.__dict__ or self._queries > MANY:
            return self.whole.named.get(address)
        number = self._account.names.find(address) if address.kind in NAMED else None
        table = NAMED.get(address.kind)
        if number is None or table is None:
            return None
        rows = _rows(self._account, table, *_columns(address.kind), number=number)
        return entry_of(address, rows[0][1:]) if rows else None

    def _keys_of(self, owner: Address) -> list[KeyEntry]:
        number = self._account.names.find(owner)
        rows = _rows(self._account, t.api_key, *KEY_COLUMNS, owner=number)
        return [key_of(owner, row[1:]) for row in rows]


class WholeIds:
    """All ids of one account at one moment; later writes do not change them."""

    def __init__(self, account: Account) -> None:
        self._addresses = addresses = dict(account.names.addresses)
        self.named: dict[Address, IdEntry] = {}
        for kind, table in NAMED.items():
            for number, *row in _rows(account, table, *_columns(kind)):
                self.named[addresses[number]] = entry_of(addresses[number], row)
        root = account.names.number(ACCOUNT)
        self._members = _rows(account, t.binding, *HELD_COLUMNS, scope=root)
        self.keys: dict[Address, list[KeyEntry]] = defaultdict(list)
        for owner, *key in _rows(account, t.api_key, *KEY_COLUMNS):
            self.keys[addresses[owner]].append(key_of(addresses[owner], key))

    @cached_property
    def members(self) -> list[HeldRow]:
        """The rows of the account itself, oldest first."""
        return [held_row(ACCOUNT, row, self._addresses.__getitem__) for row in self._members]


def _columns(kind: Kind) -> tuple[str, ...]:
    own = ("actor_id",) if kind in ACTORS else ()
    return ("number", "id", "created", "updated", "version", *own)


def _rows(
    account: Account, table: StoreTable, *columns: str, **at: object
) -> list[tuple[Any, ...]]:
    return account.rows(statement(table, columns, at, ("created", "id")), **at)


def _sizes() -> Iterator[int]:
    return chain(PARTS, repeat(PARTS[-1]))


def parts(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield *items* in parts of as many as the parts of a list have."""
    rest, sizes = iter(items), _sizes()
    while part := list(islice(rest, next(sizes))):
        yield part
