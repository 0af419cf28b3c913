"""What holds for every request: keys, slashes, lengths, refusals, logs."""

from __future__ import annotations

import io
import json
import logging
import socket
import time

import httpx
import pytest
from fastapi.routing import APIRoute

from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.errors import BackendError
from rbac_sync.server.limits import LARGEST, RateLimit
from rbac_sync.server.log import JsonLines, log
from rbac_sync.server.refusals import TooManyRequests
from rbac_sync.server.rest import API
from rbac_sync.server.rest.not_implemented import METHODS

from ..patience import LONGEST, ask
from .serving import served

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer nonsense", "Basic abc", "bearer x"])
def test_without_a_known_key_nobody_is_let_in(server, header):
    headers = {"Authorization": header} if header is not None else {}
    answer = ask("GET", f"{server.root}/api/me/", headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Invalid authentication credentials"}
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_that_is_sent_twice_is_none(server):
    key = ("Authorization", f"Bearer {server.key}")
    for another in (key, ("Authorization", "Bearer nonsense")):
        for headers in ([key, another], [another, key]):
            assert ask("GET", f"{server.root}/api/me/", headers=headers).status_code == 401


def test_the_key_is_asked_for_before_the_request_is_read(server):
    with server.nobody() as client:
        assert client.post("/accounts/no-uuid/teams/", content=b"{").status_code == 401


def test_an_expired_key_is_no_key(server):
    from datetime import UTC, datetime

    from rbac_sync.model import Key, User
    from rbac_sync.planning import Change

    key = Key(User("olivia@example.org").address, "old", datetime(2020, 1, 1, tzinfo=UTC))
    secret = server.add(Change(None, key))[str(key.address)]
    with server.client(secret) as client:
        assert client.get("/me/").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "right"),
    [
        ("POST", "/teams", "/teams/"),
        ("GET", "/", ""),
        ("PATCH", "/", ""),
        ("POST", "/bots", "/bots/"),
        ("POST", "/teams/filter/", "/teams/filter"),
    ],
)
def test_the_wrong_slash_leads_to_the_right_one(acme, method, path, right):
    answer = acme.client.request(method, f"{acme.path}{path}", content=b"{}")
    assert answer.status_code == 307
    assert answer.headers["location"] == f"/api{acme.path}{right}"


def test_a_client_is_led_on_its_own_scheme_and_host(server):
    """Behind a proxy the server knows neither; a key must not be sent to another."""
    answer = ask("GET", f"{server.root}/api/me?x=1", headers={"Host": "evil.example"})

    assert answer.status_code == 307
    assert answer.headers["location"] == "/api/me/?x=1"


def test_a_request_is_compared_once_with_each_path():
    assert all(isinstance(route, APIRoute) for route in API.routes)


def test_a_method_that_a_path_has_not_is_refused_with_those_that_it_has(acme):
    answer = acme.call("DELETE", "/teams/")
    assert answer.status_code == 405
    assert answer.json() == {"detail": "Method Not Allowed"}
    one = f"/account_memberships/{acme.member('olivia@example.org')['id']}"
    for path, methods in (("/teams/", "POST"), (one, "DELETE, GET, PATCH")):
        assert acme.call("PUT", path).headers["Allow"] == methods
    not_served = acme.call("OPTIONS", "/webhooks").headers["Allow"]
    assert set(not_served.split(", ")) == set(METHODS.split())


@pytest.mark.parametrize("length", [{}, {"Content-Length": "2", "Transfer-Encoding": "chunked"}])
def test_a_body_of_unknown_length_is_refused(acme, length):
    path = f"{acme.path}/teams/filter"
    answer = acme.client.post(path, content=iter([b"{}"]), headers=length)
    assert answer.status_code == 411
    assert answer.json() == {"detail": "Length Required"}


def test_a_body_that_is_too_large_is_refused(acme):
    answer = acme.client.post(f"{acme.path}/teams/filter", content=b" " * (LARGEST + 1))
    assert answer.status_code == 413


def test_an_empty_body_of_the_json_type_asks_for_everything(acme):
    headers = {"Content-Type": "application/json"}
    answer = acme.client.post(f"{acme.path}/teams/filter", headers=headers)
    assert (answer.status_code, answer.json()) == (200, [])


def test_an_unknown_field_is_refused_without_repeating_it(acme):
    body = acme.post("/bots/", {"name": "ci", "colour": "s3cret"}, 422)
    assert body == {
        "detail": [
            {
                "loc": ["body", "colour"],
                "msg": "Extra inputs are not permitted",
                "type": "extra_forbidden",
            }
        ]
    }


