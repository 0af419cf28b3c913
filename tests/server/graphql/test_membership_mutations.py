"""Memberships: who gets which role, and who leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from rbac_sync.model import ACCOUNT, Holding, Level
from rbac_sync.model.address import user
from rbac_sync.model.resources import role
from rbac_sync.planning import Change

from .tenants import OWNER, STRANGER, UNAUTHORIZED, failed, staged

BO, KIM = "bo@example.org", "kim@example.org"
NEITHER = "Must provide either role or role_id."


def role_of(admin, who):
    (row,) = admin.members()[who]["memberships"]
    return row["role_id"]


def test_a_role_is_given_by_its_name_or_by_its_id_which_goes_first(stage):
    stage.role("dev", "read:flow")
    stage.person(BO)
    admin, dev = stage.admin, stage.admin.role("dev")
    id_ = admin.membership(BO)
    told = "`role.read-only-user` given to `bo@example.org` (member.bo@example.org/account_role)"
    with stage.on_record(told):
        assert (
            admin.do("set_membership_role", membership_id=id_, role="READ_ONLY_USER")["id"] == id_
        )
    assert role_of(admin, BO) == admin.role("READ_ONLY_USER")
    admin.do("set_membership_role", membership_id=id_, role_id=dev, role="TENANT_ADMIN")
    assert role_of(admin, BO) == dev
    assert admin.membership(BO) == id_


def test_service_accounts_have_roles_as_people_have(stage):
    stage.machine("ci")
    id_ = stage.admin.membership("ci")
    stage.admin.do("set_membership_role", membership_id=id_, role="TENANT_ADMIN")
    assert role_of(stage.admin, "ci") == stage.admin.role("TENANT_ADMIN")


def test_a_role_has_to_be_named(stage):
    stage.person(BO)
    with stage.unchanged():
        told = {"membership_id": stage.admin.membership(BO)}
        for more in ({}, {"role": None, "role_id": None}):
            assert stage.admin.refused("set_membership_role", **told, **more) == failed(NEITHER)


def test_what_is_not_there_is_not_found(stage):
    stage.person(BO)
    stage.invited(KIM, "acme")
    from rbac_sync.model import ACCOUNT
    from rbac_sync.model.address import user

    with stage.backend().open() as session:
        (pending,) = session.register().held_by(ACCOUNT, user(KIM))
    with stage.unchanged():
        for id_ in (str(uuid4()), str(pending.id)):
            told = {"membership_id": id_, "role": "USER"}
            wanted = failed("Invalid membership id.")
            assert stage.admin.refused("set_membership_role", **told) == wanted
            assert stage.admin.refused("delete_membership", membership_id=id_) == wanted
        told = {"membership_id": stage.admin.membership(BO), "role_id": str(uuid4())}
        assert stage.admin.refused("set_membership_role", **told) == failed("Invalid role id.")


def test_a_membership_that_has_ended_is_not_found_while_another_holds(stage):
    stage.person(BO)
    admin, who = stage.admin, user(BO)
    with stage.backend().open() as session:
        before = session.read().binding(who, ACCOUNT)
    ended = Holding(role(Level.ACCOUNT, "read-only-user"), until=datetime(2020, 1, 1, tzinfo=UTC))
    stage.add(Change(before, replace(before, roles=before.roles | {ended})))
    with stage.backend().open() as session:
        rows = {str(row.id) for row in session.register().held_by(ACCOUNT, who)}
    shown = admin.membership(BO)
    (hidden,) = rows - {shown}
    with stage.unchanged():
        told = {"membership_id": hidden, "role": "TENANT_ADMIN"}
        wanted = failed("Invalid membership id.")
        assert admin.refused("set_membership_role", **told) == wanted
        assert admin.refused("delete_membership", membership_id=hidden) == wanted
    done = admin.do("set_membership_role", membership_id=shown, role="TENANT_ADMIN")
    assert done["id"] == admin.membership(BO)


def test_another_tenants_membership_and_role_are_as_if_there_were_none(stage):
    stage.found("beta", "rae@example.org")
    stage.role("theirs", "read:flow", tenant="beta")
    rae = stage.person("rae@example.org")
    stage.person(BO, tenant="beta")
    beta = stage.found("gamma", "rae@example.org").to("beta")
    id_, role = beta.membership(BO), beta.role("theirs")
    with stage.unchanged():
        told = {"membership_id": id_, "role": "USER"}
        wanted = failed("Invalid membership id.")
        assert stage.admin.refused("set_membership_role", **told) == wanted
        assert stage.admin.refused("delete_membership", membership_id=id_) == wanted
        told = {"membership_id": stage.admin.membership("rae@example.org"), "role_id": role}
        assert stage.admin.refused("set_membership_role", **told) == failed("Invalid role id.")
        assert rae.refused("set_membership_role", **told) == failed("Invalid role id.")


@pytest.fixture
def manager(stage):
    """Somebody who changes memberships, and holds little else."""
    stage.role(
        "manager",
        "update:membership",
        "delete:membership",
        "update:service-account",
        "read:flow",
        "read:user",
    )
    return stage.person(KIM, "manager")


def test_nobody_gives_more_than_they_hold_nor_takes_it(stage, manager):
    stage.role("dev", "read:flow")
    stage.role("more", "read:flow", "read:run")
    stage.person(BO, "dev")
    stage.machine("ci", "dev")
    with stage.unchanged():
        for who in (BO, "ci", KIM):
            told = {"membership_id": stage.admin.membership(who)}
            for role in ("more", "TENANT_ADMIN"):
                id_ = stage.admin.role(role)
                assert manager.refused("set_membership_role", **told, role_id=id_) == UNAUTHORIZED
        told = {"membership_id": stage.admin.membership(OWNER), "role_id": stage.admin.role("dev")}
        assert manager.refused("set_membership_role", **told) == UNAUTHORIZED
    told = {"membership_id": stage.admin.membership(BO), "role_id": stage.admin.role("manager")}
    manager.do("set_membership_role", **told)


def test_who_may_not_change_memberships_changes_none(stage):
    user = stage.person(BO)
    stage.person(KIM)
    stage.machine("ci")
    with stage.unchanged():
        for who in (KIM, "ci", BO):
            told = {"membership_id": stage.admin.membership(who), "role": "READ_ONLY_USER"}
            assert user.refused("set_membership_role", **told) == UNAUTHORIZED
        for who in (KIM, "ci", OWNER):
            told = {"membership_id": stage.admin.membership(who)}
            assert user.refused("delete_membership", **told) == UNAUTHORIZED


def test_the_licence_administrator_is_made_by_such_alone(stage):
    stage.person(BO)
    stage.person(KIM, "enterprise-license-admin")
    told = {"membership_id": stage.admin.membership(BO)}
    role = stage.admin.role("ENTERPRISE_LICENSE_ADMIN")
    assert role == "55375f15-fdae-4a2f-b15a-afb6477522cb"
    with stage.unchanged():
        assert stage.admin.refused("set_membership_role", **told, role_id=role) == UNAUTHORIZED


def test_somebody_is_removed_with_all_keys_and_on_record(stage):
    bo = stage.person(BO)
    with stage.on_record("`member.bo@example.org` deleted"):
        done = stage.admin.do("delete_membership", membership_id=stage.admin.membership(BO))
    assert done["success"] is True
    assert BO not in stage.admin.members()
    body = bo.send("{ auth_info { user_id } }").json()
    assert body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_service_account_without_its_membership_is_gone(stage):
    stage.machine("ci")
    stage.admin.do("delete_membership", membership_id=stage.admin.membership("ci"))
    assert "ci" not in stage.admin.members()


def test_everybody_may_leave(stage):
    stage.role("nothing")
    bo = stage.person(BO, "read-only-user")
    with stage.on_record("`member.bo@example.org` deleted"):
        bo.do("delete_membership", membership_id=stage.admin.membership(BO))
    assert BO not in stage.admin.members()


def test_somebody_leaves_a_tenant_that_is_not_the_one_selected(stage):
    beta = stage.found("beta", BO)
    stage.person(BO)
    stage.person(KIM, "administrator", tenant="beta")
    id_ = beta.to("acme").membership(BO)
    beta.do("delete_membership", membership_id=id_)
    assert BO not in stage.admin.members()
    assert BO in beta.members()


def test_a_key_that_stays_in_its_tenant_leaves_no_other(stage):
    beta = stage.found("beta", BO)
    bo = stage.person(BO)
    id_ = beta.membership(BO)
    with stage.unchanged():
        wanted = failed("Invalid membership id.")
        assert bo.refused("delete_membership", membership_id=id_) == wanted


def test_the_last_administrator_stays(stage):
    id_ = stage.admin.membership(OWNER)
    with stage.unchanged():
        assert stage.admin.refused("delete_membership", membership_id=id_) == UNAUTHORIZED
        told = {"membership_id": id_, "role": "USER"}
        assert stage.admin.refused("set_membership_role", **told) == UNAUTHORIZED


def test_an_administrator_may_step_down_where_there_is_another(stage):
    stage.person(KIM, "administrator")
    id_ = stage.admin.membership(OWNER)
    stage.admin.do("set_membership_role", membership_id=id_, role="READ_ONLY_USER")
    with stage.unchanged():
        told = {"membership_id": id_, "role": "TENANT_ADMIN"}
        assert stage.admin.refused("set_membership_role", **told) == UNAUTHORIZED


def test_a_suspended_member_may_do_nothing(stage):
    from rbac_sync.model import Status

    bo = stage.person(BO, "administrator", status=Status.SUSPENDED)
    with stage.unchanged():
        told = {"membership_id": stage.admin.membership(OWNER), "role": "USER"}
        assert bo.refused("set_membership_role", **told) == STRANGER


def test_mutations_of_one_document_are_done_one_after_the_other_each_by_itself(stage):
    stage.person(BO)
    stage.person(KIM)
    ids = [stage.admin.membership(who) for who in (BO, OWNER, KIM)]
    fields = [
        f'delete_{n}: delete_membership(input: {{membership_id: "{id_}"}}) {{ success }}'
        for n, id_ in enumerate(ids)
    ]
    body = stage.admin.send(f"mutation {{ {' '.join(fields)} }}").json()
    assert [error["path"] for error in body["errors"]] == [["delete_1"]]
    assert body["data"] == {
        "delete_0": {"success": True},
        "delete_1": None,
        "delete_2": {"success": True},
    }
    assert list(stage.admin.members()) == [OWNER]


def test_where_no_roles_are_assigned_everybody_is_an_administrator(tmp_path):
    with staged(f"sqlite:///{tmp_path}/rbac.db", features=["audit-trail"]) as stage:
        stage.person(BO)
        admin = stage.admin
        told = {"membership_id": admin.membership(BO)}
        with stage.unchanged():
            for role in ("READ_ONLY_USER", "USER"):
                assert admin.refused("set_membership_role", **told, role=role) == UNAUTHORIZED
                new = {"email": KIM, "role": role}
                assert admin.refused("create_membership_invitation", **new) == UNAUTHORIZED
            new = {"tenant_id": admin.me()["tenant_id"], "name": "ci"}
            refusal = admin.refused("create_service_account", role_id=admin.role("USER"), **new)
            assert refusal == UNAUTHORIZED
        admin.do("create_service_account", **new)
        admin.do("set_membership_role", **told, role="TENANT_ADMIN")
        admin.do("create_membership_invitation", email=KIM, role="TENANT_ADMIN")


def test_the_same_role_again_keeps_its_reason_and_another_one_has_none(stage):
    stage.person(BO)
    id_ = stage.admin.membership(BO)

    def given(name):
        stage.admin.do("set_membership_role", membership_id=id_, role=name)
        with stage.backend().open() as session:
            return session.read().binding(user(BO), ACCOUNT)

    before = given("READ_ONLY_USER")
    explained = replace(before, roles=frozenset(replace(h, reason="INC-1") for h in before.roles))
    stage.backend().transact("why", lambda writer: writer.make(Change(before, explained)))

    assert given("READ_ONLY_USER") == explained
    assert {holding.reason for holding in given("USER").roles} == {""}
