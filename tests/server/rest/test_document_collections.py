"""The kinds of documents that are declared as data: each is made, listed, changed and deleted."""

from __future__ import annotations

import pytest

RUN = "flow_runs"
TRIGGER = {"type": "event", "posture": "Reactive", "threshold": 1, "within": 0}
TRIGGER |= {"after": [], "expect": [], "for_each": []}


@pytest.fixture
def prod(acme):
    return f"/workspaces/{acme.workspace()['id']}"


@pytest.fixture
def flow(acme, prod):
    return acme.post(f"{prod}/flows/", {"name": "etl"}, 201)


@pytest.fixture
def deployment(acme, prod, flow):
    body = {"name": "nightly", "flow_id": flow["id"], "parameters": {"x": 1, "y": 1}}
    return acme.post(f"{prod}/deployments/", body, 201)


@pytest.fixture
def viewer(acme, prod):
    bo = acme.of(acme.server.person("bo@example.org"))
    acme.patch(prod, {"default_workspace_role_id": acme.role("Viewer")})
    return bo


def names(rows):
    return [row["name"] for row in rows]


@pytest.mark.parametrize(
    ("path", "body", "change"),
    [
        ("variables", {"name": "v", "value": {"a": 1}}, {"value": 2}),
        ("automations", {"name": "a", "trigger": TRIGGER, "actions": []}, {"enabled": False}),
        ("v2/concurrency_limits", {"name": "l", "limit": 3}, {"limit": 4}),
        ("work_queues", {"name": "q"}, {"priority": 2}),
    ],
)
def test_one_is_made_shown_listed_counted_changed_and_deleted(
    acme, prod, viewer, path, body, change
):
    made = acme.post(f"{prod}/{path}/", body, 201)
    one = f"{prod}/{path}/{made['id']}"
    assert made.items() >= body.items()
    assert acme.get(one) == made
    assert made in acme.post(f"{prod}/{path}/filter", {})
    assert acme.post(f"{prod}/{path}/count") >= 1
    assert viewer.get(one) == made
    viewer.patch(one, change, 403)
    viewer.delete(one, 403)
    acme.patch(one, change)
    assert acme.get(one).items() >= change.items()
    acme.delete(one)
    acme.get(one, 404)


def test_a_variable_is_found_by_its_name_and_renamed(acme, prod):
    for name in ("one", "two"):
        acme.post(f"{prod}/variables/", {"name": name, "value": name, "tags": [name]}, 201)
    answer = acme.call("POST", f"{prod}/variables/", {"name": "one", "value": 1})
    assert answer.status_code == 409
    acme.patch(f"{prod}/variables/name/one", {"name": "two"}, 409)
    acme.patch(f"{prod}/variables/name/one", {"name": "uno"})
    acme.get(f"{prod}/variables/name/one", 404)
    assert acme.get(f"{prod}/variables/name/uno")["value"] == "one"
    acme.delete(f"{prod}/variables/name/uno")
    assert names(acme.post(f"{prod}/variables/filter")) == ["two"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, ["ab", "bc", "cd"]),
        ({"name": {"any_": ["bc", "x"]}}, ["bc"]),
        ({"name": {"like_": "B"}}, ["ab", "bc"]),
        ({"name": {"startswith_": ["c"]}}, ["cd"]),
        ({"name": {"not_any_": ["ab"]}}, ["bc", "cd"]),
        ({"name": {"any_": []}}, []),
        ({"tags": {"all_": ["even", "odd"]}}, ["cd"]),
        ({"tags": {"any_": ["even"]}}, ["bc", "cd"]),
        ({"tags": {"is_null_": True}}, ["ab"]),
        ({"name": {"any_": ["ab"]}, "tags": {"any_": ["even"]}}, []),
        ({"operator": "or_", "name": {"any_": ["ab"]}, "tags": {"any_": ["odd"]}}, ["ab", "cd"]),
        ({"operator": "or_"}, ["ab", "bc", "cd"]),
    ],
)
def test_a_filter_matches_by_its_criteria(acme, prod, wanted, expected):
    for name, tags in (("ab", []), ("bc", ["even"]), ("cd", ["even", "odd"])):
        acme.post(f"{prod}/variables/", {"name": name, "value": 1, "tags": tags}, 201)
    assert names(acme.post(f"{prod}/variables/filter", {"variables": wanted})) == expected
    assert acme.post(f"{prod}/variables/count", {"variables": wanted}) == len(expected)
    falling = {"variables": wanted, "sort": "NAME_DESC", "limit": 1}
    assert names(acme.post(f"{prod}/variables/filter", falling)) == expected[-1:]


