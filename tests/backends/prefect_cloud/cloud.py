"""A small Prefect Cloud in memory, behind respx: enough of it to be read from and written to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from rbac_sync.backends.prefect_cloud.session import PrefectCloudBackend
from rbac_sync.backends.remote.login import Login
from rbac_sync.catalogues import catalogue

ROOT = "https://cloud.example/api"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = "pnu_" + "k" * 36
CLOUD = catalogue("prefect-cloud")
CREATED = "2026-01-01T00:00:00Z"

FILTERS = {
    "workspaces": ("workspaces", {"handle": "handle"}),
    "workspace_roles": ("workspace_roles", {"name": "name"}),
    "account_roles": ("account_roles", {}),
    "account_memberships": ("account_memberships", {"email": "email"}),
    "bots": ("service_accounts", {"name": "name"}),
    "teams": ("teams", {"name": "name"}),
    "invitations": ("invitations", {"email": "email", "status": "status"}),
}
"""By collection: the key of its filter, and which field each criterion looks at."""


@dataclass
class Cloud:
    """One account. ``requests`` are those made, as method, path below the account, and body.

    A page has at most ``most`` rows. The filters of the collections ``ignored`` have no effect.
    """

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    before: Callable[[str, str], httpx.Response | Exception | None] = lambda method, path: None
    after: Callable[[str, str, httpx.Response], httpx.Response | Exception] = lambda m, p, r: r
    me: dict[str, Any] = field(default_factory=dict)
    features: list[str] = field(default_factory=lambda: ["custom-roles", "teams"])
    numbers: Any = field(default_factory=lambda: count(1))
    rights: list[str] | None = None
    most: int = 200
    ignored: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.account = self.id()
        for name in FILTERS:
            self.rows.setdefault(name, [])
        for address, role in CLOUD.roles.items():
            level = f"{role.level}_roles"
            held, base = sorted(role.permissions), {"inherited_role_id": None}
            what = {"permissions": held} if role.level == "account" else {"scopes": held} | base
            self.add(level, name=CLOUD.wire[address], account_id=None, **what)
        self.olivia = self.member("olivia@example.org", "Owner")
        self.me = {
            "id": self.olivia["user_id"],
            "handle": "olivia",
            "first_name": "O",
            "last_name": "",
            "email": "olivia@example.org",
        }

    def id(self) -> str:
        return str(UUID(int=next(self.numbers)))

    def add(self, collection: str, **row: Any) -> dict[str, Any]:
        made = {"id": self.id(), "created": CREATED, "updated": CREATED} | row
        self.rows.setdefault(collection, []).append(made)
        return made

    def role(self, name: str) -> str:
        roles = [*self.rows["account_roles"], *self.rows["workspace_roles"]]
        return next(r["id"] for r in roles if r["name"] == name)

    def account_role(self, name: str) -> str:
        return next(r["id"] for r in self.rows["account_roles"] if r["name"] == name)

    def workspace_role(self, name: str) -> str:
        return next(r["id"] for r in self.rows["workspace_roles"] if r["name"] == name)

    def member(self, email: str, role: str = "Member", *, active: bool = True) -> dict[str, Any]:
        return self.add(
            "account_memberships",
            actor_id=self.id(),
            user_id=self.id(),
            email=email,
            account_role_name=role,
            account_role_id=self.account_role(role),
            active=active,
        )

    def bot(
        self, name: str, role: str = "Member", until: str | None = None, created: str = CREATED
    ) -> dict[str, Any]:
        return self.add(
            "bots",
            created=created,
            actor_id=self.id(),
            account_id=self.account,
            name=name,
            account_role_name=role,
            api_key={
                "id": self.id(),
                "name": f"{name}-1",
                "expiration": until,
                "created": "2026-01-01T00:00:00Z",
            },
        )

    def invitation(self, email: str, role: str = "Member", days: int = 7) -> dict[str, Any]:
        return self.add(
            "invitations",
            email=email,
            account_id=self.account,
            account_role_id=self.account_role(role),
            status="PENDING",
            expiration=(NOW + timedelta(days=days)).isoformat(),
        )

    def workspace(self, handle: str, **more: Any) -> dict[str, Any]:
        row = {"account_id": self.account, "name": handle, "description": "", "handle": handle}
        row |= {"default_workspace_role_id": None, "is_public": False}
        return self.add("workspaces", **(row | more))

    def team(self, name: str, *members: dict[str, Any], group: str | None = None) -> dict[str, Any]:
        return self.add(
            "teams",
            account_id=self.account,
            name=name,
            description="",
            workos_directory_group_id=group,
            memberships=[self._member(m) for m in members],
            workspaces=[],
        )

    @staticmethod
    def _member(row: dict[str, Any]) -> dict[str, Any]:
        email = row.get("email")
        kind = "user" if email else "service_account"
        name = email or row["name"]
        return {"id": row["actor_id"], "handle": name, "name": name, "email": email, "type": kind}

    def custom_role(self, name: str, *scopes: str, base: str | None = None) -> dict[str, Any]:
        return self.add(
            "workspace_roles",
            account_id=self.account,
            name=name,
            description="",
            scopes=list(scopes),
            inherited_role_id=base and self.workspace_role(base),
        )

    def grant(self, workspace: dict[str, Any], who: dict[str, Any], role: str) -> dict[str, Any]:
        """Give a user, bot or team a role in a workspace."""
        role_id = self.workspace_role(role)
        if "memberships" in who:
            row = {
                "workspace_id": workspace["id"],
                "workspace_handle": workspace["handle"],
                "workspace_role_id": role_id,
                "workspace_role_name": role,
            }
            who["workspaces"] = [
                w for w in who["workspaces"] if w["workspace_id"] != workspace["id"]
            ]
            who["workspaces"].append(row)
            return {"id": self.id(), "team_id": who["id"], **row}
        is_user = "user_id" in who
        collection = f"workspaces/{workspace['id']}/{'user' if is_user else 'bot'}_access"
        owner = {"user_id": who["user_id"]} if is_user else {"bot_id": who["id"]}
        for row in self.rows.get(collection, []):
            if owner.items() <= row.items():
                row["workspace_role_id"] = role_id
                return row
        shown = dict.fromkeys(("first_name", "last_name", "email", "handle", "bot_name"), "x")
        return self.add(
            collection,
            workspace_id=workspace["id"],
            workspace_role_id=role_id,
            actor_id=who["actor_id"],
            **owner,
            **shown,
        )

    def end(self, gone: dict[str, Any]) -> None:
        """Take away what ends with a principal or a workspace."""
        for name, rows in self.rows.items():
            if name.startswith(f"workspaces/{gone['id']}/"):
                rows.clear()
            if name.endswith("_access") and "actor_id" in gone:
                rows[:] = [row for row in rows if row["actor_id"] != gone["actor_id"]]
        for team in self.rows["teams"]:
            team["memberships"] = [
                m for m in team["memberships"] if m["id"] != gone.get("actor_id")
            ]
            team["workspaces"] = [w for w in team["workspaces"] if w["workspace_id"] != gone["id"]]

    def instead(self, ending: str, answer: httpx.Response | Exception) -> None:
        """Give *answer* to requests whose path ends so, and do nothing of what they ask."""
        self.before = lambda _, path: answer if path.endswith(ending) else None

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer *request*; what ``before`` or ``after`` say goes first."""
        method = request.method
        path = request.url.path.removeprefix("/api/").removeprefix(f"accounts/{self.account}/")
        body = json.loads(request.content) if request.content else None
        self.requests.append((method, path, body))
        found = self.before(method, path)
        if found is None:
            found = self.after(method, path, self._answer(method, path, body))
        if isinstance(found, BaseException):
            raise found
        found.headers.setdefault("date", format_datetime(NOW, usegmt=True))
        return found

    def _answer(self, method: str, path: str, body: Any) -> httpx.Response:
        for pattern, verbs in ROUTES.items():
            if (match := re.fullmatch(pattern, path)) and method in verbs:
                status, value = verbs[method](self, body, *match.groups())
                return httpx.Response(status, json=value) if value is not None else _empty(status)
        return httpx.Response(404, json={"detail": "Not Found"})

    def page(self, body: Any, collection: str) -> tuple[int, Any]:
        body = body or {}
        rows = self.rows.get(collection, [])
        key, fields = FILTERS.get(collection, ("", {}))
        criteria = {} if collection in self.ignored else body.get(key) or {}
        for name, criterion in criteria.items():
            if name in fields and criterion and criterion.get("any_") is not None:
                rows = [r for r in rows if r[fields[name]] in criterion["any_"]]
            if name == "is_global" and criterion is not None:
                rows = [r for r in rows if (r["account_id"] is None) == criterion]
        first = body.get("offset", 0)
        return 200, rows[first : first + min(body.get("limit", 200), self.most)]

    def one(self, collection: str, id_: str, field: str = "id") -> dict[str, Any]:
        return next(r for r in self.rows[collection] if r[field] == id_)

    def writes(self) -> list[tuple[str, str, Any]]:
        """Return the requests that were no reads."""
        return [r for r in self.requests if r[0] != "GET" and not r[1].endswith("/filter")]

    def backend(self, folder: Any, **more: Any) -> PrefectCloudBackend:
        login = Login(ROOT, KEY)
        environment = {"RBAC_SYNC_STATE_DIR": str(folder)}
        return PrefectCloudBackend("acme", login, environment=environment, **more)


