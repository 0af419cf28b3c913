"""Filters and counts of events in the database, held against the same over all events."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.model import Instant, Level, Permission, Role
from rbac_sync.model.address import user
from rbac_sync.model.instant import parsed
from rbac_sync.planning import Change
from rbac_sync.server.rest.events import query
from rbac_sync.server.rest.events.filters import meets
from rbac_sync.wire.prefect_cloud.events import EventFilter, ReceivedEvent
from tests.postgres import DATABASES, empty_schema

from ..account import Account
from ..serving import served

ID, NAME = "prefect.resource.id", "prefect.resource.name"


@pytest.fixture(scope="module", params=DATABASES)
def busy(request, tmp_path_factory):
    """An account in which a bit of everything has happened, in each database in turn."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('events')}/rbac.db"
        else:
            url = stack.enter_context(empty_schema(request.getfixturevalue("postgres")))
        server = stack.enter_context(served(url))
        acme = Account(server, stack.enter_context(server.client()))
        _live(acme)
        yield acme


def _live(acme):
    prod, dev = acme.workspace("prod"), acme.workspace("dev")
    role = acme.post("/workspace_roles/", {"name": "ops", "scopes": ["see_flows"]}, 201)
    rights = frozenset({Permission("read:account")})
    _on_record(acme, Change(None, Role(Level.ACCOUNT, "helper", rights)))
    helper = acme.account_role("helper")
    acme.server.person("bo@example.org")
    member = acme.member("bo@example.org")
    acme.patch(f"/account_memberships/{member['id']}", {"account_role_id": helper})
    bot = acme.post("/bots/", {"name": "ci"}, 201)
    other = acme.post("/bots/", {"name": "old"}, 201)
    for space in (prod, dev):
        path = f"/workspaces/{space['id']}"
        body = {"bot_id": bot["id"], "workspace_role_id": acme.role("Viewer")}
        acme.post(f"{path}/bot_access/", body)
        acme.post(
            f"{path}/user_access/",
            {"user_id": member["user_id"], "workspace_role_id": role["id"]},
        )
    acme.patch(f"/workspaces/{prod['id']}", {"default_workspace_role_id": acme.role("Viewer")})
    acme.post(f"/bots/{bot['id']}/rotate_api_key", {"old_key_expires_in_seconds": 0}, 201)
    team = acme.post("/teams/", {"name": "ops"}, 201)
    members = [
        {"member_id": bot["id"], "member_type": "service_account"},
        {"member_id": member["user_id"], "member_type": "user"},
    ]
    acme.put(f"/teams/{team['id']}/members", {"members": members})
    acme.put(f"/teams/{team['id']}", {"name": "operations"})
    acme.delete(f"/bots/{other['id']}")
    acme.post("/invitations/", [{"email": "new@example.org", "account_role_id": helper}], 201)
    acme.delete(f"/workspaces/{dev['id']}")
    pool = {"name": "main", "type": "process"}
    acme.post(f"/workspaces/{prod['id']}/work_pools/", pool, 201)
    nobody = {"manage_actor_ids": [], "run_actor_ids": [], "view_actor_ids": []}
    teams = {"manage_team_ids": [], "run_team_ids": [], "view_team_ids": []}
    acme.put(
        f"/workspaces/{prod['id']}/work_pools/main/access",
        {"access_control": nobody | teams},
        204,
    )
    for n, path in enumerate(("", f"/workspaces/{prod['id']}", "")):
        acme.post(f"{path}/events", [_reported(acme, n)], 204)


def _on_record(acme, change):
    def work(writer):
        by = Authorship(user("olivia@example.org"), "by hand")
        writer.begin(by)
        writer.make(change)
        writer.record(by.record(change, writer.now()))

    acme.server.backend.transact("by hand", work)


def _reported(acme, n):
    at = parsed(acme.post("/events/filter", {"limit": 1, "filter": {}})["events"][0]["occurred"])
    return {
        "occurred": (at - timedelta(milliseconds=n)).isoformat(),
        "event": f"shop.order.{n}",
        "resource": {ID: f"shop.order.{n}", "shop": "paris"},
        "related": [{ID: f"prefect-cloud.actor.{acme.id}", "prefect.resource.role": "actor"}],
        "id": f"00000000-0000-4000-8000-{n:012}",
    }


def everything(acme):
    page = acme.post("/events/filter", {"limit": 200})
    assert page["next_page"] is None
    return page["events"]


