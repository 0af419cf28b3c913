"""The latest changes of a tenant, from the audit log of the service.

That a row has a time, a table, an id and some info is documented, what stands in the info is
not: a row that names nobody in it is passed over. ``rbac-sync serve`` names who applied.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...audit.record import DONE, Touch
from ...errors import Forbidden
from ...model import Address
from ...wire.prefect_cloud_1.answers import AuditLog
from .api import Api

RIGHT = "read:audit-trail"
MOST = 200
"""Rows that are asked for; the newest are enough for what is to be looked at today."""


def touched(api: Api, ids: Mapping[str, Address]) -> dict[Address, Touch]:
    """Return who last changed the thing of each of *ids*; nothing if who asks must not know."""
    caller, _ = api.caller_and_time
    if RIGHT not in caller.auth_info.permissions or not ids:
        return {}
    try:
        rows = api.query_tenant("audit", AuditLog, limit=MOST).audit_log
    except Forbidden:
        return {}
    touches: dict[Address, Touch] = {}
    for row in rows:
        if row.tenant_id != api.tenant:
            continue
        address, info = ids.get(str(row.object_id)), row.info or {}
        who = info.get("applier")
        if address and isinstance(who, str) and info.get("result") == DONE:
            touches.setdefault(address, Touch(row.timestamp, who))
    return touches
