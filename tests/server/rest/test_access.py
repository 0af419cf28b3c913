"""Memberships, teams and service accounts, and the access of each to workspaces."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Holding,
    Key,
    Level,
    Membership,
    ServiceAccount,
    Status,
    Team,
    User,
    held,
)
from rbac_sync.model.address import user, workspace
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change
from rbac_sync.server.commands.bindings import INHERITED


@pytest.fixture
def prod(acme):
    return f"/workspaces/{acme.workspace()['id']}"


def bo(acme):
    acme.server.person("bo@example.org")
    return acme.member("bo@example.org")


def live(acme):
    with acme.server.backend.open() as session:
        return session.read()


def test_one_object_is_answered_with_one_and_a_list_with_a_list(acme, prod):
    body = {"user_id": bo(acme)["user_id"], "workspace_role_id": acme.role("Viewer")}
    one = acme.post(f"{prod}/user_access/", body)
    (listed,) = acme.post(f"{prod}/user_access/", [body])
    assert one == listed
    assert (one["email"], one["handle"]) == ("bo@example.org", "bo")
    assert acme.post(f"{prod}/user_access/", []) == []


NOW = datetime.now(UTC)
CLOSED = {
    "ended": {"until": NOW - timedelta(days=1)},
    "to begin": {"since": NOW + timedelta(days=1)},
}


@pytest.mark.parametrize("term", CLOSED.values(), ids=CLOSED)
def test_who_has_access_is_shown_as_long_as_it_lasts(acme, prod, term):
    who, ops, ci = bo(acme), Team("ops"), ServiceAccount("ci")
    member, admin = role_address(Level.ACCOUNT, "member"), role_address(Level.ACCOUNT, "admin")
    closed = frozenset({Holding(role_address(Level.WORKSPACE, "owner"), **term)})
    bot = Binding(ci.address, ACCOUNT, held(member) | {Holding(admin, **term)})
    acme.server.add(Change(None, ops), Change(None, ci, (bot,)))
    for each in (user("bo@example.org"), ops.address, ci.address, EVERYONE):
        acme.server.add(Change(None, Binding(each, workspace("prod"), closed)))
    places = Team("ops", frozenset({Membership(user("bo@example.org"), **term)}))
    acme.server.add(Change(ops, places))

    assert [each["name"] for each in acme.get(f"{prod}/access/")] == ["olivia"]
    for word in ("user", "bot", "team"):
        assert acme.post(f"{prod}/{word}_access/filter") == []
    (team,) = acme.post("/teams/filter")
    assert (team["memberships"], team["workspaces"]) == ([], [])
    for sought in ({"member_id": who["actor_id"]}, {"workspace_id": prod.rpartition("/")[2]}):
        criteria = {name: {"any_": [id_]} for name, id_ in sought.items()}
        assert acme.post("/teams/filter", {"teams": criteria}) == []
    assert acme.get(f"/account_memberships/by-user/{who['user_id']}")["teams"] == []
    assert acme.get(prod)["default_workspace_role_id"] is None
    (listed,) = acme.post("/account_memberships/filter", {"only_bots": True})
    (one,) = acme.post("/bots/filter")
    assert listed["account_role_name"] == one["account_role_name"] == "Member"
    by_bot = acme.get(f"/account_memberships/by-bot/{one['id']}")
    assert (by_bot["account_role_name"], by_bot["id"]) == ("Member", listed["id"])


@pytest.mark.parametrize("term", CLOSED.values(), ids=CLOSED)
def test_what_is_not_shown_as_held_is_not_there_to_be_changed(acme, prod, term):
    whose, ops, member = user("bo@example.org"), Team("ops"), bo(acme)
    closed = frozenset({Holding(role_address(Level.WORKSPACE, "viewer"), **term)})
    account = live(acme).binding(whose, ACCOUNT)
    admin = Holding(role_address(Level.ACCOUNT, "admin"), **term)
    acme.server.add(
        Change(account, replace(account, roles=account.roles | {admin})),
        Change(None, replace(ops, members=frozenset({Membership(whose, **term)}))),
        *(Change(None, Binding(a, workspace("prod"), closed)) for a in (whose, ops.address)),
    )
    acme.patch(prod, {"default_workspace_role_id": acme.role("Viewer")})
    (key,) = acme.server.add(Change(None, Key(whose, "second"))).values()
    (team,), before = acme.post("/teams/filter"), live(acme)
    with acme.server.guarded.view("acme", acme.server.key) as view:
        rows = view.register.held_by(ACCOUNT, whose)
        (row,) = view.register.held_by(workspace("prod"), whose)
    (hidden,) = {str(each.id) for each in rows} - {acme.member("bo@example.org")["id"]}

    acme.get(f"/account_memberships/{hidden}", 404)
    body = {"account_role_id": acme.account_role("Owner")}
    acme.patch(f"/account_memberships/{hidden}", body, 404)
    acme.patch(f"/account_memberships/{hidden}/active", {"active": False}, 404)
    acme.delete(f"/account_memberships/{hidden}", 404)
    acme.delete(f"{prod}/user_access/{row.id}", 404)
    acme.delete(f"{prod}/team_access/{team['id']}", 404)
    acme.delete(f"/teams/{team['id']}/members/{member['actor_id']}", 404)
    assert acme.of(key).client.delete(f"/me{prod}").json()["detail"] == INHERITED
    assert live(acme) == before


def test_the_roles_of_one_member_are_revoked_by_their_ids_one_after_the_other(acme, prod):
    bo(acme)
    who, names = user("bo@example.org"), ("developer", "viewer")
    roles = frozenset().union(*(held(role_address(Level.WORKSPACE, name)) for name in names))
    acme.server.add(Change(None, Binding(who, workspace("prod"), roles)))
    rows = {row["workspace_role_id"]: row["id"] for row in acme.post(f"{prod}/user_access/filter")}
    acme.delete(f"{prod}/user_access/{rows[acme.role('Developer')]}")
    acme.delete(f"{prod}/user_access/{rows[acme.role('Developer')]}", 404)
    acme.delete(f"{prod}/user_access/{rows[acme.role('Viewer')]}")
    assert acme.post(f"{prod}/user_access/filter") == []


def test_nobody_who_is_suspended_has_access(acme, prod):
    who, viewer = bo(acme), acme.role("Viewer")
    acme.post(f"{prod}/user_access/", {"user_id": who["user_id"], "workspace_role_id": viewer})
    assert [each["name"] for each in acme.get(f"{prod}/access/")] == ["bo", "olivia"]
    acme.patch(f"/account_memberships/{who['id']}/active", {"active": False})
    assert [each["name"] for each in acme.get(f"{prod}/access/")] == ["olivia"]


def test_a_member_whose_account_role_has_ended_stays_listed(acme):
    bo(acme)
    whose = user("bo@example.org")
    before = live(acme).binding(whose, ACCOUNT)
    (holding,) = before.roles
    ended = frozenset({replace(holding, until=NOW - timedelta(days=1))})
    acme.server.add(Change(before, replace(before, roles=ended)))
    assert acme.member("bo@example.org")["account_role_name"] == "Member"


def test_who_is_given_a_role_is_answered_with_it_and_keeps_another_that_is_to_begin(acme, prod):
    who, bo_ = bo(acme), user("bo@example.org")
    coming = Holding(role_address(Level.WORKSPACE, "developer"), **CLOSED["to begin"])
    acme.server.add(Change(None, Binding(bo_, workspace("prod"), frozenset({coming}))))
    viewer = acme.role("Viewer")
    body = {"user_id": who["user_id"], "workspace_role_id": viewer}
    assert acme.post(f"{prod}/user_access/", body)["workspace_role_id"] == viewer
    assert coming in live(acme).holdings(bo_, workspace("prod"))
    acme.server.add(Change(live(acme).get(bo_), User("bo@example.org", Status.PENDING)))
    acme.post(f"{prod}/invitations/", {"email": "bo@example.org"}, 201)
    assert coming in live(acme).holdings(bo_, workspace("prod"))


def test_a_write_keeps_the_reason_of_a_role_that_stays_and_drops_it_with_the_role(acme, prod):
    who = bo(acme)["user_id"]

    def ask(role):
        acme.post(f"{prod}/user_access/", {"user_id": who, "workspace_role_id": acme.role(role)})
        return live(acme).binding(user("bo@example.org"), workspace("prod"))

    before = ask("Viewer")
    (holding,) = before.roles
    explained = replace(before, roles=frozenset({replace(holding, reason="INC-1")}))
    acme.server.add(Change(before, explained))

    assert ask("Viewer") == explained
    (other,) = ask("Runner").roles
    assert other.reason == ""
    assert "INC-1" not in acme.call("POST", f"{prod}/user_access/filter", {}).text


def test_a_member_who_joins_leaves_the_reasons_of_the_others(acme):
    bo(acme)
    acme.server.person("cy@example.org")
    cy = acme.member("cy@example.org")["user_id"]
    place = Membership(user("bo@example.org"), reason="rota")
    acme.server.add(Change(None, Team("ops", frozenset({place}))))
    (team,) = acme.post("/teams/filter")

    body = {"members": [{"member_id": cy, "member_type": "user"}]}
    acme.put(f"/teams/{team['id']}/members", body)

    found = live(acme).get(Team("ops").address)
    assert found.members == {place, Membership(user("cy@example.org"))}


def test_several_are_given_access_together_or_not_at_all(acme, prod):
    viewer = acme.role("Viewer")
    good = {"user_id": bo(acme)["user_id"], "workspace_role_id": viewer}
    bad = {"user_id": acme.id, "workspace_role_id": viewer}
    acme.post(f"{prod}/user_access/", [good, bad], 422)
    assert acme.post(f"{prod}/user_access/filter") == []


def test_rows_of_one_kind_are_not_found_as_another(acme, prod):
    body = {"user_id": bo(acme)["user_id"], "workspace_role_id": acme.role("Viewer")}
    row = acme.post(f"{prod}/user_access/", body)["id"]
    acme.get(f"{prod}/bot_access/{row}", 404)
    acme.delete(f"{prod}/bot_access/{row}", 404)


def test_access_is_filtered_by_role_actor_and_person(acme, prod):
    member, viewer = bo(acme), acme.role("Viewer")
    acme.post(f"{prod}/user_access/", {"user_id": member["user_id"], "workspace_role_id": viewer})

    def count(**body):
        return len(acme.post(f"{prod}/user_access/filter", body))

    assert count(workspace_accesses={"workspace_role_id": {"any_": [viewer]}}) == 1
    assert count(workspace_accesses={"workspace_role_id": {"any_": [acme.role("Owner")]}}) == 0
    assert count(workspace_accesses={"actor_id": {"any_": [member["actor_id"]]}}) == 1
    assert count(workspace_accesses={"actor_id": {"any_": [member["user_id"]]}}) == 0
    assert count(users={"email": {"like_": "BO@"}}, sort="NAME_DESC") == 1
    assert count(users={"id": {"not_any_": [member["user_id"]]}}) == 0


def test_a_bot_has_access_by_its_own_id(acme, prod):
    bot = acme.post("/bots/", {"name": "ci"}, 201)
    viewer = acme.role("Viewer")
    acme.post(f"{prod}/bot_access/", {"bot_id": bot["actor_id"], "workspace_role_id": viewer}, 422)
    row = acme.post(f"{prod}/bot_access/", {"bot_id": bot["id"], "workspace_role_id": viewer})
    assert (row["bot_name"], row["actor_id"]) == ("ci", bot["actor_id"])
    assert acme.post(f"{prod}/bot_access/filter", {"bots": {"name": {"any_": ["ci"]}}}) == [row]
    acme.delete(f"{prod}/bot_access/{row['id']}")


def test_a_team_has_access_by_put_and_loses_it_by_its_id(acme, prod):
    team = acme.post("/teams/", {"name": "ops"}, 201)
    body = [{"team_id": team["id"], "workspace_role_id": acme.role("Runner")}]
    (row,) = acme.put(f"{prod}/team_access/", body)
    (again,) = acme.put(f"{prod}/team_access/", body)
    assert row == again
    answer = acme.client.post(f"{acme.path}{prod}/team_access/filter", content=b"")
    assert answer.json() == [{**row, "team_name": "ops"}]
    (held,) = acme.get(f"/teams/{team['id']}")["workspaces"]
    assert (held["workspace_handle"], held["workspace_role_name"]) == ("prod", "Runner")
    acme.put(f"{prod}/team_access/", body[0], 422)
    acme.delete(f"{prod}/team_access/{team['id']}")
    acme.delete(f"{prod}/team_access/{team['id']}", 404)


def test_everybody_with_access_is_listed_by_whatever_path(acme, prod):
    member, team = bo(acme), acme.post("/teams/", {"name": "ops"}, 201)
    joins = {"members": [{"member_id": member["user_id"], "member_type": "user"}]}
    acme.put(f"/teams/{team['id']}/members", joins)
    body = [{"team_id": team["id"], "workspace_role_id": acme.role("Viewer")}]
    acme.put(f"{prod}/team_access/", body)
    found = {(who["type"], who["name"]): who["id"] for who in acme.get(f"{prod}/access/")}
    assert found.pop(("team", "ops")) == team["id"]
    assert found.pop(("user", "bo")) == member["actor_id"]
    assert set(found) == {("user", "olivia")}
    acme.patch(prod, {"default_workspace_role_id": acme.role("Viewer")})
    everyone = {"id": "*", "name": "*", "email": None, "type": "*"}
    assert everyone in acme.get(f"{prod}/access/")


def test_members_join_by_their_own_id_and_leave_by_their_actor_id(acme):
    member, bot = bo(acme), acme.post("/bots/", {"name": "ci"}, 201)
    team = acme.post("/teams/", {"name": "ops", "description": ""}, 201)
    path = f"/teams/{team['id']}"
    for id_, kind in ((member["user_id"], "user"), (bot["id"], "service_account")):
        body = {"members": [{"member_id": id_, "member_type": kind}]}
        acme.put(f"{path}/members", body)
        acme.put(f"{path}/members", body)
    found = {m["id"]: m["type"] for m in acme.get(path)["memberships"]}
    assert found == {member["actor_id"]: "user", bot["actor_id"]: "service_account"}
    acme.delete(f"{path}/members/{member['user_id']}", 404)
    acme.delete(f"{path}/members/{member['actor_id']}")
    assert [m["id"] for m in acme.get(path)["memberships"]] == [bot["actor_id"]]
    wrong = {"members": [{"member_id": bot["id"], "member_type": "user"}]}
    acme.put(f"{path}/members", wrong, 422)


def test_a_team_is_replaced_as_a_whole_and_answers_with_itself(acme):
    team = acme.post("/teams/", {"name": "ops", "description": None}, 201)
    assert team["description"] == ""
    put = acme.put(f"/teams/{team['id']}", {"name": "sre", "description": "x"})
    assert (put["id"], put["name"], put["description"]) == (team["id"], "sre", "x")
    again = acme.post("/teams/", {"name": "sre", "description": "y"}, 201)
    assert (again["id"], again["description"]) == (team["id"], "y")
    acme.delete(f"/teams/{team['id']}")
    acme.delete(f"/teams/{team['id']}", 404)


def test_teams_are_found_by_name_member_and_access(acme, prod):
    member = bo(acme)
    ops, dev = (acme.post("/teams/", {"name": n}, 201) for n in ("ops", "dev"))
    joins = {"members": [{"member_id": member["user_id"], "member_type": "user"}]}
    acme.put(f"/teams/{ops['id']}/members", joins)
    body = [{"team_id": dev["id"], "workspace_role_id": acme.role("Viewer")}]
    acme.put(f"{prod}/team_access/", body)

    def names(**body):
        return [team["name"] for team in acme.post("/teams/filter", body)]

    assert names(teams={"name": {"any_": None}}) == ["ops", "dev"]
    assert names(teams={"name": {"like_": "OP"}}) == ["ops"]
    assert names(teams={"member_id": {"any_": [member["actor_id"]]}}) == ["ops"]
    assert names(teams={"workspace_id": {"any_": [prod[-36:]]}}) == ["dev"]
    assert names(users={"email": {"any_": ["bo@example.org"]}}) == ["ops"]
    assert names(bots={"name": {"like_": "x"}}) == []
    assert names(sort="NAME_ASC", limit=1) == ["dev"]


def test_people_of_a_directory_team_are_not_set_here(acme):
    member, team = bo(acme), acme.post("/teams/", {"name": "ops"}, 201)
    path = f"/teams/{team['id']}"
    acme.put(path, {"name": "ops", "workos_directory_group_id": "group_1"})
    joins = {"members": [{"member_id": member["user_id"], "member_type": "user"}]}
    acme.put(f"{path}/members", joins, 403)
    bot = acme.post("/bots/", {"name": "ci"}, 201)
    joins = {"members": [{"member_id": bot["id"], "member_type": "service_account"}]}
    acme.put(f"{path}/members", joins)


def test_g11_a_directory_team_with_users_is_not_untied_and_so_not_written(acme):
    member = bo(acme)
    people = frozenset({Membership(user("bo@example.org"))})
    acme.server.add(Change(None, Team("ops", people, managed_by="group_1")))
    (team,) = acme.post("/teams/filter")
    path = f"/teams/{team['id']}"
    for group in (None, "", "group_2"):
        body = {"name": "ops", "workos_directory_group_id": group}
        assert acme.call("PUT", path, body).json()["detail"] == (
            "`team.ops` has users that `group_1` manages"
        )
    acme.delete(f"{path}/members/{member['actor_id']}", 403)
    acme.delete(path, 403)
    assert acme.put(path, {"name": "ops", "workos_directory_group_id": "group_1"})
    assert acme.put(path, {"name": "{0}", "description": "new"})["name"] == "{0}"


def test_g11_a_directory_team_without_users_is_untied(acme):
    acme.server.add(Change(None, Team("ops", managed_by="group_1")))
    (team,) = acme.post("/teams/filter")
    body = {"name": "ops", "workos_directory_group_id": None}
    assert acme.put(f"/teams/{team['id']}", body)["workos_directory_group_id"] is None


def test_a_bot_is_made_with_a_key_that_is_shown_once(acme):
    made = acme.post("/bots/", {"name": "ci", "api_key_expiration": "2099-01-01T00:00:00Z"}, 201)
    key = made["api_key"]
    assert key["key"].startswith("pnb_")
    assert (key["expiration"], made["account_role_name"]) == ("2099-01-01T00:00:00Z", "Member")
    assert key["name"].startswith("ci")
    read = acme.get(f"/bots/{made['id']}")
    assert "key" not in read["api_key"]
    assert read["api_key"]["masked_key"] == f"pnb_...{key['key'][-4:]}"
    assert read["updated"] == made["updated"]
    with acme.server.client(key["key"]) as client:
        me = client.get("/me/").json()
        assert (me["id"], me["handle"]) == (made["id"], "ci")


def test_a_bot_has_a_name_of_its_own(acme):
    acme.post("/bots/", {"name": "ci"}, 201)
    acme.post("/bots/", {"name": "ci"}, 409)


@pytest.mark.parametrize("grace", [None, 0, 3600])
def test_a_rotated_key_ends_at_once_or_after_a_while(acme, grace):
    made = acme.post("/bots/", {"name": "ci"}, 201)
    body = {"api_key_expiration": "2099-01-01T00:00:00+02:00", "old_key_expires_in_seconds": grace}
    new = acme.post(f"/bots/{made['id']}/rotate_api_key", body, 201)
    assert new["api_key"]["id"] != made["api_key"]["id"]
    assert new["api_key"]["expiration"] == "2098-12-31T22:00:00Z"
    with acme.server.client(made["api_key"]["key"]) as old:
        assert old.get("/me/").status_code == (200 if grace else 401)
    keys = acme.get(f"/bots/{made['id']}/read_bot_api_keys")
    assert keys["active_key"]["id"] == new["api_key"]["id"]
    assert [k["id"] for k in keys["rotating_keys"]] == [made["api_key"]["id"]][: bool(grace)]


def test_rotation_without_a_body_and_deletion_of_a_key(acme):
    made = acme.post("/bots/", {"name": "ci"}, 201)
    path = f"/bots/{made['id']}"
    new = acme.post(f"{path}/rotate_api_key", None, 201)
    assert acme.delete(f"{path}/delete_bot_api_key/{new['api_key']['id']}", 200) is None
    assert acme.get(path)["api_key"]["name"] == "ci"
    acme.delete(f"{path}/delete_bot_api_key/{new['api_key']['id']}", 404)
    wrong = {"old_key_expires_in_seconds": 172_801}
    acme.post(f"{path}/rotate_api_key", wrong, 422)


def test_members_are_listed_filtered_and_counted(acme):
    bo(acme)
    acme.server.bot("ci")

    def members(**body):
        found = acme.post("/account_memberships/filter", body)
        body.pop("sort", None)
        assert acme.post("/account_memberships/count", body) == len(found)
        return [m["email"] for m in found]

    olivia, other = "olivia@example.org", "bo@example.org"
    assert members() == [olivia, other, None]
    assert members(only_users=True) == [olivia, other]
    assert members(only_bots=True) == [None]
    assert members(only_users=True, sort="EMAIL_ASC") == [other, olivia]
    assert members(account_memberships={"email": {"any_": None}}) == [olivia, other, None]
    assert members(account_memberships={"email": {"like_": "BO@"}}) == [other]
    either = {"email": {"any_": [olivia]}, "handle": {"any_": ["bo"]}}
    assert members(account_memberships=either) == []
    assert members(account_memberships={**either, "operator": "or_"}) == [olivia, other]
    assert members(active=False) == []
    for name in ("user_id", "actor_id"):
        criterion = {name: {"any_": [acme.member(other)[name]]}}
        assert members(account_memberships=criterion) == [other]
    criterion = {"account_role_id": {"any_": [acme.account_role("Owner")]}}
    assert members(account_memberships=criterion) == [olivia]


def test_a_membership_is_read_by_its_id_its_user_and_its_bot(acme):
    member = bo(acme)
    one = acme.get(f"/account_memberships/{member['id']}")
    assert one == acme.get(f"/account_memberships/by-user/{member['user_id']}")
    assert (one["account_role_name"], one["handle"]) == ("Member", "bo")
    bot = acme.post("/bots/", {"name": "ci"}, 201)
    of_bot = acme.get(f"/account_memberships/by-bot/{bot['id']}")
    assert (of_bot["user_id"], of_bot["handle"]) == (None, "ci")
    acme.get(f"/account_memberships/{of_bot['id']}", 404)
    acme.delete(f"/account_memberships/{of_bot['id']}", 404)


def test_a_member_gets_another_role_and_is_removed_with_all_it_holds(acme, prod):
    member = bo(acme)
    body = {"user_id": member["user_id"], "workspace_role_id": acme.role("Viewer")}
    acme.post(f"{prod}/user_access/", body)
    path = f"/account_memberships/{member['id']}"
    acme.patch(path, {"account_role_id": acme.account_role("Admin")})
    assert acme.get(path)["account_role_name"] == "Admin"
    acme.delete(path)
    acme.get(path, 404)
    assert acme.post(f"{prod}/user_access/filter") == []
    acme.patch(path, {"account_role_id": acme.account_role("Admin")}, 404)


def test_the_last_owner_stays(acme):
    path = f"/account_memberships/{acme.member('olivia@example.org')['id']}"
    acme.delete(path, 403)
    acme.patch(path, {"account_role_id": acme.account_role("Member")}, 403)
    acme.patch(f"{path}/active", {"active": False}, 403)
    assert acme.client.delete(f"/me/accounts/{acme.id}").status_code == 403
