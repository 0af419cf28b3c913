"""What one person sees of several tenants, and which key of it works where."""

from __future__ import annotations

import pytest

from rbac_sync.model import Key, Status, User
from rbac_sync.planning import Change

from .tenants import Asker, staged

OLIVIA, UMA = "olivia@example.org", "uma@example.org"
UNAUTHENTICATED = ("AuthenticationError", "UNAUTHENTICATED")


@pytest.fixture
def both(stage):
    """The administrator of two tenants, by the key of the first."""
    stage.found("beta")
    return stage.admin


def at(asker: Asker, slug: str) -> Asker:
    """Return the same key asking in another of its tenants."""
    return Asker(asker.root, asker.key, ids(asker)[slug])


def ids(asker: Asker) -> dict[str, str]:
    """Return the tenants of whoever asks, by slug."""
    return {row["slug"]: row["id"] for row in asker.ask("{ tenant { id slug } }")["tenant"]}


def refused(asker: Asker) -> tuple[str, str]:
    (error,) = asker.send("{ auth_info { user_id } }").json()["errors"]
    return error["message"], error["extensions"]["code"]


def account(stage, slug: str) -> str:
    """Return the id of a tenant, past the server."""
    with stage.backend(slug).open() as session:
        return session.account.id


def test_a_founders_key_works_in_each_of_its_tenants_as_the_same_person(both):
    assert set(ids(both)) == {"acme", "beta"}
    here, there = both.me(), at(both, "beta").me()
    assert here["user_id"] == there["user_id"]
    assert (here["tenant_id"], there["tenant_id"]) == (ids(both)["acme"], ids(both)["beta"])


def test_built_in_roles_and_people_have_one_id_in_every_tenant(both, stage):
    stage.person(UMA)
    stage.person(UMA, tenant="beta")
    there = at(both, "beta")
    query = "{ auth_role(order_by: { name: asc }) { id name } }"
    assert both.ask(query) == there.ask(query)
    assert both.members()[UMA]["id"] == there.members()[UMA]["id"]


def test_both_databases_show_the_same(store_url):
    with staged(store_url) as stage:
        stage.found("beta")
        made = at(stage.admin, "beta").do("create_custom_role", name="x", permissions=[])
        query = "query($id: uuid!) { auth_role_by_pk(id: $id) { name tenant { slug } } }"
        found = at(stage.admin, "beta").ask(query, id=made["id"])
        assert found == {"auth_role_by_pk": {"name": "x", "tenant": {"slug": "beta"}}}
        assert stage.admin.ask(query, id=made["id"]) == {"auth_role_by_pk": None}
        query = "{ audit_log(order_by: { timestamp: desc }, limit: 1) { message object_id } }"
        (newest,) = at(stage.admin, "beta").ask(query)["audit_log"]
        assert newest == {"message": "`role.x` created", "object_id": made["id"]}


def test_what_is_done_in_another_tenant_is_done_and_on_record_there_alone(both, stage):
    with stage.on_record(tenant="acme"), stage.on_record("`role.x` created", tenant="beta"):
        at(both, "beta").do("create_custom_role", name="x", permissions=[])
    assert stage.trail("beta")[-1].applier == OLIVIA
    assert both.ask('{ auth_role(where: { name: { _eq: "x" } }) { id } }') == {"auth_role": []}


def test_each_tenant_judges_by_the_role_held_in_it(stage):
    stage.found("beta", "bea@example.org")
    stage.person(OLIVIA, "read-only-user", tenant="beta")
    there = at(stage.admin, "beta")
    assert there.me()["role"] == "READ_ONLY_USER"
    told = {"name": "x", "permissions": []}
    assert there.refused("create_custom_role", **told) == ("Unauthorized", "FORBIDDEN")
    assert there.send("{ audit_log { id } }").json()["data"] is None


def test_a_key_that_somebody_else_made_stays_in_its_tenant(stage):
    """Whoever makes a key for somebody in one tenant may have no business in the others."""
    stage.found("beta")
    uma = stage.person(UMA, tenant="acme")
    stage.person(UMA, tenant="beta")
    assert set(ids(uma)) == {"acme"}
    assert refused(Asker(uma.root, uma.key, account(stage, "beta"))) == UNAUTHENTICATED


def test_a_key_that_somebody_makes_by_a_staying_key_stays_too(stage):
    stage.found("beta")
    uma = stage.person(UMA)
    stage.person(UMA, tenant="beta")
    made = uma.do("create_api_key", user_id=uma.me()["user_id"], name="second")
    assert set(ids(Asker(uma.root, made["key"]))) == {"acme"}


def test_a_key_that_a_founder_makes_for_itself_reaches_as_far_as_its_own(both):
    made = both.do("create_api_key", user_id=both.me()["user_id"], name="second")
    assert set(ids(Asker(both.root, made["key"]))) == {"acme", "beta"}


def test_a_later_key_of_the_same_name_does_not_inherit_how_far_the_first_reached(stage):
    stage.found("beta")
    old, new = (Key(User(OLIVIA).address, name) for name in ("init", "init"))
    stage.add(Change(old, None))
    secret = stage.add(Change(None, new))[str(new.address)]
    assert set(ids(Asker(stage.root, secret))) == {"acme"}


def test_who_is_renamed_in_one_tenant_reaches_no_other_by_the_new_name(stage):
    uma = stage.found("beta", UMA)
    stage.add(Change(User(UMA), User(OLIVIA)), tenant="beta")
    assert set(uma.tenants()) == {"beta"}
    assert refused(Asker(uma.root, uma.key, account(stage, "acme"))) == UNAUTHENTICATED


