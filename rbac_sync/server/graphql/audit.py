"""The audit trail as the table ``audit_log`` of the system."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid5

from ...audit.chain import Link
from ...audit.record import Record, plain_sides
from ...audit.row_facts import KEPT, is_note
from ...backends.store.features import AUDIT_TRAIL
from ...model import Kind
from ...model.kind import SPECS
from ...model.plain import resource
from ..directory.subjects import subject_id
from ..read_view import ReadView
from ..refusals import lacking
from . import ids
from .budget import Budget
from .fault import unauthorized
from .filters import DESCENDING, Row

READ = "read:audit-trail"
WORK = 20
"""The work of reading a row."""

USERS = f"{Kind.USER}."
TENANT = SPECS[Kind.ACCOUNT].table


def newest(view: ReadView, most: int | None, budget: Budget) -> list[Row]:
    """Return the newest rows of the trail first, at most *most*; None: all.

    Raises:
        GraphQLFault: the caller may not read the trail, there is none, or it is too much work.
    """
    if READ not in view.may():
        raise unauthorized(lacking(READ))
    if AUDIT_TRAIL not in view.session.account.features:
        raise unauthorized(f"this tenant has no audit trail (feature `{AUDIT_TRAIL}` is off)")
    trail = view.session.trail
    there = trail.length()
    budget.spend(WORK * (there if most is None else min(most, there)))
    links = trail.latest() if most is None else trail.newest()
    rows = (link for link in links if not is_note(link.record))
    return [_row(view, link) for link in islice(rows, most)]


def bound(arguments: Mapping[str, Any]) -> int | None:
    """Return how many of the newest rows contain all selected ones; None: all rows may."""
    most: int | None = arguments.get("limit")
    orders = [pair for part in arguments.get("order_by") or () for pair in part.items()]
    newest_first = [name for name, _ in orders] == ["timestamp"] and orders[0][1] in DESCENDING
    if most is None or not newest_first or arguments.get("where"):
        return None
    return max(most, 0) + max(int(arguments.get("offset") or 0), 0)


def _row(view: ReadView, link: Link) -> Row:
    record = link.record
    more = {name: value for name, value in (record.info or {}).items() if name != KEPT}
    info = {"run": record.run, "result": record.result, **more}
    actors = {"applier": record.applier, "on_behalf_of": record.on_behalf_of}
    sides = plain_sides(record)
    columns = {
        "id": uuid5(view.account_id, f"{link.seq}"),
        "tenant_id": view.account_id,
        "timestamp": record.timestamp,
        "object_table": record.object_table,
        "object_id": _object_id(view, record),
        "message": record.message,
        "name": record.object_id,
        "level": "INFO",
        "info": {**info, **{k: v for k, v in {**actors, **sides}.items() if v}},
    }
    return Row(columns, {})


def _object_id(view: ReadView, record: Record) -> UUID:
    """Return the id of the object of a row; a user has the same id in all rows."""
    if record.object_table == "user" and record.object_id.startswith(USERS):
        return ids.user_id(unquote(record.object_id.removeprefix(USERS)))
    if record.object_table == TENANT:
        return view.account_id
    side = record.after or record.before
    thing = resource(side) if side else None
    return subject_id(view, record, thing)
