"""What each root field shows of one tenant, and to whom."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from rbac_sync.backends.store.features import DEFAULT
from rbac_sync.model import Key, User
from rbac_sync.planning import Change
from rbac_sync.server.graphql.ids import builtin_id, user_id

from .tenants import Asker, failed, staged

OLIVIA, UMA, REX = "olivia@example.org", "uma@example.org", "rex@example.org"
BUILTIN = {"TENANT_ADMIN", "USER", "READ_ONLY_USER", "RUNNER", "ENTERPRISE_LICENSE_ADMIN"}
FORBIDDEN = ("Unauthorized", "FORBIDDEN")


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A tenant with people, a machine, roles, keys and somebody who has not answered yet."""
    with staged(f"sqlite:///{tmp_path_factory.mktemp('store')}/rbac.db") as found:
        found.role("reader", "read:flow")
        found.people = {
            "uma": found.person(UMA, "user"),
            "rex": found.person(REX, "reader"),
            "etl": found.machine("etl", "runner"),
            "lia": found.person("lia@example.org", "enterprise-license-admin"),
        }
        found.invited("gil@example.org", "acme", "reader")
        end = datetime(2031, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)
        found.add(Change(None, Key(User(UMA).address, "timed", end)))
        machine = found.people["etl"].me()["user_id"]
        found.admin.do("create_api_key", user_id=machine, name="made")
        yield found


@pytest.fixture
def admin(stage):
    return stage.admin


def rows(asker: Asker, root: str, fields: str, **asked):
    """Return what a root field shows; arguments as GraphQL writes them."""
    given = ", ".join(f"{name}: {value}" for name, value in asked.items())
    return asker.ask(f"{{ {root}{f'({given})' if given else ''} {{ {fields} }} }}")[root]


def refused(asker: Asker, query: str) -> tuple[str, str]:
    """Return the message and code of a query that is refused."""
    (error,) = asker.send(query).json()["errors"]
    return error["message"], error["extensions"]["code"]


def test_built_in_roles_are_those_without_a_tenant_and_bear_their_wire_names(admin):
    fields = "name tenant_id tenant { slug } permissions created updated"
    found = rows(admin, "auth_role", fields)
    builtin = {role["name"] for role in found if role["tenant_id"] is None}
    assert builtin == BUILTIN
    (own,) = [role for role in found if role["tenant_id"]]
    assert (own["name"], own["tenant"], own["permissions"]) == (
        "reader",
        {"slug": "acme"},
        ["read:flow"],
    )
    assert all(own[name].endswith("+00:00") for name in ("created", "updated"))


DOCUMENTED = {"TENANT_ADMIN", "USER", "READ_ONLY_USER"}


@pytest.mark.parametrize(
    ("feature", "brought"),
    [
        (None, set()),
        ("license-admin", {"ENTERPRISE_LICENSE_ADMIN"}),
        ("runner-tokens", {"RUNNER"}),
    ],
)
def test_a_tenant_has_the_three_documented_roles_and_what_a_feature_brings(
    tmp_path, feature, brought
):
    features = DEFAULT | ({feature} if feature else set())
    with staged(f"sqlite:///{tmp_path}/rbac.db", features=features) as stage:
        found = {role["name"] for role in rows(stage.admin, "auth_role", "name")}
        assert found == DOCUMENTED | brought
        told = {"membership_id": stage.admin.membership(OLIVIA)}
        for name in BUILTIN - found:
            id_ = str(builtin_id(name))
            assert rows(stage.admin, "auth_role_by_pk", "name", id=f'"{id_}"') is None
            with stage.unchanged():
                refusal = stage.admin.refused("set_membership_role", **told, role_id=id_)
            assert refusal == failed("Invalid role id.")


def test_a_role_that_somebody_holds_is_there_whatever_the_features(tmp_path):
    with staged(f"sqlite:///{tmp_path}/rbac.db") as stage:
        stage.machine("etl", "runner")
        found = {role["name"] for role in rows(stage.admin, "auth_role", "name")}
        assert found == DOCUMENTED | {"RUNNER"}


def test_the_licence_administrators_role_has_the_id_that_clients_know(admin):
    where = '{ name: { _eq: "ENTERPRISE_LICENSE_ADMIN" } }'
    assert rows(admin, "auth_role", "id", where=where) == [
        {"id": "55375f15-fdae-4a2f-b15a-afb6477522cb"}
    ]