def test_a_machine_never_leaves_its_tenant(stage):
    stage.found("beta")
    etl = stage.machine("etl")
    stage.machine("etl", tenant="beta")
    assert set(ids(etl)) == {"acme"}
    assert refused(Asker(etl.root, etl.key, account(stage, "beta"))) == UNAUTHENTICATED


@pytest.mark.parametrize("status", [Status.PENDING, Status.SUSPENDED])
def test_only_who_has_come_in_and_may_act_is_in_a_tenant(stage, status):
    stage.found("beta", "bea@example.org")
    stage.person(OLIVIA, tenant="beta", status=status)
    assert set(ids(stage.admin)) == {"acme"}
    beta = Asker(stage.root, stage.key, account(stage, "beta"))
    assert refused(beta) == UNAUTHENTICATED


def test_who_is_suspended_at_home_is_nobody_there(stage):
    uma = stage.person(UMA)
    stage.add(Change(User(UMA), User(UMA, Status.SUSPENDED)))
    assert refused(uma) == UNAUTHENTICATED


def test_an_account_of_the_other_system_is_no_tenant(stage):
    from rbac_sync.backends.store import init

    init(stage.url, "today", "prefect-cloud", OLIVIA)
    assert set(ids(stage.admin)) == {"acme"}
    assert refused(Asker(stage.root, stage.key, account(stage, "today"))) == UNAUTHENTICATED


def test_memberships_of_other_tenants_are_ones_own_alone(both, stage):
    stage.person("bo@example.org", tenant="beta")
    query = (
        "{ membership { tenant { slug } user { email } } user { memberships { tenant { slug } } } }"
    )
    found = both.ask(query)
    seen = sorted((row["tenant"]["slug"], row["user"]["email"]) for row in found["membership"])
    assert seen == [("acme", OLIVIA), ("beta", OLIVIA)]
    slugs = [row["tenant"]["slug"] for row in found["user"][0]["memberships"]]
    assert slugs == ["acme", "beta"]


def test_members_roles_and_invitations_are_those_of_the_tenant_selected(both, stage):
    stage.person("bo@example.org", tenant="beta")
    stage.role("secret", "read:flow", tenant="beta")
    stage.invited("gil@example.org", "beta")
    query = """{
        user_view_same_tenant { email memberships { tenant_id } }
        auth_role(where: { tenant_id: { _is_null: false } }) { name }
        membership_invitation { email }
    }"""
    assert both.ask(query) == {
        "user_view_same_tenant": [
            {"email": OLIVIA, "memberships": [{"tenant_id": ids(both)["acme"]}]}
        ],
        "auth_role": [],
        "membership_invitation": [],
    }
    there = at(both, "beta").ask(query)
    assert [row["email"] for row in there["user_view_same_tenant"]] == [OLIVIA, "bo@example.org"]
    assert there["auth_role"] == [{"name": "secret"}]
    assert there["membership_invitation"] == [{"email": "gil@example.org"}]


def test_who_is_invited_sees_the_invitation_and_nothing_else_of_the_tenant(stage):
    stage.found("beta", "bea@example.org")
    stage.role("guest", "read:flow", tenant="beta")
    stage.invited(OLIVIA, "beta", "guest")
    fields = "email role_detail { name } tenant { slug } user { email }"
    query = f"{{ membership_invitation {{ {fields} }} tenant {{ slug }} }}"
    assert stage.admin.ask(query) == {
        "membership_invitation": [
            {
                "email": OLIVIA,
                "role_detail": {"name": "guest"},
                "tenant": {"slug": "beta"},
                "user": {"email": OLIVIA},
            }
        ],
        "tenant": [{"slug": "acme"}],
    }


def test_how_a_tenant_is_set_up_is_not_for_whoever_is_only_invited(stage):
    bea = stage.found("beta", "bea@example.org")
    bea.do("update_tenant_settings", settings={"webhook": "secret"})
    stage.invited(OLIVIA, "beta")
    query = "{ membership_invitation { tenant { slug settings license_id } } }"
    (row,) = stage.admin.ask(query)["membership_invitation"]
    assert row["tenant"] == {"slug": "beta", "settings": {}, "license_id": None}
    (row,) = bea.ask(query)["membership_invitation"]
    assert row["tenant"]["settings"] == {"webhook": "secret"}


def test_who_may_not_read_invitations_sees_those_to_itself(stage):
    stage.role("reader", "read:flow")
    rex = stage.person("rex@example.org", "reader")
    stage.invited("gil@example.org", "acme")
    assert rex.ask("{ membership_invitation { id } }") == {"membership_invitation": []}


def test_a_key_works_in_its_default_tenant_unless_told(both):
    beta = ids(both)["beta"]
    told = {"user_id": both.me()["user_id"], "name": "second", "default_tenant_id": beta}
    second = Asker(both.root, both.do("create_api_key", **told)["key"])
    assert second.me()["tenant_id"] == beta
    assert at(second, "acme").me()["tenant_id"] == ids(both)["acme"]


def test_all_fields_of_a_query_see_one_moment(stage, monkeypatch):
    """What is written between two fields is not seen by the second."""
    from rbac_sync.server.graphql import roots

    plain = roots.OTHERS["secret_names"]

    def slow(tables):
        stage.role("late", "read:flow")
        return plain(tables)

    monkeypatch.setattr(roots, "OTHERS", {**roots.OTHERS, "secret_names": slow})
    where = '{ name: { _eq: "late" } }'
    query = f"{{ tenant {{ id }} secret_names auth_role(where: {where}) {{ id }} }}"
    assert stage.admin.ask(query)["auth_role"] == []
    assert stage.admin.role("late")
