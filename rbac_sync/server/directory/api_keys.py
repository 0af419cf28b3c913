"""API keys by owner, by id and by name."""

from __future__ import annotations

from uuid import UUID

from ...backends.store.id_rows import KeyEntry
from ...model import Address, Key
from ..read_view import ReadView
from ..refusals import Missing


def entry(view: ReadView, key: Key) -> KeyEntry:
    """Return the entry of *key*, which exists, in the id index."""
    return next(e for e in view.register.keys[key.owner] if e.name == key.name)


def newest(view: ReadView, owner: Address) -> KeyEntry | None:
    """Return the newest key of *owner*, None if there is none."""
    return next(reversed(view.register.keys.get(owner, ())), None)


def resource(entry: KeyEntry) -> Key:
    """Return the key of an entry of the id index."""
    return Key(entry.owner, entry.name, entry.until)


def key_by_id(view: ReadView, owner: Address, id_: UUID) -> KeyEntry:
    """Return the key of *owner* with this id.

    Raises:
        Refusal: there is no such key.
    """
    for key in view.register.keys.get(owner, ()):
        if key.id == id_:
            return key
    raise Missing
