"""What this server has not is told as such, and not as a thing that does not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from rbac_sync.server.rest.not_implemented import COLLISIONS, KINDS, SERVED

from ...patience import ask

UNKNOWN = "00000000-0000-4000-8000-000000000000"
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "server.md"


@pytest.fixture
def prod(acme):
    return f"/workspaces/{acme.workspace()['id']}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "artifacts/filter"),
        ("GET", "artifacts/x/latest"),
        ("POST", "artifacts/"),
        ("GET", "artifacts"),
        ("POST", "task_runs/filter"),
        ("POST", "v2/concurrency_limits/leases/x/renew"),
        ("DELETE", f"webhooks/{UNKNOWN}"),
        ("POST", f"deployments/{UNKNOWN}/create_flow_run/bulk"),
        ("GET", "events/in"),
    ],
)
def test_in_a_workspace(acme, prod, method, path):
    answer = acme.call(method, f"{prod}/{path}", {} if method == "POST" else None)
    assert answer.status_code == 501
    assert answer.json() == {
        "detail": f"`{method} {path}` is not served here; what is served: {SERVED}"
    }


@pytest.mark.parametrize(("method", "path"), COLLISIONS)
def test_where_the_path_looks_like_that_of_one_thing(acme, prod, method, path):
    answer = acme.call(method, f"{prod}{path}", {})
    assert answer.status_code == 501
    assert answer.json()["detail"].startswith(f"`{method} {path[1:]}` is not served here; ")


@pytest.mark.parametrize("path", ["/image", "/managed-automations/", "/rate-limits/actor-names"])
def test_in_an_account(acme, path):
    assert acme.get(path, 501)["detail"].startswith(f"`GET {path[1:]}` is not served here; ")


@pytest.mark.parametrize("path", ["/me/sessions", "/billing/x"])
def test_outside_of_accounts(acme, path):
    answer = acme.client.get(path)
    assert answer.status_code == 501
    assert answer.json()["detail"].startswith(f"`GET {path[1:]}` is not served here; ")


def test_whoever_has_no_key_is_not_told(server):
    with server.nobody() as client:
        for kind in KINDS:
            for path in (f"/{kind}/{UNKNOWN}/x/y", f"/accounts/{UNKNOWN}/{kind}/x/y/z"):
                assert client.get(path).status_code == 401


def test_what_does_not_exist_is_still_not_there(acme, prod):
    acme.get(f"{prod}/flows/{UNKNOWN}", 404)
    acme.get(f"{prod}/nonsense", 404)
    acme.get("/nonsense/x", 404)
    acme.get(f"{prod}/csrf-token?client={UNKNOWN}", 404)
    acme.get(f"/workspaces/{UNKNOWN}/artifacts/", 404)
    assert acme.client.get(f"/accounts/{UNKNOWN}/image").status_code == 404
    assert acme.client.get("/nonsense").status_code == 404
    assert acme.client.get("/accounts/nobody/image").status_code == 422


def test_a_workspace_that_somebody_may_not_see_is_not_there(acme, prod):
    bo = acme.of(acme.server.person("bo@example.org"))
    bo.get(f"{prod}/artifacts/", 404)
    bo.get("/image", 501)


def test_a_wrong_method_is_still_one(acme, prod):
    assert acme.call("DELETE", f"{prod}/flows/").status_code == 405
    assert acme.call("PUT", f"{prod}/work_pools/filter", {}).status_code == 405


def test_the_page_about_the_server_says_what_is_served():
    assert SERVED in PAGE.read_text()


def test_nobody_works_here(acme, prod):
    acme.post(f"{prod}/work_pools/", {"name": "here"}, 201)
    for path in (
        "work_pools/here/workers/filter",
        "workers/filter",
        "task_workers/filter",
    ):
        assert acme.post(f"{prod}/{path}", {"limit": None, "offset": 0}) == []
        assert acme.post(f"{prod}/{path}") == []
    acme.post(f"{prod}/work_pools/there/workers/filter", {}, 404)
    acme.post(f"{prod}/work_pools/there/queues/filter", {}, 404)
    assert acme.post(f"{prod}/logs/filter", {}) == []


def test_clients_ask_whether_it_answers_and_in_which_version(acme, prod):
    for where in (f"{acme.path}{prod}", ""):
        assert acme.client.get(f"{where}/health").json() is True
        assert acme.client.get(f"{where}/hello").json() == "👋"
        assert acme.client.get(f"{where}/admin/version").json() == "0.8.4"
    assert ask("GET", f"{acme.server.root}/api/health").status_code == 401
