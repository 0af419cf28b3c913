"""The facts of the store's rows on record besides the model; see ``audit.row_facts``."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ...model import Instant
from ...model.plain import canonical
from ..database.columns import stored
from . import tables as t
from .table import StoreTable

if TYPE_CHECKING:
    from ...audit.row_facts import Facts
    from .account import Account
    from .documents import Document

COLUMNS: Mapping[StoreTable, tuple[str, ...]] = {
    t.user: ("id", "actor_id", "created"),
    t.service_account: ("id", "actor_id", "created"),
    t.team: ("id", "created"),
    t.workspace: ("id", "created"),
    t.role: ("id", "created"),
    t.api_key: ("id", "created", "shown", "hash"),
}
"""The columns of each table that are set once, except those of the model."""

KEY, LOG_IN, INVITATION = "key", "log-in", "invitation"
PROOFS = frozenset({KEY, LOG_IN, INVITATION})
"""The kinds of document that let somebody in, or say where a key works."""

ACCESS = "access"
"""The field of a document that holds the object's access list; never shown with the object."""

ACCOUNT = "account"
RESTORE = "put the row back from a backup, and find out who can write to the database"


def of_row(table: StoreTable, row: Mapping[str, Any]) -> Facts:
    """Return the facts of a *row* of *table*, which names all its columns."""
    return {name: _fact(name, row[name]) for name in COLUMNS[table]}


def of_account(account: Account) -> Facts:
    """Return the facts of the account itself."""
    return {
        "id": account.id,
        "world": account.world,
        "features": sorted(account.features),
        "settings": dict(account.settings),
        "created": stored(account.created),
    }


def of_document(document: Document, owner: int) -> Facts | None:
    """Return the facts of *document*, whose owner has this number; None if it gives no access.

    The scope of a key is recorded in clear; a document with the hash of a secret as a digest.
    """
    facts = {"kind": document.kind, "owner": owner, "name": document.name}
    if document.kind == KEY:
        return facts | {"content": dict(document.content)}
    if document.kind in PROOFS:
        return facts | {"content": digest(canonical(document.content))}
    access = document.content.get(ACCESS)
    return facts | {"access": access} if access is not None else None


def digest(text: str) -> str:
    """Return a digest for the trail of the stored hash of a secret; it cannot be used to log in.

    *Why* a hash of a hash: a reader of the trail must not learn the stored hash.
    """
    return sha256(b"rbac-sync kept 1\0" + text.encode(errors="surrogatepass")).hexdigest()


def label(table: StoreTable, row: Mapping[str, Any]) -> str:
    """Return the label of a *row* of *table*; it is unique, as a number is never drawn twice."""
    if table is t.api_key:
        return f"{table.name}/{row['owner']}/{row['name']}"
    return f"{table.name}/{row['number']}"


def document_label(document: Document) -> str:
    """Return the label of a document."""
    return f"{t.document.name}/{document.id}"


def _fact(name: str, value: Any) -> Any:
    if name == "hash":
        return digest(value)
    return stored(value) if isinstance(value, Instant) else value
