"""JSON documents that an API keeps besides access, by kind and owner.

A person's name, an account's settings, an invitation, a block: none of them
grants access, so the model and the plans do not contain them and the guard does
not judge them. A document is deleted with its owner and follows a rename of it,
unless it proves an identity: see ``handlers.users``. A document that lets somebody
in, such as a log-in, is noted for the trail: see ``row_facts``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from ...dataclasses import dataclass, replace
from ...model import Address, Instant
from ...model.plain import canonical
from ...named_tuples import NamedTuple
from ..database.columns import loaded, stored
from ..database.parts import MOST_NAMED, batched
from ..database.sql import Row
from . import row_facts
from . import tables as t
from .account import Account, listed, pages, statement
from .batch import Batch

if TYPE_CHECKING:
    from ...audit.row_facts import Facts

COLUMNS = ("id", "kind", "owner", "name", "content", "created", "updated")
ORDER = ("created", "id")
HAS_LIST = f"""content LIKE '%"{row_facts.ACCESS}":%'"""
"""The condition of documents with an access list."""

Place = tuple[str, Address, str]
"""The kind, the owner and the name of a document, which identify it as its id does."""


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


class Outline(NamedTuple):
    """A document without its content; ``size`` is the length of the content in characters."""

    id: UUID
    name: str | None
    size: int


class Documents:
    """The documents of one account inside one transaction."""

    def __init__(self, account: Account, batch: Batch) -> None:
        self._account, self._batch = account, batch
        self._latest: UUID | None = None

    def of(self, kind: str, owner: Address | None = None) -> list[Document]:
        """Return the documents of *kind*, of *owner* if one is named, oldest first."""
        own = {} if owner is None else {"owner": self._account.names.number(owner)}
        return list(self._find(kind=kind, **own))

    def of_each(self, kind: str, owners: Iterable[Address]) -> list[Document]:
        """Return the documents of *kind* of all *owners*, oldest first, and maybe of others.

        *Why* of others: a database limits the parameters of a statement.
        """
        candidates = (self._account.names.find(owner) for owner in owners)
        numbers = [number for number in candidates if number is not None]
        if len(numbers) > MOST_NAMED:
            return self.of(kind)
        return list(self._find(kind=kind, owner=numbers)) if numbers else []

    def outlines(self, kind: str, owner: Address) -> list[Outline]:
        """Return the documents of *kind* and *owner* without their contents, oldest first."""
        number = self._account.names.number(owner)
        rows = self._account.rows(OUTLINES, kind=kind, owner=number)
        return [Outline(UUID(id_), name, size) for id_, name, size in rows]

    def these(self, kind: str, ids: Iterable[UUID]) -> list[Document]:
        """Return the documents of *kind* with these ids, in this order; at most one page of ids."""
        texts = [str(id_) for id_ in ids]
        by_id = {d.id: d for d in self._find(kind=kind, id=texts)}
        return [by_id[UUID(id_)] for id_ in texts]

    def between(
        self, kind: str, owner: Address | None, names: tuple[str, str], most: tuple[int, int]
    ) -> list[Document] | None:
        """Return the documents of *kind* without a name, or with one between the two of *names*.

        None, without reading them, if there are more than *most*: a number of documents, and
        a number of characters of all contents.
        """
        such = f"kind = :kind AND {UNNAMED_OR_BETWEEN}"
        values: dict[str, object] = {"kind": kind, "first": names[0], "last": names[1]}
        if owner is not None:
            such, values["owner"] = f"{such} AND owner = :owner", self._account.names.number(owner)
        extent = f"""
            SELECT count(*), coalesce(sum(length(content)), 0)
            FROM document WHERE account = :account AND {such}
        """  # noqa: S608
        ((count, total),) = self._account.rows(extent, **values)
        return None if count > most[0] or total > most[1] else list(self._select(such, **values))

    def with_ids(self, kinds: Iterable[str], ids: Iterable[UUID]) -> dict[UUID, Document]:
        """Return the documents of *kinds* with one of *ids*, by id, in one query for each part."""
        of = sorted(kinds)
        return {
            document.id: document
            for part in batched(sorted(map(str, ids)))
            for document in self._find(kind=of, id=part)
        }

    def at(self, places: Collection[Place]) -> dict[Place, Document]:
        """Return the documents that exist at *places*, in one query for each part."""
        numbers = self._account.names.number
        keys = sorted((kind, numbers(owner), name) for kind, owner, name in places)
        return {
            (document.kind, document.owner, document.name or ""): document
            for part in batched(keys)
            for document in self._select("(kind, owner, name) IN (:places)", places=part)
        }

    def get(self, kind: str, id_: UUID) -> Document | None:
        """Return the document of *kind* with this id, or None."""
        return next(self._find(kind=kind, id=str(id_)), None)

    def named(self, kind: str, owner: Address, name: str = "") -> Document | None:
        """Return the document of *kind* and *owner* that has this *name*, or None."""
        number = self._account.names.number(owner)
        return next(self._find(kind=kind, owner=number, name=name), None)

    def unnamed_or_between(
        self, kind: str, owner: Address, first: str, last: str
    ) -> Iterator[Document]:
        """Yield the documents of *kind* and *owner* without a name, or with one from *first* on.

        Those with names after *last* are left out.
        """
        number = self._account.names.number(owner)
        such = f"kind = :kind AND owner = :owner AND {UNNAMED_OR_BETWEEN}"
        return self._select(such, kind=kind, owner=number, first=first, last=last)

    def add(
        self, kind: str, owner: Address, name: str | None, content: Mapping[str, Any]
    ) -> Document:
        """Insert a new document, and return it."""
        self._account.lock()
        now = self._account.now
        return self.keep(Document(self._fresh(), kind, owner, name, content, now, now))

    def keep(self, made: Document) -> Document:
        """Insert a document that has its id already, and return it."""
        self._account.lock()
        self._batch.flush()
        self._account.rows(
            INSERT,
            id=str(made.id),
            kind=made.kind,
            owner=self._account.names.number(made.owner),
            name=made.name,
            content=canonical(made.content),
            created=stored(made.created),
            updated=stored(made.updated),
        )
        self._note(made)
        return made

    def _fresh(self) -> UUID:
        """Return an id for a new document.

        *Why* one more than the last: the documents of a transaction have one time of
        creation, and their ids keep them in order.
        """
        self._latest = UUID(int=self._latest.int + 1) if self._latest else uuid4()
        return self._latest

    def put(self, document: Document) -> Document:
        """Write the name and content of *document*, which exists, and return it."""
        self._account.lock()
        now = self._account.now
        self._note(document, self.get(document.kind, document.id))
        self._account.rows(
            UPDATE,
            id=str(document.id),
            name=document.name,
            content=canonical(document.content),
            updated=stored(now),
        )
        return replace(document, updated=now)

    def set(self, kind: str, owner: Address, content: Mapping[str, Any], name: str = "") -> None:
        """Write *content* to the document of *kind*, *owner* and *name*, or insert the document."""
        there = self.named(kind, owner, name)
        if there is None:
            self.add(kind, owner, name, content)
        else:
            self.put(replace(there, content=content))

    def delete(self, document: Document) -> None:
        """Delete *document*."""
        self._account.lock()
        self._account.rows(DELETE, id=str(document.id))
        if self._facts(document):
            self._batch.note(row_facts.document_label(document), None)

    def every(self) -> Iterator[Document]:
        """Yield all documents of the account; they are read in parts."""
        account, columns = self._account, ("account", *COLUMNS)
        for rows in pages(account.connection, account.number, t.document, columns):
            yield from self._loaded([row[1:] for row in rows])

    def opening(self) -> Iterator[Document]:
        """Yield every document that lets somebody in, or may do so; see ``row_facts``."""
        kinds = sorted(row_facts.PROOFS)
        return self._select(f"(kind IN (:kinds) OR {HAS_LIST})", kinds=kinds)

    def listed(self, kinds: Iterable[str], owner: Address | None = None) -> Iterator[Document]:
        """Yield every document of *kinds* that has an access list, of *owner* if one is named."""
        such, values = f"kind IN (:kinds) AND {HAS_LIST}", dict[str, object](kinds=sorted(kinds))
        if owner is not None:
            such, values["owner"] = f"{such} AND owner = :owner", self._account.names.number(owner)
        return self._select(such, **values)

    def _note(self, document: Document, before: Document | None = None) -> None:
        """Note the facts of *document* for the trail, if they differ from those of *before*."""
        facts = self._facts(document)
        if facts and facts != (before and self._facts(before)):
            self._batch.note(row_facts.document_label(document), facts)

    def _facts(self, document: Document) -> Facts | None:
        return row_facts.of_document(document, self._account.names.number(document.owner))

    def _select(self, such: str, **values: object) -> Iterator[Document]:
        """Yield the documents that are *such*, a condition with *values*, oldest first."""
        text = f"{statement(t.document, COLUMNS, {})} AND {such} ORDER BY {listed(ORDER)}"
        return self._read(text, **values)

    def _find(self, **at: object) -> Iterator[Document]:
        """Yield the documents whose columns have the values *at*; see ``Account.find``."""
        return self._read(statement(t.document, COLUMNS, at, ORDER), **at)

    def _read(self, query: str, **values: object) -> Iterator[Document]:
        return self._loaded(self._account.rows(query, **values))

    def _loaded(self, rows: Sequence[Row]) -> Iterator[Document]:
        owned_by = self._account.names.address
        self._account.names.know(owner for _, _, owner, *_ in rows)
        for id_, kind, owner, name, content, created, updated in rows:
            times = loaded(created), loaded(updated)
            yield Document(UUID(id_), kind, owned_by(owner), name, json.loads(content), *times)


UNNAMED_OR_BETWEEN = "(name IS NULL OR name BETWEEN :first AND :last)"
OUTLINES = """
    SELECT id, name, length(content) FROM document
    WHERE account = :account AND kind = :kind AND owner = :owner ORDER BY created, id
"""
INSERT = """
    INSERT INTO document (account, id, kind, owner, name, content, created, updated)
    VALUES (:account, :id, :kind, :owner, :name, :content, :created, :updated)
"""
UPDATE = """
    UPDATE document SET name = :name, content = :content, updated = :updated
    WHERE account = :account AND id = :id
"""
DELETE = "DELETE FROM document WHERE account = :account AND id = :id"
