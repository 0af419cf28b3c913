"""Blocks, flows, deployments and work pools, and the lists of who may do what with each."""

from __future__ import annotations

import pytest

from ..account import Account

HIDDEN = "********"


@pytest.fixture
def prod(acme):
    return f"/workspaces/{acme.workspace()['id']}"


@pytest.fixture
def block(acme, prod):
    type_ = acme.post(f"{prod}/block_types/", {"name": "Vault", "slug": "vault"}, 201)
    assert acme.get(f"{prod}/block_types/slug/vault") == type_
    fields = {"properties": {"value": {"type": "string"}}}
    body = {"block_type_id": type_["id"], "fields": fields, "capabilities": None}
    schema = acme.post(f"{prod}/block_schemas/", body, 201)
    assert acme.post(f"{prod}/block_schemas/", body, 201)["id"] == schema["id"]
    wanted = {"block_schemas": {"block_type_id": {"any_": [type_["id"]]}}}
    assert [s["id"] for s in acme.post(f"{prod}/block_schemas/filter", wanted)] == [schema["id"]]
    body = {
        "name": "token",
        "data": {"value": "hush"},
        "block_type_id": type_["id"],
        "block_schema_id": schema["id"],
    }
    made = acme.post(f"{prod}/block_documents/", body, 201)
    acme.post(f"{prod}/block_documents/", body, 409)
    return f"{prod}/block_documents/{made['id']}"


@pytest.fixture
def deployment(acme, prod):
    flow = acme.post(f"{prod}/flows/", {"name": "etl", "tags": None}, 201)
    assert acme.post(f"{prod}/flows/", {"name": "etl"}, 200) == flow
    body = {"name": "nightly", "flow_id": flow["id"], "parameters": {"x": 1}}
    made = acme.post(f"{prod}/deployments/", body, 201)
    assert acme.post(f"{prod}/deployments/", body, 200)["id"] == made["id"]
    assert made["parameters"] == {"x": 1}
    assert acme.get(f"{prod}/deployments/name/etl/nightly")["id"] == made["id"]
    return f"{prod}/deployments/{made['id']}"


@pytest.fixture
def pool(acme, prod):
    body = {"name": "k8s", "type": "kubernetes", "base_job_template": None}
    made = acme.post(f"{prod}/work_pools/", body, 201)
    assert (made["type"], made["base_job_template"]) == ("kubernetes", {})
    acme.post(f"{prod}/work_pools/", body, 409)
    return f"{prod}/work_pools/k8s"