def _empty(status: int) -> httpx.Response:
    return httpx.Response(status)


def _me(cloud: Cloud, _: Any) -> tuple[int, Any]:
    return 200, cloud.me


def _accounts(cloud: Cloud, _: Any) -> tuple[int, Any]:
    row = {
        "account_membership_id": cloud.olivia["id"],
        "account_id": cloud.account,
        "account_name": "Acme",
        "account_role_name": "Owner",
        "account_handle": "acme",
        "account_plan_type": "ENTERPRISE",
        "account_plan_tier": None,
        "account_plan_features": cloud.features,
    }
    return 200, [row]


def _rights(cloud: Cloud, _: Any, __: str) -> tuple[int, Any]:
    found = cloud.rights
    return 200, cloud.rows["account_roles"][0]["permissions"] if found is None else found


def _scopes(cloud: Cloud, _: Any) -> tuple[int, Any]:
    return 200, [
        {
            "name": name,
            "title": title.title,
            "feature_group": title.group,
            "includes_scopes": sorted(CLOUD.includes.get(name, ())),
            "see_scope": None,
        }
        for name, title in CLOUD.titles.items()
        if title.level == "workspace"
    ]


def _create(cloud: Cloud, body: Any, collection: str) -> tuple[int, Any]:
    account = {"account_id": cloud.account}
    match collection:
        case "workspaces":
            return 201, cloud.workspace(**body)
        case "workspace_roles":
            return 201, cloud.add("workspace_roles", **account, **body)
        case "teams":
            return 201, cloud.team(body["name"]) | _described(cloud, body)
        case "invitations":
            return 201, [_invited(cloud, each) for each in body]
    role = cloud.one("account_roles", body["account_role_id"])["name"]
    made = cloud.bot(body["name"], role, body.get("api_key_expiration"), NOW.isoformat())
    return 201, made | {"api_key": made["api_key"] | {"key": "pnb_first"}}