def test_a_criterion_of_another_operator_is_refused(acme, prod):
    acme.post(f"{prod}/variables/filter", {"variables": {"name": {"near_": "x"}}}, 422)


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        (
            "work_pools",
            {"work_pools": {"colour": {"any_": ["x"]}}},
            "this server has no criterion `colour` here",
        ),
        (
            "flow_runs",
            {"flow_runs": {"state": {"colour": {"any_": ["x"]}}}},
            "this server has no criterion `colour` here",
        ),
        (
            "deployments",
            {"work_pools": {"name": {"any_": ["x"]}}},
            "this server has no filter `work_pools` here",
        ),
        (
            "block_documents",
            {"block_documents": {"is_anonymous": {"eq_": False}}},
            "this server has no filter `block_documents` here",
        ),
        (
            "variables",
            {"names": ["x"]},
            "this server has no filter `names` here",
        ),
    ],
)
def test_a_filter_that_would_not_be_heeded_is_refused(acme, prod, path, body, message):
    answer = acme.post(f"{prod}/{path}/filter", body, 422)
    assert answer["detail"][0]["msg"] == f"Value error, {message}"


def test_filters_that_ask_for_nothing_and_other_fields_pass(acme, prod, flow):
    nothing = {"work_pools": None, "task_runs": {"operator": "and_", "name": {"any_": None}}}
    wanted = {"flows": {"deployment": {"is_null_": None}}, **nothing, "include_secrets": True}
    assert names(acme.post(f"{prod}/flows/filter", wanted)) == ["etl"]


def test_a_pool_has_its_own_queues_one_of_them_from_the_beginning(acme, prod):
    for name in ("here", "there"):
        acme.post(f"{prod}/work_pools/", {"name": name}, 201)
    queues = f"{prod}/work_pools/here/queues"
    (default,) = acme.post(f"{queues}/filter")
    pool = acme.get(f"{prod}/work_pools/here")
    assert (default["id"], default["name"]) == (pool["default_queue_id"], "default")
    made = acme.post(queues, {"name": "fast", "priority": 1}, 201)
    assert (made["work_pool_name"], made["status"]) == ("here", "NOT_READY")
    acme.post(queues, {"name": "fast"}, 409)
    acme.post(f"{prod}/work_pools/nowhere/queues", {"name": "fast"}, 404)
    acme.patch(f"{queues}/fast", {"is_paused": True})
    assert acme.get(f"{queues}/fast")["status"] == "PAUSED"
    acme.get(f"{prod}/work_pools/there/queues/fast", 404)
    wanted = {"work_queues": {"name": {"startswith_": ["f"]}}}
    assert names(acme.post(f"{prod}/work_queues/filter", wanted)) == ["fast"]
    acme.patch(f"{queues}/fast", {"name": "faster"})
    assert acme.get(f"{queues}/faster")["id"] == made["id"]
    assert acme.get(f"{prod}/work_queues/{made['id']}/status")["healthy"]
    assert acme.call("POST", f"{prod}/work_queues/{made['id']}/get_runs", {}).json() == []
    assert acme.call("POST", f"{prod}/work_pools/here/get_scheduled_flow_runs", {}).json() == []
    acme.delete(f"{prod}/work_pools/here")
    assert names(acme.post(f"{prod}/work_queues/filter")) == ["default"]


def test_work_pools_are_found_by_their_type(acme, prod):
    for name, type_ in (("here", "process"), ("there", "docker")):
        acme.post(f"{prod}/work_pools/", {"name": name, "type": type_}, 201)
    wanted = {"work_pools": {"type": {"any_": ["docker"]}}}
    assert names(acme.post(f"{prod}/work_pools/filter", wanted)) == ["there"]


