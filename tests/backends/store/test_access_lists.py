"""The access lists of objects: what is read of them, and how often."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from rbac_sync.backends.database.sql import FileConnection, ServerConnection
from rbac_sync.model import ObjectAccess, Workspace
from rbac_sync.model.address import workspace_object
from rbac_sync.model.resources import opened
from rbac_sync.planning import Change
from rbac_sync.testing.access_list_contract import OBJECTS
from rbac_sync.testing.company import PROD

from ...contract.objects import make_documents
from .stores import founded, made

STAGING = Workspace("staging", "Staging")


@contextmanager
def document_queries():
    """Yield the list of the queries for documents that are made meanwhile."""
    queries = []

    def noted(run):
        def executed(connection, statement, *values):
            if 'FROM "document"' in statement:
                queries.append(statement)
            return run(connection, statement, *values)

        return executed

    with pytest.MonkeyPatch.context() as patch:
        for kind in (FileConnection, ServerConnection):
            patch.setattr(kind, "_executed", noted(kind._executed))
        yield queries


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


def _with_objects(backend, workspace, *, closed):
    """Make *workspace* with objects; if *closed*, each has a list of its own with nobody on it."""
    made(backend, Change(None, workspace), run=f"make {workspace.handle}")
    make_documents(backend, workspace)
    lists = [(opened(workspace.address, name), name) for name in OBJECTS] if closed else []
    changes = (Change(before, ObjectAccess(workspace.address, name)) for before, name in lists)
    made(backend, *changes, run=f"close {workspace.handle}")


@pytest.mark.parametrize("closed", [False, True])
def test_many_lists_are_read_by_as_many_queries_as_a_few(store_url, closed):
    backend = founded(store_url)

    def queries():
        with backend.open() as session, document_queries() as made_queries:
            spaces = session.read().of(Workspace)
            session.show_lists([workspace_object(at, name) for at in spaces for name in OBJECTS])
            lists = session.read().of(ObjectAccess)
            versions = session.versions(lists)
        assert len(lists) == len(versions) == len(spaces) * len(OBJECTS)
        return len(made_queries)

    _with_objects(backend, PROD, closed=closed)
    few = queries()
    _with_objects(backend, STAGING, closed=closed)
    assert queries() == few
