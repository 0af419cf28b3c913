"""The latest changes of a tenant, from the audit log of the service.

A row has a time, a table, an id and some info. The content of the info is not documented: a row
whose info names nobody is ignored. ``rbac-sync serve`` names the applier there.
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
"""The number of rows in the request: only recent changes are of interest."""


def touched(api: Api, ids: Mapping[str, Address]) -> dict[Address, Touch]:
    """Return who last changed the resource of each of *ids*; nothing if that is refused."""
    caller, _ = api.caller_and_time
    if RIGHT not in caller.auth_info.permissions or not ids:
        return {}
    try:
        rows = api.query_tenant("audit", AuditLog, limit=MOST).audit_log
    except Forbidden:
        return {}
    touches: dict[Address, Touch] = {}
    for row in sorted(rows, key=lambda row: row.timestamp):
        if row.tenant_id != api.tenant:
            continue
        address, info = ids.get(str(row.object_id)), row.info or {}
        who = info.get("applier")
        if address and isinstance(who, str) and info.get("result") == DONE:
            touches[address] = Touch(row.timestamp, who)
    return touches
