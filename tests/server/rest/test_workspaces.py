"""Workspaces, their default roles and settings; workspace roles and scopes."""

from __future__ import annotations

import pytest


def test_a_handle_is_taken_once_and_well_formed(acme):
    acme.workspace("prod")
    acme.post("/workspaces/", {"name": "x", "handle": "prod"}, 409)
    acme.post("/workspaces/", {"name": "x", "handle": "Pr od"}, 422)


def test_workspaces_are_found_by_handle_and_id_and_null_asks_for_all(acme):
    prod, dev = acme.workspace("prod"), acme.workspace("dev")

    def handles(**wanted):
        return [w["handle"] for w in acme.post("/workspaces/filter", {"workspaces": wanted})]

    assert handles(handle={"any_": ["dev"]}) == ["dev"]
    assert handles(id={"any_": [prod["id"]]}) == ["prod"]
    assert handles(handle={"any_": None}) == ["prod", "dev"]
    assert handles(handle={"any_": []}) == []
    page = acme.post("/workspaces/filter", {"limit": 1, "offset": 1})
    assert [w["id"] for w in page] == [dev["id"]]
    acme.post("/workspaces/filter", {"limit": 201}, 422)


def test_a_default_role_is_set_and_a_null_beside_other_fields_keeps_it(acme):
    path, viewer = f"/workspaces/{acme.workspace()['id']}", acme.role("Viewer")
    acme.patch(path, {"default_workspace_role_id": viewer})
    acme.patch(path, {"name": "Live", "default_workspace_role_id": None})
    assert acme.get(path)["default_workspace_role_id"] == viewer
    acme.patch(path, {"default_workspace_role_id": None})
    assert acme.get(path)["default_workspace_role_id"] is None


def test_a_default_role_of_an_unknown_id_is_refused(acme):
    path = f"/workspaces/{acme.workspace()['id']}"
    acme.patch(path, {"default_workspace_role_id": path[-36:]}, 422)
    acme.patch(path, {"default_workspace_role_id": acme.account_role("Member")}, 422)


def test_inside_a_workspace_who_has_no_access_finds_nothing(acme):
    path = f"/workspaces/{acme.workspace()['id']}"
    bo = acme.of(acme.server.person("bo@example.org"))
    for inside in ("", "/settings", "/access/"):
        bo.get(path + inside, 404)
    bo.post(f"{path}/user_access/filter", None, 404)
    bo.patch(path, {"name": "x"}, 404)
    acme.patch(path, {"default_workspace_role_id": acme.role("Viewer")})
    bo.get(path, 200)
    bo.get(f"{path}/settings", 403)
    bo.patch(path, {"name": "x"}, 403)


def test_a_workspace_is_listed_for_whoever_has_access_to_it(acme):
    prod, _ = acme.workspace(), acme.workspace("dev")
    path = f"/workspaces/{prod['id']}"
    bo = acme.of(acme.server.person("bo@example.org"))

    def seen(account):
        listed = [w["handle"] for w in account.post("/workspaces/filter")]
        assert [w["name"] for w in account.get("/usage")] == listed
        return listed, account.client.get(path).status_code

    assert seen(acme) == (["prod", "dev"], 307)
    assert seen(bo) == ([], 404)
    acme.patch(path, {"default_workspace_role_id": acme.role("Viewer")})
    assert seen(bo) == (["prod"], 307)


def test_whether_a_workspace_is_there_is_not_told_without_the_permission(acme):
    path = f"/workspaces/{acme.workspace()['id']}"
    bo = acme.of(acme.server.person("bo@example.org"))
    for there in (path, f"/workspaces/{acme.id}"):
        bo.post(f"{there}/invitations/", {"email": "ann@example.org"}, 403)


def test_settings_of_a_workspace_are_kept(acme):
    path = f"/workspaces/{acme.workspace()['id']}/settings"
    assert acme.get(path)["inherit_default_result_storage"] is True
    for sent in (False, None):
        acme.patch(path, {"inherit_default_result_storage": sent})
    assert acme.get(path)["inherit_default_result_storage"] is False


def test_the_short_url_leads_to_the_whole_one(acme):
    id_ = acme.workspace()["id"]
    answer = acme.client.get(f"/workspaces/{id_}")
    assert answer.status_code == 307
    assert answer.headers["location"] == f"/api{acme.path}/workspaces/{id_}"


def test_nothing_moves_between_accounts(acme):
    path = f"/workspaces/{acme.workspace()['id']}"
    acme.post(f"{path}/transfer", {"to_account_id": acme.id}, 403)
    assert acme.post(f"{path}/validate_transfer", {"to_account_id": acme.id})["account"]


def test_the_scopes_say_what_they_include(acme):
    found = {s["name"]: s for s in acme.client.get("/workspace_scopes").json()}
    assert len(found) == 61
    assert set(found["manage_blocks"]["includes_scopes"]) == {"see_blocks", "see_secret_blocks"}
    assert found["manage_blocks"]["see_scope"] == "see_blocks"
    assert found["see_flows"]["includes_scopes"] == []


def test_a_role_reads_back_closed_and_without_its_base(acme):
    body = {"name": "ops", "scopes": ["manage_blocks"], "inherited_role_id": acme.role("Viewer")}
    made = acme.post("/workspace_roles/", body, 201)
    assert made["scopes"] == ["manage_blocks", "see_blocks", "see_secret_blocks"]
    assert (made["permissions"], made["inherited_role_id"]) == ([], acme.role("Viewer"))
    assert (made["description"], made["account_id"]) == ("", acme.id)
    seen = acme.post("/workspace_roles/", {"name": "seer", "scopes": ["see_flows"]}, 201)
    assert seen["scopes"] == ["see_flows"]


