"""The scope of a key: its own account, or every account in which its owner is an active user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ...dataclasses import dataclass
from ...model import Key
from .documents import Documents
from .id_index import IdIndex
from .row_facts import KEY


@dataclass(frozen=True, slots=True)
class KeyScope:
    """The scope of a key, stored in a document.

    With ``everywhere`` the key works in each account of the store in which a user with
    the owner's e-mail is active. *Why* not every key of a user does: the principal that
    created it may have no authority in the other accounts.
    ``default`` is the account of a request that names none; ``maker``
    is the public id of the principal that created the key.
    """

    everywhere: bool = False
    default: UUID | None = None
    maker: UUID | None = None

    @classmethod
    def of(cls, content: Mapping[str, Any] | None) -> KeyScope:
        """Return the scope in a document; without one, that of the key's own account."""
        values = content or {}
        ids = (values.get("default"), values.get("maker"))
        return cls(values.get("everywhere") is True, *(UUID(i) if i else None for i in ids))


HERE = KeyScope()


def keep(documents: Documents, register: IdIndex, key: Key, reach: KeyScope) -> UUID:
    """Store *reach* for *key*, which is new; return the id of the key.

    *Why* by id: a later key of the same name is another key.
    """
    (made,) = (entry for entry in register.keys[key.owner] if entry.name == key.name)
    content = {
        "everywhere": reach.everywhere,
        "default": str(reach.default) if reach.default else None,
        "maker": str(reach.maker) if reach.maker else None,
    }
    documents.set(KEY, key.owner, content, str(made.id))
    return made.id