def test_a_role_is_found_by_its_id_and_nothing_by_anothers(admin):
    id_ = admin.role("reader")
    assert rows(admin, "auth_role_by_pk", "name", id=f'"{id_}"') == {"name": "reader"}
    assert rows(admin, "auth_role_by_pk", "name", id=f'"{user_id(UMA)}"') is None


def test_what_a_role_holds_is_json_that_may_be_asked_for_in_part(admin):
    where = '{ name: { _eq: "reader" } }'
    query = f'{{ auth_role(where: {where}) {{ permissions it: permissions(path: "$[0]") }} }}'
    assert admin.ask(query)["auth_role"] == [{"permissions": ["read:flow"], "it": "read:flow"}]


@pytest.mark.parametrize("path", ["[7]", "zz", "$[" + "9" * 5000 + "]", "[٣]"])
def test_a_part_that_is_not_there_is_refused_where_a_field_is_never_null(admin, path):
    message = "The path in permissions leads to nothing."
    query = f"{{ auth_role {{ permissions(path: {json.dumps(path)}) }} }}"
    assert refused(admin, query) == (message, "INTERNAL_SERVER_ERROR")


def test_members_are_people_and_machines_but_nobody_who_is_only_invited(admin):
    found = rows(admin, "user_view_same_tenant", "email first_name username account_type")
    assert {row["email"] for row in found} == {OLIVIA, UMA, REX, "lia@example.org", None}
    (machine,) = [row for row in found if row["account_type"] == "SERVICE"]
    assert (machine["first_name"], machine["username"]) == ("etl", "etl")


def test_a_members_membership_leads_to_its_role_tenant_and_person(admin):
    links = "role_detail { id name } tenant { id } user { id email }"
    fields = f"role role_id tenant_id user_id {links}"
    found = {row["user"]["email"]: row for row in rows(admin, "membership", fields)}
    row = found[REX]
    assert (row["role"], row["role_detail"]["name"]) == (None, "reader")
    assert row["role_id"] == row["role_detail"]["id"]
    assert row["tenant_id"] == row["tenant"]["id"] == admin.me()["tenant_id"]
    assert UUID(row["user_id"]) == user_id(REX) == UUID(row["user"]["id"])
    assert found[OLIVIA]["role"] == "TENANT_ADMIN"


def test_a_membership_is_found_by_its_id(admin):
    (row,) = rows(admin, "membership", "id", where=f'{{ user: {{ email: {{ _eq: "{UMA}" }} }} }}')
    assert rows(admin, "membership_by_pk", "user { email }", id=f'"{row["id"]}"') == {
        "user": {"email": UMA}
    }


def test_rows_are_counted_beside_what_is_listed(admin):
    where = '{ account_type: { _eq: "USER" } }'
    found = rows(
        admin, "user_view_same_tenant_aggregate", "aggregate { count } nodes { email }", where=where
    )
    assert found["aggregate"] == {"count": 4}
    assert {row["email"] for row in found["nodes"]} == {OLIVIA, UMA, REX, "lia@example.org"}


def test_an_invitation_is_no_membership_and_shows_its_role(admin):
    fields = "id email role role_id role_detail { id name } tenant { slug } user { id } created"
    (found,) = rows(admin, "membership_invitation", fields)
    assert (found["email"], found["role"], found["role_detail"]["name"], found["user"]) == (
        "gil@example.org",
        None,
        "reader",
        None,
    )
    one = rows(admin, "membership_invitation_by_pk", "email", id=f'"{found["id"]}"')
    assert one == {"email": "gil@example.org"}


def test_user_is_nobody_but_the_caller(stage):
    fields = "id email username settings default_membership { tenant { slug } } memberships { id }"
    (found,) = rows(stage.people["uma"], "user", fields)
    assert (found["email"], found["username"], found["settings"]) == (UMA, UMA, {})
    assert found["default_membership"] == {"tenant": {"slug": "acme"}}
    assert len(found["memberships"]) == 1
    (machine,) = rows(stage.people["etl"], "user", "email first_name account_type")
    assert machine == {"email": None, "first_name": "etl", "account_type": "SERVICE"}


