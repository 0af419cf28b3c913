"""What older versions made and did not put on record goes on record once, as it is found."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from ...audit.kept import ADOPTED, with_kept
from ...audit.record import Authorship
from ...model import ACCOUNT
from . import kept
from . import tables as t
from .account import Account
from .batch import Batch
from .documents import Documents
from .trail import Trail

FIRST = "0005"
"""The schema from which on everything is on record as it is made."""

WORDS = "what decides who may come in was put on record as it was found"


def adopt(connection: Connection) -> None:
    """Add to the trail of each account a row that tells of all its rows."""
    for handle in connection.execute(select(t.account.c.handle)).scalars().all():
        _adopt(Account.locked(connection, handle))


def _adopt(account: Account) -> None:
    documents, trail = Documents(account, Batch(account)), Trail(account)
    facts = {label: row.facts for label, row in kept.live(account, documents.opening()).items()}
    record = Authorship(None, "").remark(ACCOUNT, WORDS, account.now)
    trail.append(with_kept(replace(record, info={ADOPTED: True}), facts))
    trail.flush()
