"""Prefect Cloud, as the tests of both services see it."""

from __future__ import annotations

from dataclasses import replace
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

from ..prefect_cloud.cloud import CLOUD, KEY, ROOT, Cloud
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
    trouble: ClassVar = {"trouble": lambda: httpx.Response(500)}
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

    def appear(self, kind, *, alike=True):
        role = "Admin" if alike else "Member"
        match kind:
            case "a service account":
                self.memory.bot("etl", role)
            case "an invitation":
                self.memory.invitation("new@example.org", role)
            case "a role":
                self.memory.custom_role("fresh", "see_flows", *(() if alike else ("see_blocks",)))
            case "a team":
                self.memory.team("data", *(() if alike else (self.memory.olivia,)))
            case "a workspace":
                default = None if alike else self.names.viewer
                self.memory.workspace("dev", name="Dev", default_workspace_role_id=default)

    def account_appears(self, name):
        self.memory.bot(name)

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
