"""Projects, flows and flow runs through the API: kept, shown, guarded, never executed."""

from __future__ import annotations

import json
from base64 import b64encode
from uuid import uuid4

import pytest

from rbac_sync.server.graphql.budget import TOO_MUCH
from rbac_sync.server.graphql.mutations import flows, inputs

from .tenants import UNAUTHORIZED, compressed, failed

SERIALIZED = {
    "name": "etl",
    "__version__": "1.4.1",
    "run_config": {"type": "LocalRun"},
    "parameters": [],
    "tasks": [{"slug": "a-1"}],
}
FLOWS = "{ flow(order_by: {version: asc}) { name version archived project { name } } }"


def project(asker, name="daily"):
    return asker.do("create_project", name=name, description="Runs each day.")["id"]


def flow(asker, project_id, **also):
    written = {**SERIALIZED, **also}
    return asker.do("create_flow", project_id=project_id, serialized_flow=written)["id"]


def refused(asker, query):
    (error,) = asker.send(query).json()["errors"]
    return error["message"], error["extensions"]["code"]


def test_a_project_is_created_shown_renamed_described_and_deleted(stage):
    admin = stage.admin
    id_ = project(admin)
    query = "{ project { id name description tenant_id } }"
    expected = {"id": id_, "name": "daily", "description": "Runs each day."}
    assert admin.ask(query)["project"] == [{**expected, "tenant_id": admin.me()["tenant_id"]}]
    assert admin.do("set_project_name", project_id=id_, name="nightly") == {"id": id_}
    assert admin.do("set_project_description", project_id=id_, description=None) == {"id": id_}
    assert admin.ask("{ project { name description } }")["project"] == [
        {"name": "nightly", "description": None}
    ]
    assert admin.do("delete_project", project_id=id_)["success"] is True
    assert admin.ask("{ project_aggregate { aggregate { count } } }") == {
        "project_aggregate": {"aggregate": {"count": 0}}
    }


def test_names_of_projects_are_unique_in_their_tenant(stage):
    first, second = project(stage.admin), project(stage.admin, "other")
    not_unique = failed("Uniqueness violation.")
    with stage.unchanged():
        assert stage.admin.refused("create_project", name="daily") == not_unique
        assert stage.admin.refused("set_project_name", project_id=second, name="daily") == (
            not_unique
        )
    beta = stage.found("beta")
    assert project(beta) != first
    assert beta.refused("delete_project", project_id=first) == failed("Invalid project id.")
    named = stage.admin.refused("create_project", name="more", tenant_id=beta.me()["tenant_id"])
    assert named == UNAUTHORIZED


def test_a_flow_registered_again_is_the_next_version_and_archives_those_before(stage):
    admin = stage.admin
    id_ = project(admin)
    flow(admin, id_)
    flow(admin, id_)
    flow(admin, project(admin, "other"))
    assert admin.ask(FLOWS)["flow"] == [
        {"name": "etl", "version": 1, "archived": True, "project": {"name": "daily"}},
        {"name": "etl", "version": 1, "archived": False, "project": {"name": "other"}},
        {"name": "etl", "version": 2, "archived": False, "project": {"name": "daily"}},
    ]


def test_a_flow_sent_twice_with_one_key_of_idempotency_is_one_flow(stage):
    id_ = project(stage.admin)
    sent = {"project_id": id_, "serialized_flow": SERIALIZED, "idempotency_key": "abc"}
    first = stage.admin.do("create_flow", **sent)
    assert stage.admin.do("create_flow", **sent) == first
    assert len(stage.admin.ask("{ flow { id } }")["flow"]) == 1
    assert stage.admin.do("create_flow", **{**sent, "idempotency_key": "def"}) != first


