"""Settled rows of a trail: a later run added them after a read of the live state."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .record import Record

BY = "settled_by"
"""The key in ``info`` with the principal whose run settled the row."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of changes recorded by their own runs, and of those detected live later."""

    made: int
    detected: int


def settled(record: Record, by: str) -> Record:
    """Return *record* as settled by a later run, that of the principal *by*."""
    return replace(record, info={**(record.info or {}), BY: by})


def settled_by(record: Record) -> str:
    """Return the principal whose run settled *record*; empty if its own run saw the outcome."""
    return str((record.info or {}).get(BY, ""))
