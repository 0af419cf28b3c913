"""What a public API keeps of a thing besides what it may do: JSON, by kind and owner.

A person's name, an account's settings, an invitation, a block: none of it
grants anything, so none of it is in the model, in a plan or judged. It goes
when its owner goes, and follows it through a rename, unless it is a proof of
who somebody is: see ``handlers.users``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, insert, select, update

from ...model import Address, Instant
from . import tables as t
from .account import Account
from .batch import Batch

COLUMNS = ("id", "kind", "owner", "name", "content", "created", "updated")


@dataclass(frozen=True, slots=True)
class Document:
    """One document. ``name`` is unique among those of its kind and owner, unless it is None."""

    id: UUID
    kind: str
    owner: Address
    name: str | None
    content: Mapping[str, Any]
    created: Instant
    updated: Instant


class Documents:
    """The documents of one account inside one transaction."""

    def __init__(self, account: Account, batch: Batch) -> None:
        self._account, self._batch = account, batch
        self._latest: UUID | None = None

    def of(self, kind: str, owner: Address | None = None) -> list[Document]:
        """Return the documents of *kind*, of *owner* if one is named, oldest first."""
        c = t.document.c
        such = [c.kind == kind]
        if owner is not None:
            such.append(c.owner == self._account.names.number(owner))
        return list(self._found(*such))

    def get(self, kind: str, id_: UUID) -> Document | None:
        """Return the document of *kind* with this id, or None."""
        c = t.document.c
        return next(self._found(c.kind == kind, c.id == str(id_)), None)

    def named(self, kind: str, owner: Address, name: str = "") -> Document | None:
        """Return the document of *kind* and *owner* that has this *name*, or None."""
        c = t.document.c
        number = self._account.names.number(owner)
        return next(self._found(c.kind == kind, c.owner == number, c.name == name), None)

    def add(
        self, kind: str, owner: Address, name: str | None, content: Mapping[str, Any]
    ) -> Document:
        """Keep a new document, and return it."""
        self._batch.flush()
        now = self._account.now
        made = Document(self._fresh(), kind, owner, name, content, now, now)
        row = {
            "account": self._account.number,
            **{column: getattr(made, column) for column in COLUMNS},
            "owner": self._account.names.number(owner),
            "id": str(made.id),
        }
        self._account.connection.execute(insert(t.document), row)
        return made

    def _fresh(self) -> UUID:
        """Return an id for a new document.

        *Why* one more than the last: what a transaction adds is of one moment,
        and the id is what keeps it in order.
        """
        self._latest = UUID(int=self._latest.int + 1) if self._latest else uuid4()
        return self._latest

    def put(self, document: Document) -> Document:
        """Bring the name and content of a document that is there to those of *document*."""
        c, now = t.document.c, self._account.now
        self._account.connection.execute(
            update(t.document)
            .where(c.account == self._account.number, c.id == str(document.id))
            .values(name=document.name, content=document.content, updated=now)
        )
        return replace(document, updated=now)

    def set(self, kind: str, owner: Address, content: Mapping[str, Any], name: str = "") -> None:
        """Keep *content* as the one document of *kind*, *owner* and *name*, new or not."""
        there = self.named(kind, owner, name)
        if there is None:
            self.add(kind, owner, name, content)
        else:
            self.put(replace(there, content=content))

    def delete(self, document: Document) -> None:
        """Delete *document*."""
        c = t.document.c
        mine = delete(t.document).where(c.account == self._account.number, c.id == str(document.id))
        self._account.connection.execute(mine)

    def _found(self, *such: ColumnElement[bool]) -> Iterator[Document]:
        c = t.document.c
        statement = select(*(c[name] for name in COLUMNS)).where(
            c.account == self._account.number, *such
        )
        addresses = self._account.names.addresses
        for row in self._account.connection.execute(statement.order_by(c.created, c.id)).mappings():
            yield Document(**{**row, "id": UUID(row["id"]), "owner": addresses[row["owner"]]})
