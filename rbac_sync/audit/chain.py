"""The audit trail as a chain: each row carries the hash of the one before it.

A chain shows rows that were changed, left out, put in or swapped. By itself it cannot show an
end that was cut off, or a history that was rewritten with all its hashes: for that, keep a
``Checkpoint`` elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256

from ..dataclasses import asdict, dataclass
from ..errors import BackendError
from ..model import Instant
from ..model.instant import parsed, rfc3339
from ..model.plain import canonical
from .record import Record
from .texts import record_of, texts

FORMAT = "rbac-sync audit 1"
START = "0" * 64
"""The hash that the first row names as its predecessor."""

VERIFY = "`rbac-sync audit verify` shows all that is wrong with the trail"


@dataclass(frozen=True, slots=True)
class Link:
    """A record at its position in the chain of one account. ``seq`` counts from 1; hashes are hex.

    ``texts`` are the stored fields of the record; the hash covers these texts, even if they
    cannot be read any more.
    """

    account: str
    seq: int
    prev: str
    texts: tuple[str | None, ...]
    hash: str

    @property
    def record(self) -> Record:
        """The record of this row.

        Raises:
            BackendError: the texts are not those of a record.
        """
        try:
            return record_of(self.texts)
        except ValueError as error:
            raise self.unreadable(error) from error

    def unreadable(self, error: Exception) -> BackendError:
        """Return the error of somebody who reads this row, which raises *error*."""
        message = f"row {self.seq} of the audit trail cannot be read: {error}"
        return BackendError(message, hint=VERIFY)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault of a chain, and the ``seq`` of the row that shows it."""

    seq: int
    message: str

    def __str__(self) -> str:
        return f"row {self.seq}: {self.message}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The length and the last hash of a chain at a moment.

    It belongs in a place where the administrator of the store cannot write.
    """

    account: str
    seq: int
    hash: str
    at: Instant

    def text(self) -> str:
        """Return the checkpoint as one line of JSON."""
        return canonical({**asdict(self), "at": rfc3339(self.at)})

    @classmethod
    def parsed(cls, text: str) -> Checkpoint:
        """Return the checkpoint in a line that ``text`` wrote.

        Raises:
            ValueError: the line is not a checkpoint.
        """
        try:
            values = json.loads(text)
            return cls(
                str(values["account"]),
                int(values["seq"]),
                str(values["hash"]),
                parsed(values["at"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a checkpoint: {error}") from error


def encoded(account: str, seq: int, prev: str, texts: Iterable[str | None]) -> bytes:
    """Return the bytes that the hash of a row covers; different rows have different bytes.

    Every field is written as its length and its text, an absent one as a dash.
    """
    fields = (FORMAT, account, str(seq), prev, *texts)
    text = "".join(["-" if field is None else f"{len(field)}:{field}" for field in fields])
    if text.isascii():  # as most rows are: then a text has as many bytes as characters
        return text.encode()
    parts = (None if field is None else field.encode() for field in fields)
    return b"".join(b"-" if part is None else b"%d:%s" % (len(part), part) for part in parts)


def hashed(account: str, seq: int, prev: str, texts: Iterable[str | None]) -> str:
    """Return the hash of row *seq*, which holds *texts* and follows the row with hash *prev*."""
    return sha256(encoded(account, seq, prev, texts)).hexdigest()


def link(account: str, seq: int, prev: str, record: Record) -> Link:
    """Return *record* as row *seq* of a chain, after the row with hash *prev*."""
    fields = texts(record)
    return Link(account, seq, prev, fields, hashed(account, seq, prev, fields))


def flaws(links: Iterable[Link], checkpoints: Iterable[Checkpoint] = ()) -> Iterator[Flaw]:
    """Yield the faults of a whole chain, oldest row first, also against earlier *checkpoints*."""
    chain = ChainCheck(checkpoints)
    for row in links:
        yield from chain.row(row)
    yield from chain.missing()


class ChainCheck:
    """The check of a chain, row by row from the oldest, also against earlier *checkpoints*.

    It begins after the row *seq*, whose hash was *prev*.
    """

    def __init__(
        self, checkpoints: Iterable[Checkpoint] = (), seq: int = 0, prev: str = START
    ) -> None:
        self._awaited: dict[int, list[Checkpoint]] = {}
        for checkpoint in checkpoints:
            self._awaited.setdefault(checkpoint.seq, []).append(checkpoint)
        self._seq, self._prev = seq, prev

    def row(self, row: Link) -> Iterator[Flaw]:
        """Yield the faults of the next row."""
        yield from _flaws(row, self._seq + 1, self._prev)
        for checkpoint in self._awaited.pop(row.seq, ()):
            if (checkpoint.hash, checkpoint.account) != (row.hash, row.account):
                yield Flaw(
                    row.seq, f"is not the row that the checkpoint of {rfc3339(checkpoint.at)} saw"
                )
        self._seq, self._prev = row.seq, row.hash

    def missing(self) -> Iterator[Flaw]:
        """Yield a fault for each checkpoint of a row that the chain does not have."""
        for checkpoints in self._awaited.values():
            for checkpoint in checkpoints:
                message = f"is missing; the checkpoint of {rfc3339(checkpoint.at)} saw it"
                yield Flaw(checkpoint.seq, message)


def _flaws(row: Link, seq: int, prev: str) -> Iterator[Flaw]:
    if row.seq != seq:
        yield Flaw(row.seq, f"stands where row {seq} should")
    if row.prev != prev:
        yield Flaw(row.seq, "does not follow the row before it")
    if row.hash != hashed(row.account, row.seq, row.prev, row.texts):
        yield Flaw(row.seq, "was changed after it was written")


def clock_set_back(row: Link, before: Link | None) -> Iterator[Flaw]:
    """Yield a note if *row* has an earlier date than the row *before* it.

    The rows are in the order of writing all the same.
    """
    at = row.texts[0] or ""
    if before and at < (before.texts[0] or ""):
        yield Flaw(row.seq, f"is dated {at}, before the row before it: a clock was set back")


def checkpoint(last: Link, at: Instant) -> Checkpoint:
    """Return the checkpoint of a chain whose newest row is *last*."""
    return Checkpoint(last.account, last.seq, last.hash, at)
