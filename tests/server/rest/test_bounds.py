"""One request is answered in bounds, whatever it asks: what is too much is refused with 422."""

from __future__ import annotations

import base64
import json
import random
import string
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from rbac_sync.server import auth, limits
from rbac_sync.server.limits import has_parts
from rbac_sync.server.rest import teams
from rbac_sync.server.rest.events import query
from rbac_sync.server.rest.workspace_objects import documents

from ..account import Account

TOO_MANY = "what asks for a list has at most 2000 values: ask in parts"


def why(answer):
    assert answer.status_code == 422
    return answer.json()["detail"][0]["msg"]


@pytest.mark.parametrize(
    ("body", "values"),
    [(None, 1), ([], 1), ([1, 2], 3), ({}, 2), ({"a": [1]}, 4), ([[], [[]]], 4)],
)
def test_each_value_of_a_body_counts(body, values):
    assert has_parts(body, values - 1)
    assert not has_parts(body, values)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/account_memberships/filter", {"account_memberships": {"email": {"any_": ["x"] * 2000}}}),
        ("/invitations/count", {"invitations": {"email": {"any_": ["x"] * 2000}}}),
        ("/workspaces/filter", {"workspaces": {"id": {"any_": [str(uuid4())] * 2000}}}),
        ("/events/filter", {"filter": {"event": {"prefix": ["x"] * 2000}}}),
        ("/events/filter", {"filter": {"any_resource": [{"id": ["x"]}] * 600}}),
        ("/events/count-by/event", {"filter": {"event": {"exclude_name": ["x"] * 2000}}}),
        ("/teams/filter", {"users": {"email": {"any_": ["x"] * 2000}}}),
    ],
)
def test_g8_what_asks_for_a_list_has_so_many_values(acme, path, body):
    assert why(acme.call("POST", path, body)) == TOO_MANY


def test_g8_every_route_that_lists_by_a_body_has_that_limit(server):
    from rbac_sync.server.app import app

    paths = app(server.guarded).openapi()["paths"]
    listing = {
        path
        for path, ways in paths.items()
        for way in ways.values()
        if way["operationId"].startswith(("read_", "count_", "filter_")) and "requestBody" in way
    }
    assert len(listing) > 20
    assert [path for path in listing if not auth.READS.search(path)] == []


@pytest.mark.parametrize("path", ["/account_memberships/filter", "/account_roles/filter"])
def test_behind_the_largest_offset_there_is_nothing(acme, path):
    assert acme.post(path, {"offset": 2**63 - 1}) == []


def test_a_page_token_has_no_larger_filter_than_a_first_page(acme):
    acme.workspace("one")
    page = acme.post("/events/filter", {"limit": 1})["next_page"]
    url = httpx.URL(page)
    token = json.loads(base64.urlsafe_b64decode(url.params["page-token"]))
    token["filter"]["event"] = {"name": ["x"] * 2 * limits.MOST_PARTS}
    changed = base64.urlsafe_b64encode(json.dumps(token).encode()).decode()
    answer = acme.client.get(str(url.copy_set_param("page-token", changed)))
    assert answer.status_code == 422
    assert why(answer) == "this is no page token"
    assert answer.json()["detail"][0]["loc"] == ["query", "page-token"]


def test_g8_events_of_a_span_are_looked_through_up_to_a_number(acme, monkeypatch):
    acme.workspace("one")
    monkeypatch.setattr(query, "MOST_ROWS", 2)
    sought = {"text": {"query": "prefect"}}
    assert why(acme.call("POST", "/events/filter", {"filter": sought})) == (
        "this span has more than 2 events to read one by one, or 16 MiB of reported ones: "
        "ask for a shorter span"
    )
    now = datetime.now(UTC)
    span = {
        "since": (now - timedelta(days=2)).isoformat(),
        "until": (now - timedelta(1)).isoformat(),
    }
    assert acme.post("/events/filter", {"filter": {"occurred": span} | sought})["total"] == 0


def test_g8_all_events_of_a_span_are_paged_however_many_there_are(acme, monkeypatch):
    acme.workspace("one")
    monkeypatch.setattr(query, "MOST_ROWS", 2)
    assert acme.post("/events/filter", {})["total"] > 2


def reported(name, occurred):
    return {
        "event": name,
        "id": str(uuid4()),
        "occurred": occurred.isoformat(),
        "resource": {"prefect.resource.id": "x"},
    }


def test_g8_reported_events_are_found_by_their_time_and_up_to_a_size(acme, monkeypatch):
    now = datetime.now(UTC)
    told = [reported("new", now - timedelta(hours=1)), reported("old", now - timedelta(days=20))]
    acme.post("/events", told, 204)

    def names(since, until):
        span = {"since": since.isoformat(), "until": until.isoformat()}
        found = acme.post("/events/filter", {"filter": {"occurred": span}})["events"]
        return [event["event"] for event in found if not event["event"].startswith("prefect-")]

    assert names(now - timedelta(days=1), now) == ["new"]
    exact = now - timedelta(days=20)
    assert names(exact, exact) == ["old"]
    assert names(exact + timedelta(seconds=1), now - timedelta(days=10)) == []
    monkeypatch.setattr(query, "LARGEST_ANSWER", 10)
    assert "of reported ones" in why(acme.call("POST", "/events/filter", {}))


