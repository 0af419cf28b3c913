"""The tables of one operation, with the rows that the caller may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from ...backends.store.id_rows import KeyEntry
from ...backends.store.key_scope import HERE, KeyScope
from ...backends.store.row_facts import KEY as REACH
from ...model import Kind, Role
from ...model.address import user as address_of
from ...wire.prefect_cloud_1.error_code import ErrorCode
from ..directory.invitations import Invitation
from ..refusals import lacking
from . import ids
from .audit import newest
from .budget import Meter
from .fault import GraphQLFault
from .filters import Row
from .objects import OBJECT_TABLES, ObjectTable, object_rows
from .request_context import RequestContext
from .tenant_rows import TenantRows

WORK = 5
"""The work of creating a row."""

NEEDS: Mapping[str, str] = {
    "membership": "read:membership",
    "user_view_same_tenant": "read:user",
    **{table.name: f"read:{table.subject}" for table in OBJECT_TABLES.values()},
}
"""The permission to read a table. Every caller sees some rows of the other tables."""


class OperationTables:
    """The tables of one operation: all of one moment, and each read once."""

    def __init__(self, context: RequestContext, meter: Meter) -> None:
        """Read the rows that the caller of *context* may see; *meter* counts the work."""
        self.context, self.meter = context, meter
        self._rows: dict[str, list[Row]] = {}

    def rows(self, table: str) -> list[Row]:
        """Return the rows of *table*.

        Raises:
            GraphQLFault: there is no caller, or the caller may not read the table.
        """
        here = self.here
        if table in NEEDS and not here.may(NEEDS[table]):
            raise hidden(table)
        if table not in self._rows:
            self._rows[table] = TABLES[table](self)
            self.meter.budget.spend(WORK * len(self._rows[table]))
        return self._rows[table]

    def trail(self, most: int | None) -> list[Row]:
        """Return the newest rows of the audit trail, with a limit; see ``audit``."""
        name = f"audit_log {most}"
        if name not in self._rows:
            self._rows[name] = newest(self.here.view, most, self.meter.budget)
        return self._rows[name]

    @cached_property
    def here(self) -> TenantRows:
        """The selected tenant."""
        return TenantRows(self.context.here, self._mine)

    @cached_property
    def tenants(self) -> list[TenantRows]:
        """The tenants of the caller, the selected one first."""
        return [self.here, *(TenantRows(view, self._mine) for view in self.context.elsewhere())]

    def _mine(self) -> list[Row]:
        return [row for tenant_rows in self.tenants for row in tenant_rows.mine]


def hidden(table: str) -> GraphQLFault:
    """Return the fault of a table that the caller may not read, in the words of the system."""
    return GraphQLFault(
        f"field \"{table}\" not found in type: 'query_root'",
        ErrorCode.HIDDEN,
        lacking(NEEDS[table]),
    )


def _memberships(tables: OperationTables) -> list[Row]:
    here = [row for rows in tables.here.held.values() for row in rows]
    return [*here, *(row for tenant_rows in tables.tenants[1:] for row in tenant_rows.mine)]


def _invitations(tables: OperationTables) -> list[Row]:
    here = tables.here
    invited = ids.open_invitations(here.view) if here.may("read:membership-invitation") else []
    return [_invitation(here, each, None) for each in invited] + list(_invited(tables))


def _invited(tables: OperationTables) -> Iterator[Row]:
    """Yield the invitations of the caller to other tenants."""
    me = tables.here.person(tables.here.view.caller)
    for view in tables.context.inviting():
        for each in ids.open_invitations(view):
            if address_of(each.email) == view.caller:
                yield _invitation(TenantRows(view, list), each, me)


def _invitation(tenant_rows: TenantRows, invitation: Invitation, user: Row | None) -> Row:
    view, is_mine = tenant_rows.view, user is not None
    role = view.role_of(address_of(invitation.email))
    there = view.state.get(role)
    columns = {
        "id": invitation.id,
        "email": invitation.email,
        "role": view.role_name(role) if isinstance(there, Role) and there.builtin else None,
        "role_id": ids.role_id(view, role),
        "tenant_id": view.account_id,
        "created": invitation.created,
        "updated": invitation.updated,
    }
    links = {
        "role_detail": lambda: tenant_rows.roles[role],
        "tenant": lambda: tenant_rows.outer_tenant if is_mine else tenant_rows.tenant,
        "user": lambda: user,
    }
    return Row(columns, links)


def _keys(tables: OperationTables) -> Iterator[Row]:
    for tenant_rows in tables.tenants:
        view = tenant_rows.view
        scopes = {d.name: KeyScope.of(d.content) for d in view.documents.of(REACH)}
        others = tenant_rows is tables.here and tenant_rows.may("read:service-api-key")
        for owner, keys in view.register.keys.items():
            if owner == view.caller or (others and owner.kind is Kind.SERVICE_ACCOUNT):
                for key in keys:
                    yield _key(tenant_rows, key, scopes.get(str(key.id), HERE))


def _key(tenant_rows: TenantRows, key: KeyEntry, reach: KeyScope) -> Row:
    columns = {
        "id": key.id,
        "name": key.name,
        "user_id": ids.public_id(tenant_rows.view, key.owner),
        "default_tenant_id": reach.default or tenant_rows.view.account_id,
        "expires_at": key.until,
        "key_hash": None,
        "created": key.created,
        "updated": key.created,
        "created_by_user_id": reach.maker,
    }
    links = {
        "user": lambda: tenant_rows.person(key.owner),
        "created_by": lambda: _maker(tenant_rows, reach),
    }
    return Row(columns, links)


def _maker(tenant_rows: TenantRows, reach: KeyScope) -> Row | None:
    maker = reach.maker and ids.principal(tenant_rows.view, reach.maker)
    return tenant_rows.person(maker) if maker else None


def _objects(of: ObjectTable) -> Callable[[OperationTables], list[Row]]:
    return lambda tables: object_rows(tables.here.view, tables.meter.budget, of, tables.rows)


TABLES: Mapping[str, Callable[[OperationTables], list[Row]]] = {
    **{name: _objects(of) for name, of in OBJECT_TABLES.items()},
    "auth_role": lambda tables: list(tables.here.roles.values()),
    "auth_api_key": lambda tables: list(_keys(tables)),
    "api_token": lambda _: [],
    "membership": _memberships,
    "membership_invitation": _invitations,
    "tenant": lambda tables: [tenant_rows.tenant for tenant_rows in tables.tenants],
    "user": lambda tables: [tables.here.person(tables.here.view.caller)],
    "user_view_same_tenant": lambda tables: [tables.here.viewed(a) for a in tables.here.held],
}
