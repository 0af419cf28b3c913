"""The audit trail as events: filtered, counted, page by page."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rbac_sync import pipeline
from rbac_sync.audit.chain import Link
from rbac_sync.audit.events import TrailRow
from rbac_sync.audit.record import Authorship
from rbac_sync.audit.texts import texts
from rbac_sync.model import ACCOUNT, Holding, Key, Level, Membership, Team, Workspace, address
from rbac_sync.model.resources import role as role_address
from rbac_sync.pipeline import queries
from rbac_sync.pipeline.by_hand import change_by_hand
from rbac_sync.planning import Change


def events(acme, path="", **body):
    return acme.post(f"{path}/events/filter", body)


def names(found):
    return [event["event"].removeprefix("prefect-cloud.") for event in found["events"]]


@pytest.fixture
def prod(acme):
    made = acme.workspace()
    bot = acme.post("/bots/", {"name": "ci"}, 201)
    body = {"bot_id": bot["id"], "workspace_role_id": acme.role("Viewer")}
    acme.post(f"/workspaces/{made['id']}/bot_access/", body)
    return made


def test_what_was_done_is_told_newest_first(acme, prod):
    found = events(acme)
    assert names(found) == [
        "workspace-access.created",
        "api-key.created",
        "service-account.created",
        "workspace.created",
        "api-key.created",
        "account-membership.created",
    ]
    assert (found["total"], found["next_page"]) == (6, None)
    workspace = found["events"][3]
    assert workspace["resource"]["prefect.resource.id"] == f"prefect-cloud.workspace.{prod['id']}"
    assert workspace["workspace"] == prod["id"]
    assert workspace["account"] == acme.id
    related = {r["prefect.resource.role"]: r["prefect.resource.name"] for r in workspace["related"]}
    assert related == {"actor": "olivia@example.org", "account": "acme", "workspace": "prod"}


def test_pages_follow_each_other_to_the_end(acme, prod):
    found, told = events(acme, limit=4), []
    while True:
        told += names(found)
        if found["next_page"] is None:
            break
        answer = acme.client.get(found["next_page"])
        assert answer.status_code == 200
        found = answer.json()
    assert len(told) == 6
    assert told == names(events(acme))


@pytest.mark.parametrize("token", ["", "x", "e30=", "bnVsbA=="])
def test_a_token_that_is_none_is_refused(acme, token):
    acme.get(f"/events/filter/next?page-token={token}", 422)


def test_events_are_filtered(acme, prod):
    def of(**wanted):
        return names(events(acme, filter=wanted))

    resource = f"prefect-cloud.workspace.{prod['id']}"
    assert of(event={"name": ["prefect-cloud.workspace.created"]}) == ["workspace.created"]
    assert len(of(event={"prefix": ["prefect-cloud.workspace"]})) == 2
    assert len(of(event={"exclude_prefix": ["prefect-cloud."]})) == 0
    assert of(resource={"id": [resource]}) == ["workspace.created"]
    assert len(of(any_resource={"id": [resource]})) == 2
    assert len(of(related={"role": ["workspace"]})) == 2
    assert of(scope={"workspace": [prod["id"]]}) == of(related={"role": ["workspace"]})
    assert len(of(text={"query": "service-account -api-key"})) == 2
    assert of(order="ASC")[0] == "account-membership.created"
    assert of(occurred={"since": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z"}) == []


def test_a_key_takes_the_place_of_another_only_where_the_rows_are_neighbours(acme, prod, tmp_path):
    backend_only = '[backend]\ntype = "store"\naccount = "acme"\n[guard]\nmin_owners = 1\n'
    (tmp_path / "rbac.toml").write_text(backend_only + "[workspaces.prod]\n")
    configuration = pipeline.load(tmp_path)
    backend = configuration.backend(acme.server.key)
    ci = address.service_account("ci")
    (old,) = queries.live_account(backend).state.keys_of(ci)
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)
    changes = [
        Change(None, Key(ci, "new", end)),
        Change(None, Workspace("dev")),
        Change(old, None),
    ]
    change_by_hand(configuration, backend, changes, "by hand")
    found = events(acme)
    assert names(found)[:3] == ["api-key.deleted", "workspace.created", "api-key.created"]
    counted = acme.post("/events/count-by/event", {})
    assert found["total"] == len(found["events"]) == sum(each["count"] for each in counted)


def test_a_query_spans_a_fortnight_at_most(acme):
    occurred = {"since": "2020-01-01T00:00:00Z", "until": "2020-02-01T00:00:00Z"}
    acme.post("/events/filter", {"filter": {"occurred": occurred}}, 422)


def test_a_workspace_tells_its_own_events_only(acme, prod):
    found = events(acme, f"/workspaces/{prod['id']}")
    assert names(found) == ["workspace-access.created", "workspace.created"]


def test_events_are_counted_by_what_they_have_in_common(acme, prod):
    by_event = acme.post("/events/count-by/event", {})
    assert by_event[0]["value"] == "prefect-cloud.api-key.created"
    assert by_event[0]["count"] == 2
    (by_actor,) = acme.post("/events/count-by/actor", {})
    assert (by_actor["label"], by_actor["count"]) == ("olivia@example.org", 6)
    for unit in ("day", "time"):
        assert sum(c["count"] for c in acme.post(f"/events/count-by/{unit}", {})) == 6
    acme.post("/events/count-by/colour", {}, 422)


def test_clients_report_events_of_their_own_but_none_of_the_server(acme, prod):
    event = {
        "occurred": "2026-01-01T00:00:00Z",
        "event": "shop.order.placed",
        "resource": {"prefect.resource.id": "shop.order.1"},
        "id": "00000000-0000-4000-8000-000000000001",
    }
    acme.post("/events", [event], 204)
    occurred = {"since": "2025-12-30T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
    (found,) = events(acme, filter={"occurred": occurred})["events"]
    assert (found["event"], found["workspace"]) == ("shop.order.placed", None)
    acme.post("/events", [{**event, "event": "prefect-cloud.team.created"}], 403)


@pytest.mark.parametrize("interval", ["1e300", "1e308"])
def test_in_the_longest_of_intervals_everything_is_one(acme, prod, interval):
    body = f'{{"time_interval": {interval}, "time_unit": "week"}}'
    path = f"{acme.path}/events/count-by/time"
    found = acme.client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert [count["count"] for count in found.json()] == [6]


def test_access_that_is_gone_is_not_told_as_the_workspace_itself(acme, prod):
    path = f"/workspaces/{prod['id']}/bot_access"
    (row,) = acme.post(f"{path}/filter")
    acme.patch(f"/workspaces/{prod['id']}", {"default_workspace_role_id": acme.role("Viewer")})
    subject = subjects(acme)
    assert subject["workspace-access.created"] == f"prefect-cloud.workspace-access.{row['id']}"
    assert subject["workspace.created"] == f"prefect-cloud.workspace.{prod['id']}"
    acme.delete(f"{path}/{row['id']}")
    gone = subjects(acme)["workspace-access.deleted"]
    assert gone == subjects(acme)["workspace-access.created"]
    assert not gone.endswith(prod["id"])


def subjects(acme):
    found = events(acme)
    ids = [event["resource"]["prefect.resource.id"] for event in found["events"]]
    return dict(zip(names(found), ids, strict=True))


@pytest.fixture
def later(acme):
    """Return what is new since the last time it was asked: names and ids of things."""
    seen = {event["id"] for event in events(acme)["events"]}

    def asked():
        new = [event for event in events(acme)["events"] if event["id"] not in seen]
        seen.update(event["id"] for event in new)
        ids = [event["resource"]["prefect.resource.id"].rpartition(".")[2] for event in new]
        return list(zip(names({"events": new}), ids, strict=True))

    return asked


def test_a_default_role_is_told_as_a_change_of_the_workspace(acme, prod, later):
    path = f"/workspaces/{prod['id']}"
    for role in (acme.role("Viewer"), acme.role("Runner"), None):
        acme.patch(path, {"default_workspace_role_id": role})
        assert later() == [("workspace.updated", prod["id"])]


def test_an_account_role_is_told_as_a_change_of_the_membership(acme, later):
    acme.server.person("bo@example.org")
    member = acme.member("bo@example.org")
    assert subjects(acme)["account-membership.created"].endswith(
        acme.member("olivia@example.org")["id"]
    )
    path = f"/account_memberships/{member['id']}"
    acme.patch(path, {"account_role_id": acme.account_role("Admin")})
    assert later() == [("account-membership.updated", member["id"])]
    acme.patch(f"{path}/active", {"active": False})
    assert later() == [("account-membership.updated", member["id"])]


@pytest.mark.parametrize("grace", [0, 60])
def test_a_rotation_is_one_event_about_the_new_key(acme, prod, later, grace):
    (bot,) = acme.post("/bots/filter", {})
    body = {"old_key_expires_in_seconds": grace}
    made = acme.post(f"/bots/{bot['id']}/rotate_api_key", body, 201)
    assert later() == [("api-key.rotated", made["api_key"]["id"])]
    event = events(acme, limit=1)["events"][0]
    assert event["payload"]["before"]["name"] != event["payload"]["after"]["name"]


def test_an_event_about_a_member_has_the_id_under_which_the_member_is_listed(acme):
    acme.server.person("bo@example.org")
    with acme.server.backend.open() as session:
        before = session.read().binding(address.user("bo@example.org"), ACCOUNT)
    ended = Holding(role_address(Level.ACCOUNT, "admin"), until=datetime(2020, 1, 1, tzinfo=UTC))
    acme.server.add(Change(before, replace(before, roles=before.roles | {ended})))
    listed = acme.member("bo@example.org")["id"]
    acme.patch(f"/account_memberships/{listed}/active", {"active": False})
    where = {"resource": {"id": [f"prefect-cloud.account-membership.{listed}"]}}
    (event,) = acme.post("/events/filter", {"filter": where})["events"]
    assert event["event"] == "prefect-cloud.account-membership.updated"


def test_who_comes_to_a_team_and_who_leaves_it_is_told_one_by_one(acme, prod, later):
    team = acme.post("/teams/", {"name": "ops"}, 201)
    assert [name for name, _ in later()] == ["team.created"]
    (bot,) = acme.post("/bots/filter", {})
    olivia = acme.member("olivia@example.org")
    members = [
        {"member_id": bot["id"], "member_type": "service_account"},
        {"member_id": olivia["user_id"], "member_type": "user"},
    ]
    acme.put(f"/teams/{team['id']}/members", {"members": members})
    came = later()
    assert [name for name, _ in came] == ["team-membership.created"] * 2
    event = events(acme, limit=1)["events"][0]
    related = {
        part["prefect.resource.role"]: part["prefect.resource.id"] for part in event["related"]
    }
    assert related["team"] == f"prefect-cloud.team.{team['id']}"
    acme.delete(f"/teams/{team['id']}/members/{bot['actor_id']}")
    ((name, id_),) = later()
    assert name == "team-membership.deleted"
    assert id_ in [each for _, each in came]
    left, came, *_ = events(acme)["events"]
    place = {"principal": ["service-account", "ci"]}
    assert [left["payload"][side] for side in ("before", "after")] == [place, None]
    assert came["payload"]["before"] is None
    acme.put(f"/teams/{team['id']}", {"name": "operations"})
    assert later() == [("team.updated", team["id"])]
    renamed = events(acme, limit=1)["events"][0]["payload"]
    assert [renamed[side] for side in ("before", "after")] == [
        {"kind": "team", "name": name} for name in ("ops", "operations")
    ]


@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_pages_of_all_events_are_those_of_a_filter_that_lets_all_through(acme, prod, order):
    (bot,) = acme.post("/bots/filter", {})
    acme.post(f"/bots/{bot['id']}/rotate_api_key", {"old_key_expires_in_seconds": 0}, 201)
    team = acme.post("/teams/", {"name": "ops"}, 201)
    olivia = acme.member("olivia@example.org")["user_id"]
    members = [
        {"member_id": bot["id"], "member_type": "service_account"},
        {"member_id": olivia, "member_type": "user"},
    ]
    acme.put(f"/teams/{team['id']}/members", {"members": members})
    workspace = next(e for e in events(acme)["events"] if e["event"].endswith("workspace.created"))
    reported = {
        "occurred": workspace["occurred"],
        "event": "shop.order.placed",
        "resource": {"prefect.resource.id": "shop.order.1"},
        "id": "00000000-0000-4000-8000-000000000001",
    }
    acme.post("/events", [reported], 204)
    filtered = events(acme, filter={"order": order, "event": {"prefix": [""]}})
    assert filtered["total"] == len(filtered["events"]) == 11
    paged, at = [], events(acme, limit=5, filter={"order": order})
    while True:
        assert at["total"] == 11
        paged += at["events"]
        if at["next_page"] is None:
            break
        at = acme.client.get(at["next_page"]).json()
    assert paged == filtered["events"]


def test_changes_of_profiles_settings_and_domains_are_told_under_the_documented_names(acme, prod):
    me = acme.member("olivia@example.org")["user_id"]
    there = f"/workspaces/{prod['id']}"
    changes = {
        "user": ("/users/" + me, {"first_name": "Olivia"}, me),
        "account": (acme.path, {"name": "Acme"}, acme.id),
        "account-settings": (f"{acme.path}/settings", {"ai_log_summaries": False}, acme.id),
        "account-domain-names": (f"{acme.path}/domains", {"domain_names": ["b.org"]}, acme.id),
        "workspace-settings": (
            f"{acme.path}{there}/settings",
            {"inherit_default_result_storage": False},
            prod["id"],
        ),
    }
    before = events(acme)["total"]
    for type_, (path, body, id_) in changes.items():
        for _ in range(2):  # the second one changes nothing
            assert acme.client.patch(path, json=body).status_code == 204
        (event,) = events(acme, filter={"event": {"name": [f"prefect-cloud.{type_}.updated"]}})[
            "events"
        ]
        resource = f"prefect-cloud.{type_}.{id_}"
        assert event["resource"]["prefect.resource.id"] == resource
        assert events(acme, filter={"resource": {"id": [resource]}})["events"] == [event]
    assert events(acme)["total"] == before + len(changes)
    counts = acme.post("/events/count-by/event", {})
    assert {f"prefect-cloud.{type_}.updated" for type_ in changes} <= {c["value"] for c in counts}


def test_changed_settings_of_a_workspace_are_an_event_of_this_workspace(acme, prod):
    there = f"/workspaces/{prod['id']}"
    settings = {"inherit_default_result_storage": False}
    assert acme.client.patch(f"{acme.path}{there}/settings", json=settings).status_code == 204
    newest = events(acme, there)["events"][0]
    assert newest["event"] == "prefect-cloud.workspace-settings.updated"
    assert newest["workspace"] == prod["id"]
    names = {
        part["prefect.resource.role"]: part["prefect.resource.name"] for part in newest["related"]
    }
    assert names["workspace"] == "prod"
    (mine,) = (
        each for each in acme.post("/events/count-by/workspace", {}) if each["value"] == prod["id"]
    )
    assert mine["count"] == events(acme, there)["total"] == 3


def test_log_ins_are_told_apart_from_changes_of_the_profile(acme):
    me = acme.member("olivia@example.org")["user_id"]
    assert acme.client.patch(f"/users/{me}", json={"first_name": "Olivia"}).status_code == 204
    olivia = address.user("olivia@example.org")
    by = Authorship(olivia, "in")
    acme.server.backend.transact(
        "in", lambda writer: writer.record(by.remark(olivia, "logged in", writer.now()))
    )
    counts = {each["value"]: each["count"] for each in acme.post("/events/count-by/event", {})}
    for name in ("prefect-cloud.user.updated", "prefect-cloud.user.logged-in"):
        assert events(acme, filter={"event": {"name": [name]}})["total"] == counts[name] == 1


@pytest.mark.parametrize("description", ["", '"members":[{"principal":["member","x"]'])
@pytest.mark.parametrize("name", ["ops", '}],"name":"x"}'])
def test_who_joins_and_leaves_a_team_is_told_whatever_its_texts_say(name, description):
    ann, bo, cy, di = (address.user(f"{who}@example.org") for who in ("ann", "bo", "cy", "di"))
    reason = '},{"principal":["member","x"]}],"name":"y"'
    team = Team(name, frozenset({Membership(ann, reason=reason), Membership(bo)}), "", description)
    joined = {Membership(ann, reason="1"), Membership(cy, reason=reason), Membership(di)}
    for before, after, wanted in (
        (team, replace(team, members=frozenset(joined)), ["updated", "deleted", *["created"] * 2]),
        (replace(team, members=frozenset()), team, ["created", "created"]),
        (team, replace(team, members=frozenset()), ["deleted", "deleted"]),
    ):
        record = Authorship(None, "").record(Change(before, after), datetime.now(UTC))
        found = TrailRow(Link("acme", 1, "", texts(record), "")).events
        everybody = sorted({place.principal for place in before.members | after.members})
        assert [event.member for event in found] == everybody
        assert [(event.type, event.action) for event in found] == [
            ("team-membership", action) for action in wanted
        ]


@pytest.mark.parametrize(
    ("edit", "path", "said"),
    [
        ("audit_count SET seq = 99", "/count-by/event", "`audit_count` row all, , "),
        ("audit_event SET seq = 99", "/filter", "`audit_event` row 99, 0 does not follow"),
        ("api_key SET until = 'x'", "/filter", "name init: `until` cannot be read: 'x'"),
    ],
)
def test_a_forged_row_is_named_in_the_log_and_is_no_internal_error(
    acme, tmp_path, caplog, edit, path, said
):
    with closing(sqlite3.connect(tmp_path / "rbac.db")) as store:
        store.execute(f"UPDATE {edit}")
        store.commit()
    answer = acme.call("POST", f"/events{path}", {})
    assert (answer.status_code, answer.json()) == (503, {"detail": "Service Unavailable"})
    (row,) = [row for row in caplog.records if row.getMessage() == "the store cannot be used"]
    assert said in row.reason