def test_the_queues_of_a_pool_have_priorities_of_their_own(acme, prod):
    for name in ("here", "there"):
        acme.post(f"{prod}/work_pools/", {"name": name}, 201)
    queues = f"{prod}/work_pools/here/queues"

    def priorities():
        return {row["name"]: row["priority"] for row in acme.post(f"{queues}/filter")}

    acme.post(queues, {"name": "slow", "priority": 4}, 201)
    assert acme.post(queues, {"name": "fast", "priority": 1}, 201)["priority"] == 1
    assert acme.post(queues, {"name": "next"}, 201)["priority"] == 3
    assert priorities() == {"fast": 1, "default": 2, "next": 3, "slow": 4}
    acme.patch(f"{queues}/next", {"priority": 2})
    assert priorities() == {"fast": 1, "next": 2, "default": 3, "slow": 4}
    acme.patch(f"{queues}/fast", {"priority": None, "name": "last"})
    acme.patch(f"{queues}/last", {"is_paused": True})
    assert priorities() == {"last": 1, "next": 2, "default": 3, "slow": 4}
    (there,) = acme.post(f"{prod}/work_pools/there/queues/filter")
    assert (there["priority"], there["description"]) == (1, "The work pool's default queue.")


def test_a_queue_without_a_pool_is_of_the_default_pool(acme, prod):
    made = acme.post(f"{prod}/work_queues/", {"name": "q"}, 201)
    assert made["work_pool_name"] == "default-agent-pool"
    assert acme.get(f"{prod}/work_queues/name/q") == made


def test_a_deployment_is_run_by_whoever_its_list_lets(acme, prod, flow, deployment):
    path = f"{prod}/deployments/{deployment['id']}"
    run = acme.post(f"{path}/create_flow_run", {"parameters": {"y": 2}, "name": "r"}, 201)
    assert run["parameters"] == {"x": 1, "y": 2}
    assert (run["flow_id"], run["deployment_id"]) == (flow["id"], deployment["id"])
    assert (run["state_type"], run["state"]["name"]) == ("SCHEDULED", "Scheduled")
    assert acme.get(f"{prod}/flow_runs/{run['id']}") == run
    key = acme.server.person("bo@example.org")
    bo = acme.of(key)
    acme.patch(prod, {"default_workspace_role_id": acme.role("Runner")})
    bo.post(f"{path}/create_flow_run", {}, 201)
    lists = {"manage_actor_ids": [], "run_actor_ids": [], "view_actor_ids": ["*"]}
    acme.put(f"{path}/access", {"access_control": lists}, 204)
    answer = bo.post(f"{path}/create_flow_run", {}, 403)
    assert answer["detail"] == "the access list of `nightly` does not let you run it"


def test_a_run_of_a_flow_is_made_once_for_each_key(acme, prod, flow, deployment):
    path = f"{prod}/deployments/{deployment['id']}/create_flow_run"
    body = {"idempotency_key": "a/b"}
    run = acme.post(path, {**body, "name": "r"}, 201)
    assert acme.post(path, {**body, "name": "s"}, 200) == run
    assert acme.post(f"{prod}/flow_runs/", {**body, "flow_id": flow["id"]}, 200) == run
    other = acme.post(f"{prod}/flows/", {"name": "other"}, 201)
    assert acme.post(f"{prod}/flow_runs/", {**body, "flow_id": other["id"]}, 201) != run
    acme.patch(f"{prod}/flow_runs/{run['id']}", {"idempotency_key": "c"}, 204)
    assert acme.get(f"{prod}/flow_runs/{run['id']}")["idempotency_key"] == "a/b"
    assert acme.post(path, {"name": "r"}, 201)["id"] != acme.post(path, {"name": "r"}, 201)["id"]
    answer = acme.post(path, {"idempotency_key": "k" * 2600}, 422)
    assert answer["detail"][0]["msg"] == "a name is too long: at most 2600 bytes are kept"


def test_a_worker_reports_and_a_served_flow_polls_and_neither_is_given_work(acme, prod):
    acme.post(f"{prod}/work_pools/", {"name": "here", "type": "process"}, 201)
    bo = acme.of(acme.server.person("bo@example.org"))
    workers, waiting = (
        f"{prod}/work_pools/here/workers",
        f"{prod}/deployments/get_scheduled_flow_runs",
    )
    acme.patch(prod, {"default_workspace_role_id": acme.role("Runner")})
    answer = bo.post(f"{workers}/heartbeat", {"name": "w"}, 403)
    assert answer["detail"] == "missing permission: `write_workers`"
    acme.patch(prod, {"default_workspace_role_id": acme.role("Worker")})
    bo.post(f"{workers}/heartbeat", {"name": "w"}, 204)
    bo.post(f"{prod}/work_pools/there/workers/heartbeat", {"name": "w"}, 404)
    assert bo.call("POST", f"{workers}/filter", {}).json() == []
    assert bo.call("POST", waiting, {"deployment_ids": []}).json() == []


