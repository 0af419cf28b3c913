"""The table of all access: CSV for spreadsheets and reviews of access."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from ...guard import Access, Path
from ...model import Address, ServiceAccount, User, label, place
from ...model.instant import Instant, rfc3339
from ..escape import visible
from ..words import holder_name

COLUMNS = ("principal", "kind", "status", "scope", "role", "through", "from", "until", "reason")

FORMULA = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
"""The characters at the beginning of a cell that make it a formula of a spreadsheet."""


def csv_table(access: Access) -> str:
    """Return a row for each path by which a person or a service account has a role."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(map(_cell, row) for row in _rows(access))
    return text.getvalue()


def _rows(access: Access) -> Iterator[tuple[str, ...]]:
    state = access.state
    for user in sorted(state.of(User)):
        yield from _rows_of(user, str(state.of(User)[user].status), access)
    for account in sorted(state.of(ServiceAccount)):
        yield from _rows_of(account, "", access)


def _rows_of(principal: Address, status: str, access: Access) -> Iterator[tuple[str, ...]]:
    begin = (label(principal), principal.kind.noun, status)
    rows = sorted((*begin, *_columns(path, principal)) for path in access.everywhere(principal))
    yield from rows or [(*begin, *[""] * (len(COLUMNS) - len(begin)))]


def _columns(path: Path, principal: Address) -> tuple[str, ...]:
    return (
        place(path.scope),
        path.role.name,
        "" if path.holder == principal else holder_name(path.holder),
        _moment(path.since),
        _moment(path.until),
        path.reason,
    )


def _moment(instant: Instant | None) -> str:
    return rfc3339(instant) if instant else ""


def _cell(text: str) -> str:
    """Return *text* as a cell that no spreadsheet reads as a formula."""
    safe = visible(text)
    return f"'{safe}" if text[:1] in FORMULA and text else safe
