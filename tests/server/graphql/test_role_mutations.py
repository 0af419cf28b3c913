"""Custom roles: made, replaced and deleted through the API."""

from __future__ import annotations

import pytest

from rbac_sync.backends.store.features import FEATURES

from .tenants import UNAUTHORIZED, failed, staged

BO = "bo@example.org"
TEAM = ("create:role", "update:role", "delete:role", "read:role", "read:flow")


@pytest.fixture
def stage(tmp_path):
    with staged(f"sqlite:///{tmp_path}/rbac.db", features=FEATURES) as found:
        yield found


@pytest.fixture
def keeper(stage):
    """Somebody who may do everything with roles, and holds little else."""
    stage.role("keeper", *TEAM)
    return stage.person("kim@example.org", "keeper")


def test_a_role_is_made_replaced_and_deleted_on_record(stage):
    admin = stage.admin
    with stage.on_record("`role.my%20new%20role` created"):
        id_ = admin.do("create_custom_role", name="my new role", permissions=["read:flow"])["id"]
    assert admin.held(id_) == {"read:flow"}
    told = {"role_id": id_, "permissions": ["read:flow", "delete:flow"]}
    with stage.on_record("`role.my%20new%20role` updated"):
        done = admin.do("update_custom_role_permissions", **told)
    assert done == {"success": True, "error": None}
    assert admin.held(id_) == {"read:flow", "delete:flow"}
    with stage.on_record("`role.my%20new%20role` deleted"):
        assert admin.do("delete_custom_role", role_id=id_)["success"] is True


def test_a_list_of_permissions_replaces_the_one_before_whole(stage):
    stage.role("dev", "read:flow", "update:flow")
    id_ = stage.admin.role("dev")
    for wanted in (["update:flow"], []):
        stage.admin.do("update_custom_role_permissions", role_id=id_, permissions=wanted)
        assert stage.admin.held(id_) == set(wanted)


def test_doing_the_same_again_is_done_and_on_record_once(stage):
    id_ = stage.admin.do("create_custom_role", name="dev", permissions=[])["id"]
    told = {"role_id": id_, "permissions": ["read:flow"]}
    stage.admin.do("update_custom_role_permissions", **told)
    with stage.on_record():
        stage.admin.do("update_custom_role_permissions", **told)


def test_nobody_makes_a_role_of_more_than_they_hold(stage, keeper):
    with stage.unchanged():
        told = {"name": "sly", "permissions": ["read:flow", "read:secret-value"]}
        assert keeper.refused("create_custom_role", **told) == UNAUTHORIZED
    keeper.do("create_custom_role", name="fair", permissions=["read:flow"])


def test_nobody_widens_a_role_by_what_they_do_not_hold_and_the_whole_list_counts(stage, keeper):
    stage.role("dev", "read:flow")
    stage.role("wide", "read:flow", "read:secret-value")
    with stage.unchanged():
        for name, wanted in (
            ("dev", ["read:flow", "read:secret-value"]),
            ("keeper", [*TEAM, "update:membership"]),
            ("wide", ["read:secret-value"]),
            ("wide", ["read:flow"]),
        ):
            told = {"role_id": keeper.role(name), "permissions": wanted}
            assert keeper.refused("update_custom_role_permissions", **told) == UNAUTHORIZED


def test_who_lacks_the_right_to_roles_changes_none(stage):
    stage.role("dev", "read:flow")
    user = stage.person(BO)
    id_ = user.role("dev")
    with stage.unchanged():
        told = {"name": "mine", "permissions": ["read:flow"]}
        assert user.refused("create_custom_role", **told) == UNAUTHORIZED
        told = {"role_id": id_, "permissions": []}
        assert user.refused("update_custom_role_permissions", **told) == UNAUTHORIZED
        assert user.refused("delete_custom_role", role_id=id_) == UNAUTHORIZED


@pytest.mark.parametrize(
    "name", ["TENANT_ADMIN", "USER", "READ_ONLY_USER", "RUNNER", "ENTERPRISE_LICENSE_ADMIN"]
)
def test_built_in_roles_stay_as_they_are(stage, name):
    id_ = stage.admin.role(name)
    with stage.unchanged():
        told = {"role_id": id_, "permissions": []}
        assert stage.admin.refused("update_custom_role_permissions", **told) == UNAUTHORIZED
        assert stage.admin.refused("delete_custom_role", role_id=id_) == UNAUTHORIZED
        for imitation in (name, name.lower()):
            told = {"name": imitation, "permissions": []}
            assert stage.admin.refused("create_custom_role", **told) == UNAUTHORIZED