def test_a_run_that_names_its_deployment_is_made_by_whoever_its_list_lets(
    acme, prod, flow, deployment
):
    bo = acme.of(acme.server.person("bo@example.org"))
    body = {"flow_id": flow["id"], "deployment_id": deployment["id"]}
    acme.patch(prod, {"default_workspace_role_id": acme.role("Worker")})
    answer = bo.post(f"{prod}/flow_runs/", body, 403)
    assert answer["detail"] == "missing permission: `run_deployments`"
    bo.post(f"{prod}/flow_runs/", {"flow_id": flow["id"]}, 201)
    acme.patch(prod, {"default_workspace_role_id": acme.role("Developer")})
    assert bo.post(f"{prod}/flow_runs/", body, 201)["deployment_id"] == deployment["id"]
    lists = {"manage_actor_ids": [], "run_actor_ids": [], "view_actor_ids": ["*"]}
    acme.put(f"{prod}/deployments/{deployment['id']}/access", {"access_control": lists}, 204)
    answer = bo.post(f"{prod}/flow_runs/", body, 403)
    assert answer["detail"] == "the access list of `nightly` does not let you run it"


def test_a_notification_policy_has_its_block_in_its_own_workspace(acme, prod):
    policies = f"{prod}/flow_run_notification_policies"
    here, there = (
        _block(acme, path) for path in (prod, f"/workspaces/{acme.workspace('o')['id']}")
    )
    body = {"state_names": ["Failed"], "block_document_id": here}
    made = acme.post(f"{policies}/", body, 201)
    acme.post(f"{policies}/", {**body, "block_document_id": there}, 404)
    acme.patch(f"{policies}/{made['id']}", {"block_document_id": there}, 404)
    assert acme.get(f"{policies}/{made['id']}") == made


def test_a_notification_policy_is_active_in_a_filter_as_in_its_answer(acme, prod):
    policies = f"{prod}/flow_run_notification_policies"
    body = {"state_names": ["Failed"], "block_document_id": _block(acme, prod)}
    made = [acme.post(f"{policies}/", {**body, **also}, 201) for also in ({}, {"is_active": False})]
    for policy in made:
        criterion = {"is_active": {"eq_": policy["is_active"]}}
        where = {"flow_run_notification_policy_filter": criterion}
        assert acme.post(f"{policies}/filter", where) == [policy]
        assert acme.post(f"{policies}/count", where) == 1


def test_a_block_has_its_schema_in_its_own_workspace(acme, prod):
    other = f"/workspaces/{acme.workspace('o')['id']}"
    block, theirs = (f"{path}/block_documents/{_block(acme, path)}" for path in (prod, other))
    made = acme.get(block)
    acme.patch(block, {"block_schema_id": acme.get(theirs)["block_schema_id"]}, 404)
    acme.patch(block, {"block_schema_id": made["block_schema_id"]})
    assert acme.get(block)["block_schema"] == made["block_schema"]


def _block(acme, workspace):
    kind = acme.get(f"{workspace}/block_types/slug/secret")["id"]
    wanted = {"block_schemas": {"block_type_id": {"any_": [kind]}}}
    (schema,) = acme.post(f"{workspace}/block_schemas/filter", wanted)
    body = {"block_type_id": kind, "block_schema_id": schema["id"], "data": {}}
    return acme.post(f"{workspace}/block_documents/", body, 201)["id"]


