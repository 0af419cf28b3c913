"""The values of fields: of the root of a query, of a row, of a plain response."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLResolveInfo, OperationType, is_non_null_type

from . import caller
from .audit import bound
from .budget import Meter
from .fault import failed, unauthenticated
from .filters import Row, selected
from .tables import TABLES, OperationTables

Resolver = Callable[..., Any]
BY_KEY = "_by_pk"
COUNTED = "_aggregate"
"""The suffix of the name of a field that counts the rows of another field."""

OTHERS: Mapping[str, Callable[[OperationTables], Any]] = {
    "hello": lambda _: "\N{WAVING HAND SIGN}",
    "api": caller.api,
    "auth_info": caller.auth_info,
    "permissions_info": caller.permissions_info,
    "license_users": caller.license_users,
    "secret_names": caller.secret_names,
}
"""The root fields that read no table."""

NUMBER = re.compile(r"[0-9]{1,9}")
"""The place of a value in a list; longer digits are the place of none."""

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


def field_value(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """Return the value of one field. Lists have arguments; JSON may be selected in part.

    Raises:
        GraphQLFault: the part is not there, and the field is never null.
    """
    name = info.field_name
    meter = tables(info).meter
    if not isinstance(source, Row):
        done = info.operation.operation is OperationType.MUTATION
        return source.get(name) if done else _plain(meter, source.get(name))
    if name.endswith(COUNTED):
        return counted(_linked(info, source.value(name.removesuffix(COUNTED)), arguments))
    value = source.value(name)
    if isinstance(value, Row):
        return value
    if isinstance(value, list) and name in source.links:
        return _linked(info, value, arguments)
    if arguments.get("path"):
        value = _part(value, arguments["path"])
        if value is None and is_non_null_type(info.return_type):
            raise failed(f"The path in {name} leads to nothing.")
    return meter.value(value)


def counted(rows: list[Row]) -> Mapping[str, Any]:
    """Return the value of a field that counts *rows*."""
    return {"aggregate": {"count": len(rows)}, "nodes": rows}


def _plain(meter: Meter, value: Any) -> Any:
    """Return a value of a payload: a plain one, or rows that were counted before."""
    first = value[0] if isinstance(value, list) and value else value
    return value if isinstance(first, Row) else meter.value(value)


def _linked(
    info: GraphQLResolveInfo[Any], rows: list[Row], arguments: Mapping[str, Any]
) -> list[Row]:
    """Return the selected ones of *rows*, unless that is too much work.

    *Why* count from the second on: one is counted with the row that links to it.
    A user in many tenants has as many rows, and each of them has as many links.
    """
    further = len(rows) > 1
    if further:
        tables(info).meter.search(info, rows[1:])
    chosen = selected(rows, **arguments)
    if further:
        tables(info).meter.show(info, chosen[1:])
    return chosen


def tables(info: GraphQLResolveInfo[Any]) -> OperationTables:
    """Return the tables of the operation."""
    operation_tables = info.context
    assert isinstance(operation_tables, OperationTables), "every operation is given some"
    return operation_tables


def _part(value: Any, path: str) -> Any:
    """Return the value at a path like ``a.b[0]``, or ``$.a.b[0]``, in JSON."""
    words = path.removeprefix("$").replace("[", ".").replace("]", "").replace('"', "")
    for word in filter(None, words.split(".")):
        if isinstance(value, Mapping):
            value = value.get(word)
        elif isinstance(value, list) and NUMBER.fullmatch(word) and int(word) < len(value):
            value = value[int(word)]
        else:
            return None
    return value