def test_a_flow_keeps_what_its_author_wrote_in_however_many_parts(stage):
    admin = stage.admin
    sent = compressed(json.dumps(SERIALIZED).encode())
    id_ = admin.do(
        "create_flow_from_compressed_string",
        project_id=project(admin),
        serialized_flow=sent,
        version_group_id="mine",
    )["id"]
    assert admin.do("register_tasks", flow_id=id_, serialized_tasks=[{"slug": "b-1"}])["success"]
    assert admin.do("register_edges", flow_id=id_, serialized_edges=[{"key": "x"}])["success"]
    text = '{ flow { id version_group_id core_version run_config(path: "type") serialized_flow } }'
    (row,) = admin.ask(text)["flow"]
    tasks = [{"slug": "a-1"}, {"slug": "b-1"}]
    assert row == {
        "id": id_,
        "version_group_id": "mine",
        "core_version": "1.4.1",
        "run_config": "LocalRun",
        "serialized_flow": {**SERIALIZED, "tasks": tasks, "edges": [{"key": "x"}]},
    }


def test_a_schedule_is_active_until_it_is_not_or_the_flow_is_archived(stage):
    admin = stage.admin
    id_ = flow(admin, project(admin))

    def is_active():
        return admin.ask("{ flow { is_schedule_active } }")["flow"][0]["is_schedule_active"]

    seen = [is_active()]
    for mutation in (
        "set_schedule_active",
        "set_schedule_inactive",
        "set_schedule_active",
        "archive_flow",
    ):
        assert admin.do(mutation, flow_id=id_)["success"] is True
        seen.append(is_active())
    assert seen == [False, True, False, True, False]


@pytest.mark.parametrize("written", [[], 7, {}, {"name": 7}])
def test_what_is_no_flow_is_refused(stage, written):
    id_ = project(stage.admin)
    sent = compressed(json.dumps(written).encode())
    with stage.unchanged():
        for mutation, flow_ in (
            ("create_flow", written),
            ("create_flow_from_compressed_string", sent),
        ):
            said = stage.admin.refused(mutation, project_id=id_, serialized_flow=flow_)
            assert said == failed(flows.NO_FLOW)


@pytest.mark.parametrize(
    "text",
    [
        "no base 64",
        b64encode(b"no gzip").decode(),
        compressed(b"no JSON"),
        compressed(b'{"name": "\\ud800"}'),
        compressed(b'{"name": "x", "a": ' + b"[" * 200 + b"]" * 200 + b"}"),
        compressed(b'{"name": "x", "a": Infinity}'),
    ],
)
def test_a_compressed_flow_is_held_against_the_rules_of_every_body(stage, text):
    id_ = project(stage.admin)
    with stage.unchanged():
        assert stage.admin.refused(
            "create_flow_from_compressed_string", project_id=id_, serialized_flow=text
        ) == failed(flows.NO_FLOW)
        zero = compressed(b'{"name": "x", "a": "\\u0000"}')
        message, _ = stage.admin.refused(
            "create_flow_from_compressed_string", project_id=id_, serialized_flow=zero
        )
        assert message == "A text must not hold the character U+0000."


def test_no_more_of_a_flow_is_unpacked_or_kept_than_a_request_may_hold(stage):
    admin = stage.admin
    id_ = project(admin)
    bomb = compressed(b'{"name": "' + b"x" * (8 << 20) + b'"}')
    many = [{"slug": "x" * (3 << 20)}]
    registered = flow(admin, id_)
    admin.do("register_tasks", flow_id=registered, serialized_tasks=many)
    with stage.unchanged():
        sent = {"project_id": id_, "serialized_flow": bomb}
        assert admin.refused("create_flow_from_compressed_string", **sent) == failed(
            flows.TOO_LARGE
        )
        sent = {"flow_id": registered, "serialized_tasks": many}
        assert admin.refused("register_tasks", **sent) == failed(flows.TOO_LARGE)
        sent = {"flow_id": registered, "serialized_tasks": {}}
        assert admin.refused("register_tasks", **sent) == failed(
            "The serialized tasks are no list."
        )


def test_tasks_are_added_to_no_source_that_has_another_thing_in_their_place(stage):
    admin = stage.admin
    id_ = flow(admin, project(admin), tasks=7)
    with stage.unchanged():
        sent = {"flow_id": id_, "serialized_tasks": [{"slug": "b-1"}]}
        said = admin.refused("register_tasks", **sent)
    assert said == failed("The serialized tasks are no list.")


