"""The facts of the store's rows on record besides the model; see ``audit.row_facts``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ...audit.row_facts import Facts, RowFacts
from ...model import Instant, Key
from ...model import label as written
from ...model.plain import canonical
from ..database.columns import stored
from . import tables as t
from .account import pages
from .tables import StoreTable

if TYPE_CHECKING:
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
NEW_KEY = "revoke it with `rbac-sync store key revoke {} {}`, and make a new one"
ADVICE = {
    KEY: "revoke the key, and make a new one",
    LOG_IN: "delete that row of `document`; the person logs in again",
    INVITATION: "revoke the invitation, and invite anew",
}
"""The hint for a document that differs from the trail, by kind."""


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


def live(account: Account, documents: Iterator[Document]) -> Iterator[tuple[str, RowFacts]]:
    """Yield the label and the facts of every row that has any; *documents* are all of the account.

    *Why* one by one, in words only where they are asked for: an account has many users.
    """
    words = (f"account `{account.handle}`", RESTORE)
    yield ACCOUNT, RowFacts(of_account(account), lambda: words)
    for table in COLUMNS:
        yield from _rows(account, table)
    for document in documents:
        facts = of_document(document, account.names.number(document.owner))
        if facts is not None:
            yield document_label(document), RowFacts(facts, partial(_words_of_document, document))


def _rows(account: Account, table: StoreTable) -> Iterator[tuple[str, RowFacts]]:
    names = (*table.key, *COLUMNS[table])
    for rows in pages(account.connection, account.number, table, names):
        for values in rows:
            row = dict(zip(names, values, strict=True))
            yield label(table, row), RowFacts(of_row(table, row), partial(_words, account, row))


def _words(account: Account, row: Mapping[str, Any]) -> tuple[str, str]:
    if "owner" not in row:
        return f"`{account.names.address(row['number'])}`", RESTORE
    owner, name = account.names.address(row["owner"]), str(row["name"])
    return f"`{Key(owner, name).address}`", NEW_KEY.format(written(owner), name)


def _words_of_document(document: Document) -> tuple[str, str]:
    what = f"{document.kind} of `{document.owner}`, `document` row `{document.id}`"
    return what, ADVICE.get(document.kind, RESTORE)


def _fact(name: str, value: Any) -> Any:
    if name == "hash":
        return digest(value)
    return stored(value) if isinstance(value, Instant) else value
