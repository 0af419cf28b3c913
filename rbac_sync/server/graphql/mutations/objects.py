"""The decoding and the writes of mutations of projects, flows and flow runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from ....backends.store.documents import Document
from ....model import ACCOUNT
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ..fault import failed
from ..objects import FLOW, OBJECT_TABLES, SOURCE, ObjectTable, source
from . import inputs
from .inputs import Arguments, Payload


def named_object(view: ReadView, of: ObjectTable, arguments: Arguments) -> Document:
    """Return the object with the id in an input."""
    id_ = arguments[f"{of.name}_id"]
    return inputs.existing(view.documents.get(of.name, id_), of.name.replace("_", " "))


def create(
    transaction: WriteTransaction, of: ObjectTable, content: Payload, name: str | None = None
) -> Document:
    """Store a new object; a given *name* is unique in its table."""
    _check_free(transaction.view, of, name)
    return transaction.documents.add(of.name, ACCOUNT, name, _checked(content))


def update(
    transaction: WriteTransaction, of: ObjectTable, arguments: Arguments, fields: Payload
) -> Document:
    """Replace *fields* of the object that an input names; the name of a project stays unique."""
    document = named_object(transaction.view, of, arguments)
    content = _checked({**document.content, **fields})
    name = document.name and content["name"]
    if name != document.name:
        _check_free(transaction.view, of, name)
    return transaction.documents.put(replace(document, name=name, content=content))


def delete(transaction: WriteTransaction, of: ObjectTable, arguments: Arguments) -> Payload:
    """Delete the object that an input names, with the objects below it."""
    document = named_object(transaction.view, of, arguments)
    for each in list(_with_belongings(transaction.view, of, document)):
        transaction.documents.delete(each)
    return inputs.DONE


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
