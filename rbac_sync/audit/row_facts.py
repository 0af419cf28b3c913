"""Facts of stored rows that the model does not hold, as the audit trail records them.

A row of a table is named by a label, such as ``user/7``. Its facts are the columns that decide
the identity of a user or the access of a credential: ids, a digest of a key's hash, the reach of
a key. They are in ``info`` of the record of the change that wrote them, so that a change of the
row without a record shows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..dataclasses import dataclass, replace
from ..model import ACCOUNT
from ..model.plain import canonical
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
    """The facts of a live row; *words* returns its description, and a hint for a mismatch."""

    facts: Facts
    words: Callable[[], tuple[str, str]]


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


def recorded(infos: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the facts, as JSON, by label in the ``info`` of all records, oldest first.

    Later facts replace earlier ones. *Why* as JSON: an account has many users.
    """
    facts_by_label: dict[str, str] = {}
    for info in infos:
        for label, facts in info.get(KEPT, {}).items():
            known = facts_by_label.pop(label, "{}")
            if facts is not None:
                facts_by_label[label] = canonical({**json.loads(known), **facts})
    return facts_by_label


def mismatches(
    recorded_facts: dict[str, str],
    live: Iterable[tuple[str, RowFacts]],
    is_there: Callable[[Any], bool],
    lost: str,
) -> Iterator[Mismatch]:
    """Yield each row of *live* that differs from *recorded_facts*, and each missing row.

    Facts are taken out of *recorded_facts* as they are compared: only the missing ones stay.
    A row with an owner is missing only while the owner *is there*, since it is
    deleted with the owner. *lost* is the hint for a missing row.
    """
    for label, row in live:
        facts = recorded_facts.pop(label, None)
        if facts is None:
            what, hint = row.words()
            yield Mismatch(what, "is there, but not in the trail", hint)
        elif names := _differing(json.loads(facts), row.facts):
            what, hint = row.words()
            words = " and ".join(f"`{name}`" for name in names)
            verb = "is" if len(names) == 1 else "are"
            yield Mismatch(what, f"{words} {verb} not as the trail says", hint)
    for label, facts in recorded_facts.items():
        owner = json.loads(facts).get(OWNER)
        if owner is not None and is_there(owner):
            yield Mismatch(f"`{label}`", "is in the trail, but not there", lost)


def _differing(recorded_facts: Facts, live: Facts) -> list[str]:
    return sorted(name for name in live if recorded_facts.get(name) != live[name])