def test_runs_are_found_by_flow_deployment_and_state(acme, prod, flow, deployment):
    other = acme.post(f"{prod}/flows/", {"name": "other"}, 201)
    alone = acme.post(f"{prod}/flow_runs/", {"flow_id": other["id"], "name": "alone"}, 201)
    run = acme.post(f"{prod}/deployments/{deployment['id']}/create_flow_run", {"name": "r"}, 201)
    cancelling = {"state": {"type": "CANCELLING"}}
    told = acme.post(f"{prod}/flow_runs/{alone['id']}/set_state", cancelling, 201)
    assert (told["status"], told["state"]["type"]) == ("ACCEPT", "CANCELLING")
    for wanted, expected in (
        ({}, ["r", "alone"]),
        ({"flows": {"name": {"any_": ["other"]}}}, ["alone"]),
        ({"deployments": {"name": {"any_": ["nightly"]}}}, ["r"]),
        ({"flow_runs": {"deployment_id": {"is_null_": True}}}, ["alone"]),
        ({"flow_runs": {"state": {"type": {"any_": ["CANCELLING"]}}}}, ["alone"]),
        ({"flow_runs": {"expected_start_time": {"before_": "2000-01-01T00:00:00Z"}}}, []),
        ({"flow_runs": {"expected_start_time": {"after_": "2000-01-01T00:00:00Z"}}}, None),
        ({"state": {"any_": ["CANCELLING"]}, "sort": "EXPECTED_START_TIME_ASC"}, ["alone"]),
        ({"deployment_id": {"any_": [deployment["id"]]}, "state": {"any_": ["SCHEDULED"]}}, ["r"]),
        ({"expected_start_time": {"before_": "2000-01-01T00:00:00Z"}}, []),
    ):
        listed = names(acme.post(f"{prod}/flow_runs/filter", wanted))
        assert listed == (["r", "alone"] if expected is None else expected)
    twice = {"state": {"any_": ["SCHEDULED"]}, "flow_runs": {}}
    refused = acme.post(f"{prod}/flow_runs/filter", twice, 422)
    assert refused["detail"][0]["msg"] == "Value error, this server has no filter `state` here"
    written = {"flow_id": other["id"], "name": "old", "start_time": "1700000000"}
    acme.post(f"{prod}/flow_runs/", written, 201)
    wanted = {"flow_runs": {"start_time": {"before_": "2024-01-01T00:00:00Z"}}}
    assert names(acme.post(f"{prod}/flow_runs/filter", wanted)) == ["old"]
    acme.post(f"{prod}/flow_runs/", {"flow_id": run["id"]}, 404)
    acme.delete(f"{prod}/flows/{flow['id']}")
    assert names(acme.post(f"{prod}/flow_runs/filter")) == ["old", "alone"]


def test_a_limit_of_a_tag_is_set_again_and_reset(acme, prod):
    made = acme.post(f"{prod}/concurrency_limits/", {"tag": "db", "concurrency_limit": 3}, 201)
    body = {"tag": "db", "concurrency_limit": 4}
    assert acme.post(f"{prod}/concurrency_limits/", body)["id"] == made["id"]
    assert acme.get(f"{prod}/concurrency_limits/tag/db")["concurrency_limit"] == 4
    assert acme.call("POST", f"{prod}/concurrency_limits/tag/db/reset", {}).status_code == 200
    acme.post(f"{prod}/concurrency_limits/tag/nothing/reset", {}, 404)
    assert acme.call("DELETE", f"{prod}/concurrency_limits/tag/db").status_code == 200
    assert acme.post(f"{prod}/concurrency_limits/filter") == []


def test_a_global_limit_is_found_by_id_or_name(acme, prod):
    made = acme.post(f"{prod}/v2/concurrency_limits/", {"name": "db", "limit": 3}, 201)
    for which in ("db", made["id"]):
        assert acme.get(f"{prod}/v2/concurrency_limits/{which}") == made
    acme.delete(f"{prod}/v2/concurrency_limits/db")
    acme.get(f"{prod}/v2/concurrency_limits/db", 404)


def test_a_global_limit_has_the_slots_that_a_client_says_are_taken(acme, prod):
    body = {"name": "db", "limit": 3, "active_slots": 1}
    made = acme.post(f"{prod}/v2/concurrency_limits/", body, 201)
    assert made["active_slots"] == 1
    acme.patch(f"{prod}/v2/concurrency_limits/db", {"active_slots": 2})
    assert acme.get(f"{prod}/v2/concurrency_limits/db")["active_slots"] == 2


