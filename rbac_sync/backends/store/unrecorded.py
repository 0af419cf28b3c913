"""Rows of a store that differ from the trail: somebody wrote them without rbac-sync."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ...audit.row_facts import Mismatch, RowFacts, mismatches, recorded
from ...model import Key
from ...model import label as written
from . import appearances, counts, event_index
from .account import Account, pages
from .documents import Document
from .row_facts import (
    ACCOUNT,
    COLUMNS,
    INVITATION,
    KEY,
    LOG_IN,
    RESTORE,
    document_label,
    label,
    of_account,
    of_document,
    of_row,
)
from .table import StoreTable
from .trail import StoreTrail

UNKEPT = """
    SELECT a.run, r.id FROM audit AS a LEFT JOIN run AS r ON r.account = a.account AND r.id = a.run
    WHERE a.account = :account AND a.run <> '' AND (r.id IS NULL OR r.plan_digest <> a.plan_digest)
    ORDER BY a.seq
"""
APPLIED_AGAIN = "its plan could be applied a second time: put the row back from a backup"
NEW_KEY = "revoke it with `rbac-sync store key revoke {} {}`, and make a new one"
ADVICE = {
    KEY: "revoke the key, and make a new one",
    LOG_IN: "delete that row of `document`; the person logs in again",
    INVITATION: "revoke the invitation, and invite anew",
}
"""The hint for a document that differs from the trail, by kind."""


def unrecorded(
    account: Account, trail: StoreTrail, documents: Iterator[Document]
) -> Iterator[Mismatch]:
    """Yield each row of *account* that differs from its *trail*.

    *documents* are all of the account. With these come the first event, each count and each name
    whose rows are not those that the trail gives.
    """
    rows, numbers = live(account, documents), account.names.addresses
    yield from mismatches(recorded(trail.infos()), rows, numbers.__contains__, RESTORE)
    for run, known in dict.fromkeys(account.stream(UNKEPT)):
        message = "is missing" if known is None else "is not as the trail says"
        yield Mismatch(f"`run` row {run}", message, APPLIED_AGAIN)
    yield from event_index.mismatches(account, trail.indexed())
    yield from counts.mismatches(account)
    yield from appearances.mismatches(account)


def live(account: Account, documents: Iterator[Document]) -> Iterator[tuple[str, RowFacts]]:
    """Yield the label and the facts of every row that has any; *documents* are all of the account.

    *Why* one by one, in words only where they are asked for: an account has many users.
    """
    words = (f"account `{account.handle}`", RESTORE)
    yield ACCOUNT, RowFacts(of_account(account), lambda: words)
    for table in COLUMNS:
        yield from _rows(account, table)
    for document in documents:
        facts = of_document(document, account.names.number(document.owner))
        if facts is not None:
            yield (
                document_label(document),
                RowFacts(facts, partial(_words_of_document, document)),
            )


def _rows(account: Account, table: StoreTable) -> Iterator[tuple[str, RowFacts]]:
    names = (*table.key, *COLUMNS[table])
    for rows in pages(account.connection, account.number, table, names):
        for values in rows:
            row = dict(zip(names, values, strict=True))
            yield (
                label(table, row),
                RowFacts(of_row(table, row), partial(_words, account, row)),
            )


def _words(account: Account, row: Mapping[str, Any]) -> tuple[str, str]:
    if "owner" not in row:
        return f"`{account.names.address(row['number'])}`", RESTORE
    owner, name = account.names.address(row["owner"]), str(row["name"])
    return f"`{Key(owner, name).address}`", NEW_KEY.format(written(owner), name)


def _words_of_document(document: Document) -> tuple[str, str]:
    what = f"{document.kind} of `{document.owner}`, `document` row `{document.id}`"
    return what, ADVICE.get(document.kind, RESTORE)
