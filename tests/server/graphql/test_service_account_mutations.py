"""Service accounts, their keys and one's own, through the API."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from rbac_sync.server.read_view import ReadView
from tests.backends.store.stores import dump

from .tenants import OWNER, UNAUTHORIZED, Asker, failed

BO, KIM = "bo@example.org", "kim@example.org"
KEYS = "{ auth_api_key { id name user_id default_tenant_id expires_at } }"


def create(asker, name="ci", **told):
    tenant = told.pop("tenant_id", None) or asker.me()["tenant_id"]
    return asker.do("create_service_account", tenant_id=tenant, name=name, **told)["id"]


def mint(asker, user_id, name="mine", **told):
    return asker.do("create_api_key", user_id=user_id, name=name, **told)


def mine(asker):
    return asker.me()["user_id"]


def answers(asker):
    return "errors" not in asker.send("{ auth_info { user_id } }").json()


def test_a_service_account_is_an_administrator_unless_a_role_is_named(stage):
    admin = stage.admin
    with stage.on_record("`service-account.ci` created"):
        id_ = create(admin)
    row = admin.members()["ci"]
    assert row["id"] == id_
    assert row["memberships"][0]["role_id"] == admin.role("TENANT_ADMIN")
    create(admin, "reader", role_id=admin.role("READ_ONLY_USER"))
    row = admin.members()["reader"]
    assert row["memberships"][0]["role_id"] == admin.role("READ_ONLY_USER")


def test_own_keys_are_made_and_revoked_without_a_read_of_the_other_users(stage, monkeypatch):
    bo = stage.person(BO)
    own = mine(bo)

    def read(*_):
        raise AssertionError("every user is read")

    monkeypatch.setattr(ReadView, "all", read)
    key = mint(bo, own)
    assert bo.do("delete_api_key", key_id=key["id"]) == {"success": True, "error": None}


def test_a_service_account_is_made_in_the_tenant_selected_alone(stage):
    beta = stage.found("beta")
    with stage.unchanged():
        for tenant in (beta.me()["tenant_id"], str(uuid4())):
            told = {"tenant_id": tenant, "name": "ci"}
            assert stage.admin.refused("create_service_account", **told) == UNAUTHORIZED


def test_a_client_that_sends_again_makes_one_service_account(stage):
    create(stage.admin)
    with stage.unchanged():
        told = {"tenant_id": stage.admin.me()["tenant_id"], "name": "ci"}
        taken = failed("Uniqueness violation.")
        assert stage.admin.refused("create_service_account", **told) == taken


def test_nobody_makes_a_service_account_that_may_do_more(stage):
    stage.role("maker", "create:service-account", "create:service-api-key", "read:flow")
    stage.role("reader", "read:flow")
    maker = stage.person(KIM, "maker")
    told = {"tenant_id": maker.me()["tenant_id"], "name": "ci"}
    with stage.unchanged():
        for more in ({}, {"role_id": None}, {"role_id": maker.role("USER")}):
            assert maker.refused("create_service_account", **told, **more) == UNAUTHORIZED
        told["role_id"] = str(uuid4())
        assert maker.refused("create_service_account", **told) == failed("Invalid role id.")
    create(maker, role_id=maker.role("reader"))


def test_who_may_not_make_or_delete_service_accounts_does_not(stage):
    user = stage.person(BO)
    id_ = create(stage.admin)
    key = mint(stage.admin, id_)["id"]
    told = {"tenant_id": user.me()["tenant_id"], "name": "new"}
    with stage.unchanged():
        assert user.refused("create_service_account", **told) == UNAUTHORIZED
        assert user.refused("delete_service_account", user_id=id_) == UNAUTHORIZED
        assert user.refused("create_api_key", user_id=id_, name="k") == UNAUTHORIZED
        assert user.refused("delete_api_key", key_id=key) == UNAUTHORIZED


def test_a_service_account_goes_with_its_keys(stage):
    id_ = create(stage.admin)
    ci = Asker(stage.root, mint(stage.admin, id_)["key"])
    assert mine(ci) == id_
    with stage.on_record("`service-account.ci` deleted"):
        stage.admin.do("delete_service_account", user_id=id_)
    assert not answers(ci)
    with stage.unchanged():
        gone = failed("Invalid user id.")
        assert stage.admin.refused("delete_service_account", user_id=id_) == gone


def test_an_id_of_nothing_deletes_nothing_whoever_asks(stage):
    for asker in (stage.admin, stage.machine("boss", "administrator")):
        with stage.unchanged():
            refusal = asker.refused("delete_service_account", user_id=str(uuid4()))
            assert refusal == failed("Invalid user id.")


def test_people_are_not_deleted_as_service_accounts(stage):
    stage.person(BO)
    with stage.unchanged():
        for who in (BO, OWNER):
            told = {"user_id": stage.admin.members()[who]["id"]}
            wanted = failed("Invalid user id.")
            assert stage.admin.refused("delete_service_account", **told) == wanted


def test_a_key_is_shown_once_and_kept_as_a_hash(stage):
    with stage.on_record("`member.olivia@example.org/key/mine` created"):
        made = mint(stage.admin, mine(stage.admin))
    assert re.fullmatch(r"pcu_[A-Za-z0-9_-]{22}", made["key"])
    assert made["key"] not in repr(dump(stage.url))
    rows = stage.admin.ask(KEYS)["auth_api_key"]
    (row,) = (row for row in rows if row["name"] == "mine")
    assert row["id"] == made["id"]
    assert made["key"] not in repr(rows)


def test_a_key_works_until_its_end_and_may_have_ended_before(stage):
    now = datetime.now(UTC)
    later, before = (now + timedelta(days=d) for d in (1, -1))
    me = mine(stage.admin)
    new = mint(stage.admin, me, expires_at=later.isoformat())
    old = mint(stage.admin, me, "old", expires_at=before.isoformat())

    assert answers(Asker(stage.root, new["key"]))
    assert not answers(Asker(stage.root, old["key"]))


def test_nobody_makes_or_revokes_a_key_of_another_person(stage):
    stage.person(BO)
    with stage.backend().open() as session:
        from rbac_sync.model.address import user

        (key,) = session.register().keys[user(BO)]
    with stage.unchanged():
        told = {"user_id": stage.admin.members()[BO]["id"], "name": "sly"}
        assert stage.admin.refused("create_api_key", **told) == UNAUTHORIZED
        gone = failed("Invalid key id.")
        assert stage.admin.refused("delete_api_key", key_id=str(key.id)) == gone
        told = {"user_id": str(uuid4()), "name": "sly"}
        assert stage.admin.refused("create_api_key", **told) == failed("Invalid user id.")


def test_keys_of_ones_own_take_the_right_to_them(stage):
    stage.role("keyless", "read:flow")
    bo = stage.person(BO, "keyless")
    with stage.backend().open() as session:
        from rbac_sync.model.address import user

        (key,) = session.register().keys[user(BO)]
    with stage.unchanged():
        assert bo.refused("create_api_key", user_id=mine(bo), name="k") == UNAUTHORIZED
        assert bo.refused("delete_api_key", key_id=str(key.id)) == UNAUTHORIZED


def test_a_revoked_key_is_nobodys(stage):
    made = mint(stage.admin, mine(stage.admin))
    asker = Asker(stage.root, made["key"])
    with stage.on_record("`member.olivia@example.org/key/mine` deleted"):
        asker.do("delete_api_key", key_id=made["id"])
    assert not answers(asker)
    rows = dump(stage.url)
    assert made["id"] in repr(rows.pop("audit"))
    assert made["id"] not in repr(rows)
    with stage.unchanged():
        gone = failed("Invalid key id.")
        assert stage.admin.refused("delete_api_key", key_id=made["id"]) == gone


def test_a_name_is_given_to_one_key_of_an_owner(stage):
    me = mine(stage.admin)
    mint(stage.admin, me)
    with stage.unchanged():
        told = {"user_id": me, "name": "mine"}
        assert stage.admin.refused("create_api_key", **told) == failed("Uniqueness violation.")


def test_a_key_reaches_as_far_as_the_one_that_made_it(stage):
    stage.found("beta")
    near = stage.person(KIM)
    stage.found("gamma", KIM)

    far = Asker(stage.root, mint(stage.admin, mine(stage.admin))["key"])
    assert set(far.tenants()) == {"acme", "beta"}
    assert far.to("beta").me()["tenant_id"] == far.tenants()["beta"]
    made = Asker(stage.root, mint(near, mine(near))["key"])
    assert set(made.tenants()) == {"acme"}


def test_a_key_of_a_service_account_stays_in_its_tenant(stage):
    stage.found("beta")
    id_ = create(stage.admin)
    ci = Asker(stage.root, mint(stage.admin, id_)["key"])
    assert set(ci.tenants()) == {"acme"}
    ci.tenant = stage.admin.tenants()["beta"]
    assert not answers(ci)


def test_no_key_has_a_default_in_which_it_would_not_work(stage):
    beta = stage.found("beta", KIM).me()["tenant_id"]
    gamma = stage.found("gamma").me()["tenant_id"]
    near = stage.person(BO)
    stage.person(BO, tenant="gamma")
    id_ = create(stage.admin)
    with stage.unchanged():
        told = {"user_id": mine(stage.admin), "name": "k", "default_tenant_id": beta}
        assert stage.admin.refused("create_api_key", **told) == UNAUTHORIZED
        told = {"user_id": id_, "name": "k", "default_tenant_id": gamma}
        assert stage.admin.refused("create_api_key", **told) == UNAUTHORIZED
        told = {"user_id": mine(near), "name": "k", "default_tenant_id": gamma}
        assert near.refused("create_api_key", **told) == UNAUTHORIZED


def test_a_key_of_ones_own_is_revoked_from_another_tenant(stage):
    beta = stage.found("beta")
    made = mint(beta, mine(beta))
    stage.admin.do("delete_api_key", key_id=made["id"])
    assert not answers(Asker(stage.root, made["key"]))


def test_a_key_of_another_tenants_service_account_is_as_if_there_were_none(stage):
    beta = stage.found("beta")
    key = mint(beta, create(beta))["id"]
    with stage.unchanged():
        assert stage.admin.refused("delete_api_key", key_id=key) == failed("Invalid key id.")


def test_nobody_takes_over_a_service_account_that_may_do_more(stage):
    stage.role("minter", "create:service-api-key", "delete:service-api-key", "read:flow")
    minter = stage.person(KIM, "minter")
    id_ = create(stage.admin)
    with stage.unchanged():
        assert minter.refused("create_api_key", user_id=id_, name="k") == UNAUTHORIZED


@pytest.mark.parametrize(
    ("mutation", "told"),
    [
        ("create_api_token", {"name": "x", "scope": "RUNNER"}),
        ("delete_api_token", {"token_id": str(uuid4())}),
    ],
)
def test_tokens_from_before_keys_are_no_more(stage, mutation, told):
    with stage.unchanged():
        _, code = stage.admin.refused(mutation, **told)
        assert code == "INTERNAL_SERVER_ERROR"