def _described(cloud: Cloud, body: Any) -> Any:
    cloud.rows["teams"][-1]["description"] = body["description"]
    return {"description": body["description"]}


def _invited(cloud: Cloud, body: Any) -> Any:
    for row in cloud.rows["invitations"]:
        if row["email"] == body["email"] and row["status"] == "PENDING":
            row["status"] = "REVOKED"
    made = cloud.invitation(body["email"])
    made.update(body)
    return made


def _patch(cloud: Cloud, body: Any, collection: str, id_: str) -> tuple[int, Any]:
    row = cloud.one(collection, id_)
    row.update(body)
    if collection in ("bots", "account_memberships") and "account_role_id" in body:
        row["account_role_name"] = cloud.one("account_roles", body["account_role_id"])["name"]
    return (200, row) if collection == "teams" else (204, None)


def _get(cloud: Cloud, _: Any, collection: str, id_: str) -> tuple[int, Any]:
    found = [r for r in cloud.rows[collection] if r["id"] == id_]
    return (200, found[0]) if found else (404, {"detail": "Not Found"})


def _delete(cloud: Cloud, _: Any, collection: str, id_: str) -> tuple[int, Any]:
    rows = cloud.rows[collection]
    found = [r for r in rows if r["id"] == id_]
    cloud.rows[collection] = [r for r in rows if r["id"] != id_]
    if found:
        cloud.end(found[0])
    return (204, None) if found else (404, {"detail": "Not Found"})


