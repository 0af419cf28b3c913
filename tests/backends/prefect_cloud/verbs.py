"""A company in an account, and every change of it with the exact requests that it takes."""

from __future__ import annotations

from dataclasses import replace

from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Key,
    Level,
    Membership,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change

MEMBER, ADMIN = (held(role_address(Level.ACCOUNT, name)) for name in ("member", "admin"))
VIEWER, RUNNER = (held(role_address(Level.WORKSPACE, name)) for name in ("viewer", "runner"))
BO, EVE, CI = User("bo@example.org"), User("eve@example.org"), ServiceAccount("ci")
PROD, OPS = Workspace("prod", "Production"), Team("ops")
P = PROD.address
NEXT_YEAR = parsed("2027-01-01T00:00:00Z")
ONCALL = Role(Level.WORKSPACE, "oncall", frozenset({"see_flows"}))


def filled(cloud):
    """Put the company into the account."""
    viewer = cloud.workspace_role("Viewer")
    prod = cloud.workspace("prod", name="Production", default_workspace_role_id=viewer)
    bo, ci = cloud.member("bo@example.org"), cloud.bot("ci")
    cloud.invitation("eve@example.org")
    ops = cloud.team("ops", bo)
    cloud.custom_role("oncall", "see_flows")
    cloud.grant(prod, bo, "Viewer")
    cloud.grant(prod, ci, "Viewer")
    cloud.grant(prod, ops, "Viewer")
    return cloud


class Names:
    """The ids of the company, by the names that the expected requests use."""

    def __init__(self, cloud):
        self.prod = cloud.rows["workspaces"][0]["id"]
        bo = cloud.rows["account_memberships"][1]
        self.bo, self.bo_actor, self.bo_member = bo["user_id"], bo["actor_id"], bo["id"]
        ci = cloud.rows["bots"][0]
        self.ci, self.ci_actor = ci["id"], ci["actor_id"]
        self.eve = cloud.rows["invitations"][0]["id"]
        self.ops, self.oncall = cloud.rows["teams"][0]["id"], cloud.workspace_role("oncall")
        access = f"workspaces/{self.prod}"
        self.bo_access = cloud.rows[f"{access}/user_access"][0]["id"]
        self.ci_access = cloud.rows[f"{access}/bot_access"][0]["id"]
        self.viewer, self.runner = cloud.workspace_role("Viewer"), cloud.workspace_role("Runner")
        self.member, self.admin = cloud.account_role("Member"), cloud.account_role("Admin")


def bound(principal, before, after, scope=P):
    sides = (Binding(principal, scope, roles) if roles else None for roles in (before, after))
    return Change(*sides)


def new_bot(name):
    service_account = ServiceAccount(name)
    return Change(None, service_account, (Binding(service_account.address, ACCOUNT, ADMIN),))


def invited(email):
    user = User(email, Status.PENDING)
    return Change(None, user, (Binding(user.address, ACCOUNT, ADMIN),))


