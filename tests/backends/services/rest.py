"""Prefect Cloud, as the tests of both services see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import httpx

from rbac_sync.model import (
    Key,
    Level,
    Membership,
    Role,
    ServiceAccount,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.planning import Change

from ..prefect_cloud.cloud import CLOUD, KEY, NOW, ROOT, Cloud
from ..prefect_cloud.verbs import (
    BO,
    CI,
    EVERY_VERB,
    NEXT_YEAR,
    RUNNER,
    Names,
    bound,
    filled,
    invited,
    new_bot,
)
from .service import Service

ETL, DEV = ServiceAccount("etl"), Workspace("dev", "Dev")
TEAM = Team("data", frozenset({Membership(ETL.address)}))
ROLE = Role(Level.WORKSPACE, "fresh", frozenset({"see_flows"}))
ELT, LIVE = replace(ETL, name="elt"), replace(DEV, handle="live")
PAGER = replace(ROLE, name="pager")
PATHS = {
    "a service account": "bots/",
    "an invitation": "invitations/",
    "a role": "workspace_roles/",
    "a team": "teams/",
    "a workspace": "workspaces/",
}
ACCESS = ("user_access/", "bot_access/")


def new_etl(cloud, role="Admin"):
    """Put the service account of ``creations`` in, as it is made."""
    ends = (NOW + timedelta(minutes=1)).isoformat()
    return cloud.bot("etl", role, ends, NOW.isoformat())


class Rest(Service):
    """Prefect Cloud with the company of ``prefect_cloud.verbs``."""

    catalogue, root, verbs, key, secret = CLOUD, ROOT, EVERY_VERB, KEY, "pnb_"
    given = Change(None, replace(ROLE, name="first"))
    new_key = Key(CI.address, "active", NEXT_YEAR)
    creations: ClassVar = {
        "a service account": new_bot("etl"),
        "an invitation": invited("new@example.org"),
        "a role": Change(None, ROLE),
        "a team": Change(None, Team("data")),
        "a workspace": Change(None, DEV),
    }
    twins: ClassVar = {
        "another role": ("a service account", lambda cloud: new_etl(cloud, "Member")),
        "a key": ("a service account", lambda cloud: cloud.bot("etl", "Admin")),
        "a team": ("a service account", lambda cloud: cloud.team("etls", new_etl(cloud))),
        "a role to come": (
            "an invitation",
            lambda cloud: cloud.invitation("new@example.org", "Member"),
        ),
        "a membership": ("an invitation", lambda cloud: cloud.member("new@example.org", "Admin")),
        "another permission": ("a role", lambda cloud: cloud.custom_role("fresh", "see_blocks")),
        "a member": ("a team", lambda cloud: cloud.team("data", cloud.olivia)),
        "a workspace": (
            "a team",
            lambda cloud: cloud.grant(cloud.rows["workspaces"][0], cloud.team("data"), "Viewer"),
        ),
        "a default role": (
            "a workspace",
            lambda cloud: cloud.workspace(
                "dev", name="Dev", default_workspace_role_id=cloud.workspace_role("Viewer")
            ),
        ),
        "everybody": (
            "a workspace",
            lambda cloud: cloud.workspace("dev", name="Dev", is_public=True),
        ),
        "somebody in it": (
            "a workspace",
            lambda cloud: cloud.grant(cloud.workspace("dev", name="Dev"), cloud.olivia, "Viewer"),
        ),
    }
    story: ClassVar = [
        new_bot("etl"),
        Change(None, Key(ETL.address, "active", NEXT_YEAR)),
        Change(None, DEV),
        Change(None, TEAM),
        Change(None, ROLE),
        bound(ETL.address, None, held(ROLE.address), DEV.address),
        bound(TEAM.address, None, RUNNER, DEV.address),
        Change(ROLE, PAGER),
        Change(DEV, LIVE),
        Change(ETL, ELT),
        Change(replace(TEAM, members=frozenset({Membership(ELT.address)})), Team("gone")),
        bound(ELT.address, held(ROLE.address), None, LIVE.address),
        Change(Team("gone"), None),
        Change(ELT, None),
        Change(PAGER, None),
        Change(LIVE, None),
    ]
    missing: ClassVar = {"rename a member": Change(BO, User("bo@other.example"))}
    remade: ClassVar = ["rotate_api_key", "rotate_api_key"]
    trouble: ClassVar = {
        "trouble": lambda: httpx.Response(500),
        "a refusal with success": lambda: httpx.Response(200, json={"detail": "try later"}),
    }
    forbidden = staticmethod(lambda: httpx.Response(403, json={"detail": "no"}))
    unauthenticated = staticmethod(lambda: httpx.Response(401, json={"detail": "no"}))
    conflict = staticmethod(lambda: httpx.Response(409, json={"detail": "name taken"}))
    listing = ("POST", "bots/filter")
    strangers: ClassVar = {
        "nobody's": lambda cloud: cloud.id(),
        "a workspace's": lambda cloud: cloud.rows["workspaces"][0]["id"],
        "a team's": lambda cloud: cloud.rows["teams"][0]["id"],
        "a role's": lambda cloud: cloud.rows["account_roles"][0]["id"],
        "an invitation's": lambda cloud: cloud.rows["invitations"][0]["id"],
        "a suspended member's": lambda cloud: cloud.member(
            "sus@example.org", "Owner", active=False
        )["user_id"],
    }
    right = "(create|update|delete):[a-z_]+|(manage|write)_[a-z_]+"

    def __init__(self, pauses, folder):
        cloud = Cloud()
        filled(cloud)
        super().__init__(cloud, Names(cloud), pauses, folder)
        cloud.before = lambda method, path: self.before(self._named(method, path))
        cloud.after = lambda method, path, answer: self.after(self._named(method, path), answer)

    def _named(self, method, path):
        new = next((row["id"] for row in self.memory.rows["teams"] if row["name"] == "new"), "NEW")
        return method, path.replace(new, "NEW")

    def requests(self, verb):
        return [(method, path) for method, path, _ in self.verbs[verb][1](self.names)]

    def writes(self):
        return [self._named(method, path) for method, path, _ in self.memory.writes()]

    def making(self, kind):
        return "POST", PATHS[kind]

    def making_key(self):
        return "POST", f"bots/{self.names.ci}/rotate_api_key"

    def appear(self, kind):
        match kind:
            case "a service account":
                new_etl(self.memory)
            case "an invitation":
                self.memory.invitation("new@example.org", "Admin")
            case "a role":
                self.memory.custom_role("fresh", "see_flows")
            case "a team":
                self.memory.team("data")
            case "a workspace":
                self.memory.workspace("dev", name="Dev")

    def account_appears(self, name):
        self.memory.bot(name)

    def key_appears(self, key):
        until = key.until and key.until.isoformat()
        new = {"id": self.memory.id(), "name": "ci-2", "expiration": until}
        self.memory.one("bots", self.names.ci)["api_key"] |= new

    def accept(self):
        invitation = self.memory.one("invitations", self.names.eve)
        if invitation["status"] == "PENDING":
            invitation["status"] = "ACCEPTED"
            self.memory.member("eve@example.org")

    def call_as(self, id_):
        self.memory.me["id"] = id_

    def key_calls(self):
        return [path.rpartition("/")[2] for _, path in self.writes()]

    def current_secret(self):
        return f"pnb_{self.memory.one('bots', self.names.ci)['api_key']['id'][-2:]}"

    def hide_people(self):
        self.instead(("POST", "invitations/filter"), self.forbidden)

    def is_sent_once(self, request):
        method, path = request
        return method == "POST" and not path.endswith(ACCESS)
