"""Whatever somebody writes into a column past rbac-sync, no request is an internal error.

The values are made from the tables themselves, so a new column is forged, too; a new table and a
new kind of document without an entry here fail.
"""

from __future__ import annotations

import logging
from contextlib import closing
from datetime import UTC, datetime
from itertools import cycle
from types import SimpleNamespace
from uuid import uuid4

import pytest

from rbac_sync.backends.store import init, legible
from rbac_sync.backends.store.row_facts import PROOFS
from rbac_sync.backends.store.tables import TABLES, document
from rbac_sync.server.damaged_documents import CHECKS
from tests.backends.store.content import logged_in

from .account import Account
from .forgeries import Forger, Forgery, forged, kinds_of
from .graphql.tenants import WORLD, Asker
from .rest.test_document_collections import TRIGGER
from .serving import served_again

FILTERS = ("workspaces", "account_memberships", "teams", "bots", "workspace_roles", "invitations")
ACCESS = tuple(f"W/{who}_access/filter" for who in ("user", "bot", "team"))
READS = {
    "account": ("", "/settings", *(f"/{name}/filter" for name in FILTERS)),
    "address": ACCESS,
    "appearance": ("/workspaces/filter",),
    "user": ("/account_memberships/filter", "W/user_access/filter"),
    "service_account": ("/bots/filter", "W/bot_access/filter"),
    "team": ("/teams/filter", "W/team_access/filter"),
    "team_member": ("/teams/filter", "/account_memberships/filter"),
    "workspace": ("/workspaces/filter", "W", *ACCESS),
    "role": ("/workspace_roles/filter", "/account_roles/filter", "W/user_access/filter"),
    "role_permission": ("/workspace_roles/filter",),
    "role_implied": ("/workspace_roles/filter",),
    "binding": ("/account_memberships/filter", *ACCESS),
    "api_key": ("/bots/filter", "/workspaces/filter"),
    "run": ("/workspaces/filter",),
    "audit": ("/events/filter", "/events/count-by/event"),
    "audit_event": ("/events/filter", "/events/count-by/event"),
    "audit_count": ("/events/filter", "/events/count-by/event"),
}
"""The requests that read each table, below the account; ``W`` is a workspace."""

DOCUMENTS = {
    "account": ("",),
    "account-settings": ("", "/settings"),
    "automation": ("W/automations/filter",),
    "block-document": ("W/block_documents/filter",),
    "block-schema": ("W/block_schemas/filter", "W/block_documents/filter"),
    "block-type": ("W/block_types/filter", "W/block_documents/filter"),
    "concurrency-limit": ("W/concurrency_limits/filter",),
    "deployment": ("W/deployments/filter", "W/work_pools/filter"),
    "domain": ("/domains",),
    "event": ("/events/filter", "/events/count-by/event"),
    "flow": ("W/flows/filter", "W/deployments/filter"),
    "flow-run": ("W/flow_runs/filter",),
    "flow-source": (),
    "flow_run": (),
    "global-concurrency-limit": ("W/v2/concurrency_limits/filter",),
    "invitation": ("/invitations/filter", "/account_memberships/filter"),
    "ip-allowlist": ("/ip_allowlist",),
    "key": ("/bots/filter",),
    "log-in": ("",),
    "notification-policy": ("W/flow_run_notification_policies/filter",),
    "profile": ("/account_memberships/filter", "/me/"),
    "project": (),
    "saved-search": ("W/saved_searches/filter",),
    "variable": ("W/variables/filter",),
    "work-pool": ("W/work_pools/filter", "W/work_queues/filter"),
    "work-queue": ("W/work_queues/filter",),
    "workspace-settings": ("W/settings",),
}
"""The requests that show each kind of document."""

OBJECTS = """{ tenant { name settings } user { username } project { name flows { name } } flow {
    name version archived run_config is_schedule_active serialized_flow flow_group { id } project {
    name } } flow_run { name state state_timestamp states { state } parameters flow { name } } }"""
