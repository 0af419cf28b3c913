"""Objects outside of access control, stored as written: only ids and names are interpreted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from ....backends.store.documents import Document, Outline
from ....backends.store.row_facts import ACCESS
from ....backends.store.system_blocks import WorkspaceEntry, system_documents
from ....model import Address
from ...auth import RequestScope
from ...guarded_store import WriteTransaction
from ...limits import LARGEST_ANSWER, check_name
from ...read_view import ReadView
from ...refusals import Conflict, InvalidRequest, Missing
from ..collection import entity
from . import levels

B = TypeVar("B", bound=BaseModel)
Finder = Callable[[ReadView, RequestScope], Document]
"""Returns one object in the workspace of a request, or refuses if the caller may not see it."""

Content = Mapping[str, Any]
"""The stored fields of an object."""

NUL = "\0"
"""A character that not every database can store. A path may have it; a stored name has not."""

OURS = frozenset(
    {
        ACCESS,
        "id",
        "created",
        "updated",
        "account_id",
        "workspace_id",
        "created_by",
        "updated_by",
        "status",
        "last_polled",
        "active_slots",
        "version_id",
        "work_queue_id",
        "global_concurrency_limit",
        "is_push_pool",
        "is_mex_pool",
        "is_protected",
        "is_anonymous",
    }
)
"""Fields that a request cannot set, unless its model declares them."""


def sent_fields(body: BaseModel, fixed: Collection[str] = ()) -> dict[str, Any]:
    """Return the fields of *body*, without those that no request can set and the *fixed* ones."""
    fields = body.model_dump(mode="json", exclude_unset=True)
    refused = (OURS - type(body).model_fields.keys()) | set(fixed)
    return {name: value for name, value in fields.items() if name not in refused}


def to_response(view: ReadView, document: Document, of: type[B], **also: Any) -> B:
    """Return *document* as an object of the API."""
    content = {k: v for k, v in document.content.items() if k != ACCESS}
    fields: dict[str, Any] = {
        **content,
        **also,
        **entity(document),
        "account_id": view.account_id,
    }
    if document.owner in view.register.named:
        fields["workspace_id"] = view.id(document.owner)
    return of.model_validate(fields)


def get(view: ReadView, at: RequestScope, kind: str, id_: UUID) -> Document:
    """Return the object of *kind* with this id in the workspace.

    Raises:
        Refusal: there is no such object, or the caller may not see it.
    """
    return _seen(view, there(view, at.workspace(view).address, kind, id_))


def _seen(view: ReadView, document: Document | None) -> Document:
    if document is None or not levels.has(view, document, levels.VIEW):
        raise Missing
    return document


def there(view: ReadView, workspace: Address, kind: str, id_: UUID) -> Document | None:
    """Return the object of *kind* with this id in *workspace*, even if hidden, or None."""
    if (document := view.documents.get(kind, id_)) is not None:
        return document if document.owner == workspace else None
    return next((p for p in _presets(view, workspace, kind) if p.id == id_), None)


def _presets(view: ReadView, workspace: Address, kind: str) -> list[Document]:
    """Return the system's objects of *kind* that *workspace* has not replaced."""
    entry = view.entry(workspace)
    own = WorkspaceEntry(entry.address, entry.id, entry.created)
    return system_documents(view.documents, own, kind)


def named(view: ReadView, at: RequestScope, kind: str, name: str) -> Document:
    """Return the object of *kind* with this name in the workspace.

    Raises:
        Refusal: there is no such object, or the caller may not see it.
    """
    return _seen(view, find_named(view, at, kind, name))


def find_named(view: ReadView, at: RequestScope, kind: str, name: str) -> Document | None:
    """Return the object of *kind* with this name in the workspace, even if hidden, or None."""
    owner = at.workspace(view).address
    kept = view.documents.named(kind, owner, name) if NUL not in name else None
    return kept or next((p for p in _presets(view, owner, kind) if p.name == name), None)


def create(
    transaction: WriteTransaction, at: RequestScope, kind: str, name: str | None, content: Content
) -> Document:
    """Store a new object.

    Raises:
        Refusal: there is one of that name.
    """
    _check_free(transaction, at, kind, name)
    return transaction.documents.add(kind, at.workspace(transaction.view).address, name, content)


def update(transaction: WriteTransaction, document: Document, fields: Content) -> Document:
    """Change the fields of an object that are named; its name stays."""
    changed = replace(document, content={**document.content, **fields})
    if transaction.documents.get(document.kind, document.id) is None:
        return transaction.documents.keep(changed)
    return transaction.documents.put(changed)


def rename(
    transaction: WriteTransaction,
    at: RequestScope,
    document: Document,
    name: str | None,
    fields: Content,
) -> Document:
    """Give an object another name, and change the fields that are named.

    Raises:
        Conflict: the name is taken.
    """
    _check_free(transaction, at, document.kind, name)
    content = {**document.content, **fields}
    return transaction.documents.put(replace(document, name=name, content=content))


def _check_free(
    transaction: WriteTransaction, at: RequestScope, kind: str, name: str | None
) -> None:
    """Refuse a name that is taken, or too long."""
    check_name(name or "")
    if name is not None and find_named(transaction.view, at, kind, name):
        raise Conflict(f"there is a {kind} of this name already")


def outlines(view: ReadView, at: RequestScope, kind: str) -> list[Outline]:
    """Return the objects of *kind* in the workspace without their contents, oldest first.

    Objects that the caller may not see are left out.
    """
    owner = at.workspace(view).address
    presets = [Outline(p.id, p.name, 0) for p in _presets(view, owner, kind)]
    unseen = levels.hidden(view, owner, kind)
    kept = view.documents.outlines(kind, owner)
    return [*presets, *(outline for outline in kept if outline.id not in unseen)]


def loaded(view: ReadView, at: RequestScope, kind: str, outlines: list[Outline]) -> list[Document]:
    """Return the documents of *outlines*.

    Raises:
        Refusal: together they are too large.
    """
    if sum(outline.size for outline in outlines) > LARGEST_ANSWER:
        most = LARGEST_ANSWER >> 20
        raise InvalidRequest(f"the answer would be larger than {most} MiB: ask for fewer", "limit")
    return read_all(view, at, kind, outlines)


def read_all(
    view: ReadView, at: RequestScope, kind: str, outlines: Sequence[Outline]
) -> list[Document]:
    """Return the documents of *outlines*, of any size."""
    documents = {p.id: p for p in _presets(view, at.workspace(view).address, kind)}
    kept = view.documents.these(kind, [o.id for o in outlines if o.id not in documents])
    documents |= {document.id: document for document in kept}
    return [documents[outline.id] for outline in outlines]
