"""The adoption of rows that older versions made without a record: one record of all of them."""

from __future__ import annotations

from dataclasses import replace

from ...audit.record import Authorship
from ...audit.row_facts import ADOPTED, with_kept
from ...model import ACCOUNT
from ..database.sql import SqlConnection
from .account import Account
from .batch import Batch
from .documents import Documents
from .trail import StoreTrail
from .unrecorded import live

FIRST = "0005"
"""The first revision of the schema in which each row is on record as soon as it is made."""

WORDS = "what decides who may come in was put on record as it was found"


def adopt(connection: SqlConnection) -> None:
    """Add to the trail of each account one record of all its rows."""
    for (handle,) in connection.rows("SELECT handle FROM account"):
        _adopt(Account.locked(connection, handle))


def _adopt(account: Account) -> None:
    documents, trail = Documents(account, Batch(account)), StoreTrail(account)
    facts = {label: row.facts for label, row in live(account, documents.opening())}
    record = Authorship(None, "").remark(ACCOUNT, WORDS, account.now)
    trail.append(with_kept(replace(record, info={ADOPTED: True}), facts))
    trail.flush()