SERIALIZED = {"name": "etl", "tasks": []}
INTERNAL = "a request failed"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server whose store has a row in each table and a document of each kind."""
    file = tmp_path_factory.mktemp("forged") / "rbac.db"
    url = f"sqlite:///{file}"
    key = logged_in(url)._api_key
    tenant = init(url, "tenant", WORLD, "olivia@example.org")
    with served_again(url, key) as server, server.client() as client:
        acme = Account(server, client)
        (prod,) = acme.post("/workspaces/filter", {})
        within = f"/workspaces/{prod['id']}"
        asker = Asker(server.root, tenant)
        _documents(acme, within)
        _objects(asker)
        with closing(Forger(file)) as forger:
            yield SimpleNamespace(
                acme=acme,
                within=within,
                asker=asker,
                forger=forger,
                store=server.guarded.service,
                file=file,
            )


def _documents(acme: Account, prod: str) -> None:
    """Make a document of each kind that the REST face keeps, besides log-ins and keys."""
    flow = acme.post(f"{prod}/flows/", {"name": "etl"}, 201)["id"]
    acme.post(f"{prod}/work_pools/", {"name": "pool", "type": "process"}, 201)
    plan = {"schedules": [{"schedule": {"interval": 3600}}], "concurrency_limit": 2}
    body = {"name": "nightly", "flow_id": flow, "work_pool_name": "pool", **plan}
    made = acme.post(f"{prod}/deployments/", body, 201)["id"]
    acme.post(f"{prod}/deployments/{made}/create_flow_run", {}, 201)
    type_ = acme.post(f"{prod}/block_types/", {"name": "Mine", "slug": "mine"}, 201)["id"]
    fields = {"properties": {"p": {"type": "string"}}, "secret_fields": ["p"]}
    schema = {"block_type_id": type_, "fields": fields}
    ids = {
        "block_type_id": type_,
        "block_schema_id": acme.post(f"{prod}/block_schemas/", schema, 201)["id"],
    }
    block = acme.post(f"{prod}/block_documents/", {"name": "db", "data": {"p": "x"}, **ids}, 201)
    policy = {"is_active": True, "state_names": [], "tags": [], "block_document_id": block["id"]}
    now = datetime.now(UTC).isoformat()
    event = {"occurred": now, "event": "mine", "resource": {"prefect.resource.id": "mine.1"}}
    for path, sent in {
        "variables": {"name": "v", "value": {"a": 1}, "tags": ["x"]},
        "concurrency_limits": {"tag": "db", "concurrency_limit": 3},
        "v2/concurrency_limits": {"name": "l", "limit": 3},
        "automations": {"name": "a", "trigger": TRIGGER, "actions": []},
        "flow_run_notification_policies": policy,
    }.items():
        assert acme.call("POST", f"{prod}/{path}/", sent).is_success
    acme.put(f"{prod}/saved_searches/", {"name": "s", "filters": None}, 201)
    acme.post("/events", [{**event, "payload": {}, "id": str(uuid4())}], 204)
    acme.patch("/domains", {"domain_names": ["a.example", "b.example"]})
    member = {"email": "guest@example.org", "account_role_id": acme.account_role("Member")}
    acme.post("/invitations/", [member], 201)
    acme.patch("", {"name": "Acme"})
    acme.patch("/settings", {"enforce_webhook_authentication": True})
    acme.put("/ip_allowlist", {"entries": []}, 204)
    acme.patch(f"{prod}/settings", {"inherit_default_result_storage": False})
    me = acme.client.get("/me/").json()["id"]
    zone = {"first_name": "Olivia", "settings": {"default_timezone": "UTC"}}
    assert acme.client.patch(f"/users/{me}", json=zone).is_success


def _objects(asker: Asker) -> None:
    """Make an object of each table of the GraphQL face."""
    project = asker.do("create_project", name="daily")["id"]
    flow = asker.do("create_flow", project_id=project, serialized_flow=SERIALIZED)["id"]
    asker.do("create_flow_run", flow_id=flow)


def test_each_table_and_each_kind_of_document_is_forged(place):
    assert {*READS, document.name} == {table.name for table in TABLES}
    assert [table.name for table in TABLES if not place.forger.rows(table)] == []
    checked = {kind for checks in CHECKS.values() for kind in checks}
    assert kinds_of(place.file) == set(DOCUMENTS)
    assert checked | PROOFS | {"flow-source"} == set(DOCUMENTS)


EACH = pytest.mark.parametrize(
    "table", [table for table in TABLES if table is not document], ids=lambda table: table.name
)


def _try(place, caplog, forgery: Forgery, paths) -> None:
    """Put *forgery* in the store, and ask for *paths* and for a write; none fails by our fault."""
    if not place.forger.put(forgery):
        return
    legible._EXAMINED.clear()
    caplog.clear()
    acme, write = place.acme, {"name": f"t-{uuid4().hex[:8]}"}
    for path in paths:
        body = {} if "filter" in path or "count-by" in path else None
        method, where = "GET" if body is None else "POST", path.replace("W", place.within)
        acme.client.request(method, where if path == "/me/" else f"{acme.path}{where}", json=body)
    acme.call("POST", "/teams/", write)
    if forgery.row.get("kind") in CHECKS[WORLD] or forgery.table.name == "account":
        place.asker.send(OBJECTS)
    assert INTERNAL not in [row.getMessage() for row in caplog.records], str(forgery)


def _first_and_last(rows):
    return [rows[0], rows[-1]] if rows[1:] else rows


@EACH
def test_no_forged_value_of_a_column_is_an_internal_error(place, caplog, table):
    rows = place.forger.rows(table)
    for column in table.columns.values():
        for row, value in zip(cycle(_first_and_last(rows)), _some(column, rows), strict=False):
            _try(place, caplog, Forgery(table, row, column.name, value), READS[table.name])


def _some(column, rows):
    """Return three values to forge, others for other columns."""
    values = list(forged(column, rows[0], rows[:6]))
    first = sum(map(ord, column.name)) % len(values)
    return [values[(first + step * len(values) // 3) % len(values)] for step in range(3)]


@pytest.mark.long
@EACH
def test_none_of_all_forged_values_is_an_internal_error(place, caplog, table):
    rows = place.forger.rows(table)
    for column in table.columns.values():
        for row in _first_and_last(rows):
            for value in forged(column, row, rows[:6]):
                _try(place, caplog, Forgery(table, row, column.name, value), READS[table.name])


def _kept(place, kind):
    return [row for row in place.forger.rows(document) if row["kind"] == kind]


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_no_content_of_a_document_is_an_internal_error(place, caplog, kind):
    rows = _kept(place, kind)
    values = [value for value in forged(document.columns["content"], rows[0], []) if value]
    for value in ("{}", *values[len(kind) % 7 :: 1 + len(values) // 5]):
        _try(place, caplog, Forgery(document, rows[0], "content", value), DOCUMENTS[kind])


@pytest.mark.long
@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("column", document.columns.values(), ids=document.columns)
def test_nothing_in_a_row_of_a_document_is_an_internal_error(place, caplog, kind, column):
    rows = _kept(place, kind)
    for row in _first_and_last(rows):
        for value in forged(column, row, place.forger.rows(document)[:6]):
            _try(place, caplog, Forgery(document, row, column.name, value), DOCUMENTS[kind])


@pytest.mark.parametrize(
    ("kind", "path", "content"),
    [
        ("variable", "W/variables/filter", "{}"),
        ("event", "/events/filter", "{}"),
        ("work-queue", "W/work_queues/filter", '{"name": "q"}'),
        ("saved-search", "W/saved_searches/filter", '{"name": "s", "filters": [1e999]}'),
    ],
)
def test_a_damaged_document_is_named_in_the_log(place, caplog, kind, path, content):
    (row, *_) = _kept(place, kind)
    assert place.forger.put(Forgery(document, row, "content", content))
    legible._EXAMINED.clear()
    answer = place.acme.call("POST", path.replace("W", place.within), {})
    assert (answer.status_code, answer.json()) == (503, {"detail": "Service Unavailable"})
    (said,) = [each.reason for each in caplog.records if each.levelno == logging.ERROR]
    where = f"the store is damaged: `document` row id {row['id']}"
    assert said == f"{where}: `content` is not that of its kind, `{kind}`"