def filters(acme):
    """Return filters of every sort, by name."""
    (prod,) = acme.post("/workspaces/filter")
    (bot,) = acme.post("/bots/filter")
    all_events = everything(acme)
    names = sorted({each["event"] for each in all_events})
    ids = {each["event"].rpartition(".")[0]: each["resource"][ID] for each in all_events}
    actors = sorted(
        {part[ID] for each in all_events for part in each["related"] if ".actor." in part[ID]}
    )
    owner = f"prefect-cloud.actor.{acme.member('olivia@example.org')['actor_id']}"
    made = {f"only {name}": {"event": {"name": [name]}} for name in names}
    made |= {f"about a {type_}": {"resource": {"id": [id_]}} for type_, id_ in ids.items()}
    made |= {f"by {id_}": {"related": {"id": [id_], "role": ["actor"]}} for id_ in actors}
    return made | {
        "all": {},
        "none": {"event": {"name": []}},
        "prefix": {"event": {"prefix": ["prefect-cloud.w", "shop."]}},
        "exclude": {"event": {"exclude_prefix": ["prefect-cloud.team"], "exclude_name": names[:2]}},
        "workspace": {"scope": {"workspace": [prod["id"]]}},
        "other workspace": {"scope": {"workspace": [bot["id"]]}},
        "no workspace": {"scope": {"workspace": []}},
        "account": {"scope": {"account": acme.id}},
        "other account": {"scope": {"account": bot["id"]}},
        "workspace and name": {
            "scope": {"workspace": [prod["id"]]},
            "event": {"prefix": ["prefect-cloud.workspace-access"]},
        },
        "who never did": {"related": {"id": [f"prefect-cloud.actor.{bot['actor_id']}"]}},
        "two who": {"related": [{"id": [owner]}, {"role": ["workspace"]}]},
        "the actor as another": {"related": {"id": [owner], "role": ["team"]}},
        "name of a thing": {"resource": {"labels": {NAME: "workspace.prod"}}},
        "names": {"resource": {"labels": {NAME: ["team.ops", "role.ops"]}}},
        "label": {"resource": {"labels": {"shop": "paris"}}},
        "id prefix": {"resource": {"id_prefix": ["prefect-cloud.api-key."]}},
        "odd id": {"resource": {"id": ["prefect-cloud.workspace.x", "", "shop.x"]}},
        "any": {"any_resource": {"id": [f"prefect-cloud.workspace.{prod['id']}"]}},
        "event": {"id": {"id": [all_events[0]["id"], all_events[-1]["id"]]}},
        "text": {"text": {"query": "ops -team"}},
        "time": {"occurred": {"since": all_events[9]["occurred"]}},
    }


def few(every):
    """Return *every* filter of a sort of its own, and the first of those that differ by a name."""
    alike = ("only ", "about a ", "by ")
    first = {next(name for name in every if name.startswith(sort)) for sort in alike}
    return {n: w for n, w in every.items() if n in first or not n.startswith(alike)}


def expected(all_events, where):
    model = EventFilter.model_validate(where)
    begin = model.occurred.since
    return [
        each
        for each in all_events
        if meets(ReceivedEvent.model_validate(each), model)
        and (begin is None or parsed(each["occurred"]) >= begin)
    ]


def pages(acme, path, body):
    page = acme.post(f"{path}/events/filter", body)
    total, rows = page["total"], page["events"]
    while page["next_page"]:
        page = acme.client.get(page["next_page"]).raise_for_status().json()
        assert page["events"]
        assert page["total"] == total
        rows += page["events"]
    assert len(rows) == total
    return rows


def test_a_filter_in_the_database_leaves_what_it_leaves_of_all_events(busy):
    all_events = everything(busy)
    every = filters(busy)
    for name, where in every.items():
        rows = expected(all_events, where)
        assert pages(busy, "", {"limit": 100, "filter": where}) == rows, name
    for name, where in few(every).items():
        turned = pages(busy, "", {"limit": 17, "filter": where | {"order": "ASC"}})
        assert turned == expected(all_events, where)[::-1], name


def test_some_filter_of_each_sort_leaves_something(busy):
    all_events = everything(busy)
    sizes = {name: len(expected(all_events, where)) for name, where in filters(busy).items()}
    empty = {name for name, size in sizes.items() if size == 0}
    assert empty == {
        "none", "other workspace", "no workspace", "other account", "who never did",
        "the actor as another", "odd id",
    }  # fmt: skip
    assert len({name for name in sizes if name.startswith("only ")}) > 15


