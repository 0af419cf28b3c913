"""The access lists of objects are asked wherever an object is seen, run or changed."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from rbac_sync.model import Membership, ObjectLevel, Team
from rbac_sync.model import address as named
from rbac_sync.model.instant import parsed
from rbac_sync.pipeline import queries
from rbac_sync.planning import Change
from rbac_sync.views.access_answers import find_holders

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


def test_a_first_list_of_a_work_pool_replaces_no_list_that_refuses_runs(
    acme, prod, deployment, pool, bo, me
):
    acme.patch(deployment, {"work_pool_name": "main"})
    lists = {**SEEN, "run_actor_ids": [me], "manage_actor_ids": [me]}
    put(acme, deployment, SEEN)
    refused = put(bo, pool, lists, 403)
    said = "it would replace the access list of a deployment that does not let you run it"
    assert refused["detail"] == said
    bo.post(f"{deployment}/create_flow_run", {}, 403)

    put(acme, deployment, {**SEEN, "run_actor_ids": [me]})
    put(bo, pool, lists)
    put(acme, deployment, SEEN)
    put(bo, pool, lists)


def test_a_work_pool_is_not_deleted_to_run_its_deployments(acme, deployment, pool, bo, me):
    put(acme, pool, {**SEEN, "manage_actor_ids": [me]})
    acme.patch(deployment, {"work_pool_name": "main"})
    bo.post(f"{deployment}/create_flow_run", {}, 403)
    refused = bo.delete(pool, 403)
    assert refused["detail"] == "the access list of `main` does not let you run it"

    acme.patch(deployment, {"work_pool_name": None})
    bo.delete(pool)


def lists_and_roles():
    """Yield pairs that show each rule in the usual run, and the others in the long one."""
    usual = {("nobody", "Owner"), ("self", "Runner"), ("team", "Viewer")}
    for on in ("open", "nobody", "everyone", "self", "team", "team that was"):
        for role in ("Viewer", "Runner", "Developer", "Owner"):
            shown = on == "everyone" or role == "Developer" or (on, role) in usual
            yield pytest.param(on, role, marks=() if shown else pytest.mark.long)


@pytest.mark.parametrize("name", ["a/b", "", " "])
def test_no_object_has_a_name_that_no_access_list_can_have(acme, prod, name):
    flow = acme.post(f"{prod}/flows/", {"name": "etl"}, 201)["id"]
    (secret,) = acme.post(f"{prod}/block_types/filter")
    schema = {"block_type_id": secret["id"], "fields": {}}
    schema_id = acme.post(f"{prod}/block_schemas/", schema, 201)["id"]
    acme.post(f"{prod}/work_pools/", {"name": "main"}, 201)
    block = {"block_type_id": secret["id"], "block_schema_id": schema_id}
    for path, body in {
        "flows": {},
        "deployments": {"flow_id": flow},
        "work_pools": {},
        "work_pools/main/queues": {},
        "block_documents": block,
        "variables": {"value": 1},
        "v2/concurrency_limits": {"limit": 1},
    }.items():
        end = "" if path.endswith("queues") else "/"
        (fault,) = acme.post(f"{prod}/{path}{end}", {"name": name, **body}, 422)["detail"]
        assert fault["loc"] == ["body", "name"], path
    acme.post(f"{prod}/block_types/", {"name": "x", "slug": name}, 422)


@pytest.mark.parametrize(("on", "role"), list(lists_and_roles()))
def test_who_can_answers_what_serve_does(acme, prod, deployment, bo, me, role, on):
    acme.patch(prod, {"default_workspace_role_id": acme.role(role)})
    team = acme.post("/teams/", {"name": "ops"}, 201)
    members = [{"member_id": acme.member("bo@example.org")["user_id"], "member_type": "user"}]
    acme.put(f"/teams/{team['id']}/members", {"members": members})
    if on == "team that was":
        ended = Membership(named.user("bo@example.org"), until=parsed("2020-01-01T00:00:00Z"))
        acme.server.add(
            Change(
                Team("ops", frozenset({replace(ended, until=None)})),
                Team("ops", frozenset({ended})),
            )
        )
    field = "team_ids" if on.startswith("team") else "actor_ids"
    ids_ = [team["id"]] if on.startswith("team") else {"everyone": ["*"], "self": [me]}.get(on, [])
    if on != "open":
        levels = {f"{level}_{field}": ids_ for level in ("run", "manage")}
        put(acme, deployment, {**SEEN, **levels})
    address = named.workspace_object(named.workspace("prod"), "deployment:etl/daily")
    account = queries.live_account(acme.server.backend, objects=[address])
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


QUEUE_CALLS = [
    ("GET", "{pool}/queues/{name}"),
    ("POST", "{pool}/queues/filter"),
    ("POST", "{pool}/queues/count"),
    ("POST", "{pool}/queues"),
    ("PATCH", "{pool}/queues/{name}"),
    ("DELETE", "{pool}/queues/{name}"),
    ("GET", "{prod}/work_queues/{id}"),
    ("PATCH", "{prod}/work_queues/{id}"),
    ("DELETE", "{prod}/work_queues/{id}"),
    ("GET", "{prod}/work_queues/{id}/status"),
    ("POST", "{prod}/work_queues/{id}/get_runs"),
]
POOL_CALLS = [
    "{pool}/get_scheduled_flow_runs",
    "{pool}/workers/filter",
    "{pool}/workers/heartbeat",
]


def queue_calls(acme, prod, pool, calls=QUEUE_CALLS):
    """Yield requests about queues as words of ``call``: each is about a new queue."""
    for number, (method, path) in enumerate(calls):
        queue = acme.post(f"{pool}/queues", {"name": f"q{number}"}, 201)
        place = path.format(pool=pool, prod=prod, name=queue["name"], id=queue["id"])
        writes = method == "PATCH" or path.endswith("/queues")
        yield method, place, {"name": f"n{number}"} if writes else {} if method == "POST" else None


def test_the_queues_of_a_hidden_pool_are_not_there(acme, prod, pool, bo):
    every = [*QUEUE_CALLS, *(("POST", path) for path in POOL_CALLS)]
    calls = list(queue_calls(acme, prod, pool, every))
    before = acme.post(f"{pool}/queues/filter", {})
    put(acme, pool, NOBODY)
    for call in calls:
        assert bo.call(*call).status_code == 404, call
    assert acme.post(f"{pool}/queues/filter", {}) == before


def test_queues_are_seen_by_who_sees_their_pool_and_changed_by_who_manages_it(
    acme, prod, pool, bo, me
):
    refused = []
    put(acme, pool, SEEN)
    for call in queue_calls(acme, prod, pool):
        method, path, _ = call
        answer = bo.call(*call)
        if method in ("PATCH", "DELETE") or path.endswith("/queues"):
            detail = "the access list of `main` does not let you manage it"
            assert (answer.status_code, answer.json()["detail"]) == (403, detail), call
            refused.append(call)
        else:
            assert answer.is_success, call
    put(acme, pool, {**SEEN, "manage_actor_ids": [me]})
    assert len(refused) == 5
    for call in refused:
        assert bo.call(*call).is_success, call


def test_a_deployment_names_a_work_pool_that_is_there_and_none_once_it_is_deleted(
    acme, prod, flow, pool
):
    body = {"name": "pooled", "flow_id": flow["id"], "work_pool_name": "nowhere"}
    said = "there is no work pool `nowhere`"
    assert acme.post(f"{prod}/deployments/", body, 404)["detail"] == said
    path = acme.post(f"{prod}/deployments/", {**body, "work_pool_name": "main"}, 201)["id"]
    path = f"{prod}/deployments/{path}"
    assert acme.patch(path, {"work_pool_name": "nowhere"}, 404)["detail"] == said
    acme.delete(pool)
    assert acme.get(path)["work_pool_name"] is None
    acme.patch(path, {"work_pool_name": ""}, 204)  # as the vendor's Terraform provider does


def test_lists_of_queues_leave_out_those_of_hidden_pools(acme, prod, pool, bo):
    acme.post(f"{prod}/work_pools/", {"name": "open", "type": "process"}, 201)
    put(acme, pool, NOBODY)
    (row,) = bo.post(f"{prod}/work_queues/filter", {})
    assert row["work_pool_name"] == "open"
    assert bo.post(f"{prod}/work_queues/count", {}) == 1
    assert acme.post(f"{prod}/work_queues/count", {}) == 2


def test_a_queue_without_a_pool_is_made_if_the_list_of_the_default_pool_lets(acme, prod, bo):
    acme.post(f"{prod}/work_queues/", {"name": "one"}, 201)
    put(acme, f"{prod}/work_pools/default-agent-pool", NOBODY)
    for name in ("one", "two"):
        bo.post(f"{prod}/work_queues/", {"name": name}, 404)


def test_my_access_to_what_is_hidden_is_not_there(acme, prod, pool, bo):
    asked = {"work_pool_names": ["main"]}
    assert bo.post(f"{prod}/work_pools/my-access", asked) == {"main": ["manage", "run", "view"]}
    put(acme, pool, NOBODY)
    bo.post(f"{prod}/work_pools/my-access", asked, 404)


@pytest.fixture
def other_pool(acme, prod):
    """A work pool whose list lets everyone run what is in it."""
    acme.post(f"{prod}/work_pools/", {"name": "other", "type": "process"}, 201)
    put(acme, f"{prod}/work_pools/other", {**SEEN, "run_actor_ids": ["*"]})
    return "other"


def moves(bo, prod, flow, path, to, status):
    """Ask for another pool in both ways; return the answers."""
    anew = {"name": "daily", "flow_id": flow["id"], "work_pool_name": to}
    return (
        bo.patch(path, {"work_pool_name": to}, status),
        bo.post(f"{prod}/deployments/", anew, status if status == 403 else 200),
    )


def test_a_deployment_is_not_run_past_its_list_in_another_pool(
    acme, prod, flow, deployment, other_pool, bo, me
):
    put(acme, deployment, {**SEEN, "manage_actor_ids": [me]})
    for answer in moves(bo, prod, flow, deployment, other_pool, 403):
        assert answer["detail"] == "the access list of `daily` does not let you run it"
    assert acme.get(deployment)["work_pool_name"] is None
    moves(bo, prod, flow, deployment, None, 204)
    put(acme, deployment, {**SEEN, "manage_actor_ids": [me], "run_actor_ids": [me]})
    moves(bo, prod, flow, deployment, other_pool, 204)


def test_a_deployment_is_not_taken_out_of_a_pool_or_into_one_that_refuses_runs(
    acme, prod, flow, deployment, pool, other_pool, bo
):
    acme.patch(deployment, {"work_pool_name": "main"})
    put(acme, pool, NOBODY)
    for to in (None, other_pool):
        for answer in moves(bo, prod, flow, deployment, to, 403):
            assert answer["detail"] == "the access list of `main` does not let you run it"
    bo.patch(deployment, {"tags": ["x"], "work_pool_name": "main"})
    acme.patch(deployment, {"work_pool_name": other_pool})
    moves(bo, prod, flow, deployment, "main", 403)


def test_a_run_is_touched_by_whoever_may_run_its_deployment(acme, prod, deployment, bo, me):
    made = acme.post(f"{deployment}/create_flow_run", {}, 201)
    run = f"{prod}/flow_runs/{made['id']}"
    again = {"state": {"type": "SCHEDULED"}}
    put(acme, deployment, SEEN)
    for refused in (
        bo.post(f"{run}/set_state", again, 403),
        bo.patch(run, {"parameters": {"x": 1}}, 403),
        bo.delete(run, 403),
    ):
        assert refused["detail"] == "the access list of `daily` does not let you run it"
    assert acme.get(run) == made
    put(acme, deployment, {**SEEN, "run_actor_ids": [me]})
    bo.post(f"{run}/set_state", again, 201)
    bo.patch(run, {"parameters": {"x": 1}})
    bo.delete(run)


def test_a_worker_sets_states_of_runs_that_it_may_not_start(acme, prod, deployment):
    made = acme.post(f"{deployment}/create_flow_run", {}, 201)
    worker = acme.of(acme.server.bot("worker"))
    bot = {"bot_id": acme.post("/bots/filter", {})[0]["id"]}
    acme.post(f"{prod}/bot_access/", {**bot, "workspace_role_id": acme.role("Worker")})
    worker.post(f"{deployment}/create_flow_run", {}, 403)
    state = {"state": {"type": "RUNNING"}}
    worker.post(f"{prod}/flow_runs/{made['id']}/set_state", state, 201)


def test_a_run_whose_deployment_is_gone_is_like_one_of_none(acme, prod, deployment, bo):
    made = acme.post(f"{deployment}/create_flow_run", {}, 201)
    acme.delete(deployment)
    bo.delete(f"{prod}/flow_runs/{made['id']}")


def test_an_object_of_an_earlier_version_whose_name_has_a_slash_is_listed_and_has_no_list(
    acme, prod
):
    content = {"name": "a/b", "type": "process", "default_queue_id": str(uuid4())}

    def work(writer):
        return writer.documents.add("work-pool", named.workspace("prod"), "a/b", content)

    pool = acme.server.backend.transact(str(uuid4()), work)
    assert [each["name"] for each in acme.post(f"{prod}/work_pools/filter")] == ["a/b"]
    with acme.server.backend.open() as session:
        assert session.object_address(pool) is None


def test_a_notification_policy_names_no_block_that_its_maker_may_not_see(acme, prod, block, bo):
    path, id_ = f"{prod}/flow_run_notification_policies/", block.rpartition("/")[2]
    body = {"is_active": True, "state_names": [], "tags": [], "block_document_id": id_}
    mine = bo.post(path, body, 201)
    put(acme, block, NOBODY)
    bo.post(path, body, 404)
    bo.patch(f"{path}{mine['id']}", {"block_document_id": id_}, 404)


def test_a_run_is_made_of_no_hidden_deployment(acme, prod, flow, deployment, bo):
    put(acme, deployment, NOBODY)
    body = {"flow_id": flow["id"], "deployment_id": deployment.rpartition("/")[2]}
    bo.post(f"{prod}/flow_runs/", body, 404)


def test_a_replaced_list_is_a_change_on_record(acme, deployment, me):
    put(acme, deployment, {**NOBODY, "run_actor_ids": [me]})
    with acme.server.backend.open() as session:
        *_, record = (link.record for link in session.trail.links())
    assert record.object_table == "object_access"
    assert record.after["run"] == [["member", "bo@example.org"]]