@pytest.mark.parametrize(
    "content", [b"{", b"[" * 100_000, b'{"name": "\\ud800"}', b'{"\\ud800": 1}', b"\xff", b"null"]
)
def test_what_is_no_request_is_refused_as_such(acme, content):
    headers = {"Content-Type": "application/json"}
    answer = acme.client.post(f"{acme.path}/bots/", content=content, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (b"1e999", "JSON has no such number"),
        (b"NaN", "JSON has no such number"),
        (b'"\\ud800"', "a text has half a surrogate pair, which is no character"),
        (b'{"\\ud800": 1}', "a text has half a surrogate pair, which is no character"),
    ],
)
def test_what_json_does_not_allow_is_refused_at_any_depth(acme, value, why):
    headers = {"Content-Type": "application/json"}
    content = b'{"default_result_storage": {"data": {"x": %s}}}' % value
    answer = acme.client.patch(f"{acme.path}/settings", content=content, headers=headers)
    assert (answer.status_code, answer.json()["detail"][0]["msg"]) == (422, why)


def test_a_body_that_could_not_be_shown_again_is_refused(acme):
    path = f"/workspaces/{acme.workspace()['id']}/work_pools/"
    body = {"name": "here", "type": "process", "base_job_template": {}}
    acme.post(path, body | {"base_job_template": nested(97)}, 201)
    assert acme.get(f"{path}here")["base_job_template"] == nested(97)
    for levels in (98, 300):
        refused = acme.post(path, body | {"base_job_template": nested(levels)}, 422)
        assert refused["detail"][0]["msg"] == "a body has at most 100 levels"


def nested(levels):
    return {"a": nested(levels - 1)} if levels else {"a": 1}


def test_an_id_that_is_none_is_refused(acme):
    acme.get("/bots/not-a-uuid", 422)


def test_another_account_is_not_there(acme):
    answer = acme.client.get(f"/accounts/{UNKNOWN}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_two_accounts_of_one_store_know_nothing_of_each_other(acme):
    from rbac_sync.backends.store import init

    url = acme.server.guarded.service._url
    other = init(url, "other", "prefect-cloud", "olivia@example.org")
    with acme.server.client(other) as client:
        (mine,) = client.get("/me/accounts").json()
        assert mine["account_handle"] == "other"
        assert client.get(acme.path).status_code == 404
        assert client.patch(acme.path, json={"name": "mine"}).status_code == 404


def test_health_and_readiness_ask_for_no_key(server):
    assert ask("GET", f"{server.root}/health").status_code == 200
    assert ask("GET", f"{server.root}/ready").status_code == 200


def test_a_store_that_cannot_be_used_is_told_as_such_and_no_more(server, monkeypatch):
    def gone(_):
        raise BackendError("postgresql://secret@host is gone")

    monkeypatch.setattr(Accounts, "check", gone)
    answer = ask("GET", f"{server.root}/ready")
    assert answer.status_code == 503
    assert answer.json() == {"detail": "Service Unavailable"}
    assert answer.headers["retry-after"] == "5"


@pytest.fixture
def lines():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    log.removeHandler(handler)


def test_every_request_is_logged_without_key_query_and_body(acme, lines):
    acme.post("/bots/", {"name": "hush"}, 201)
    acme.client.get("/me/api_keys", params={"name": "hush"})
    paths = (f"/api{acme.path}/bots/", "/api/me/api_keys")
    while len(found := [line for line in lines() if line.get("path") in paths]) < 2:
        time.sleep(0.01)
    assert [(line["method"], line["status"]) for line in found] == [("POST", 201), ("GET", 200)]
    assert {line["caller"] for line in found} == {"member.olivia@example.org"}
    assert "hush" not in json.dumps(found)
    assert acme.server.key not in json.dumps(found)


def test_who_asks_too_often_is_told_when_to_ask_again(tmp_path):
    url = f"sqlite:///{tmp_path}/rbac.db"
    with served(url, rate=RateLimit(2)) as server, server.client() as client:
        assert [client.get("/me/").status_code for _ in range(3)] == [200, 200, 429]
        answer = client.get("/me/")
    assert answer.json() == {"detail": "Too Many Requests"}
    assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_a_minute_later_there_is_room_again():
    from uuid import UUID

    now, account = [0.0], UUID(UNKNOWN)
    limit = RateLimit(1, lambda: now[0])
    limit.take(account)
    with pytest.raises(TooManyRequests, match="Too Many"):
        limit.take(account)
    assert limit.exceeded(account) == ["orchestration-api"]
    now[0] = 60
    limit.take(account)
    now[0] = 60 * 16
    assert limit.exceeded(account) == []


def test_a_client_that_goes_away_in_the_middle_of_a_request_is_no_mistake_of_ours(server, caplog):
    caplog.set_level(logging.INFO)
    url = httpx.URL(server.root)
    head = (
        f"POST /api/accounts/{UNKNOWN}/teams/ HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {server.key}\r\nContent-Length: 100\r\n\r\n"
    )
    with socket.create_connection((url.host, url.port)) as connection:
        connection.sendall(head.encode() + b'{"na')
    wait_until(lambda: "request" in [record.message for record in caplog.records])
    assert ask("GET", f"{server.root}/health").status_code == 200  # what is logged last is there

    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


def wait_until(done):
    end = time.monotonic() + LONGEST
    while not done() and time.monotonic() < end:
        time.sleep(0.01)
    assert done()