def test_events_of_a_workspace_are_those_of_all_that_are_in_it(busy):
    (prod,) = busy.post("/workspaces/filter")
    rows = expected(everything(busy), {"scope": {"workspace": [prod["id"]]}})
    assert len(rows) > 5
    assert pages(busy, f"/workspaces/{prod['id']}", {"limit": 2}) == rows


def counts(rows, value):
    groups = defaultdict(list)
    for each in rows:
        groups[value(each)].append(parsed(each["occurred"]))
    return {value: (len(times), min(times), max(times)) for value, times in groups.items()}


def actor(event):
    parts = [p for p in event["related"] if p.get("prefect.resource.role") == "actor"]
    return (parts[0][ID], parts[0].get(NAME, "")) if parts else ("", "")


VALUES = {
    "event": lambda each: (each["event"],) * 2,
    "resource": lambda each: (each["resource"][ID], each["resource"].get(NAME, "")),
    "workspace": lambda each: (each["workspace"] or "",) * 2,
    "actor": actor,
}


@pytest.mark.parametrize("step", [len(VALUES), pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize(("first", "by"), list(enumerate(VALUES)))
def test_counts_in_the_database_are_those_of_all_events(busy, first, by, step):
    """The usual run counts by each value with another part of the filters, and without any."""
    all_events = everything(busy)
    part = list(few(filters(busy)).items())[first % step :: step]
    for name, where in [("all", {}), *part]:
        rows = counts(expected(all_events, where), VALUES[by])
        assert counted(busy, by, {"filter": where}) == rows, name


def counted(acme, by, body):
    return {
        (row["value"], row["label"]): (
            row["count"], parsed(row["start_time"]), parsed(row["end_time"])
        )
        for row in acme.post(f"/events/count-by/{by}", body)
    }  # fmt: skip


@pytest.mark.parametrize(("unit", "interval"), [("second", 0.01), ("second", 1.7), ("week", 1)])
def test_counts_by_time_begin_at_the_beginning_of_the_span(busy, unit, interval):
    all_events = everything(busy)
    begin = all_events[-1]["occurred"]
    since: Instant = datetime.fromisoformat(begin) - timedelta(microseconds=1)
    width = timedelta(**{f"{unit}s": interval})
    body = {"time_unit": unit, "time_interval": interval}
    rows = counted(busy, "time", {**body, "filter": {"occurred": {"since": since.isoformat()}}})
    found = counts(
        all_events, lambda each: (parsed(each["occurred"]) - since) // width * width + since
    )
    assert {parsed(value): row for (value, _), row in rows.items()} == found


def test_a_span_in_which_too_much_has_happened_is_refused_where_it_is_looked_through(
    busy, monkeypatch
):
    monkeypatch.setattr(query, "MOST_ROWS", 20)
    busy.post("/events/filter", {"filter": {"event": {"prefix": ["prefect-cloud.w"]}}})
    text = {"text": {"query": "ops"}}
    for path in ("filter", "count-by/event"):
        (detail,) = busy.post(f"/events/{path}", {"filter": text}, 422)["detail"]
        assert detail["msg"].endswith(" of reported ones: ask for a shorter span")
        assert detail["loc"] == ["body", "filter", "occurred"]


@pytest.mark.parametrize(
    "after",
    [[], ["x", 1, 1, 0], ["2026-01-01T00:00:00Z", 1, 2**70, 0], ["2026-01-01T00:00:00Z", 2, 1, 0]],
)
def test_a_token_with_another_place_is_refused(busy, after):
    content = {"filter": {}, "limit": 5, "total": 9, "before": 5, "after": after}
    token = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    (detail,) = busy.get(f"/events/filter/next?page-token={token}", 422)["detail"]
    assert detail["msg"] == "this is no page token"


@pytest.mark.parametrize("name", ["\0", "x" * 9000])
def test_a_thing_by_a_name_that_no_database_takes_has_no_events(busy, name):
    where = {"resource": {"labels": {NAME: name}}}
    content = json.dumps({"filter": where})
    headers = {"Content-Type": "application/json"}
    for path in ("filter", "count-by/event"):
        answer = busy.client.post(f"{busy.path}/events/{path}", content=content, headers=headers)
        assert answer.status_code == 200
        assert answer.json() in ([], {"events": [], "total": 0, "next_page": None})


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_that_is_none_in_universal_time_is_refused(busy, moment):
    busy.post("/events/filter", {"filter": {"occurred": {"since": moment, "until": moment}}}, 422)
    content = {"filter": {}, "limit": 5, "total": 9, "before": 5, "after": [moment, 1, 5, 0]}
    token = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    busy.get(f"/events/filter/next?page-token={token}", 422)
