"""The routes of one kind of document in workspaces, built from a declaration."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from uuid import UUID

from fastapi import Depends, Response
from pydantic import BaseModel, ValidationError

from ....backends.store.documents import Document
from ....backends.store.row_facts import ACCESS
from ....wire.prefect_cloud.workspace_objects.documents import ReadObjects
from ...auth import RequestScope, workspace
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ...refusals import InvalidRequest
from ..collection import WORKSPACE, Collection
from . import documents, levels
from .documents import Content, Finder
from .listing import BY_NAME, OLDEST_FIRST, DocumentQuery, check_order


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


@dataclass(frozen=True, slots=True)
class Lookup:
    """A path of one document below a collection, and its methods.

    ``find`` is a dependency: its parameters are those of the path.
    """

    path: str
    find: Callable[..., Finder]
    methods: frozenset[str] = frozenset({"GET", "PATCH", "DELETE"})


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

    lookups: tuple[Lookup, ...] = ()
    name: str | None = "name"
    """The unique field with the name; None: names are not unique."""

    parent: str = ""
    """The field with the id of the parent, if names are unique within a parent."""

    fixed: tuple[str, ...] = ()
    """Fields that an update cannot set."""

    needs: Mapping[str, str] = field(default_factory=dict)
    """Fields with the id of a document of another kind, which must exist."""

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

    @property
    def fixed_at_first(self) -> tuple[str, ...]:
        """The fields that a creation cannot set."""
        return tuple(name for name in self.fixed if name not in self.create.model_fields)

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
            return self._checked(view, self.update_others(transaction, at, document)), True
        if self.repeat is Repeat.RETURN:
            levels.check(view, there, levels.VIEW)
        else:
            self._check_change(view, there, content)
            there = documents.update(transaction, there, content)
        return self._checked(view, there), False

    def _check_needs(self, view: ReadView, at: RequestScope, written: Content) -> None:
        """Refuse fields with the id of a document that is missing or hidden from the caller."""
        for needed, kind in self.needs.items():
            if written.get(needed) is not None:
                documents.get(view, at, kind, UUID(str(written[needed])))

    def _check_change(self, view: ReadView, document: Document, changes: Content) -> None:
        """Refuse changes that an access list does not allow to the caller."""
        levels.check(view, document, levels.MANAGE)
        self.check_change(view, document, changes)

    def _checked(self, view: ReadView, document: Document) -> Document:
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
        self._checked(transaction.view, self.update_others(transaction, at, changed))

    def replace(
        self, transaction: WriteTransaction, at: RequestScope, document: Document, fields: Content
    ) -> None:
        """Replace all fields of a document; its access list stays.

        Raises:
            Missing: a document that it would belong to does not exist.
            NotAllowed: its access list says so.
        """
        self._check_change(transaction.view, document, fields)
        self._check_needs(transaction.view, at, fields)
        kept = {name: document.content[name] for name in (ACCESS,) if name in document.content}
        changed = dataclasses.replace(document, content={**fields, **kept})
        self._checked(transaction.view, transaction.documents.put(changed))

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


def routes(of: DocumentCollection) -> Collection:
    """Return the routes of a collection: create, list, count, and those of its lookups."""
    router = Collection(f"{WORKSPACE}/{of.path}", of.tag)
    _add_creation(router, of)
    _add_lists(router, of)
    for lookup in of.lookups:
        add_lookup(router, of, lookup)
    return router


def _named(of: DocumentCollection, verb: str) -> str:
    return f"{verb}_{of.kind.replace('-', '_')}"


def _add_creation(router: Collection, of: DocumentCollection) -> None:
    inside = Depends(of.within)

    def create(
        transaction: WriteTransaction,
        at: RequestScope,
        body: BaseModel,
        response: Response,
        within: Within = inside,
    ) -> BaseModel:
        """Create one."""
        fields = documents.sent_fields(body, fixed=of.fixed_at_first)
        content = {**fields, **within(transaction.view, at)}
        document, is_new = of.make(transaction, at, content)
        response.status_code = 201 if is_new else 200
        return of.answer(transaction.view, document)

    create.__annotations__["body"] = of.create
    options: Any = {"name": _named(of, "create"), "status_code": 201, "response_model": of.shape}
    router.writes(of.create_method, of.create_path, workspace(of.rights.create), **options)(create)


def _add_lists(router: Collection, of: DocumentCollection) -> None:
    place, inside = workspace(of.rights.see), Depends(of.within)

    def rows(
        view: ReadView, at: RequestScope, query: Any, within: Within, order: str
    ) -> DocumentQuery:
        check_order(query.sort, of.shape)
        where = getattr(query, of.criteria) if of.criteria else None
        has_name = of.name == "name"
        shared = within(view, at)
        of_parent = bool(of.parent)
        return DocumentQuery(view, at, of.kind, query, where, has_name, of_parent, shared, order)

    def read(
        view: ReadView, at: RequestScope, body: Any = None, within: Within = inside
    ) -> list[BaseModel]:
        """List a page of them."""
        query = body or of.page()
        show = of.show_listed(query) if of.show_listed else None
        matching = rows(view, at, query, within, of.order)
        return [of.answer(view, each, show) for each in matching.page()]

    def count(view: ReadView, at: RequestScope, body: Any = None, within: Within = inside) -> int:
        """Count those that meet a filter."""
        return len(rows(view, at, body or of.page(), within, OLDEST_FIRST).outlines())

    for handler in (read, count):
        handler.__annotations__["body"] = of.page | None
    shape: Any = list[of.shape]  # type: ignore[name-defined]
    name = f"{_named(of, 'read')}s"
    router.reads("POST", "/filter", place, response_model=shape, name=name)(read)
    router.reads("POST", "/count", place, name=f"{_named(of, 'count')}s")(count)


def add_lookup(router: Collection, of: DocumentCollection, lookup: Lookup) -> None:
    """Add the routes of one document, which a lookup finds, to *router*."""
    if "DELETE" in lookup.methods:
        _add_deletion(router, of, lookup)
    if "GET" in lookup.methods:
        _add_reading(router, of, lookup)
    if "PATCH" in lookup.methods and of.update is not None:
        _add_change(router, of, lookup)
    if "PUT" in lookup.methods:
        _add_replacement(router, of, lookup)


def _add_reading(router: Collection, of: DocumentCollection, lookup: Lookup) -> None:
    finder, shower = Depends(lookup.find), Depends(of.show_one or (lambda: of.show))
    options: Any = {"name": _named(of, "read"), "response_model": of.shape}

    @router.reads("GET", lookup.path, workspace(of.rights.see), **options)
    def read(
        view: ReadView, at: RequestScope, find: Finder = finder, show: Show = shower
    ) -> BaseModel:
        """Read one."""
        return of.answer(view, find(view, at), show)


def _add_change(router: Collection, of: DocumentCollection, lookup: Lookup) -> None:
    finder, options = Depends(lookup.find), {"name": _named(of, "update"), "status_code": 204}

    def update(
        transaction: WriteTransaction, at: RequestScope, body: BaseModel, find: Finder = finder
    ) -> None:
        """Change the fields of one that are named."""
        fields = documents.sent_fields(body, fixed=of.fixed)
        of.change(transaction, at, find(transaction.view, at), fields)

    update.__annotations__["body"] = of.update
    router.writes("PATCH", lookup.path, workspace(of.rights.change), **options)(update)


def _add_replacement(router: Collection, of: DocumentCollection, lookup: Lookup) -> None:
    finder, options = Depends(lookup.find), {"name": _named(of, "replace"), "status_code": 204}

    def replace(
        transaction: WriteTransaction, at: RequestScope, body: BaseModel, find: Finder = finder
    ) -> None:
        """Replace one as a whole."""
        fields = documents.sent_fields(body)
        of.replace(transaction, at, find(transaction.view, at), fields)

    replace.__annotations__["body"] = of.create
    router.writes("PUT", lookup.path, workspace(of.rights.change), **options)(replace)


def _add_deletion(router: Collection, of: DocumentCollection, lookup: Lookup) -> None:
    finder, options = (
        Depends(lookup.find),
        {"name": _named(of, "delete"), "status_code": of.deleted},
    )

    @router.writes("DELETE", lookup.path, workspace(of.rights.delete), **options)
    def delete(transaction: WriteTransaction, at: RequestScope, find: Finder = finder) -> None:
        """Delete one, with what belongs to it."""
        of.delete(transaction, find(transaction.view, at))
