"""One kind of document in workspaces: its declaration and its changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from ....backends.store.documents import Document
from ....dataclasses import dataclass, field
from ....wire.prefect_cloud.workspace_objects.documents import ReadObjects
from ...auth import RequestScope
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ...refusals import InvalidRequest
from . import documents, levels
from .documents import Content
from .listing import BY_NAME
from .lookups import BY_ID, Lookup


class Repeat(Enum):
    """The response to the creation of a document whose name is taken."""

    REFUSE = auto()
    RETURN = auto()
    REPLACE = auto()


@dataclass(frozen=True, slots=True)
class Rights:
    """The workspace permissions for reading, creating, changing and deleting."""

    see: str
    create: str
    change: str
    delete: str


Within = Callable[[ReadView, RequestScope], Content]
"""Returns the common fields of all documents of a path, such as the work pool of queues."""


Show = Callable[[ReadView, Document], Content]
"""Returns the fields of a response besides the stored ones."""


def _nothing_more(_view: ReadView, _of: object) -> Content:
    return {}


def _unchanged(*arguments: Any) -> Any:
    return arguments[-1]


def _unchecked(*_: object) -> None:
    return


@dataclass(frozen=True, kw_only=True)
class DocumentCollection:
    """One kind of document: its shapes, its rights, its names and its parents."""

    kind: str
    path: str
    tag: str
    rights: Rights
    shape: type[BaseModel]
    create: type[BaseModel]
    update: type[BaseModel] | None = None
    page: type[ReadObjects] = ReadObjects
    criteria: str = ""
    """The field in a request for a page with the filter of the documents."""

    order: str = BY_NAME
    """The order of a list for which a request names none."""

    lookups: tuple[Lookup, ...] = (BY_ID,)
    name: str | None = "name"
    """The unique field with the name; None: names are not unique."""

    parent: str = ""
    """The field with the id of the parent, if names are unique within a parent."""

    fixed: tuple[str, ...] = ()
    """Fields that an update cannot set."""

    needs: Mapping[str, str] = field(default_factory=dict)
    """Fields with the id of a document of another kind, which must exist."""

    named_in: Mapping[str, str] = field(default_factory=dict)
    """The fields with the name of a document, by kind, which are null once it is deleted."""

    owns: Mapping[str, str] = field(default_factory=dict)
    """The kinds that are deleted with a document, by their field with its id."""

    repeat: Repeat = Repeat.REFUSE
    create_method: str = "POST"
    create_path: str = "/"
    deleted: int = 204
    """The status of the response to a deletion."""

    within: Callable[..., Within] = lambda: _nothing_more
    show: Show = _nothing_more
    show_one: Callable[..., Show] | None = None
    """A dependency that returns the additional fields of one document for a request."""

    show_listed: Callable[[Any], Show] | None = None
    """Returns the additional fields of the documents of a page, for the request for it."""

    merge: Callable[[Document, Content], Content] = _unchanged
    """Returns the fields to store for the fields of a change."""

    prepare: Callable[[WriteTransaction, RequestScope, Content], Content] = _unchanged
    """Returns the content to store for the fields of a creation."""

    update_others: Callable[[WriteTransaction, RequestScope, Document], Document] = _unchanged
    """Creates or changes the documents that depend on a new or changed one; returns that one."""

    check_change: Callable[[ReadView, Document, Content], None] = _unchecked
    """Refuses further changes of a document, besides those that its access list refuses."""

    check_free: Callable[[ReadView, Document], None] = _unchecked
    """Refuses to delete a document that must stay."""

    def name_of(self, content: Content) -> str | None:
        """Return the name of a document with this content."""
        if self.name is None or content.get(self.name) is None:
            return None
        own = str(content[self.name])
        return f"{content[self.parent]}/{own}" if self.parent else own

    def answer(self, view: ReadView, document: Document, show: Show | None = None) -> BaseModel:
        """Return the response for a document."""
        also = (show or self.show)(view, document)
        return documents.to_response(view, document, self.shape, **also)

    def make(
        self, transaction: WriteTransaction, at: RequestScope, written: Content
    ) -> tuple[Document, bool]:
        """Create a document; if its name is taken, do as ``repeat`` of the collection says.

        Also return whether it is new.

        Raises:
            Conflict: its name is taken, where that is refused.
            Missing: a parent does not exist.
        """
        view = transaction.view
        self._check_needs(view, at, written)
        content = self.prepare(transaction, at, written)
        name = self.name_of(content)
        there = None if name is None else documents.find_named(view, at, self.kind, name)
        if there is None or self.repeat is Repeat.REFUSE:
            document = documents.create(transaction, at, self.kind, name, content)
            return self.checked(view, self.update_others(transaction, at, document)), True
        if self.repeat is Repeat.RETURN:
            levels.check(view, there, levels.VIEW)
        else:
            self._check_change(view, there, content)
            there = documents.update(transaction, there, content)
        return self.checked(view, there), False

    def _check_needs(self, view: ReadView, at: RequestScope, written: Content) -> None:
        """Refuse fields with the id of a document that is missing or hidden from the caller."""
        for needed, kind in self.needs.items():
            if written.get(needed) is not None:
                documents.get(view, at, kind, UUID(str(written[needed])))

    def _check_change(self, view: ReadView, document: Document, changes: Content) -> None:
        """Refuse changes that an access list does not allow to the caller."""
        levels.check(view, document, levels.MANAGE)
        self.check_change(view, document, changes)

    def checked(self, view: ReadView, document: Document) -> Document:
        """Return the document if its response is valid.

        Raises:
            InvalidRequest: a field that is stored unread has another type in the response.
        """
        try:
            self.answer(view, document)
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidRequest(first["msg"], *map(str, first["loc"])) from None
        return document

    def change(
        self, transaction: WriteTransaction, at: RequestScope, document: Document, fields: Content
    ) -> None:
        """Change *fields* of a document, which may include its name.

        A null removes no field that every response has.

        Raises:
            Conflict: the new name is taken.
            Missing: a document that it would belong to does not exist.
        """
        merged = self.merge(document, fields).items()
        required = {name for name, each in self.shape.model_fields.items() if each.is_required()}
        changes = {n: value for n, value in merged if value is not None or n not in required}
        self._check_change(transaction.view, document, changes)
        self._check_needs(transaction.view, at, fields)
        name = self.name_of({**document.content, **changes})
        if name != self.name_of(document.content):
            changed = documents.rename(transaction, at, document, name, changes)
        else:
            changed = documents.update(transaction, document, changes)
        self.checked(transaction.view, self.update_others(transaction, at, changed))

    def delete(self, transaction: WriteTransaction, document: Document) -> None:
        """Delete a document with its children.

        Raises:
            NotAllowed: the system's own documents stay, and those whose access list says so.
        """
        self.check_free(transaction.view, document)
        owned = [
            each
            for kind, owner in self.owns.items()
            for each in transaction.documents.of(kind, document.owner)
            if each.content.get(owner) == str(document.id)
        ]
        for each in (*owned, document):
            levels.check(transaction.view, each, levels.MANAGE)
        for each in (*owned, document):
            transaction.documents.delete(each)
        for kind, name in self.named_in.items():
            for each in transaction.documents.of(kind, document.owner):
                if each.content.get(name) == document.name:
                    documents.update(transaction, each, {name: None})
