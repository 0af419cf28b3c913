"""The routes of one kind of document: they decode a request, and encode the response."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import BaseModel

from ....dataclasses import dataclass
from ...auth import RequestScope, workspace
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ..collection import WORKSPACE, Collection, depends
from . import documents
from .document_collection import DocumentCollection, Show, Within
from .documents import Finder
from .listing import OLDEST_FIRST, DocumentQuery, check_order
from .lookups import Lookup


@dataclass(frozen=True)
class DocumentRoutes:
    """The routes of the documents of one collection."""

    of: DocumentCollection

    def router(self) -> Collection:
        """Return the routes: create, list, count, and those of each lookup."""
        of = self.of
        router, name = Collection(f"{WORKSPACE}/{of.path}", of.tag), self._word
        inside, see = depends(of.within), workspace(of.rights.see)
        new: Any = {"name": f"create_{name}", "status_code": 201, "response_model": of.shape}
        place, types = workspace(of.rights.create), {"body": of.create, "within": inside}
        router.writes(of.create_method, of.create_path, place, types, **new)(self.create_one)
        types = {"body": of.page, "within": inside}
        rows: Any = {"name": f"read_{name}s", "response_model": list[of.shape]}  # type: ignore[name-defined]
        router.reads("POST", "/filter", see, types, **rows)(self.read_page)
        router.reads("POST", "/count", see, types, name=f"count_{name}s")(self.count)
        for lookup in of.lookups:
            self.add_lookup(router, lookup)
        return router

    def add_lookup(self, router: Collection, lookup: Lookup) -> None:
        """Add the routes of one document, which *lookup* finds, to *router*."""
        of, path, name = self.of, lookup.path, self._word
        find, show = depends(lookup.find(of.kind)), depends(of.show_one or (lambda: of.show))
        if "DELETE" in lookup.methods:
            place, types = workspace(of.rights.delete), {"find": find}
            gone: Any = {"name": f"delete_{name}", "status_code": of.deleted}
            router.writes("DELETE", path, place, types, **gone)(self.delete_one)
        if "GET" in lookup.methods:
            place, types = workspace(of.rights.see), {"find": find, "show": show}
            one: Any = {"name": f"read_{name}", "response_model": of.shape}
            router.reads("GET", path, place, types, **one)(self.read_one)
        if "PATCH" in lookup.methods and of.update is not None:
            place, types = workspace(of.rights.change), {"find": find, "body": of.update}
            done: Any = {"name": f"update_{name}", "status_code": 204}
            router.writes("PATCH", path, place, types, **done)(self.change_one)

    @property
    def _word(self) -> str:
        return self.of.kind.replace("-", "_")

    def create_one(
        self,
        transaction: WriteTransaction,
        at: RequestScope,
        body: BaseModel,
        response: Response,
        within: Within,
    ) -> BaseModel:
        """Create a document."""
        fixed = [name for name in self.of.fixed if name not in self.of.create.model_fields]
        fields = documents.sent_fields(body, fixed=fixed)
        content = {**fields, **within(transaction.view, at)}
        document, is_new = self.of.make(transaction, at, content)
        response.status_code = 201 if is_new else 200
        return self.of.answer(transaction.view, document)

    def read_page(
        self, view: ReadView, at: RequestScope, body: Any, within: Within
    ) -> list[BaseModel]:
        """List a page of documents."""
        show = self.of.show_listed(body) if self.of.show_listed else None
        matching = self._rows(view, at, body, within, self.of.order)
        return [self.of.answer(view, each, show) for each in matching.page()]

    def count(self, view: ReadView, at: RequestScope, body: Any, within: Within) -> int:
        """Count the documents that meet a filter."""
        return len(self._rows(view, at, body, within, OLDEST_FIRST).outlines())

    def _rows(
        self, view: ReadView, at: RequestScope, query: Any, within: Within, order: str
    ) -> DocumentQuery:
        of = self.of
        check_order(query.sort, of.shape)
        shared = within(view, at)
        where = getattr(query, of.criteria) if of.criteria else None
        has_name, has_parent = of.name == "name", bool(of.parent)
        return DocumentQuery(view, at, of.kind, query, where, has_name, has_parent, shared, order)

    def read_one(self, view: ReadView, at: RequestScope, find: Finder, show: Show) -> BaseModel:
        """Read a document."""
        return self.of.answer(view, find(view, at), show)

    def change_one(
        self, transaction: WriteTransaction, at: RequestScope, body: BaseModel, find: Finder
    ) -> None:
        """Change the given fields of a document."""
        fields = documents.sent_fields(body, fixed=self.of.fixed)
        self.of.change(transaction, at, find(transaction.view, at), fields)

    def delete_one(self, transaction: WriteTransaction, at: RequestScope, find: Finder) -> None:
        """Delete a document with its children."""
        self.of.delete(transaction, find(transaction.view, at))
