"""The schedules of a deployment: those that came with it, and those that are made by themselves."""

from __future__ import annotations

import pytest

UNKNOWN = "00000000-0000-4000-8000-000000000000"
DAILY, WEEKLY = {"cron": "0 1 * * *"}, {"interval": 604800.0}


@pytest.fixture
def prod(acme):
    return f"/workspaces/{acme.workspace()['id']}"


@pytest.fixture
def nightly(acme, prod):
    flow = acme.post(f"{prod}/flows/", {"name": "etl"}, 201)
    body = {"name": "nightly", "flow_id": flow["id"], "schedules": [{"schedule": DAILY}]}
    made = acme.post(f"{prod}/deployments/", body, 201)
    return f"{prod}/deployments/{made['id']}"


def test_they_are_listed_added_changed_and_deleted(acme, nightly):
    (first,) = acme.get(f"{nightly}/schedules")
    assert (first["schedule"], first["active"], first["parameters"]) == (DAILY, True, {})
    second, third = acme.post(
        f"{nightly}/schedules",
        [{"schedule": WEEKLY, "slug": "w"}, {"schedule": DAILY, "active": False}],
        201,
    )
    assert (second["slug"], third["active"]) == ("w", False)
    assert acme.get(f"{nightly}/schedules") == [first, second, third]
    acme.delete(f"{nightly}/schedules/{first['id']}")
    acme.patch(f"{nightly}/schedules/{third['id']}", {"active": True, "schedule": None})
    after, changed = acme.get(f"{nightly}/schedules")
    assert after == second
    assert changed == {**third, "active": True, "updated": changed["updated"]}
    ids = [each["id"] for each in acme.get(nightly)["schedules"]]
    assert ids == [second["id"], third["id"]]


def test_a_change_without_parameters_empties_them(acme, nightly):
    new = {"schedule": DAILY, "parameters": {"env": "staging"}, "slug": "s"}
    (made,) = acme.post(f"{nightly}/schedules", [new], 201)
    acme.patch(f"{nightly}/schedules/{made['id']}", {"schedule": WEEKLY})
    changed = acme.get(f"{nightly}/schedules")[1]
    assert (changed["schedule"], changed["parameters"], changed["slug"]) == (WEEKLY, {}, "s")


def test_a_request_gives_a_schedule_no_id_and_no_moment(acme, nightly):
    forged = {"id": UNKNOWN, "created": "2001-01-01T00:00:00Z", "deployment_id": UNKNOWN}
    (made,) = acme.post(f"{nightly}/schedules", [{"schedule": WEEKLY, **forged}], 201)
    acme.patch(f"{nightly}/schedules/{made['id']}", forged)
    changed = acme.get(f"{nightly}/schedules")[1]
    assert changed == {**made, "updated": changed["updated"]}
    acme.patch(nightly, {"schedules": [{"schedule": WEEKLY, **forged}]})
    (replaced,) = acme.get(f"{nightly}/schedules")
    assert not forged.items() & replaced.items()


def test_who_may_not_edit_deployments_lists_them_and_no_more(acme, prod, nightly):
    (schedule,) = acme.get(f"{nightly}/schedules")
    bo = acme.of(acme.server.person("bo@example.org"))
    bo.get(f"{nightly}/schedules", 404)
    acme.patch(prod, {"default_workspace_role_id": acme.role("Runner")})
    assert bo.get(f"{nightly}/schedules") == [schedule]
    bo.post(f"{nightly}/schedules", [{"schedule": WEEKLY}], 403)
    bo.patch(f"{nightly}/schedules/{schedule['id']}", {"active": False}, 403)
    bo.delete(f"{nightly}/schedules/{schedule['id']}", 403)


def test_the_access_list_of_the_deployment_holds_for_them(acme, prod, nightly):
    (schedule,) = acme.get(f"{nightly}/schedules")
    bo = acme.of(acme.server.person("bo@example.org"))
    acme.patch(prod, {"default_workspace_role_id": acme.role("Developer")})
    nobody = {"manage_actor_ids": [], "run_actor_ids": ["*"], "view_actor_ids": ["*"]}
    acme.put(f"{nightly}/access", {"access_control": nobody}, 204)
    assert [each["id"] for each in bo.get(f"{nightly}/schedules")] == [schedule["id"]]
    refused = bo.post(f"{nightly}/schedules", [{"schedule": WEEKLY}], 403)
    assert refused["detail"] == "the access list of `nightly` does not let you manage it"
    bo.patch(f"{nightly}/schedules/{schedule['id']}", {"active": False}, 403)
    bo.delete(f"{nightly}/schedules/{schedule['id']}", 403)


@pytest.mark.parametrize("wrong", [[{}], [{"schedule": None}], [{"schedule": "daily"}], {}])
def test_a_schedule_of_another_shape_is_refused(acme, nightly, wrong):
    acme.post(f"{nightly}/schedules", wrong, 422)


def test_what_is_not_there_is_not_found(acme, prod, nightly):
    acme.patch(f"{nightly}/schedules/{UNKNOWN}", {"active": False}, 404)
    acme.delete(f"{nightly}/schedules/{UNKNOWN}", 404)
    acme.get(f"{prod}/deployments/{UNKNOWN}/schedules", 404)
