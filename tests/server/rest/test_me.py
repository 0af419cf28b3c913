"""The caller: its record, its keys, its accounts and workspaces, and leaving them."""

from __future__ import annotations

import pytest

BO = "bo@example.org"


@pytest.fixture
def bo(acme):
    return acme.of(acme.server.person(BO))


def me(account):
    return account.client.get("/me/").json()


def test_the_workspaces_of_the_caller_are_those_it_has_access_to(acme, bo):
    prod = acme.workspace("prod", description="")
    acme.workspace("dev")
    assert bo.client.get("/me/workspaces").json() == []
    body = {"user_id": me(bo)["id"], "workspace_role_id": acme.role("Viewer")}
    acme.post(f"/workspaces/{prod['id']}/user_access/", body)
    assert bo.client.get("/me/workspaces").json() == [
        {
            "account_id": acme.id,
            "account_name": "acme",
            "account_handle": "acme",
            "workspace_id": prod["id"],
            "workspace_name": "Prod",
            "workspace_description": "",
            "workspace_handle": "prod",
        }
    ]
    assert len(acme.client.get("/me/workspaces").json()) == 2


def test_the_caller_is_told_what_it_may_do(acme, bo):
    prod = acme.workspace()["id"]
    get = bo.client.get
    assert "read:bot" in get(f"/me{acme.path}/permissions").json()
    asked = {"permission": "read:bot"}
    assert get(f"/me{acme.path}/has_permission", params=asked).json() is True
    assert get("/me/accounts/has_permission", params=asked).json() == [acme.id]
    asked = {"permission": "create:bot"}
    assert get(f"/me{acme.path}/has_permission", params=asked).json() is False
    refused = get("/me/accounts/has_permission", params={"permission": "x"})
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["query", "permission"]
    assert get(f"/me/workspaces/{prod}/scopes").status_code == 404
    scopes = acme.client.get(f"/me/workspaces/{prod}/scopes").json()
    assert "manage_workspace_users" in scopes
    holds = acme.client.get(f"/me/workspaces/{prod}/has_scope", params={"scope": "see_flows"})
    assert holds.json() is True


def test_only_the_user_itself_sees_and_changes_its_record(acme, bo):
    mine, theirs = me(bo)["id"], me(acme)["id"]
    record = bo.client.get(f"/users/{mine}").json()
    assert (record["email"], record["handle"]) == ("bo@example.org", "bo")
    body = {"first_name": "Bo", "last_name": "Ek", "handle": "bo-ek"}
    answer = bo.client.patch(f"/users/{mine}", json=body)
    assert (answer.status_code, answer.content) == (204, b"")
    assert me(bo)["first_name"] == "Bo"
    assert acme.member("bo@example.org")["handle"] == "bo-ek"
    for method in ("GET", "DELETE"):
        assert bo.client.request(method, f"/users/{theirs}").status_code == 403
    assert bo.client.patch(f"/users/{mine}", json={"handle": "olivia"}).status_code == 409
    assert bo.client.patch(f"/users/{mine}", json={"email": "x@y.example"}).status_code == 403
    assert bo.client.get(f"/users/{acme.id}").status_code == 404


def test_a_user_who_deletes_its_record_leaves_the_account(acme, bo):
    path = f"/users/{me(bo)['id']}"
    assert bo.client.delete(path).status_code == 204
    assert bo.client.get(path).status_code == 401
    assert acme.post("/account_memberships/count") == 1


def test_what_nobody_can_be_without_stays_where_it_is_left_empty(bo):
    path = f"/users/{me(bo)['id']}"
    bo.client.patch(path, json={"handle": "bo-ek", "first_name": "Bo"})
    empty = {"handle": "", "first_name": "", "last_name": "", "email": ""}
    for left_out in (empty, {"handle": None, "email": None}):
        assert bo.client.patch(path, json=left_out).status_code == 204
    assert bo.client.get(path).json().items() >= {**empty, "handle": "bo-ek", "email": BO}.items()
    assert bo.client.patch(path, json={"email": "bo"}).status_code == 422


def test_a_user_says_how_its_address_is_written(acme, bo):
    path = f"/users/{me(bo)['id']}"
    assert bo.client.patch(path, json={"email": "Bo@Example.org"}).status_code == 204
    assert bo.client.get(path).json()["email"] == "Bo@Example.org"
    assert acme.member("Bo@Example.org")["handle"] == "bo"


def test_a_user_makes_reads_and_revokes_its_own_keys(acme, bo):
    path = f"/users/{me(bo)['id']}/api_keys"
    made = bo.client.post(path, json={"name": "laptop", "expiration": None})
    assert made.status_code == 201
    key = made.json()
    assert key["key"].startswith("pnu_")
    assert bo.client.post(path, json={"name": "laptop"}).status_code == 409
    read = bo.client.get(f"{path}/{key['id']}").json()
    assert read["masked_key"] == f"pnu_...{key['key'][-4:]}"
    assert bo.client.get(path, params={"name": "laptop"}).json() == [read]
    assert bo.client.get("/me/api_keys", params={"name": "laptop"}).json() == [read]
    body = {"api_keys": {"name": {"like_": "LAP"}}}
    assert bo.client.post("/me/api_keys/filter", json=body).json() == [read]
    assert acme.client.get(path).status_code == 403
    assert acme.client.post(path, json={"name": "x"}).status_code == 403
    assert bo.client.delete(f"{path}/{key['id']}").status_code == 204
    assert acme.server.client(key["key"]).get("/me/").status_code == 401


def test_the_last_key_with_which_an_owner_can_come_in_is_not_revoked(acme):
    path = f"/users/{me(acme)['id']}/api_keys"
    (last,) = acme.client.get(path).json()
    refused = acme.client.delete(f"{path}/{last['id']}")
    assert refused.status_code == 403
    assert refused.json()["detail"].endswith("would leave no active human owner with a key")
    ended = {"name": "old", "expiration": "2020-01-01T00:00:00Z"}
    assert acme.client.post(path, json=ended).status_code == 201
    assert acme.client.delete(f"{path}/{last['id']}").status_code == 403
    assert acme.client.post(path, json={"name": "new"}).status_code == 201
    assert acme.client.delete(f"{path}/{last['id']}").status_code == 204


def test_whoever_leaves_is_gone(acme, bo):
    prod = acme.workspace()["id"]
    assert bo.client.delete(f"/me/workspaces/{prod}").status_code == 404
    body = {"user_id": me(bo)["id"], "workspace_role_id": acme.role("Viewer")}
    acme.post(f"/workspaces/{prod}/user_access/", body)
    assert bo.client.delete(f"/me/workspaces/{prod}").status_code == 204
    assert bo.client.delete(f"/me/workspaces/{prod}").status_code == 404
    assert bo.client.delete(f"/me{acme.path}").status_code == 204
    assert bo.client.get("/me/").status_code == 401


def test_a_service_account_does_not_leave(acme):
    bot = acme.of(acme.server.bot("ci"))
    assert bot.client.delete(f"/me{acme.path}").status_code == 403
    assert me(bot)["email"].endswith(".invalid")
