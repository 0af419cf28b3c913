"""Facts of stored rows that the model does not hold, as the audit trail records them.

A row of a table is named by a label, such as ``user/7``. Its facts are the columns that decide
the identity of a user or the access of a credential: ids, a digest of a key's hash, the reach of
a key. They are in ``info`` of the record of the change that wrote them, so that a change of the
row without a record shows.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..model import ACCOUNT
from .record import EVENT, Record

KEPT = "kept"
"""The key in ``info``: facts by label, None for a row that was deleted."""

ADOPTED = "adopted"
"""The key in ``info`` of rows that were recorded some time after they were made."""

OWNER = "owner"
"""The fact with the number of the thing that owns a row."""

Facts = Mapping[str, Any]
Kept = Mapping[str, Facts | None]


@dataclass(frozen=True, slots=True)
class RowFacts:
    """A live row: its description, its facts, and a hint for a mismatch."""

    what: str
    facts: Facts
    hint: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A row of the system that is unreadable or differs from the trail, with a hint."""

    where: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def with_kept(record: Record, kept: Kept) -> Record:
    """Return *record* with *kept* in its ``info``."""
    return replace(record, info={**_info(record), KEPT: dict(kept)}) if kept else record


def is_note(record: Record) -> bool:
    """Say whether *record* adds row facts and nothing else."""
    return record.result == EVENT and record.object_id == str(ACCOUNT) and KEPT in _info(record)


def _info(record: Record) -> Mapping[str, Any]:
    return record.info or {}


def recorded(records: Iterable[Record]) -> dict[str, Facts]:
    """Return the facts in *records*, oldest first, by label; later ones replace earlier ones."""
    facts_by_label: dict[str, Facts] = {}
    for record in records:
        for label, facts in _info(record).get(KEPT, {}).items():
            if facts is None:
                facts_by_label.pop(label, None)
            else:
                facts_by_label[label] = {**facts_by_label.get(label, {}), **facts}
    return facts_by_label


def mismatches(
    recorded_facts: Mapping[str, Facts],
    live: Mapping[str, RowFacts],
    things: Container[Any],
    lost: str,
) -> Iterator[Mismatch]:
    """Yield each row of *live* that differs from *recorded_facts*, and each missing row.

    A row with an owner is missing only while the owner is one of *things*, since it is
    deleted with the owner. *lost* is the hint for a missing row.
    """
    for label, row in live.items():
        if label not in recorded_facts:
            yield Mismatch(row.what, "is there, but not in the trail", row.hint)
        elif names := _differing(recorded_facts[label], row.facts):
            words = " and ".join(f"`{name}`" for name in names)
            verb = "is" if len(names) == 1 else "are"
            yield Mismatch(row.what, f"{words} {verb} not as the trail says", row.hint)
    for label, facts in recorded_facts.items():
        if label not in live and facts.get(OWNER) in things:
            yield Mismatch(f"`{label}`", "is in the trail, but not there", lost)


def _differing(recorded_facts: Facts, live: Facts) -> list[str]:
    return sorted(name for name in live if recorded_facts.get(name) != live[name])
