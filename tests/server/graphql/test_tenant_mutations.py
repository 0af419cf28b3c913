"""Tenants and what people say of themselves, through the API."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from ...patience import LONGEST
from .tenants import OWNER, UNAUTHORIZED, Asker, failed, staged

BO, KIM = "bo@example.org", "kim@example.org"
TENANT = "{ tenant(order_by: {slug: asc}) { id name slug settings } }"
UNSLUGGED = failed('Slug must be "slugified" (lowercase; no spaces)')


def shown(asker):
    (row,) = asker.ask(TENANT)["tenant"]
    return row


def test_a_tenant_is_called_and_set_up_as_its_administrator_says(stage):
    admin, id_ = stage.admin, stage.admin.me()["tenant_id"]
    told = ("`account`: is called `Acme & Söhne` from now on", "`account`: changed its settings")
    with stage.on_record(*told):
        assert admin.do("update_tenant_name", name="Acme & Söhne")["id"] == id_
        admin.do("update_tenant_settings", settings={"work_queues": {"on": True}}, tenant_id=id_)
    row = shown(admin)
    assert row == {
        "id": id_,
        "name": "Acme & Söhne",
        "slug": "acme",
        "settings": {"work_queues": {"on": True}},
    }
    admin.do("update_tenant_settings", settings=None)
    assert shown(admin)["settings"] == {}
    assert stage.trail()[-1].object_table == "tenant"


def test_the_interface_sends_name_and_slug_together_and_only_the_name_changes(stage):
    text = """
        mutation UpdateTenant($name: String!, $slug: String!) {
          update_tenant_name(input: { name: $name }) { id }
          update_tenant_slug(input: { slug: $slug }) { id }
        }
    """
    told = stage.admin.ask(text, name="Acme", slug="acme")
    assert told["update_tenant_name"] == told["update_tenant_slug"]
    with stage.unchanged():
        _, code = stage.admin.refused("update_tenant_slug", slug="acme-two")
        assert code == "INTERNAL_SERVER_ERROR"
        for slug in ("Acme", "a b", "", "-a", "a_b", "ä"):
            assert stage.admin.refused("update_tenant_slug", slug=slug) == UNSLUGGED


@pytest.mark.parametrize(
    ("mutation", "told"),
    [
        ("update_tenant_name", {"name": "Mine"}),
        ("update_tenant_slug", {"slug": "mine"}),
        ("update_tenant_settings", {"settings": {}}),
        ("delete_tenant", {"confirm": True}),
        ("create_tenant", {"name": "Mine", "slug": "mine"}),
        ("create_enterprise_tenant", {"name": "Mine", "slug": "mine"}),
        ("delete_enterprise_tenant", {"tenant_id": str(uuid4()), "confirm": True}),
    ],
)
def test_who_may_not_change_the_tenant_does_not(stage, mutation, told):
    user = stage.person(BO)
    with stage.unchanged():
        assert user.refused(mutation, **told) == UNAUTHORIZED


def test_no_other_tenant_than_the_one_selected_is_changed(stage):
    beta = stage.found("beta").me()["tenant_id"]
    with stage.unchanged():
        for mutation, told in (
            ("update_tenant_name", {"name": "x"}),
            ("update_tenant_slug", {"slug": "x"}),
            ("update_tenant_settings", {"settings": {}}),
            ("delete_tenant", {"confirm": True}),
        ):
            refusal = stage.admin.refused(mutation, tenant_id=beta, **told)
            assert refusal == failed("Invalid tenant id.")


def test_no_tenant_is_deleted_while_its_audit_trail_is_kept(stage):
    licensed = stage.person(KIM, "enterprise-license-admin")
    id_ = stage.admin.me()["tenant_id"]
    with stage.unchanged():
        unsaid = failed("Must pass `confirm=True` to proceed.")
        assert stage.admin.refused("delete_tenant", confirm=False) == unsaid
        _, code = stage.admin.refused("delete_tenant", confirm=True)
        assert code == "INTERNAL_SERVER_ERROR"
        told = {"tenant_id": id_}
        assert licensed.refused("delete_enterprise_tenant", confirm=False, **told) == unsaid
        _, code = licensed.refused("delete_enterprise_tenant", confirm=True, **told)
        assert code == "INTERNAL_SERVER_ERROR"
        told = {"tenant_id": str(uuid4()), "confirm": True}
        assert licensed.refused("delete_enterprise_tenant", **told) == failed("Invalid tenant id.")


def test_an_administrator_founds_a_tenant_and_is_its_first(stage):
    id_ = stage.admin.do("create_tenant", name="Beta Ltd", slug="beta")["id"]
    beta = stage.admin.to("beta")
    assert (beta.me()["tenant_id"], beta.me()["role"]) == (id_, "TENANT_ADMIN")
    rows = stage.admin.ask(TENANT)["tenant"]
    assert [(row["slug"], row["name"]) for row in rows] == [("acme", "acme"), ("beta", "Beta Ltd")]
    (record,) = stage.trail("beta")
    assert record.applier == OWNER
    assert record.info["reason"] == "founded from tenant `acme`"
    assert list(beta.members()) == [OWNER]


def test_a_tenant_is_founded_once(stage):
    stage.found("beta", KIM)
    with stage.unchanged():
        for slug in ("beta", "acme"):
            told = {"name": "x", "slug": slug}
            assert stage.admin.refused("create_tenant", **told) == failed("Uniqueness violation.")
        assert stage.admin.refused("create_tenant", name="x", slug="No Slug") == UNSLUGGED


def test_a_tenant_has_no_more_features_than_the_one_it_was_founded_from(tmp_path):
    with staged(f"sqlite:///{tmp_path}/rbac.db", features=["teams"]) as stage:
        stage.admin.do("create_tenant", name="Beta", slug="beta")
        told = {"name": "dev", "permissions": []}
        with stage.unchanged():
            assert stage.admin.to("beta").refused("create_custom_role", **told) == UNAUTHORIZED


def test_only_people_whose_key_reaches_further_found_tenants(stage):
    near, machine = stage.person(KIM, "administrator"), stage.machine("ci", "administrator")
    with stage.unchanged():
        for asker in (near, machine):
            told = {"name": "Beta", "slug": "beta"}
            assert asker.refused("create_tenant", **told) == UNAUTHORIZED


def test_a_key_that_was_revoked_meanwhile_founds_nothing(stage):
    told = {"user_id": stage.admin.me()["user_id"], "name": "brief"}
    brief = stage.admin.do("create_api_key", **told)
    revoked = f'mutation {{ delete_api_key(input: {{ key_id: "{brief["id"]}" }}) {{ success }} }}'
    founded = 'mutation { create_tenant(input: { name: "b", slug: "b" }) { id } }'
    headers = {"Authorization": f"Bearer {brief['key']}"}
    batch = [{"query": revoked}, {"query": founded}]
    with httpx.Client(timeout=LONGEST, verify=False) as client:
        first, second = client.post(stage.root, headers=headers, json=batch).json()
    assert "errors" not in first
    assert second["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert set(stage.admin.tenants()) == {"acme"}


def test_a_tenant_of_the_licence_takes_its_administrator(stage):
    told = {"name": "Beta", "slug": "beta"}
    with stage.unchanged():
        assert stage.admin.refused("create_enterprise_tenant", **told) == UNAUTHORIZED
    stage.promote(OWNER, "enterprise-license-admin")
    stage.admin.do("create_enterprise_tenant", **told)
    assert stage.admin.to("beta").me()["role"] == "TENANT_ADMIN"


def test_people_say_themselves_what_they_are_called(stage):
    bo = stage.person(BO, "read-only-user")
    names = "{ user { id first_name last_name settings } }"
    with stage.on_record("`member.bo@example.org`: changed its name"):
        id_ = bo.do("update_user_details", first_name="Bo", last_name="Li")["id"]
    bo.do("update_user_details", first_name="Beau")
    bo.do("update_user_settings", settings={"theme": "dark"})
    (row,) = bo.ask(names)["user"]
    assert row == {
        "id": id_,
        "first_name": "Beau",
        "last_name": "Li",
        "settings": {"theme": "dark"},
    }
    assert stage.admin.members()[BO]["first_name"] == "Beau"


@pytest.mark.parametrize("mutation", ["update_user_settings", "update_tenant_settings"])
def test_settings_are_no_larger_than_everybody_can_bear(stage, mutation):
    stage.admin.do(mutation, settings={"x": "x" * 65_000})
    with stage.unchanged():
        refusal = stage.admin.refused(mutation, settings={"x": "x" * 65_536})
        assert refusal == failed("The settings are larger than 64 KiB.")


def test_service_accounts_are_not_renamed(stage):
    ci = stage.machine("ci")
    with stage.unchanged():
        assert ci.refused("update_user_details", first_name="x") == UNAUTHORIZED
        assert ci.refused("update_user_settings", settings={}) == UNAUTHORIZED


@pytest.mark.parametrize(
    ("mutation", "told", "long"),
    [
        ("create_custom_role", {"permissions": []}, "name"),
        ("create_service_account", {"tenant_id": None}, "name"),
        ("create_api_key", {"user_id": None}, "name"),
        ("create_membership_invitation", {"role": "USER"}, "email"),
        ("update_tenant_name", {}, "name"),
        ("create_tenant", {"name": "x"}, "slug"),
        ("create_tenant", {"slug": "x"}, "name"),
        ("update_user_details", {}, "last_name"),
    ],
)
def test_no_name_is_longer_than_a_trail_can_bear(stage, mutation, told, long):
    me = stage.admin.me()
    told = {name: me[name] if value is None else value for name, value in told.items()}
    with stage.unchanged():
        refusal = stage.admin.refused(mutation, **told, **{long: "x" * 256})
        assert refusal == failed(f"The {long} is longer than 255 characters.")


@pytest.mark.parametrize("text", ["\ud800", "\x00", "x" * 100_000])
def test_any_text_is_kept_or_refused_and_breaks_nothing(stage, text):
    body = stage.admin.sent("update_user_details", {"first_name": text})
    if "errors" in body:
        assert body["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    else:
        (row,) = stage.admin.ask("{ user { first_name } }")["user"]
        assert row["first_name"] == text
    assert Asker(stage.root, stage.key).me()
