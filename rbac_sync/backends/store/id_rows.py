"""The rows of the index of ids: a resource with a name, a role held by somebody, an API key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from ...dataclasses import dataclass
from ...model import Address, Instant
from ..database.columns import loaded

HELD_COLUMNS = ("principal", "role", "id", "created", "updated", "since", "until")
KEY_COLUMNS = ("owner", "name", "id", "created", "until", "shown")


@dataclass(frozen=True, slots=True)
class IdEntry:
    """A resource with a name. ``actor_id`` equals ``id`` for kinds that do not act.

    ``version`` is the number that the last change of its row drew; no other
    row and no other state of this row has it.
    """

    address: Address
    id: UUID
    created: Instant
    updated: Instant
    version: int
    actor_id: UUID


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One role held by one principal in one scope: a row of its own, whose id stays."""

    scope: Address
    principal: Address
    role: Address
    id: UUID
    created: Instant
    updated: Instant
    since: Instant | None
    until: Instant | None


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """An API key. ``shown`` is its prefix and its end, None for keys older than that column."""

    owner: Address
    name: str
    id: UUID
    created: Instant
    until: Instant | None
    masked: str | None


def entry_of(address: Address, row: Sequence[Any]) -> IdEntry:
    """Return the entry of *address* in *row*: its id, its times and its version."""
    id_, created, updated, version, *actor = row
    times = loaded(created), loaded(updated)
    return IdEntry(address, UUID(id_), *times, version, UUID(*actor or [id_]))


def held_row(scope: Address, row: Sequence[Any], name: Callable[[int], Address]) -> HeldRow:
    """Return *row*, ``HELD_COLUMNS`` of *scope*; *name* returns the address of a number."""
    principal, role, id_, created, updated, since, until, *_ = row
    times = loaded(created), loaded(updated)
    term = _moment(since), _moment(until)
    return HeldRow(scope, name(principal), name(role), UUID(id_), *times, *term)


def _moment(text: str | None) -> Instant | None:
    return loaded(text) if text else None


def key_of(owner: Address, row: Sequence[Any]) -> KeyEntry:
    """Return the key of *owner* in *row*, which has the rest of ``KEY_COLUMNS``."""
    name, id_, created, until, masked = row
    return KeyEntry(owner, name, UUID(id_), loaded(created), _moment(until), masked)
