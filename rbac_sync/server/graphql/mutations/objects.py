"""The decoding and the writes of mutations of projects, flows and flow runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ....backends.store.documents import Document
from ....model import ACCOUNT
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ..fault import failed
from ..objects import FLOW, OBJECT_TABLES, SOURCE, ObjectTable, source
from ..request_context import RequestContext
from . import inputs

Payload = Mapping[str, Any]


def written(
    context: RequestContext, permission: str, work: Callable[[WriteTransaction], Payload]
) -> Payload:
    """Do *work*, which requires *permission*, in one transaction; return its payload."""

    def permitted(transaction: WriteTransaction) -> Payload:
        inputs.holds(transaction.view, permission)
        return work(transaction)

    return context.write(permitted)


def named_object(view: ReadView, of: ObjectTable, arguments: Payload) -> Document:
    """Return the object with the id in an input."""
    id_ = arguments[f"{of.name}_id"]
    document = view.documents.get(of.name, id_)
    if document is None:
        raise inputs.invalid(of.name.replace("_", " "))
    return document


def create(
    transaction: WriteTransaction, of: ObjectTable, content: Payload, name: str | None = None
) -> Document:
    """Store a new object; a given *name* is unique in its table."""
    _check_free(transaction.view, of, name)
    return transaction.documents.add(of.name, ACCOUNT, name, _checked(content))


def update(
    context: RequestContext, of: ObjectTable, arguments: Payload, fields: Payload
) -> Document:
    """Replace *fields* of the object that an input names; the name of a project stays unique."""
    documents: list[Document] = []

    def work(transaction: WriteTransaction) -> Payload:
        document = named_object(transaction.view, of, arguments)
        content = _checked({**document.content, **fields})
        name = document.name and content["name"]
        if name != document.name:
            _check_free(transaction.view, of, name)
        documents.append(transaction.documents.put(replace(document, name=name, content=content)))
        return {}

    written(context, f"update:{of.subject}", work)
    return documents[0]


def delete(context: RequestContext, of: ObjectTable, arguments: Payload) -> Payload:
    """Delete the object that an input names, with the objects below it."""

    def work(transaction: WriteTransaction) -> Payload:
        document = named_object(transaction.view, of, arguments)
        for each in list(_with_belongings(transaction.view, of, document)):
            transaction.documents.delete(each)
        return inputs.DONE

    return written(context, f"delete:{of.subject}", work)


def _with_belongings(view: ReadView, of: ObjectTable, document: Document) -> Iterator[Document]:
    yield document
    if of is FLOW:
        yield source(view, document.id)
    if of.below:
        below = OBJECT_TABLES[of.below]
        for each in view.documents.of(below.name, ACCOUNT):
            if each.content[below.parent] == str(document.id):
                yield from _with_belongings(view, below, each)


def keep_source(transaction: WriteTransaction, flow: Document, content: Payload) -> None:
    """Store *content*, the source of *flow* as its author wrote it."""
    transaction.documents.set(SOURCE, ACCOUNT, content, name=str(flow.id))


def _check_free(view: ReadView, of: ObjectTable, name: str | None) -> None:
    if name is not None and view.documents.named(of.name, ACCOUNT, name):
        raise failed(inputs.NOT_UNIQUE)


def _checked(content: Payload) -> Payload:
    if len(json.dumps(content)) > inputs.LARGEST:
        raise failed(f"The input is larger than {inputs.LARGEST >> 10} KiB.")
    return content
