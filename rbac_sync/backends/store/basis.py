"""The basis of a write that is judged before its account is locked: all that it has read so far.

Under the lock, the same queries are asked again. The judgement holds if their rows are the same;
else the write is judged again. *Why* not always asked again: what nobody has written is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ...model import Instant
from ...named_tuples import NamedTuple
from ..database.columns import loaded
from ..database.sql import Row, Values
from . import clock
from . import tables as t
from .account import TRAIL_END, Account
from .schema import HEAD, VERSION

SERIAL = "SELECT serial FROM account WHERE number = :account"

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
MOST = 2_000
"""The most rows that are read again under the lock; after more, the write is judged again."""


class Answer(NamedTuple):
    """A query, its values, and the rows that it had."""

    statement: str
    values: Values
    rows: Sequence[Row]

    @property
    def has_documents(self) -> bool:
        """Say whether the query reads documents: they may change without a trace in the account."""
        return t.document.name in self.statement


class Basis:
    """All that one transaction has read of an account."""

    def __init__(self, account: Account) -> None:
        """Keep all that is read from now on over the connection of *account*."""
        self._account, self._connection = account, account.connection
        self._clock = clock.query(account.connection)
        self._begin, self._end = account.now, account.trail_end()
        self._answers: list[Answer] = []
        self._coming: set[Instant] = set()
        self._size = 0
        self._connection.observer = self._keep

    def lock(self) -> bool:
        """Lock the account, in a new transaction that writes; say whether the basis still holds."""
        account, self._connection.observer = self._account, None
        here: Values = {"account": account.number}
        documents = [answer for answer in self._answers if answer.has_documents]
        lock = SERIAL if self._connection.is_file else f"{SERIAL} FOR UPDATE"
        first = [lock, self._clock, TRAIL_END, VERSION]
        (((serial,),), moments, ends, revision, *rows) = self._connection.begin_writing(
            [*((query, here) for query in first), *_queries(documents)]
        )
        now, end = clock.time_of(moments), ends[0] if ends else self._end
        if self._has_passed(now) or revision != [(HEAD,)]:
            return False
        if rows != [answer.rows for answer in documents]:
            return False
        if (serial, end) != (account.serial, self._end) and not self._is_same():
            return False
        account.now, account.serial, account.end = now, serial, end
        return True

    def _keep(self, statement: str, values: Values, rows: Sequence[Row]) -> None:
        if statement == self._clock:
            return
        texts = (value for row in rows for value in row if isinstance(value, str))
        instants = (_parsed(instant) for text in texts for instant in INSTANT.findall(text))
        self._coming.update(each for each in instants if each and each >= self._begin)
        self._answers.append(Answer(statement, values, rows))
        self._size += len(rows)
        if self._size > MOST:
            self._answers = [answer for answer in self._answers if answer.has_documents]

    def _has_passed(self, now: Instant) -> bool:
        """Say whether an instant that was read has passed since, such as the end of a role.

        It may have if the clock was set back.
        """
        return now < self._begin or any(instant <= now for instant in self._coming)

    def _is_same(self) -> bool:
        """Ask all queries again, and say whether their rows are the same."""
        if self._size > MOST:
            return False
        rows = self._connection.together(_queries(self._answers))
        return rows == [answer.rows for answer in self._answers]


def _queries(answers: Iterable[Answer]) -> list[tuple[str, Values]]:
    return [(answer.statement, answer.values) for answer in answers]


def _parsed(text: str) -> Instant | None:
    """Return the instant of *text*, None if there is none, as in a document of a client."""
    try:
        return loaded(text)
    except ValueError:
        return None