def test_a_run_is_scheduled_and_stays_so(stage):
    admin = stage.admin
    id_ = flow(admin, project(admin))
    start = "2031-02-03T04:05:06+00:00"
    run = admin.do(
        "create_flow_run",
        flow_id=id_,
        flow_run_name="first",
        parameters={"x": 1},
        labels=["prod"],
        scheduled_start_time=start,
    )["id"]
    fields = "id name state labels parameters start_time scheduled_start_time run_config"
    (row,) = admin.ask(f"{{ flow_run {{ {fields} created_by_user_id flow {{ name }} }} }}")[
        "flow_run"
    ]
    assert row == {
        "id": run,
        "name": "first",
        "state": "Scheduled",
        "labels": ["prod"],
        "parameters": {"x": 1},
        "start_time": None,
        "scheduled_start_time": start,
        "run_config": {"type": "LocalRun"},
        "created_by_user_id": admin.me()["user_id"],
        "flow": {"name": "etl"},
    }
    admin.do("set_flow_run_name", flow_run_id=run, name="again")
    assert admin.ask("{ project { flows { flow_runs { name } } } }")["project"] == [
        {"flows": [{"flow_runs": [{"name": "again"}]}]}
    ]
    admin.do("delete_flow_run", flow_run_id=run)
    assert admin.ask("{ flow_run { id } }")["flow_run"] == []


def test_the_group_of_a_flow_and_the_states_of_a_run_are_read_as_the_client_reads_them(stage):
    """The two documents are those that `prefect run` of prefect 1.4.1 sends."""
    admin = stage.admin
    id_ = flow(admin, project(admin))
    (shown,) = admin.ask(
        f'{{ flow(where: {{ id: {{ _eq: "{id_}" }}, archived: {{ _eq: false }} }}) {{ id settings'
        " run_config serialized_flow name archived project { name } core_version storage"
        " flow_group_id flow_group { id labels } } }"
    )["flow"]
    assert shown["settings"] == {}
    assert shown["flow_group"] == {"id": shown["flow_group_id"], "labels": None}
    run = admin.do("create_flow_run", flow_id=id_)["id"]
    (read,) = admin.ask(
        f'{{ flow_run(where: {{ id: {{ _eq: "{run}" }} }}) {{ id name flow_id state_timestamp'
        " serialized_state states { timestamp serialized_state state message }"
        " labels parameters context updated run_config } }"
    )["flow_run"]
    state = {"state": "Scheduled", "message": "Flow run scheduled."}
    kept = {"timestamp": read["state_timestamp"], "serialized_state": read["serialized_state"]}
    assert read["states"] == [{**state, **kept}]


def test_a_run_is_of_the_flow_named_or_of_the_newest_version_of_a_group(stage):
    admin = stage.admin
    id_ = project(admin)
    old = flow(admin, id_)
    new = flow(admin, id_)
    (group,) = {
        row["version_group_id"] for row in admin.ask("{ flow { version_group_id } }")["flow"]
    }
    sent = {"version_group_id": group, "idempotency_key": "abc"}
    run = admin.do("create_flow_run", **sent)
    assert admin.ask("{ flow_run { flow_id name } }")["flow_run"][0]["flow_id"] == new
    nothing = "Must provide either flow_id or version_group_id of a flow that is not archived."
    assert admin.do("create_flow_run", **sent) == run
    with stage.unchanged():
        assert admin.refused("create_flow_run", flow_id=old) == failed(f"Flow {old} is archived.")
        assert admin.refused("create_flow_run") == failed(nothing)
        assert admin.refused("create_flow_run", version_group_id="other") == failed(nothing)
        unknown = admin.refused("create_flow_run", flow_id=str(uuid4()))
        assert unknown == failed("Invalid flow id.")
        assert admin.refused("delete_flow_run", flow_run_id=new) == failed("Invalid flow run id.")


def test_a_project_goes_with_its_flows_and_runs_and_no_others(stage):
    admin = stage.admin
    gone, kept = project(admin, "gone"), project(admin, "kept")
    for id_ in (gone, kept):
        admin.do("create_flow_run", flow_id=flow(admin, id_))
    admin.do("delete_project", project_id=gone)
    left = admin.ask("{ project { name } flow { project_id } flow_run { flow { project_id } } }")
    assert left == {
        "project": [{"name": "kept"}],
        "flow": [{"project_id": kept}],
        "flow_run": [{"flow": {"project_id": kept}}],
    }
    with stage.backend().open() as session:
        assert len(session.documents.of("flow-source")) == 1


