"""People who are in an account for a workspace alone: they go with their last access to one."""

from __future__ import annotations

import pytest

from rbac_sync.model import Policy

from ..account import Account
from ..serving import served

BO = "bo@example.org"


@pytest.fixture
def prod(acme):
    return f"/workspaces/{acme.workspace()['id']}"


def came(acme, role="collaborator"):
    """Let Bo come in; return its own view of the account."""
    return acme.of(acme.server.person(BO, role))


def given(acme, workspace, role="Viewer"):
    """Give Bo access to a workspace; return the path of the row."""
    body = {"user_id": acme.member(BO)["user_id"], "workspace_role_id": acme.role(role)}
    return f"{workspace}/user_access/{acme.post(f'{workspace}/user_access/', body)['id']}"


def emails(acme):
    return [m["email"] for m in acme.post("/account_memberships/filter", {"only_users": True})]


def removals(acme):
    found = acme.post(
        "/events/filter", {"filter": {"event": {"prefix": ["prefect-cloud.account-m"]}}}
    )
    return [
        e["related"][0]["prefect.resource.name"] for e in found["events"] if "deleted" in e["event"]
    ]


def test_who_loses_the_last_access_leaves_the_account_and_the_trail_says_who_did_it(acme, prod):
    bo = came(acme)
    acme.delete(given(acme, prod))
    assert emails(acme) == ["olivia@example.org"]
    assert removals(acme) == ["olivia@example.org"]
    assert bo.client.get("/me/").status_code == 401


def test_who_has_access_to_another_workspace_stays_until_that_goes_too(acme, prod):
    came(acme)
    dev = f"/workspaces/{acme.workspace('dev')['id']}"
    rows = given(acme, prod), given(acme, dev)
    acme.delete(rows[0])
    assert BO in emails(acme)
    acme.delete(rows[1])
    assert BO not in emails(acme)


def test_access_by_a_team_keeps_somebody_until_it_goes_too_and_a_default_role_does_not(acme, prod):
    came(acme)
    team = acme.post("/teams/", {"name": "ops"}, 201)
    joins = {"members": [{"member_id": acme.member(BO)["user_id"], "member_type": "user"}]}
    acme.put(f"/teams/{team['id']}/members", joins)
    body = [{"team_id": team["id"], "workspace_role_id": acme.role("Viewer")}]
    acme.put(f"{prod}/team_access/", body)
    acme.patch(prod, {"default_workspace_role_id": acme.role("Viewer")})
    acme.delete(given(acme, prod))
    assert BO in emails(acme)
    row = given(acme, prod)
    acme.delete(f"/teams/{team['id']}")
    acme.delete(row)
    assert BO not in emails(acme)


@pytest.mark.parametrize("role", ["member", "admin"])
def test_everybody_else_stays_without_access(acme, prod, role):
    came(acme, role)
    acme.delete(given(acme, prod))
    assert BO in emails(acme)


def test_another_role_in_place_of_one_takes_nobody_out(acme, prod):
    came(acme)
    assert given(acme, prod) == given(acme, prod, "Runner")
    assert BO in emails(acme)


def test_whoever_manages_the_users_of_the_workspace_needs_no_more_for_it(acme, prod):
    came(acme)
    row = given(acme, prod)
    lee = acme.of(acme.server.person("lee@example.org"))
    member = acme.member("lee@example.org")
    body = {"user_id": member["user_id"], "workspace_role_id": acme.role("Owner")}
    acme.post(f"{prod}/user_access/", body)
    lee.delete(f"/account_memberships/{acme.member(BO)['id']}", 403)
    lee.delete(row)
    assert BO not in emails(acme)


def test_whoever_leaves_its_last_workspace_leaves_the_account(acme, prod):
    bo = came(acme)
    dev = f"/workspaces/{acme.workspace('dev')['id']}"
    given(acme, prod), given(acme, dev)
    assert bo.client.delete(f"/me{prod}").status_code == 204
    assert bo.client.get("/me/").status_code == 200
    assert bo.client.delete(f"/me{dev}").status_code == 204
    assert bo.client.get("/me/").status_code == 401
    assert removals(acme) == [BO]


def test_a_service_account_of_that_role_stays(acme, prod):
    bot = acme.of(acme.server.bot("ci", "collaborator"))
    (row,) = acme.post("/bots/filter")
    body = {"bot_id": row["id"], "workspace_role_id": acme.role("Viewer")}
    acme.post(f"{prod}/bot_access/", body)
    assert bot.client.delete(f"/me{prod}").status_code == 204
    assert bot.client.get("/me/").status_code == 200


def test_where_a_policy_protects_the_member_nothing_is_taken(tmp_path):
    policy = Policy(protect=frozenset({f"member.{BO}"}))
    with served(f"sqlite:///{tmp_path}/rbac.db", policy=policy) as server:
        acme = Account(server, server.client())
        prod = f"/workspaces/{acme.workspace()['id']}"
        came(acme)
        row = given(acme, prod)
        refused = acme.delete(row, 403)
        assert BO in refused["detail"]
        assert acme.get(row)["email"] == BO
        assert BO in emails(acme)


def test_an_invitation_to_a_workspace_makes_a_collaborator(acme, prod):
    made = acme.post(f"{prod}/invitations/", {"email": BO}, 201)
    assert made["account_role_id"] == acme.account_role("Collaborator")