@pytest.mark.parametrize("by", ["member", "service account", "invitation"])
def test_a_role_that_somebody_has_is_not_deleted(stage, by):
    stage.role("dev", "read:flow")
    match by:
        case "member":
            stage.person(BO, "dev")
        case "service account":
            stage.machine("ci", "dev")
        case _:
            stage.invited(BO, "acme", "dev")
    id_ = stage.admin.role("dev")
    with stage.unchanged():
        assert stage.admin.refused("delete_custom_role", role_id=id_) == failed(
            "Role is assigned to existing memberships or invitations."
        )


def test_a_name_is_taken_once(stage):
    stage.role("dev", "read:flow")
    with stage.unchanged():
        told = {"name": "dev", "permissions": []}
        assert stage.admin.refused("create_custom_role", **told) == failed("Uniqueness violation.")


@pytest.mark.parametrize(
    "permission", ["read:flo", "", "license:admin", "feature:custom-role", "READ:FLOW", "see_flows"]
)
def test_a_role_holds_only_what_is_a_permission(stage, permission):
    stage.role("dev", "read:flow")
    id_ = stage.admin.role("dev")
    message = failed(f'Invalid permission: "{permission}".')
    with stage.unchanged():
        told = {"permissions": ["read:flow", permission]}
        assert stage.admin.refused("create_custom_role", name="new", **told) == message
        assert stage.admin.refused("update_custom_role_permissions", role_id=id_, **told) == message


@pytest.mark.parametrize("name", ["", " ", " dev", "a\nb", "dev\u202e", "DEV", "T\u0415NANT_ADMIN"])
def test_a_name_that_cannot_be_told_apart_is_refused(stage, name):
    stage.role("dev")
    with stage.unchanged():
        _, code = stage.admin.refused("create_custom_role", name=name, permissions=[])
        assert code == "INTERNAL_SERVER_ERROR"


def test_another_tenants_role_is_as_if_there_were_none(stage):
    stage.found("beta")
    stage.role("theirs", "read:flow", tenant="beta")
    id_ = stage.admin.to("beta").role("theirs")
    with stage.unchanged():
        told = {"role_id": id_, "permissions": []}
        wanted = failed("Invalid role id.")
        assert stage.admin.refused("update_custom_role_permissions", **told) == wanted
        assert stage.admin.refused("delete_custom_role", role_id=id_) == wanted


def test_an_account_without_custom_roles_makes_none_and_may_let_the_old_ones_go(tmp_path):
    url = f"sqlite:///{tmp_path}/rbac.db"
    with staged(url, features=["basic-rbac", "audit-trail"]) as stage:
        stage.role("old", "read:flow")
        id_ = stage.admin.role("old")
        with stage.unchanged():
            told = {"name": "new", "permissions": []}
            assert stage.admin.refused("create_custom_role", **told) == UNAUTHORIZED
            told = {"role_id": id_, "permissions": ["read:flow", "read:run"]}
            assert stage.admin.refused("update_custom_role_permissions", **told) == UNAUTHORIZED
        stage.admin.do("delete_custom_role", role_id=id_)


def test_a_role_named_like_an_error_cannot_pass_for_one(stage):
    with stage.unchanged():
        told = {"name": "x", "permissions": ["API_ERROR UNAUTHENTICATED"]}
        message, code = stage.admin.refused("create_custom_role", **told)
    assert "API_ERROR" not in message
    assert "UNAUTHENTICATED" not in message
    assert code == "INTERNAL_SERVER_ERROR"


def test_whoever_holds_a_role_holds_at_once_what_it_is_given(stage):
    stage.role("dev", "read:flow")
    bo, ci = stage.person(BO, "dev"), stage.machine("ci", "dev")
    told = {"role_id": stage.admin.role("dev"), "permissions": ["read:flow", "delete:flow"]}
    stage.admin.do("update_custom_role_permissions", **told)
    for asker in (bo, ci):
        assert {"read:flow", "delete:flow"} <= set(asker.me()["permissions"])
