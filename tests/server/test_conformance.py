"""Our routes beside the published document: what it has, we have, in the same words."""

from __future__ import annotations

import json

import pytest

from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.server.app import app
from rbac_sync.server.guarded_store import GuardedStore

from ..originals import REST

METHODS = ("get", "post", "put", "patch", "delete")


def operations(document):
    """Return each operation by method and path."""
    return {
        (method, path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


@pytest.fixture(scope="module")
def published():
    return json.loads(REST.read_text())


@pytest.fixture(scope="module")
def ours():
    return app(GuardedStore(Accounts("sqlite:///none.db"))).openapi()


def successes(operation):
    return {code for code in operation["responses"] if code.startswith("2")}


def resolved(schema, document):
    """Return *schema* with its reference followed."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def bodies(operation, document):
    """Yield the objects that the body of an operation may be, or a list of."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    todo = [content["schema"]] if content else []
    while todo:
        schema = resolved(todo.pop(), document)
        todo += schema.get("anyOf", []) + schema.get("allOf", [])
        if schema.get("type") == "array":
            todo.append(schema["items"])
        if schema.get("type") == "object":
            yield schema


def required(operation, document):
    return {name for body in bodies(operation, document) for name in body.get("required", ())}


def closed(operation, document):
    return {body.get("additionalProperties") is False for body in bodies(operation, document)}


def fields(operation, document):
    return {name for body in bodies(operation, document) for name in body.get("properties", ())}


def queries(operation):
    found = operation.get("parameters", ())
    return {(p["name"], p.get("required", False)) for p in found if p["in"] == "query"}


def test_every_published_operation_is_offered(published, ours):
    missing = operations(published).keys() - operations(ours).keys()
    assert not missing


@pytest.mark.parametrize("what", [successes, queries])
def test_operations_agree_on(what, published, ours):
    mine = operations(ours)
    for name, operation in operations(published).items():
        assert what(mine[name]) == what(operation), name


@pytest.mark.parametrize("what", [required, fields, closed])
def test_bodies_agree_on(what, published, ours):
    mine = operations(ours)
    for name, operation in operations(published).items():
        assert what(mine[name], ours) == what(operation, published), name


def test_a_body_may_be_left_out_where_the_document_says_so(published, ours):
    mine = operations(ours)
    for name, operation in operations(published).items():
        body = operation.get("requestBody", {})
        assert mine[name].get("requestBody", {}).get("required", False) == body.get(
            "required", False
        ), name


def is_read(method: str, path: str) -> bool:
    """Say whether an operation reads; of what changes access the guard asks, not the route."""
    reads = ("/filter", "/count", "/my-access")
    return method == "get" or (method == "post" and path.endswith(reads))


def test_reading_asks_for_the_published_permissions(published, ours):
    mine, compared = operations(ours), 0
    for name, operation in operations(published).items():
        for asked in ("x-required-account-permissions", "x-required-workspace-scopes"):
            if is_read(*name) and asked in operation:
                assert mine[name].get(asked) == operation[asked], name
                compared += 1
    assert compared > 30
