"""The version of each row that has an address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Table, select

from ...model import Address, Key, Kind
from ...model.address import binding
from . import tables as t
from .account import Account

NAMED: Mapping[Kind, Table] = {
    Kind.USER: t.user,
    Kind.SERVICE_ACCOUNT: t.service_account,
    Kind.TEAM: t.team,
    Kind.WORKSPACE: t.workspace,
    Kind.ROLE: t.role,
}


def versions(account: Account, wanted: Iterable[Address]) -> dict[Address, str]:
    """Return the version of each address of *wanted* that exists."""
    asked = frozenset(wanted)
    found: dict[Address, int] = {}
    for kind in sorted({address.kind for address in asked}):
        for address, version in _all(account, kind):
            if address in asked:
                found[address] = max(version, found.get(address, 0))
    return {address: str(version) for address, version in found.items()}


def _all(account: Account, kind: Kind) -> Iterator[tuple[Address, int]]:
    addresses = account.names.addresses
    if kind in NAMED:
        for number, version in _rows(account, NAMED[kind], "number", "version"):
            yield addresses[number], version
    elif kind is Kind.KEY:
        for owner, name, version in _rows(account, t.api_key, "owner", "name", "version"):
            yield Key(addresses[owner], name).address, version
    elif kind is Kind.BINDING:
        columns = ("principal", "scope", "version")
        for principal, scope, version in _rows(account, t.binding, *columns):
            yield binding(addresses[principal], addresses[scope]), version


def _rows(account: Account, table: Table, *columns: str) -> list[tuple[Any, ...]]:
    chosen = (table.c[name] for name in columns)
    return account.rows(select(*chosen).where(table.c.account == account.number))
