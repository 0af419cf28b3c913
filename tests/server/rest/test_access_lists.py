"""The access lists of objects are asked wherever an object is seen, run or changed."""

from __future__ import annotations

import pytest

from rbac_sync import pipeline
from rbac_sync.model import ObjectLevel
from rbac_sync.model import address as named
from rbac_sync.views.access import find_holders

NOBODY = {"view_actor_ids": [], "run_actor_ids": [], "manage_actor_ids": []}
SEEN = {**NOBODY, "view_actor_ids": ["*"]}


@pytest.fixture
def prod(acme):
    return f"/workspaces/{acme.workspace()['id']}"


@pytest.fixture
def bo(acme, prod):
    """A developer, who may do anything with objects that have no list."""
    bo = acme.of(acme.server.person("bo@example.org"))
    acme.patch(prod, {"default_workspace_role_id": acme.role("Developer")})
    return bo


@pytest.fixture
def me(acme, bo):
    return acme.member("bo@example.org")["actor_id"]


@pytest.fixture
def flow(acme, prod):
    return acme.post(f"{prod}/flows/", {"name": "etl"}, 201)


@pytest.fixture
def deployment(acme, prod, flow):
    made = acme.post(f"{prod}/deployments/", {"name": "daily", "flow_id": flow["id"]}, 201)
    return f"{prod}/deployments/{made['id']}"


@pytest.fixture
def pool(acme, prod):
    acme.post(f"{prod}/work_pools/", {"name": "main", "type": "process"}, 201)
    return f"{prod}/work_pools/main"


@pytest.fixture
def block(acme, prod):
    type_ = acme.get(f"{prod}/block_types/slug/secret")
    asked = {"block_schemas": {"block_type_id": {"any_": [type_["id"]]}}}
    (schema,) = acme.post(f"{prod}/block_schemas/filter", asked)
    ids = {"block_type_id": type_["id"], "block_schema_id": schema["id"]}
    made = acme.post(f"{prod}/block_documents/", {"name": "db", "data": {}, **ids}, 201)
    return f"{prod}/block_documents/{made['id']}"


@pytest.fixture
def path(request):
    return request.getfixturevalue(request.param)


EACH = pytest.mark.parametrize("path", ["deployment", "pool", "block"], indirect=True)
CHANGES = {"deployments": {"tags": ["x"]}, "work_pools": {"is_paused": True}}


def put(acme, path, lists, status=204):
    lists = {k: v for k, v in lists.items() if "block" not in path or not k.startswith("run")}
    return acme.put(f"{path}/access", {"access_control": lists}, status)


def change(path):
    return CHANGES.get(path.split("/")[-2], {"data": {"a": 1}})


def ids(client, path):
    return [each["id"] for each in client.post(f"{path.rpartition('/')[0]}/filter", {})]


@EACH
def test_without_a_list_a_role_is_enough(path, bo):
    assert bo.get(path)["id"] in ids(bo, path)
    bo.patch(path, change(path))
    bo.delete(path)


@EACH
def test_what_a_list_does_not_show_is_not_there(acme, path, bo):
    put(acme, path, NOBODY)
    bo.get(path, 404)
    bo.get(f"{path}/access", 404)
    bo.patch(path, change(path), 404)
    bo.delete(path, 404)
    put(bo, path, SEEN, 404)
    assert ids(bo, path) == []
    assert bo.post(f"{path.rpartition('/')[0]}/count", {}) == 0
    assert ids(acme, path) == [acme.get(path)["id"]]


@EACH
def test_what_is_shown_is_changed_by_whoever_may_manage_it(acme, path, bo, me):
    put(acme, path, SEEN)
    name = bo.get(path)["name"]
    for refused in (
        bo.patch(path, change(path), 403),
        bo.delete(path, 403),
        put(bo, path, SEEN, 403),
    ):
        assert refused["detail"] == f"the access list of `{name}` does not let you manage it"
    put(acme, path, {**SEEN, "manage_actor_ids": [me]})
    bo.patch(path, change(path))
    bo.delete(path)


@EACH
def test_who_is_in_a_team_on_a_list_passes_it(acme, path, bo):
    team = acme.post("/teams/", {"name": "ops"}, 201)
    members = [{"member_id": acme.member("bo@example.org")["user_id"], "member_type": "user"}]
    acme.put(f"/teams/{team['id']}/members", {"members": members})
    put(acme, path, {**NOBODY, "view_team_ids": [team["id"]], "manage_team_ids": [team["id"]]})
    bo.get(path)
    bo.patch(path, change(path))