def test_who_may_read_users_alone_sees_no_membership_but_its_own(stage):
    stage.found("beta", "bea@example.org")
    stage.role("listing", "read:user", tenant="beta")
    lou = stage.person("lou@example.org", "listing", "beta")
    shown = {who: bool(row["memberships"]) for who, row in lou.members().items()}
    assert shown == {"bea@example.org": False, "lou@example.org": True}


def test_what_somebody_set_for_itself_is_not_shown_to_others(stage, admin):
    stage.people["uma"].do("update_user_settings", settings={"theme": "dark"})
    fields = "settings default_membership_id"
    assert rows(stage.people["uma"], "user", "settings") == [{"settings": {"theme": "dark"}}]
    where = f'{{ user: {{ email: {{ _eq: "{UMA}" }} }} }}'
    (row,) = rows(admin, "membership", f"user {{ {fields} }}", where=where)
    assert row == {"user": {"settings": None, "default_membership_id": None}}


def test_the_tenant_is_shown_with_what_it_says_of_itself(admin):
    fields = "id name slug settings info license_id stripe_customer created updated"
    (found,) = rows(admin, "tenant", fields)
    assert (found["name"], found["slug"], found["settings"]) == ("acme", "acme", {})
    assert rows(admin, "tenant_by_pk", "slug", id=f'"{found["id"]}"') == {"slug": "acme"}
    assert rows(admin, "tenant_by_pk", "slug", id=f'"{user_id(UMA)}"') is None


def test_keys_are_ones_own_and_those_of_machines_for_whoever_may_read_them(stage, admin):
    def seen(asker):
        found = rows(asker, "auth_api_key", "user_id name")
        return {(row["user_id"], row["name"]) for row in found}

    machine = stage.people["etl"].me()["user_id"]
    olivia, uma, rex = (str(user_id(email)) for email in (OLIVIA, UMA, REX))
    machines = {(machine, "test"), (machine, "made")}
    assert seen(admin) == {(olivia, "init")} | machines
    assert seen(stage.people["uma"]) == {(uma, "test"), (uma, "timed")} | machines
    assert seen(stage.people["rex"]) == {(rex, "test")}


def test_a_key_shows_its_end_and_never_its_secret_or_what_is_kept_of_it(stage):
    fields = "name expires_at key_hash default_tenant_id user { email } created_by { id }"
    found = rows(stage.people["uma"], "auth_api_key", fields, where='{ name: { _eq: "timed" } }')
    assert found == [
        {
            "name": "timed",
            "expires_at": "2031-02-03T04:05:06.789000+00:00",
            "key_hash": None,
            "default_tenant_id": stage.admin.me()["tenant_id"],
            "user": {"email": UMA},
            "created_by": None,
        }
    ]
    assert rows(stage.people["uma"], "api_token", "id") == []


def test_a_key_tells_who_made_it(admin):
    found = rows(admin, "auth_api_key", "created_by { email }", where='{ name: { _eq: "made" } }')
    assert found == [{"created_by": {"email": OLIVIA}}]


def test_who_asks_is_told_its_role_tenant_and_permissions(stage):
    rex = stage.people["rex"]
    fields = "user_id role permissions token_id token_expires api_token_scope license"
    found = rex.ask(f"{{ auth_info {{ {fields} }} }}")["auth_info"]
    assert (UUID(found["user_id"]), found["role"]) == (user_id(REX), None)
    features = {"feature:audit-trail", "feature:basic-rbac", "feature:custom-role"}
    assert set(found["permissions"]) == {"read:flow"} | features
    assert found["license"]["terms"]["plan"] == "ENTERPRISE_2021"
    (key,) = rows(rex, "auth_api_key", "id")
    assert found["token_id"] == key["id"]


def test_what_may_be_granted_is_told_without_the_features(stage, admin):
    query = """{ permissions_info {
        mine: user_permissions_filtered_by_license_features
        all: all_permissions_filtered_by_license_features
    } }"""
    told = stage.people["rex"].ask(query)["permissions_info"]
    assert told["mine"] == ["read:flow"]
    assert {"read:flow", "license:admin"} <= set(told["all"])
    assert set(admin.ask(query)["permissions_info"]["mine"]) <= set(told["all"])


