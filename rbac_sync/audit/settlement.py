"""Settled rows: rows that a later run added, after it had looked at what was live."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .record import DONE, Record

BY = "settled_by"
"""The key of a row's ``info`` that says whose run looked."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of changes that their own runs saw made, and of those that were found live."""

    made: int
    found: int


def settled(record: Record, by: str) -> Record:
    """Return *record* as settled by a later run, that of the principal *by*."""
    return replace(record, info={**(record.info or {}), BY: by})


def settled_by(record: Record) -> str:
    """Return whose run settled what *record* tells of; empty if its own run saw the outcome."""
    return str((record.info or {}).get(BY, ""))


def counted(records: Iterable[Record]) -> Counts:
    """Count the changes that *records* tell of as done."""
    done = [bool(settled_by(record)) for record in records if record.result == DONE]
    return Counts(done.count(False), done.count(True))