def test_a_role_that_would_be_its_own_base_is_refused(acme):
    made = acme.post("/workspace_roles/", {"name": "ops", "scopes": ["see_flows"]}, 201)
    acme.patch(f"/workspace_roles/{made['id']}", {"inherited_role_id": made["id"]}, 422)


def test_a_role_is_changed_renamed_and_keeps_its_id(acme):
    made = acme.post("/workspace_roles/", {"name": "ops", "scopes": ["see_flows"]}, 201)
    path = f"/workspace_roles/{made['id']}"
    acme.patch(path, {"name": "Ops", "scopes": None, "description": "x", "inherited_role_id": None})
    after = acme.get(path)
    assert (after["name"], after["scopes"], after["description"]) == ("Ops", [], "x")
    acme.patch(path, {"description": "y"})
    assert acme.get(path)["name"] == "Ops"
    acme.delete(path)
    acme.get(path, 404)


def test_roles_are_told_apart_by_where_they_come_from(acme):
    acme.post("/workspace_roles/", {"name": "ops"}, 201)

    def names(is_global):
        body = {"workspace_roles": {"is_global": is_global}}
        return {r["name"] for r in acme.post("/workspace_roles/filter", body)}

    builtin = {"Owner", "Worker", "Developer", "Viewer", "Runner"}
    assert names(True) == builtin
    assert names(False) == {"ops"}
    assert names(None) == builtin | {"ops"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "x", "scopes": ["see_nothing"]}, 422),
        ({"name": "x", "description": "d" * 141}, 422),
        ({"name": "viewer"}, 403),
        ({"name": "x", "scopes": ["see_flows\0"]}, 422),
    ],
)
def test_a_role_that_cannot_be_is_refused(acme, body, status):
    acme.post("/workspace_roles/", body, status)


def test_a_role_is_based_on_a_built_in_one_only(acme):
    made = acme.post("/workspace_roles/", {"name": "ops"}, 201)
    body = {"name": "more", "inherited_role_id": made["id"]}
    acme.post("/workspace_roles/", body, 422)


def test_a_role_in_use_stays(acme):
    made = acme.post("/workspace_roles/", {"name": "ops"}, 201)
    path = f"/workspaces/{acme.workspace()['id']}"
    acme.patch(path, {"default_workspace_role_id": made["id"]})
    acme.delete(f"/workspace_roles/{made['id']}", 409)
    acme.delete(f"/workspace_roles/{acme.role('Viewer')}", 403)


def deleter(acme, path, permissions=("manage_workspace_settings",)):
    """Let somebody hold a role of exactly these permissions in a workspace; return their view."""
    body = {"name": f"with {len(permissions)}", "scopes": list(permissions)}
    role = acme.post("/workspace_roles/", body, 201)["id"]
    return guest(acme, path, f"r{len(permissions)}@example.org", role)


def guest(acme, path, email, role):
    """Let somebody come in and hold a role in a workspace; return their view."""
    key = acme.server.person(email)
    user = acme.member(email)["user_id"]
    acme.post(f"{path}/user_access/", [{"user_id": user, "workspace_role_id": role}])
    return acme.of(key)


def test_the_permission_to_delete_a_workspace_suffices_where_others_hold_more(acme):
    path = f"/workspaces/{acme.workspace()['id']}"
    guest(acme, path, "mona@example.org", acme.role("Owner"))
    acme.patch(path, {"default_workspace_role_id": acme.role("Viewer")})
    dana = deleter(acme, path)
    dana.delete(path)
    acme.get(path, 404)


def test_nobody_deletes_a_workspace_without_that_permission(acme):
    path = f"/workspaces/{acme.workspace()['id']}"
    guest(acme, path, "dev@example.org", acme.role("Developer")).delete(path, 403)
    deleter(acme, path, ("manage_workspace_users", "write_workspace_settings")).delete(path, 403)
    acme.get(path)


def test_who_deletes_a_workspace_takes_nothing_else_of_those_who_hold_more(acme):
    path = f"/workspaces/{acme.workspace()['id']}"
    guest(acme, path, "mona@example.org", acme.role("Owner"))
    dana = deleter(acme, path, ("manage_workspace_settings", "manage_workspace_users"))
    rows = acme.post(f"{path}/user_access/filter")
    (mona,) = [row["id"] for row in rows if row["email"] == "mona@example.org"]
    dana.delete(f"{path}/user_access/{mona}", 403)
    dana.delete(path)


@pytest.mark.parametrize(
    ("path", "body", "key", "names"),
    [
        ("/workspaces/", {"name": "x"}, "handle", ("prod", "pr0d")),
        ("/teams/", {}, "name", ("Data", "data")),
        ("/bots/", {}, "name", ("robot", "r0bot")),
        ("/workspace_roles/", {"scopes": []}, "name", ("Caf\u00e9", "Cafe\u0301")),
    ],
)
def test_a_new_name_that_looks_like_another_is_refused(acme, path, body, key, names):
    acme.post(path, {**body, key: names[0]}, 201)
    answer = acme.post(path, {**body, key: names[1]}, 422)
    assert f"`{names[1]}` cannot be told apart from the" in str(answer)
