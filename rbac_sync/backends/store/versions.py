"""The versions of the rows of addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...model import Address, Key, Kind
from ...model.address import bound, key_owner
from ..database.parts import MOST_NAMED, batched
from . import tables as t
from .account import Account, listed
from .table import StoreTable

NAMED: Mapping[Kind, StoreTable] = {
    Kind.USER: t.user,
    Kind.SERVICE_ACCOUNT: t.service_account,
    Kind.TEAM: t.team,
    Kind.WORKSPACE: t.workspace,
    Kind.ROLE: t.role,
}

Things = Mapping[tuple[int, ...], Address]
"""Addresses by their numbers in the key of a table."""

MOST_ROWS = 5000
"""The most rows that are read by number; for more, the whole table is read at once."""


def versions(account: Account, addresses: Iterable[Address]) -> dict[Address, str]:
    """Return the version of each of *addresses* that exists, and read only their rows."""
    numbers: dict[Address, int] = {}
    by_kind: dict[Kind, list[Address]] = {}
    for address in frozenset(addresses):
        by_kind.setdefault(address.kind, []).append(address)
    for kind in sorted(by_kind):
        for address, version in _of(account, kind, by_kind[kind]):
            numbers[address] = max(version, numbers.get(address, 0))
    return {address: str(version) for address, version in numbers.items()}


def _of(account: Account, kind: Kind, addresses: list[Address]) -> Iterator[tuple[Address, int]]:
    if kind in NAMED:
        things: Things = {(n,): address for address, n in account.names.known(addresses).items()}
        yield from _rows(account, NAMED[kind], ("number",), things)
    elif kind is Kind.KEY:
        yield from of_keys(account, frozenset(addresses), "version")
    elif kind is Kind.BINDING:
        pairs = [(*pair, address) for address in addresses for pair in bound(address)]
        numbers = account.names.known({each for pair in pairs for each in pair[:2]})
        bindings: Things = {
            (numbers[scope], numbers[principal]): address
            for principal, scope, address in pairs
            if principal in numbers and scope in numbers
        }
        yield from _rows(account, t.binding, ("scope", "principal"), bindings)


def of_keys(
    account: Account, keys: frozenset[Address], column: str
) -> Iterator[tuple[Address, Any]]:
    """Yield each of *keys* that exists, with its value of *column*, undecoded.

    A key has no number of its own, so all keys of the owners are read.
    """
    names, owners = account.names, {owner for key in keys if (owner := key_owner(key))}
    for part in batched(sorted(names.known(owners).values())):
        rows = account.find(t.api_key, "owner", "name", column, owner=part)
        for owner, name, value in rows:
            address = Key(names.address(owner), name).address
            if address in keys:
                yield address, value


def _rows(
    account: Account,
    table: StoreTable,
    names: tuple[str, ...],
    things: Things,
) -> Iterator[tuple[Address, int]]:
    """Yield the rows of *things*, which are identified by the columns *names*."""
    text = f'SELECT {listed((*names, "version"))} FROM "{table.name}" WHERE account = :account'  # noqa: S608
    for such, values in key_conditions(names, list(things)):
        for *key, version in account.rows(text + such, **values):
            if address := things.get(tuple(key)):
                yield address, version


def key_conditions(
    columns: tuple[str, ...], keys: list[tuple[int, ...]]
) -> Iterator[tuple[str, dict[str, list[Any]]]]:
    """Yield the conditions of queries that together return the rows of *keys*, or more.

    *Why* the values of each column, too: SQLite finds no pairs of values in an index.
    """
    if len(keys) > MOST_ROWS:
        yield "", {}
        return
    such = "".join(f" AND {name} IN (:{name})" for name in columns)
    for part in batched(keys, MOST_NAMED // len(columns)):
        values = {
            name: sorted({*of}) for name, of in zip(columns, zip(*part, strict=True), strict=True)
        }
        yield f"{such} AND ({listed(columns)}) IN (:keys)", {**values, "keys": part}
