"""One row of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..model import Instant


@dataclass(frozen=True, slots=True)
class Record:
    """What happened, to what, by whom, and how it went.

    ``object_id`` and ``object_table`` name the thing (its address and kind;
    for a log-in the table ``user``). ``before``, ``after`` and ``info`` are
    plain JSON values. ``result`` is ``done``, ``intent``, ``failed`` or
    ``event``. ``change`` says whether replaying the trail applies this row.

    Source of the first five fields: the Cloud 1 document, "Audit Log".
    """

    timestamp: Instant
    message: str
    object_id: str
    object_table: str
    info: Mapping[str, Any] | None = None
    applier: str = ""
    on_behalf_of: str = ""
    run: str = ""
    plan_digest: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    result: str = "done"
