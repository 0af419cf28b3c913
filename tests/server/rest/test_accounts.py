"""Accounts, their settings and domains, and account roles."""

from __future__ import annotations

from datetime import datetime

import pytest

from rbac_sync.backends.store.features import DEFAULT
from rbac_sync.wire.prefect_cloud.accounts import AccountUpdate

from ..account import Account
from ..serving import served


def test_an_account_is_read_with_its_settings(acme):
    found = acme.get("")
    assert (found["id"], found["handle"], found["name"]) == (acme.id, "acme", "acme")
    assert found["settings"] == acme.get("/settings")
    assert found["settings"]["enforce_ip_allowlist"] is False


def test_an_account_can_be_read_whatever_was_cleared(acme):
    before = acme.get("")
    for name in AccountUpdate.model_fields:
        acme.patch("", {name: None})
        assert {**acme.get(""), "updated": before["updated"]} == before, name


def is_changed_later(before, after):
    times = [
        datetime.fromisoformat(each[when])
        for each in (before, after)
        for when in ("created", "updated")
    ]
    return times[0] == times[2] <= times[1] < times[3]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("", {"location": "Here"}),
        ("/settings", {"ai_log_summaries": True}),
        ("/account_memberships/{membership}/active", {"active": False}),
    ],
)
def test_a_change_moves_the_time_of_the_last_change(acme, path, change):
    acme.server.person("bo@example.org")
    membership = acme.member("bo@example.org")["id"]
    read = f"/account_memberships/{membership}" if "membership" in path else ""
    before = acme.get(read)
    assert acme.get(read) == before
    acme.patch(path.format(membership=membership), change)
    assert is_changed_later(before, acme.get(read))


def test_a_change_of_ones_own_record_moves_the_time_of_its_last_change(acme):
    path = f"/users/{acme.client.get('/me/').json()['id']}"
    before = acme.client.get(path).json()
    assert acme.client.patch(path, json={"location": "Here"}).status_code == 204
    assert is_changed_later(before, acme.client.get(path).json())


def test_the_handle_stays_as_it_is_chained_into_the_trail(acme):
    acme.patch("", {"handle": "other"}, 409)


def test_settings_are_changed_one_by_one(acme):
    acme.patch("/settings", {"ai_log_summaries": True, "managed_execution": False})
    acme.patch("/settings", {"ai_log_summaries": None})
    found = acme.get("/settings")
    assert (found["ai_log_summaries"], found["managed_execution"]) == (True, False)
    acme.patch("", {"settings": {"managed_execution": True}})
    assert acme.get("/settings")["managed_execution"] is True


def test_where_people_sign_in_by_sso_only_whoever_may_bypass_it_does_without(tmp_path):
    with served(f"sqlite:///{tmp_path}/rbac.db", features=[*DEFAULT, "sso"]) as server:
        acme = Account(server, server.client())
        acme.post("/sso/validate", {}, 204)
        assert acme.get("")["sso_state"] == "ENABLED"
        acme.of(server.bot("etl")).post("/sso/validate", {}, 204)
        refused = acme.of(server.person("bo@example.org", "admin")).post("/sso/validate", {}, 403)
    message = "people sign in by SSO in this account; to bypass it takes `bypass:sso`"
    assert refused == {"detail": message}


def test_where_they_do_not_nobody_has_to(acme):
    assert acme.get("")["sso_state"] == "DISABLED"
    bo = acme.of(acme.server.person("bo@example.org"))
    bo.post("/sso/validate", {}, 204)


def test_there_is_no_integration_to_delete(acme):
    acme.delete("/sso/integrations/any", 404)


def test_a_list_of_addresses_that_would_not_be_enforced_is_not_switched_on(acme):
    acme.patch("/settings", {"enforce_ip_allowlist": True}, 403)
    entry = {"ip_network": "10.0.0.0/8", "enabled": True, "description": None, "last_seen": None}
    acme.put("/ip_allowlist", {"entries": [entry]}, 204)
    assert acme.get("/ip_allowlist") == {"entries": [entry]}
    assert acme.get("/ip_allowlist/my_access")["allowed"] is True


def test_domains_are_replaced_and_those_that_stay_keep_their_ids(acme):
    acme.patch("/domains", {"domain_names": ["a.example", "b.example"]})
    before = {d["name"]: d["id"] for d in acme.get("/domains")}
    acme.patch("/domains", {"domain_names": ["b.example", "c.example", "c.example"]})
    after = {d["name"]: d["id"] for d in acme.get("/domains")}
    assert set(after) == {"b.example", "c.example"}
    assert after["b.example"] == before["b.example"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"name": "x"}),
        ("PATCH", "/settings", {"ai_log_summaries": True}),
        ("PATCH", "/domains", {"domain_names": []}),
        ("DELETE", "", None),
        ("PUT", "/ip_allowlist", {"entries": []}),
        ("GET", "/sso/integrations", None),
        ("POST", "/events/filter", {}),
    ],
)
def test_a_member_without_the_permission_is_refused(acme, method, path, body):
    bo = acme.of(acme.server.person("bo@example.org"))
    answer = bo.call(method, path, body)
    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("missing permission: `")


def test_the_built_in_account_roles_are_there_and_each_is_found_by_its_name(acme):
    found = {role["name"]: role for role in acme.post("/account_roles/filter")}
    assert {"Owner", "Admin", "Member"} <= set(found)
    for name, least in (("Owner", 30), ("Admin", 30), ("Member", 8)):
        assert len(found[name]["permissions"]) >= least
        assert found[name]["account_id"] is None
        assert found[name]["is_system_role"] is True
        assert acme.get(f"/account_roles/{acme.account_role(name)}") == found[name]


def test_built_in_account_roles_are_neither_changed_nor_deleted(acme):
    admin = acme.account_role("Admin")
    acme.patch(f"/account_roles/{admin}", {"name": "Boss"}, 403)
    acme.delete(f"/account_roles/{admin}", 403)
    acme.get(f"/account_roles/{acme.role('Viewer')}", 404)


def test_a_suspended_member_is_refused_everywhere(acme):
    bo = acme.of(acme.server.person("bo@example.org"))
    membership = acme.member("bo@example.org")["id"]
    acme.patch(f"/account_memberships/{membership}/active", {"active": False})
    bo.get("", 403)
    assert bo.client.get("/me/workspaces").status_code == 403
    acme.post(
        "/account_memberships/set_active", {"membership_ids": [membership], "active": True}, 204
    )
    bo.get("", 200)