def test_each_takes_the_permission_of_its_own_kind(stage):
    user, reader = (
        stage.person("uma@example.org"),
        stage.person("rex@example.org", "read-only-user"),
    )
    id_ = project(user)
    flow_id = flow(user, id_)
    run = user.do("create_flow_run", flow_id=flow_id)["id"]
    count = "{ project { flows_aggregate { aggregate { count } } flows { flow_runs { id } } } }"
    expected = [
        {"flows_aggregate": {"aggregate": {"count": 1}}, "flows": [{"flow_runs": [{"id": run}]}]}
    ]
    assert reader.ask(count)["project"] == expected
    with stage.unchanged():
        for mutation, sent in (
            ("create_project", {"name": "mine"}),
            ("set_project_name", {"project_id": id_, "name": "mine"}),
            ("delete_project", {"project_id": id_}),
            ("create_flow", {"project_id": id_, "serialized_flow": SERIALIZED}),
            ("register_tasks", {"flow_id": flow_id, "serialized_tasks": []}),
            ("archive_flow", {"flow_id": flow_id}),
            ("set_schedule_active", {"flow_id": flow_id}),
            ("delete_flow", {"flow_id": flow_id}),
            ("create_flow_run", {"flow_id": flow_id}),
            ("set_flow_run_name", {"flow_run_id": run, "name": "mine"}),
            ("delete_flow_run", {"flow_run_id": run}),
        ):
            assert reader.refused(mutation, **sent) == UNAUTHORIZED, mutation
        assert user.refused("delete_project", project_id=id_) == UNAUTHORIZED
    assert user.do("delete_flow", flow_id=flow_id)["success"] is True


def test_a_table_that_the_callers_role_does_not_see_is_not_there(stage):
    stage.role("registrar", "read:project")
    asker = stage.person("kim@example.org", "registrar")
    flow(stage.admin, project(stage.admin))
    assert asker.ask("{ project { name } }")["project"] == [{"name": "daily"}]
    for table in ("flow", "flow_run"):
        hidden = f"field \"{table}\" not found in type: 'query_root'", "validation-failed"
        assert refused(asker, f"{{ {table} {{ id }} }}") == hidden
    within = "field \"flow\" not found in type: 'query_root'", "validation-failed"
    assert refused(asker, "{ project { flows { id } } }") == within
    assert refused(asker, '{ project(where: {flows: {name: {_eq: "etl"}}}) { id } }') == within


def test_flows_are_selected_by_what_they_belong_to_and_one_of_each_name(stage):
    admin = stage.admin
    id_ = project(admin)
    for name in ("etl", "etl", "web"):
        flow(admin, id_, name=name)
    flow(admin, project(admin, "other"))
    where = 'where: {_and: {version: {_eq: null}, project: {name: {_eq: "daily"}}}}'
    order = "order_by: {name: asc, version: desc}, distinct_on: name, limit: 10"
    rows = admin.ask(f"{{ flow({where}, {order}) {{ name version }} }}")["flow"]
    assert rows == [{"name": "etl", "version": 2}, {"name": "web", "version": 1}]
    count = "flows_aggregate(distinct_on: name) { aggregate { count } }"
    rows = admin.ask(f"{{ project(order_by: {{name: asc}}) {{ {count} }} }}")["project"]
    assert [row["flows_aggregate"]["aggregate"]["count"] for row in rows] == [2, 1]
    (one,) = admin.ask("{ flow(where: {archived: {_eq: true}}) { id } }")["flow"]
    assert admin.ask(f'{{ flow_by_pk(id: "{one["id"]}") {{ version }} }}')["flow_by_pk"] == {
        "version": 1
    }


def test_an_object_of_more_than_64_kib_is_refused(stage):
    with stage.unchanged():
        said = stage.admin.refused("create_project", name="x", description="x" * inputs.LARGEST)
        assert said == failed("The input is larger than 64 KiB.")


def test_reading_a_table_costs_what_its_objects_hold(stage, monkeypatch):
    project(stage.admin)
    monkeypatch.setattr("rbac_sync.server.graphql.objects.LINE", 0.00001)
    assert refused(stage.admin, "{ project { id } }") == failed(TOO_MUCH)