@EACH
def test_whoever_may_change_a_list_gives_no_level_that_it_has_not(acme, path, bo, me):
    put(acme, path, {**SEEN, "manage_actor_ids": [me], "view_actor_ids": [me]})
    put(bo, path, {**NOBODY, "manage_actor_ids": [me], "view_actor_ids": [me]})
    if "block" not in path:
        answer = put(bo, path, {**NOBODY, "view_actor_ids": [me], "run_actor_ids": ["*"]}, 403)
        assert "what `bo@example.org` does not hold: `run`" in str(answer)
    put(bo, path, {**NOBODY, "view_actor_ids": ["*"], "manage_actor_ids": [me]})


def test_a_deployment_is_run_if_the_list_of_its_work_pool_lets(acme, prod, flow, pool, bo, me):
    body = {"name": "pooled", "flow_id": flow["id"], "work_pool_name": "main"}
    path = f"{prod}/deployments/{acme.post(f'{prod}/deployments/', body, 201)['id']}"
    put(acme, path, SEEN)
    answer = bo.post(f"{path}/create_flow_run", {}, 403)
    assert answer["detail"] == "the access list of `pooled` does not let you run it"
    put(acme, pool, {**NOBODY, "run_actor_ids": [me]})
    bo.post(f"{path}/create_flow_run", {}, 201)
    put(acme, path, {**SEEN, "run_actor_ids": [me]})
    put(acme, pool, NOBODY)
    answer = bo.post(f"{path}/create_flow_run", {}, 403)
    assert answer["detail"] == "the access list of `main` does not let you run it"
    acme.post(f"{path}/create_flow_run", {}, 201)


@pytest.mark.parametrize("role", ["Viewer", "Runner", "Developer", "Owner"])
@pytest.mark.parametrize("on", ["open", "nobody", "everyone", "self", "team"])
def test_who_can_answers_what_serve_does(acme, prod, deployment, bo, me, role, on):
    acme.patch(prod, {"default_workspace_role_id": acme.role(role)})
    team = acme.post("/teams/", {"name": "ops"}, 201)
    members = [{"member_id": acme.member("bo@example.org")["user_id"], "member_type": "user"}]
    acme.put(f"/teams/{team['id']}/members", {"members": members})
    field = "team_ids" if on == "team" else "actor_ids"
    ids_ = {"everyone": ["*"], "self": [me], "team": [team["id"]]}.get(on, [])
    if on != "open":
        levels = {f"{level}_{field}": ids_ for level in ("run", "manage")}
        put(acme, deployment, {**SEEN, **levels})
    address = named.workspace_object(named.workspace("prod"), "deployment:etl/daily")
    account = pipeline.live_account(acme.server.backend, objects=[address])
    holders = {
        str(level)
        for level in ObjectLevel
        for answer in find_holders(account.access, address, level.permission, account.now)
        if answer.principal == named.user("bo@example.org")
    }

    (mine,) = bo.post(
        f"{prod}/deployments/my-access", {"deployment_ids": [deployment.rpartition("/")[2]]}
    ).values()
    assert set(mine) == holders
    bo.post(f"{deployment}/create_flow_run", {}, 201 if "run" in holders else 403)
    bo.delete(deployment, 204 if "manage" in holders else 403)


def test_a_hidden_deployment_is_not_run_and_its_runs_are_seen(acme, prod, deployment, bo):
    run = acme.post(f"{deployment}/create_flow_run", {}, 201)
    put(acme, deployment, NOBODY)
    bo.post(f"{deployment}/create_flow_run", {}, 404)
    assert bo.get(f"{prod}/flow_runs/{run['id']}")["id"] == run["id"]


def test_a_deployment_is_not_deployed_anew_past_its_list(acme, prod, flow, deployment, bo):
    body = {"name": "daily", "flow_id": flow["id"]}
    bo.post(f"{prod}/deployments/", body, 200)
    put(acme, deployment, SEEN)
    answer = bo.post(f"{prod}/deployments/", body, 403)
    assert answer["detail"] == "the access list of `daily` does not let you manage it"


def test_a_flow_is_not_deleted_with_a_deployment_whose_list_says_no(
    acme, prod, flow, deployment, bo
):
    put(acme, deployment, SEEN)
    bo.delete(f"{prod}/flows/{flow['id']}", 403)
    assert acme.get(deployment)["name"] == "daily"
    acme.delete(f"{prod}/flows/{flow['id']}")


def test_a_block_is_not_loaded_by_name_past_its_list(acme, prod, block, bo):
    path = f"{prod}/block_types/slug/secret/block_documents/name/db"
    assert bo.get(path)["name"] == "db"
    put(acme, block, NOBODY)
    bo.get(path, 404)


def test_a_replaced_list_is_a_change_on_record(acme, deployment, me):
    put(acme, deployment, {**NOBODY, "run_actor_ids": [me]})
    with acme.server.backend.open() as session:
        *_, record = (link.record for link in session.trail.links())
    assert record.object_table == "object_access"
    assert record.after["run"] == [["member", "bo@example.org"]]