@pytest.fixture
def path(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("path", ["block", "deployment", "pool"], indirect=True)
def test_a_list_is_replaced_as_a_whole_and_reads_actors_and_teams_together(acme, path):
    bot = acme.post("/bots/", {"name": "ci"}, 201)
    team = acme.post("/teams/", {"name": "ops"}, 201)
    names = ("manage", "view") if "block" in path else ("manage", "run", "view")
    actors = {f"{name}_actor_ids": [bot["actor_id"]] for name in names}
    body = {"access_control": {**actors, "view_team_ids": [team["id"]]}}
    acme.put(f"{path}/access", body, 204)
    found = acme.get(f"{path}/access")
    assert [(who["name"], who["type"]) for who in found["view_actors"]] == [
        ("ci", "service_account"),
        ("ops", "team"),
    ]
    assert [who["id"] for who in found["manage_actors"]] == [bot["actor_id"]]
    nobody = {f"{name}_actor_ids": [] for name in names}
    acme.put(f"{path}/access", {"access_control": nobody}, 204)
    assert all(found == [] for found in acme.get(f"{path}/access").values())
    wrong = {f"{name}_actor_ids": [bot["id"]] for name in names}
    acme.put(f"{path}/access", {"access_control": wrong}, 422)


def test_a_list_takes_away_what_a_role_gives(acme, prod, pool):
    key = acme.server.person("bo@example.org")
    bo, member = acme.of(key), acme.member("bo@example.org")
    body = {"user_id": member["user_id"], "workspace_role_id": acme.role("Viewer")}
    acme.post(f"{prod}/user_access/", body)
    asked = {"work_pool_names": ["k8s"]}
    assert bo.post(f"{prod}/work_pools/my-access", asked) == {"k8s": ["view"]}
    me = [member["actor_id"]]
    lists = {"manage_actor_ids": [], "run_actor_ids": me, "view_actor_ids": me}
    acme.put(f"{pool}/access", {"access_control": lists}, 204)
    assert bo.post(f"{prod}/work_pools/my-access", asked) == {"k8s": ["view"]}
    assert acme.post(f"{prod}/work_pools/my-access", asked) == {"k8s": ["manage", "run", "view"]}
    bo.put(f"{pool}/access", {"access_control": lists}, 403)


def test_the_secrets_of_a_block_are_shown_to_who_asks_and_may_see_them(acme, prod, block):
    bo = acme.of(acme.server.person("bo@example.org"))
    acme.patch(prod, {"default_workspace_role_id": acme.role("Viewer")})
    query = {"block_schema_type": None, "limit": None, "offset": None}
    for caller, asks, shown in ((acme, True, "hush"), (acme, False, HIDDEN), (bo, True, HIDDEN)):
        one = caller.get(f"{block}?include_secrets={str(asks).lower()}")
        (listed,) = caller.post(
            f"{prod}/block_documents/filter", {**query, "include_secrets": asks}
        )
        assert (one["data"], listed) == ({"value": shown}, one)
    assert acme.get(block) == acme.post(f"{prod}/block_documents/filter", query)[0]
    assert acme.get(block)["data"] == {"value": HIDDEN}


def test_what_the_schema_of_a_block_says_is_no_secret_is_shown_to_who_sees_blocks(
    acme, prod, block
):
    kind = acme.get(block)["block_type_id"]
    data = {
        "host": "db",
        "token": "hush",
        "login": {"name": "bo"},
        "a.b": "hush",
        "undeclared": "x",
    }
    said = {"host": {}, "token": {}, "login": {}, "a.b": {}}, ["token", "login.password", "a.b"]
    shown = {**dict.fromkeys(data, HIDDEN), "host": "db"}
    all_hidden = dict.fromkeys(data, HIDDEN)
    for properties, secret, expected in (
        (*said, shown),
        (said[0], None, all_hidden),
        (said[0], ["*"], all_hidden),
        (said[0], ["*.password"], all_hidden),
        (said[0], ["access_token"], all_hidden),
        (None, [], all_hidden),
    ):
        fields = {"properties": properties, "secret_fields": secret}
        body = {"block_type_id": kind, "fields": fields}
        version = acme.post(f"{prod}/block_schemas/", body, 201)
        acme.patch(
            block,
            {"block_schema_id": version["id"], "data": data, "merge_existing_data": False},
        )
        assert acme.get(block)["data"] == expected


def test_a_block_is_merged_replaced_and_deleted(acme, block):
    acme.patch(block, {"data": {"more": 1}})
    secret = f"{block}?include_secrets=true"
    assert acme.get(secret)["data"] == {"value": "hush", "more": 1}
    acme.patch(block, {"data": {"only": 2}, "merge_existing_data": False})
    assert acme.get(secret)["data"] == {"only": 2}
    acme.delete(block)
    acme.get(block, 404)


def test_objects_are_changed_listed_and_deleted(acme, prod, pool, deployment):
    acme.patch(pool, {"is_paused": True, "name": "other"})
    (found,) = acme.post(f"{prod}/work_pools/filter", {"work_pools": {"name": {"any_": ["k8s"]}}})
    assert (found["is_paused"], found["name"]) == (True, "k8s")
    assert found["status"] == "PAUSED"
    assert acme.post(f"{prod}/work_pools/filter", {"limit": None, "offset": 0}) == [found]
    acme.patch(deployment, {"tags": ["x"]})
    assert acme.get(deployment)["tags"] == ["x"]
    (flow,) = acme.post(f"{prod}/flows/filter", {"flows": {"name": {"any_": None}}})
    assert acme.get(f"{prod}/flows/name/etl") == flow
    acme.delete(f"{prod}/flows/{flow['id']}")
    acme.get(deployment, 404)
    acme.delete(pool)
    acme.get(pool, 404)


def test_what_is_in_one_workspace_is_not_in_another(acme, prod, deployment):
    other = f"/workspaces/{acme.workspace('other')['id']}"
    acme.get(deployment.replace(prod, other), 404)


def test_clients_find_what_is_known_of_workers(acme, prod):
    assert acme.get(f"{prod}/collections/work_pool_types")["prefect"]["process"]
    view = acme.client.get("/collections/views/aggregate-worker-metadata")
    assert view.json()["prefect"]["process"]["type"] == "process"
    assert acme.client.get("/collections/views/other").status_code == 404


def test_a_block_is_found_by_its_name_and_that_of_its_kind(acme, prod, block):
    shown = acme.get(f"{block}?include_secrets=true")
    secret, kind = acme.post(f"{prod}/block_types/filter", {"offset": None, "limit": None})
    assert (secret["slug"], secret["is_protected"]) == ("secret", True)
    named = f"{prod}/block_types/slug/{kind['slug']}/block_documents/name"
    assert acme.get(f"{named}/{shown['name']}?include_secrets=true") == shown
    assert acme.get(f"{named}/{shown['name']}")["data"] == {"value": "********"}
    acme.get(f"{named}/other", 404)


def test_a_path_with_a_nul_in_it_names_nothing(any_server):
    with any_server.client() as client:
        acme = Account(any_server, client)
        prod = f"/workspaces/{acme.workspace()['id']}"
        for path in ("work_pools/a%00b", "flows/name/a%00b", "block_types/slug/a%00b"):
            acme.get(f"{prod}/{path}", 404)