def test_g8_a_page_of_large_objects_is_refused_and_a_smaller_one_is_not(acme, monkeypatch):
    path = f"/workspaces/{acme.workspace()['id']}/flows"
    for name in ("one", "two"):
        acme.post(f"{path}/", {"name": name, "labels": {"x": "y" * 1000}}, 201)
    monkeypatch.setattr(documents, "LARGEST_ANSWER", 1500)
    answer = acme.call("POST", f"{path}/filter", {})
    assert answer.json()["detail"][0]["loc"] == ["body", "limit"]
    assert "ask for fewer" in why(answer)
    pages = [acme.post(f"{path}/filter", {"limit": 1, "offset": n}) for n in (0, 1, 2)]
    assert [flow["name"] for page in pages for flow in page] == ["one", "two"]


def test_g8_a_page_of_teams_shows_so_many_rows(acme, monkeypatch):
    bots = [acme.post("/bots/", {"name": f"b{n}"}, 201) for n in range(3)]
    for n in range(2):
        team = acme.post("/teams/", {"name": f"t{n}"}, 201)
        members = [{"member_id": bot["id"], "member_type": "service_account"} for bot in bots]
        acme.put(f"/teams/{team['id']}/members", {"members": members})
    monkeypatch.setattr(teams, "MOST_ROWS", 5)
    assert why(acme.call("POST", "/teams/filter", {})) == "the answer would have more than 5 rows"
    assert len(acme.post("/teams/filter", {"limit": 1})[0]["memberships"]) == 3
    monkeypatch.setattr(teams, "MOST_ROWS", 2)
    assert len(acme.post("/teams/filter", {"limit": 1})[0]["memberships"]) == 3


def test_the_limits_leave_room_for_a_page_of_what_can_be_asked_for():
    assert limits.MOST_PARTS > 5 * 200
    assert limits.LARGEST_ANSWER > 3 * limits.LARGEST


LONG = "".join(random.Random(1).choices(string.ascii_lowercase + string.digits, k=2595))
"""A name that a database cannot compress; with its kind it is the longest address."""

TOO_LONG = f"{LONG}123456"


def test_a_name_that_an_index_cannot_hold_is_refused_by_either_database(any_server):
    with any_server.client() as client:
        acme = Account(any_server, client)
        here = f"/workspaces/{acme.workspace()['id']}"
        guest = {"email": f"{TOO_LONG}@x.org", "account_role_id": acme.account_role("Member")}
        for path, body in (
            ("/teams/", {"name": TOO_LONG}),
            ("/bots/", {"name": TOO_LONG}),
            ("/workspaces/", {"name": "x", "handle": TOO_LONG}),
            ("/workspace_roles/", {"name": TOO_LONG}),
            ("/invitations/", [guest]),
            (f"{here}/flows/", {"name": TOO_LONG}),
            (f"{here}/variables/", {"name": TOO_LONG, "value": 1}),
        ):
            answer = acme.call("POST", path, body)
            assert answer.status_code == 422, path
            assert why(answer) == "a name is too long: at most 2600 bytes are kept"
        answer = acme.call("PATCH", "/domains", {"domain_names": [TOO_LONG]})
        assert answer.status_code == 422
        variable = acme.post(f"{here}/variables/", {"name": LONG, "value": 1}, 201)
        answer = acme.call("PATCH", f"{here}/variables/{variable['id']}", {"name": TOO_LONG})
        assert answer.status_code == 422
        acme.post("/teams/", {"name": LONG}, 201)


def test_g8_lists_and_spans_are_measured_by_either_database(any_server):
    with any_server.client() as client:
        acme = Account(any_server, client)
        here = f"/workspaces/{acme.workspace()['id']}"
        for name in ("one", "two", "\N{SNOWMAN}"):
            acme.post(f"{here}/flows/", {"name": name}, 201)
        asked = {"flows": {"name": {"any_": ["two", "\N{SNOWMAN}"]}}, "limit": 1, "offset": 1}
        assert [f["name"] for f in acme.post(f"{here}/flows/filter", asked)] == ["\N{SNOWMAN}"]
        now = datetime.now(UTC)
        acme.post(f"{here}/events", [reported("new", now - timedelta(minutes=1))], 204)
        asked = {"filter": {"event": {"name": ["new"]}}}
        assert acme.post(f"{here}/events/filter", asked)["total"] == 1
        assert acme.post("/events/filter", asked)["total"] == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "a name is empty"),
        (" ci", "' ci' is no usable name"),
        ("c\ti", "'c\\ti' is no usable name"),
    ],
)
def test_a_new_name_has_visible_characters(acme, name, message):
    bot = acme.post("/bots/", {"name": "ci"}, 201)
    role = acme.post("/workspace_roles/", {"name": "r", "scopes": []}, 201)
    for path in (f"/bots/{bot['id']}", f"/workspace_roles/{role['id']}"):
        (refused,) = acme.patch(path, {"name": name}, 422)["detail"]
        assert refused["msg"] == message


def test_a_text_that_is_too_long_is_told_in_characters(acme):
    body = {"name": "r", "scopes": [], "description": "d" * 141}
    (refused,) = acme.post("/workspace_roles/", body, 422)["detail"]
    assert refused["type"] == "string_too_long"
    assert refused["msg"] == "String should have at most 140 characters"
