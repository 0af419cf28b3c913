"""The scope of a key: its own account, or every account that its owner has come into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ...model import Key
from .documents import Documents
from .id_index import IdIndex
from .row_facts import KEY


@dataclass(frozen=True, slots=True)
class KeyScope:
    """The scope of a key, kept beside it.

    ``everywhere``: it works in each account of the store in which a user with
    its owner's e-mail is active. *Why* not every key of a person does: whoever
    made it for that person may have no business in the other accounts.
    ``default`` is the account that a request without another means; ``maker``
    is the public id of whoever made the key.
    """

    everywhere: bool = False
    default: UUID | None = None
    maker: UUID | None = None

    @classmethod
    def of(cls, content: Mapping[str, Any] | None) -> KeyScope:
        """Return what a document says; without one, a key stays where it is."""
        values = content or {}
        ids = (values.get("default"), values.get("maker"))
        return cls(values.get("everywhere") is True, *(UUID(i) if i else None for i in ids))


HERE = KeyScope()


def keep(documents: Documents, register: IdIndex, key: Key, reach: KeyScope) -> UUID:
    """Keep *reach* beside *key*, which has just been made; return the key's id.

    *Why* by id: a key of the same name that somebody makes later is another one.
    """
    (made,) = (entry for entry in register.keys[key.owner] if entry.name == key.name)
    content = {
        "everywhere": reach.everywhere,
        "default": str(reach.default) if reach.default else None,
        "maker": str(reach.maker) if reach.maker else None,
    }
    documents.set(KEY, key.owner, content, str(made.id))
    return made.id