def test_a_deployment_has_its_own_limit_or_a_global_one(acme, prod):
    flow = acme.post(f"{prod}/flows/", {"name": "etl"}, 201)
    shared = acme.post(f"{prod}/v2/concurrency_limits/", {"name": "db", "limit": 3}, 201)
    body = {"name": "daily", "flow_id": flow["id"], "concurrency_limit": 2}
    made = acme.post(f"{prod}/deployments/", body, 201)
    one = f"{prod}/deployments/{made['id']}"
    assert made["global_concurrency_limit"]["limit"] == 2
    acme.patch(one, {"global_concurrency_limit_id": shared["id"]})
    limit = acme.get(one)["global_concurrency_limit"]
    assert (limit["id"], limit["limit"], limit["name"]) == (shared["id"], 3, "db")
    acme.patch(one, {"concurrency_limit": 5, "global_concurrency_limit_id": None})
    assert acme.get(one)["global_concurrency_limit"]["limit"] == 5
    acme.patch(one, {"concurrency_limit": None})
    assert acme.get(one)["global_concurrency_limit"] is None
    acme.patch(one, {"global_concurrency_limit_id": flow["id"]}, 404)
    acme.patch(one, {"global_concurrency_limit_id": shared["id"]})
    acme.delete(f"{prod}/v2/concurrency_limits/db")
    assert acme.get(one)["global_concurrency_limit"] is None


def test_an_event_trigger_is_shown_with_its_lists(acme, prod):
    inner = {"type": "event", "expect": ["a"], "threshold": 1}
    trigger = {"type": "compound", "require": "all", "within": 60, "triggers": [inner]}
    body = {"name": "a", "trigger": trigger, "actions": []}
    made = acme.post(f"{prod}/automations/", body, 201)
    shown = acme.get(f"{prod}/automations/{made['id']}")["trigger"]
    assert shown["triggers"] == [{**inner, "after": [], "for_each": []}]
    assert "after" not in shown


def test_a_saved_search_replaces_the_one_of_its_name(acme, prod):
    made = acme.put(f"{prod}/saved_searches/", {"name": "s", "filters": None}, 201)
    again = acme.put(f"{prod}/saved_searches/", {"name": "s", "filters": [{"type": "x"}]})
    assert (again["id"], again["filters"]) == (made["id"], [{"type": "x"}])
    acme.delete(f"{prod}/saved_searches/{made['id']}")
    assert acme.post(f"{prod}/saved_searches/filter") == []


def test_an_automation_is_replaced_and_goes_with_its_owner(acme, prod):
    owned = {"owner_resource": "prefect.deployment.x"}
    body = {"name": "a", "trigger": TRIGGER, "actions": [], "description": "d"}
    made = acme.post(f"{prod}/automations/", {**body, **owned}, 201)
    assert acme.get(f"{prod}/automations/related-to/prefect.deployment.x") == [made]
    changed = {"name": "b", "trigger": TRIGGER, "actions": [], **owned}
    acme.put(f"{prod}/automations/{made['id']}", changed, 204)
    found = acme.get(f"{prod}/automations/{made['id']}")
    assert (found["name"], found["description"]) == ("b", "")
    acme.call("DELETE", f"{prod}/automations/owned-by/prefect.deployment.x")
    acme.get(f"{prod}/automations/{made['id']}", 404)


@pytest.mark.parametrize(
    ("path", "body", "change"),
    [
        ("variables", {"name": "v", "value": 1}, {"name": None}),
        ("v2/concurrency_limits", {"name": "l", "limit": 3}, {"limit": None}),
        ("automations", {"name": "a", "trigger": TRIGGER, "actions": []}, {"trigger": None}),
        ("work_queues", {"name": "q"}, {"work_pool_id": "x", "name": None}),
    ],
)
def test_what_every_answer_has_is_not_taken_away_by_a_null(acme, prod, path, body, change):
    made = acme.post(f"{prod}/{path}/", body, 201)
    acme.patch(f"{prod}/{path}/{made['id']}", change)
    assert acme.get(f"{prod}/{path}/{made['id']}").items() >= body.items()