EVERY_VERB = {
    "a person is invited": (
        invited("new@example.org"),
        lambda n: [
            ("POST", "invitations/", [{"email": "new@example.org", "account_role_id": n.admin}])
        ],
    ),
    "an invitation is renewed": (
        Change(
            User("eve@example.org", Status.PENDING, parsed("2026-11-28T12:00:00Z")),
            User("eve@example.org", Status.PENDING),
            (Binding(EVE.address, ACCOUNT, ADMIN),),
        ),
        lambda n: [
            ("POST", "invitations/", [{"email": "eve@example.org", "account_role_id": n.admin}])
        ],
    ),
    "an invitation gets another role": (
        bound(EVE.address, MEMBER, ADMIN, ACCOUNT),
        lambda n: [
            ("POST", "invitations/", [{"email": "eve@example.org", "account_role_id": n.admin}])
        ],
    ),
    "an invitation is withdrawn": (
        Change(User("eve@example.org", Status.PENDING, parsed("2026-11-28T12:00:00Z")), None),
        lambda n: [("POST", f"invitations/{n.eve}/revoke", None)],
    ),
    "a member is suspended": (
        Change(BO, replace(BO, status=Status.SUSPENDED)),
        lambda n: [("PATCH", f"account_memberships/{n.bo_member}/active", {"active": False})],
    ),
    "a member is removed": (
        Change(BO, None),
        lambda n: [("DELETE", f"account_memberships/{n.bo_member}", None)],
    ),
    "a member gets another account role": (
        bound(BO.address, MEMBER, ADMIN, ACCOUNT),
        lambda n: [("PATCH", f"account_memberships/{n.bo_member}", {"account_role_id": n.admin})],
    ),
    "a service account comes": (
        new_bot("etl"),
        lambda n: [
            (
                "POST",
                "bots/",
                {
                    "name": "etl",
                    "api_key_expiration": "2026-11-21T12:01:00Z",
                    "account_role_id": n.admin,
                },
            )
        ],
    ),
    "a service account is renamed": (
        Change(CI, replace(CI, name="builds")),
        lambda n: [("PATCH", f"bots/{n.ci}", {"name": "builds"})],
    ),
    "a service account goes": (
        Change(CI, None),
        lambda n: [("DELETE", f"bots/{n.ci}", None)],
    ),
    "a service account gets another account role": (
        bound(CI.address, MEMBER, ADMIN, ACCOUNT),
        lambda n: [("PATCH", f"bots/{n.ci}", {"account_role_id": n.admin})],
    ),
    "a key is made": (
        Change(None, Key(CI.address, "active", NEXT_YEAR)),
        lambda n: [
            (
                "POST",
                f"bots/{n.ci}/rotate_api_key",
                {"api_key_expiration": "2027-01-01T00:00:00Z", "old_key_expires_in_seconds": 0},
            )
        ],
    ),
    "a key gets another end": (
        Change(Key(CI.address, "active"), Key(CI.address, "active", NEXT_YEAR)),
        lambda n: [
            (
                "POST",
                f"bots/{n.ci}/rotate_api_key",
                {"api_key_expiration": "2027-01-01T00:00:00Z", "old_key_expires_in_seconds": 0},
            )
        ],
    ),
    "a team comes with members": (
        Change(
            None,
            Team(
                "new",
                frozenset({Membership(CI.address), Membership(BO.address)}),
                description="N.",
            ),
        ),
        lambda n: [
            ("POST", "teams/", {"name": "new", "description": "N."}),
            (
                "PUT",
                "teams/NEW/members",
                {
                    "members": [
                        {"member_id": n.bo, "member_type": "user"},
                        {"member_id": n.ci, "member_type": "service_account"},
                    ]
                },
            ),
        ],
    ),
    "a team comes without members": (
        Change(None, Team("new")),
        lambda n: [("POST", "teams/", {"name": "new", "description": ""})],
    ),
    "a team changes its members": (
        Change(
            replace(OPS, members=frozenset({Membership(BO.address)})),
            replace(OPS, members=frozenset({Membership(CI.address)})),
        ),
        lambda n: [
            (
                "PUT",
                f"teams/{n.ops}/members",
                {"members": [{"member_id": n.ci, "member_type": "service_account"}]},
            ),
            ("DELETE", f"teams/{n.ops}/members/{n.bo_actor}", None),
        ],
    ),
    "a directory's team is renamed": (
        Change(
            replace(OPS, managed_by="dir_1", members=frozenset({Membership(BO.address)})),
            Team("sre", frozenset({Membership(BO.address)}), "dir_1", "Sites."),
        ),
        lambda n: [
            (
                "PUT",
                f"teams/{n.ops}",
                {"name": "sre", "description": "Sites.", "workos_directory_group_id": "dir_1"},
            )
        ],
    ),
    "a team goes": (Change(OPS, None), lambda n: [("DELETE", f"teams/{n.ops}", None)]),
    "a workspace comes": (
        Change(None, Workspace("dev", "dev", "D.")),
        lambda n: [("POST", "workspaces/", {"name": "dev", "description": "D.", "handle": "dev"})],
    ),
    "a workspace changes": (
        Change(PROD, replace(PROD, description="Careful.")),
        lambda n: [("PATCH", f"workspaces/{n.prod}", {"description": "Careful."})],
    ),
    "a workspace gets another handle": (
        Change(PROD, replace(PROD, handle="live")),
        lambda n: [("PATCH", f"workspaces/{n.prod}", {"handle": "live"})],
    ),
    "a workspace goes": (
        Change(PROD, None),
        lambda n: [("DELETE", f"workspaces/{n.prod}", None)],
    ),
    "a role comes": (
        Change(
            None,
            Role(
                Level.WORKSPACE,
                "fresh",
                frozenset({"write_variables", "write_artifacts"}),
                base=frozenset({role_address(Level.WORKSPACE, "runner")}),
                description="F.",
            ),
        ),
        lambda n: [
            (
                "POST",
                "workspace_roles/",
                {
                    "name": "fresh",
                    "description": "F.",
                    "scopes": ["write_artifacts", "write_variables"],
                    "inherited_role_id": n.runner,
                },
            )
        ],
    ),
    "a role changes": (
        Change(ONCALL, replace(ONCALL, permissions=frozenset())),
        lambda n: [
            (
                "PATCH",
                f"workspace_roles/{n.oncall}",
                {"name": "oncall", "description": "", "scopes": [], "inherited_role_id": None},
            )
        ],
    ),
    "a role is renamed": (
        Change(ONCALL, replace(ONCALL, name="pager")),
        lambda n: [
            (
                "PATCH",
                f"workspace_roles/{n.oncall}",
                {
                    "name": "pager",
                    "description": "",
                    "scopes": ["see_flows"],
                    "inherited_role_id": None,
                },
            )
        ],
    ),
    "a role goes": (
        Change(ONCALL, None),
        lambda n: [("DELETE", f"workspace_roles/{n.oncall}", None)],
    ),
    "a user gets another role in a workspace": (
        bound(BO.address, VIEWER, RUNNER),
        lambda n: [
            (
                "POST",
                f"workspaces/{n.prod}/user_access/",
                [{"user_id": n.bo, "workspace_role_id": n.runner}],
            )
        ],
    ),
    "a service account gets a role in a workspace": (
        bound(CI.address, None, RUNNER),
        lambda n: [
            (
                "POST",
                f"workspaces/{n.prod}/bot_access/",
                [{"bot_id": n.ci, "workspace_role_id": n.runner}],
            )
        ],
    ),
    "a team gets a role in a workspace": (
        bound(OPS.address, None, RUNNER),
        lambda n: [
            (
                "PUT",
                f"workspaces/{n.prod}/team_access/",
                [{"team_id": n.ops, "workspace_role_id": n.runner}],
            )
        ],
    ),
    "everyone gets a role in a workspace": (
        bound(EVERYONE, None, RUNNER),
        lambda n: [("PATCH", f"workspaces/{n.prod}", {"default_workspace_role_id": n.runner})],
    ),
    "a user loses a workspace": (
        bound(BO.address, VIEWER, None),
        lambda n: [("DELETE", f"workspaces/{n.prod}/user_access/{n.bo_access}", None)],
    ),
    "a service account loses a workspace": (
        bound(CI.address, VIEWER, None),
        lambda n: [("DELETE", f"workspaces/{n.prod}/bot_access/{n.ci_access}", None)],
    ),
    "a team loses a workspace": (
        bound(OPS.address, VIEWER, None),
        lambda n: [("DELETE", f"workspaces/{n.prod}/team_access/{n.ops}", None)],
    ),
    "everyone loses a workspace": (
        bound(EVERYONE, VIEWER, None),
        lambda n: [("PATCH", f"workspaces/{n.prod}", {"default_workspace_role_id": None})],
    ),
}
