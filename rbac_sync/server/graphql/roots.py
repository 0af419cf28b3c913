"""The root fields of a query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from . import caller
from .audit import bound
from .fault import unauthenticated
from .field_values import COUNTED, counted, tables
from .order_and_page import selected
from .row import Row
from .tables import TABLES, OperationTables

Resolver = Callable[..., Any]
BY_KEY = "_by_pk"

OTHERS: Mapping[str, Callable[[OperationTables], Any]] = {
    "hello": lambda _: "\N{WAVING HAND SIGN}",
    "api": caller.api,
    "auth_info": caller.auth_info,
    "permissions_info": caller.permissions_info,
    "license_users": caller.license_users,
    "secret_names": caller.secret_names,
}
"""The root fields that read no table."""

OPEN = "hello"
"""The only query that works without a key."""


def root(name: str) -> Resolver:
    """Return the resolver of the root field of this name."""
    if name in OTHERS:
        return lambda _, info: _other(name, tables(info))
    if name == "audit_log":
        return lambda _, info, **arguments: _selected(
            info, tables(info).trail(bound(arguments)), arguments
        )
    if name in TABLES:
        return lambda _, info, **arguments: _selected(info, tables(info).rows(name), arguments)
    if name.endswith(BY_KEY):
        return _by_key(name.removesuffix(BY_KEY))
    return _counted(name.removesuffix(COUNTED))


def _other(name: str, tables: OperationTables) -> Any:
    if name != OPEN and tables.context.caller is None:
        raise unauthenticated()
    return OTHERS[name](tables)


def _selected(
    info: GraphQLResolveInfo[Any], rows: list[Row], arguments: Mapping[str, Any]
) -> list[Row]:
    """Return the selected ones of *rows*, unless that is too much work."""
    meter = tables(info).meter
    meter.search(info, rows)
    chosen = selected(rows, **arguments)
    meter.show(info, chosen)
    return chosen


def _by_key(table: str) -> Resolver:
    def resolve(_: object, info: GraphQLResolveInfo[Any], id: Any) -> Any:  # noqa: A002
        rows = tables(info).rows(table)
        tables(info).meter.search(info, rows)
        return next((row for row in rows if row.columns["id"] == id), None)

    return resolve


def _counted(table: str) -> Resolver:
    assert table in TABLES, "the schema counts rows of tables"

    def resolve(_: object, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        return counted(_selected(info, tables(info).rows(table), arguments))

    return resolve