def test_a_field_that_could_not_be_shown_again_is_refused(acme, prod, flow):
    run = {"flow_id": flow["id"], "run_count": "many"}
    answer = acme.post(f"{prod}/flow_runs/", run, 422)
    assert answer["detail"][0]["loc"] == ["body", "run_count"]
    queue = acme.post(f"{prod}/work_queues/", {"name": "q", "work_pool_id": "x"}, 201)
    acme.patch(f"{prod}/work_queues/{queue['id']}", {"priority": "x"}, 422)


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("variables", "NAME"),
        ("flow_runs", "COLOUR_DESC"),
        ("block_documents", "DATA_ASC"),
        ("work_pools/missing/queues", "COLOUR_DESC"),
    ],
)
def test_an_order_by_no_field_or_by_secrets_is_refused(acme, prod, path, order):
    (refused,) = acme.post(f"{prod}/{path}/filter", {"sort": order}, 422)["detail"]
    assert refused["msg"] == f"this server has no order `{order}` here"
    assert refused["loc"] == ["body", "sort"]


TRIGGER = {"trigger": {"type": "event"}, "actions": []}


@pytest.mark.parametrize(
    ("path", "body", "order"),
    [
        ("flows", {}, "abc"),
        ("variables", {"value": 1}, "abc"),
        ("work_pools", {}, "abc"),
        ("v2/concurrency_limits", {"limit": 1}, "abc"),
        ("automations", TRIGGER, "abc"),
        ("deployments", {"flow_id": None}, "abc"),
        ("flow_runs", {"flow_id": None}, "acb"),
    ],
)
def test_a_list_without_an_order_has_that_of_the_vendor(acme, prod, path, body, order):
    if "flow_id" in body:
        body = {"flow_id": acme.post(f"{prod}/flows/", {"name": "etl"}, 201)["id"]}
    for name in "bca":
        acme.post(f"{prod}/{path}/", {**body, "name": name}, 201)
    expected = list(order)
    assert names(acme.post(f"{prod}/{path}/filter", {"sort": None})) == expected
    pages = [acme.post(f"{prod}/{path}/filter", {"limit": 1, "offset": n})[0] for n in range(3)]
    assert names(pages) == expected
    for sort, falling in (("NAME_DESC", "cba"), ("CREATED_DESC", "acb"), ("ID_DESC", "acb")):
        assert names(acme.post(f"{prod}/{path}/filter", {"sort": sort})) == list(falling)


def test_the_queues_of_a_pool_are_listed_by_priority(acme, prod):
    acme.post(f"{prod}/work_pools/", {"name": "here"}, 201)
    for name, priority in (("c", 2), ("b", 1)):
        acme.post(f"{prod}/work_pools/here/queues", {"name": name, "priority": priority}, 201)
    assert names(acme.post(f"{prod}/work_pools/here/queues/filter")) == ["b", "default", "c"]
    assert names(acme.post(f"{prod}/work_queues/filter")) == ["b", "c", "default"]


def test_numbers_are_sorted_by_size_and_a_limit_that_is_missing_is_least(acme, prod, flow):
    for name, limit in (("a", 9), ("b", 10), ("c", None)):
        body = {"name": name, "flow_id": flow["id"], "concurrency_limit": limit}
        acme.post(f"{prod}/deployments/", body, 201)
    falling = {"sort": "CONCURRENCY_LIMIT_DESC"}
    assert names(acme.post(f"{prod}/deployments/filter", falling)) == ["b", "a", "c"]


def test_a_queue_of_a_pool_is_created_at_the_published_path(acme, prod):
    acme.post(f"{prod}/work_pools/", {"name": "here"}, 201)
    acme.post(f"{prod}/work_pools/here/queues", {"name": "fast"}, 201)
    refused = acme.post(f"{prod}/work_pools/here/queues", {"name": "fast"}, 409)
    assert refused["detail"] == "there is a work-queue of this name already"


@pytest.mark.parametrize("field", ["storage_document_id", "infrastructure_document_id"])
def test_a_deployment_names_no_block_of_another_workspace(acme, prod, flow, field):
    dev = f"/workspaces/{acme.workspace('dev')['id']}"
    type_ = acme.get(f"{dev}/block_types/slug/secret")
    (schema,) = acme.post(f"{dev}/block_schemas/filter", {})
    ids = {"block_type_id": type_["id"], "block_schema_id": schema["id"]}
    block = acme.post(f"{dev}/block_documents/", {"name": "b", **ids}, 201)
    body = {"name": "n", "flow_id": flow["id"]}
    acme.post(f"{prod}/deployments/", {**body, field: block["id"]}, 404)
    made = acme.post(f"{prod}/deployments/", body, 201)
    acme.patch(f"{prod}/deployments/{made['id']}", {field: block["id"]}, 404)