def _revoke(cloud: Cloud, _: Any, id_: str) -> tuple[int, Any]:
    cloud.one("invitations", id_)["status"] = "REVOKED"
    return 204, None


def _rotate(cloud: Cloud, body: Any, id_: str) -> tuple[int, Any]:
    bot = cloud.one("bots", id_)
    key = cloud.id()
    bot["api_key"] = {
        "id": key,
        "name": bot["name"],
        "expiration": body["api_key_expiration"],
        "created": "2026-11-21T11:00:00Z",
    }
    return 201, bot | {"api_key": bot["api_key"] | {"key": f"pnb_{key[-2:]}"}}


def _keys(cloud: Cloud, _: Any, id_: str) -> tuple[int, Any]:
    bot = cloud.one("bots", id_)
    return 200, {"active_key": bot["api_key"], "rotating_keys": bot.get("rotating", [])}


def _revoke_key(cloud: Cloud, _: Any, id_: str, key: str) -> tuple[int, Any]:
    bot = cloud.one("bots", id_)
    bot["rotating"] = [each for each in bot["rotating"] if each["id"] != key]
    return 200, None


def _people(cloud: Cloud) -> dict[str, Any]:
    users = {row["user_id"]: row for row in cloud.rows["account_memberships"]}
    return users | {row["id"]: row for row in cloud.rows["bots"]}


def _join(cloud: Cloud, body: Any, id_: str) -> tuple[int, Any]:
    team, people = cloud.one("teams", id_), _people(cloud)
    team["memberships"] += [cloud._member(people[m["member_id"]]) for m in body["members"]]
    return 200, team


def _leave(cloud: Cloud, _: Any, id_: str, actor: str) -> tuple[int, Any]:
    team = cloud.one("teams", id_)
    team["memberships"] = [m for m in team["memberships"] if m["id"] != actor]
    return 204, None


def _upsert(cloud: Cloud, body: Any, workspace: str, kind: str) -> tuple[int, Any]:
    where = cloud.one("workspaces", workspace)
    people = _people(cloud) | {row["id"]: row for row in cloud.rows["teams"]}
    role = {row["id"]: row["name"] for row in cloud.rows["workspace_roles"]}
    return 200, [
        cloud.grant(where, people[each[f"{kind}_id"]], role[each["workspace_role_id"]])
        for each in body
    ]


def _take(cloud: Cloud, _: Any, workspace: str, kind: str, id_: str) -> tuple[int, Any]:
    if kind == "team":
        team = cloud.one("teams", id_)
        team["workspaces"] = [w for w in team["workspaces"] if w["workspace_id"] != workspace]
        return 204, None
    return _delete(cloud, None, f"workspaces/{workspace}/{kind}_access", id_)


ID = r"([0-9a-f-]{36})"
NAMES = "account_memberships|bots|teams|workspaces|workspace_roles"
ROUTES: dict[str, dict[str, Callable[..., tuple[int, Any]]]] = {
    "me/": {"GET": _me},
    "me/accounts": {"GET": _accounts},
    f"me/accounts/{ID}/permissions": {"GET": _rights},
    "workspace_scopes": {"GET": _scopes},
    "(.+)/filter": {"POST": Cloud.page},
    "(workspaces|workspace_roles|bots|teams|invitations)/": {"POST": _create},
    f"({NAMES})/{ID}": {"GET": _get, "PATCH": _patch, "PUT": _patch, "DELETE": _delete},
    f"(account_memberships)/{ID}/active": {"PATCH": _patch},
    f"invitations/{ID}/revoke": {"POST": _revoke},
    f"bots/{ID}/rotate_api_key": {"POST": _rotate},
    f"bots/{ID}/read_bot_api_keys": {"GET": _keys},
    f"bots/{ID}/delete_bot_api_key/{ID}": {"DELETE": _revoke_key},
    f"teams/{ID}/members": {"PUT": _join},
    f"teams/{ID}/members/{ID}": {"DELETE": _leave},
    f"workspaces/{ID}/(user|bot|team)_access/": {"POST": _upsert, "PUT": _upsert},
    f"workspaces/{ID}/(user|bot|team)_access/{ID}": {"DELETE": _take},
}
