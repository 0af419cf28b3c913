"""The access lists of objects: what is read of them, and how often."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from rbac_sync.model import ObjectAccess
from rbac_sync.model.address import workspace_object
from rbac_sync.model.resources import opened
from rbac_sync.planning import Change
from rbac_sync.testing.company import PROD
from rbac_sync.testing.contract import OBJECTS

from ...contract.objects import make_documents
from .stores import founded, made


@contextmanager
def document_queries():
    """Yield the list of the queries for documents that are made meanwhile."""
    queries = []

    def note(_connection, _cursor, statement, *_):
        if "FROM document" in statement:
            queries.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield queries
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", OBJECTS)
def test_a_list_of_its_own_is_not_read_again_for_being_named(store_url, name):
    backend = founded(store_url)
    made(backend, Change(None, PROD))
    make_documents(backend)
    made(backend, Change(opened(PROD.address, name), ObjectAccess(PROD.address, name)), run="list")

    def queries(objects):
        with backend.open() as session, document_queries() as made_queries:
            session.show_lists(objects)
            assert len(session.read().of(ObjectAccess)) == 1
        return made_queries

    assert queries([workspace_object(PROD.address, name)]) == queries([]) != []