def test_the_people_of_a_licence_are_for_its_administrators(stage, admin):
    query = "{ license_users { id email memberships { tenant_id membership_id role_id } } }"
    found = stage.people["lia"].ask(query)["license_users"]
    assert {row["email"] for row in found} == {OLIVIA, UMA, REX, "lia@example.org"}
    assert all(len(row["memberships"]) == 1 for row in found)
    assert refused(admin, query) == FORBIDDEN


def test_the_server_tells_what_it_is_and_keeps_no_secrets(admin):
    told = admin.ask("{ api { backend mode version core_version } secret_names }")
    assert told["api"]["backend"] == "CLOUD"
    assert told["secret_names"] == []


@pytest.mark.parametrize("table", ["membership", "user_view_same_tenant"])
def test_who_may_not_read_members_is_told_that_there_is_no_such_table(stage, table):
    answer = stage.people["rex"].send(f"{{ {table} {{ id }} }}").json()
    assert answer["data"] is None
    (error,) = answer["errors"]
    assert error["message"] == f"field \"{table}\" not found in type: 'query_root'"
    assert error["extensions"]["code"] == "validation-failed"


def test_the_trail_is_told_newest_first_as_the_documentation_asks_for_it(admin):
    fields = "object_id object_table timestamp message"
    asked = {"order_by": "{timestamp: descending}", "limit": "100"}
    found = rows(admin, "audit_log", fields, **asked)
    times = [row["timestamp"] for row in found]
    assert times == sorted(times, reverse=True)
    assert found[-1] == {
        "object_id": str(user_id(OLIVIA)),
        "object_table": "user",
        "timestamp": times[-1],
        "message": f"`member.{OLIVIA}` created",
    }
    newest = rows(admin, "audit_log", fields, **{**asked, "limit": "1"})
    assert newest == found[:1]
    assert rows(admin, "audit_log", fields, **{**asked, "limit": "1", "offset": "1"}) == found[1:2]


def test_a_page_of_the_trail_is_full_and_in_its_whole_order(stage, admin):
    stage.add(Change(None, Key(User(UMA).address, "noted")))  # recorded as a note, which is no row
    orders = "{timestamp: desc}", "[{timestamp: desc}, {id: asc}]"
    for order in orders:
        every = rows(admin, "audit_log", "id", order_by=order, limit="100")
        assert len(every) > 2
        for most in range(3):
            assert rows(admin, "audit_log", "id", order_by=order, limit=f"{most}") == every[:most]


def test_the_trail_is_filtered_like_any_table(admin):
    admin.do("create_custom_role", name="short", permissions=[])
    where = '{ object_table: { _eq: "role" }, message: { _ilike: "%SHORT%" } }'
    (found,) = rows(admin, "audit_log", 'object_id info(path: "after.name") level', where=where)
    assert found == {"object_id": admin.role("short"), "info": "short", "level": "INFO"}


def test_what_the_trail_says_of_somebody_stays_right_when_it_is_gone(stage, admin):
    stage.person("eve@example.org")
    gone = admin.members()["eve@example.org"]
    admin.do("delete_membership", membership_id=gone["memberships"][0]["id"])
    where = f'{{ object_table: {{ _eq: "user" }}, object_id: {{ _eq: "{gone["id"]}" }} }}'
    found = rows(admin, "audit_log", "message", where=where)
    assert found == [{"message": "`member.eve@example.org` deleted"}]


def test_the_trail_of_a_tenant_bears_its_id(admin):
    tenant = admin.me()["tenant_id"]
    admin.do("update_tenant_name", name="Acme Inc")
    where = '{ object_table: { _eq: "tenant" } }'
    (found,) = rows(admin, "audit_log", "object_id tenant_id", where=where)
    assert found == {"object_id": tenant, "tenant_id": tenant}


def test_the_trail_is_for_whoever_may_read_it_in_a_plan_that_has_it(stage, tmp_path):
    query = "{ audit_log { id } }"
    assert refused(stage.people["uma"], query) == FORBIDDEN
    with staged(f"sqlite:///{tmp_path}/rbac.db", features=["custom-roles"]) as standard:
        assert refused(standard.admin, query) == FORBIDDEN
        assert "feature:audit-trail" not in standard.admin.me()["permissions"]


def test_a_number_that_makes_no_sense_is_refused(admin):
    assert refused(admin, "{ tenant(limit: -1) { id } }")[0] == "unexpected negative value"
