"""A small tenant of Prefect Cloud 1 in memory, behind respx: it knows the documents we send."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from rbac_sync.backends.prefect_cloud_1.session import PrefectCloud1Backend
from rbac_sync.backends.remote.login import Login
from rbac_sync.catalogues import catalogue
from rbac_sync.wire.prefect_cloud_1 import operations
from rbac_sync.wire.prefect_cloud_1.operations import QUERIES, Mutation

ROOT = "https://cloud1.example"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = "pcu_" + "k" * 22
CLOUD = catalogue("prefect-cloud-1")
THEN = "2026-01-01T00:00:00+00:00"
MUTATIONS = [each for each in vars(operations).values() if isinstance(each, Mutation)]
DOCUMENTS = {**{v: k for k, v in QUERIES.items()}, **{m.document: m.root for m in MUTATIONS}}
LISTS = ("auth_role", "user_view_same_tenant", "membership_invitation", "auth_api_key")
FEATURES = ["feature:basic-rbac", "feature:custom-role"]

Body = dict[str, Any]


def fault(code: str, message: str = "no", path: str = "it") -> Body:
    """Return the body of an answer that is an error."""
    error = {"path": [path], "message": message, "extensions": {"code": code}}
    return {"errors": [error], "data": {path: None}}


@dataclass
class Tenant:
    """One tenant. ``requests`` are those made, as name, variables or input, and headers.

    A page has at most as many rows of a list as ``most`` says.
    """

    rows: dict[str, list[Body]] = field(default_factory=lambda: {name: [] for name in LISTS})
    requests: list[tuple[str, Body, httpx.Headers]] = field(default_factory=list)
    before: Callable[[str], httpx.Response | BaseException | None] = lambda name: None
    after: Callable[[str, httpx.Response], httpx.Response | BaseException] = lambda name, r: r
    features: list[str] = field(default_factory=lambda: list(FEATURES))
    licensed: list[str] = field(default_factory=lambda: sorted(CLOUD.titles))
    rights: list[str] | None = None
    trail: list[Body] = field(default_factory=list)
    answers_for: str | None = ""
    most: dict[str, int] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.id, self.other = self.new(), self.new()
        for address, role in CLOUD.roles.items():
            self.add(
                "auth_role",
                name=CLOUD.wire[address],
                permissions=sorted(role.permissions),
                tenant_id=None,
                updated=THEN,
            )
        self.olivia = self.member("olivia@example.org", "TENANT_ADMIN")
        self.me = self.olivia

    def new(self) -> str:
        return str(UUID(int=next(self.numbers)))

    def add(self, table: str, **row: Any) -> Body:
        made = {"id": self.new()} | row
        self.rows[table].append(made)
        return made

    def role(self, name: str) -> str:
        return next(r["id"] for r in self.rows["auth_role"] if r["name"] == name)

    def custom_role(self, name: str, *permissions: str, tenant: str = "") -> Body:
        row = {"name": name, "permissions": list(permissions), "updated": THEN}
        return self.add("auth_role", **row, tenant_id=tenant or self.id)

    def member(self, email: str, role: str = "USER", **more: Any) -> Body:
        row = {"account_type": "USER", "email": email, "first_name": "O"} | more
        return self.add("user_view_same_tenant", **row, memberships=[self.place(role)])

    def service_account(self, name: str | None, role: str = "USER") -> Body:
        return self.member(None, role, account_type="SERVICE", first_name=name)  # type: ignore[arg-type]

    def place(self, role: str, tenant: str = "") -> Body:
        return {
            "id": self.new(),
            "role_id": self.role(role),
            "tenant_id": tenant or self.id,
            "security_updated": THEN,
        }

    def invitation(self, email: str, role: str = "USER", tenant: str = "") -> Body:
        row = {"email": email, "role_id": self.role(role), "created": THEN}
        return self.add("membership_invitation", **row, tenant_id=tenant or self.id)

    def key(self, owner: Body, name: str, until: str | None = None) -> Body:
        return self.add("auth_api_key", name=name, user_id=owner["id"], expires_at=until)

    def one(self, table: str, id_: str) -> Body:
        return next(row for row in self.rows[table] if row["id"] == id_)

    def drop(self, table: str, id_: str) -> bool:
        there = self.rows[table]
        self.rows[table] = [row for row in there if row["id"] != id_]
        return len(self.rows[table]) < len(there)

    def placed(self, membership: str) -> tuple[Body, Body]:
        """Return the user and the place of a membership."""
        for user in self.rows["user_view_same_tenant"]:
            for place in user["memberships"]:
                if place["id"] == membership:
                    return user, place
        raise LookupError

    def writes(self) -> list[tuple[str, Body]]:
        """Return the mutations that were asked for."""
        return [(name, sent) for name, sent, _ in self.requests if name not in QUERIES]

    def backend(self, folder: Any, account: str = "acme", **more: Any) -> PrefectCloud1Backend:
        environment = {"RBAC_SYNC_STATE_DIR": str(folder)}
        return PrefectCloud1Backend(account, Login(ROOT, KEY), environment=environment, **more)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer *request*; what ``before`` or ``after`` say goes first."""
        body = json.loads(request.content)
        name, variables = DOCUMENTS[body["query"]], body["variables"]
        self.requests.append((name, variables.get("input", variables), request.headers))
        found = self.before(name)
        if found is None:
            found = self.after(name, httpx.Response(200, json=self._answer(name, variables)))
        if isinstance(found, BaseException):
            raise found
        found.headers.setdefault("date", format_datetime(NOW, usegmt=True))
        return found

    def _answer(self, name: str, variables: Body) -> Body:
        if name in QUERIES:
            return {"data": ANSWERS[name](self, **variables)}
        try:
            return {"data": {name: ANSWERS[name](self, **variables["input"])}}
        except LookupError:
            return fault("INTERNAL_SERVER_ERROR", "not there", name)


def _tenants(tenant: Tenant, limit: int) -> Body:
    rows = [{"id": tenant.other, "slug": "other"}, {"id": tenant.id, "slug": "acme"}]
    return {"tenant": rows[:limit]}


def _caller(tenant: Tenant) -> Body:
    role_id = tenant.me["memberships"][0]["role_id"]
    held = tenant.one("auth_role", role_id)["permissions"]
    rights = held + tenant.features if tenant.rights is None else tenant.rights
    who = {"user_id": tenant.me["id"], "role_id": role_id, "permissions": rights}
    known = {"all_permissions_filtered_by_license_features": tenant.licensed}
    answers_for = tenant.id if tenant.answers_for == "" else tenant.answers_for
    return {"auth_info": who | {"tenant_id": answers_for}, "permissions_info": known}


def _access(tenant: Tenant, /, **where: Any) -> Body:
    assert where["tenant"] == tenant.id
    most = {name: min(where["limit"], tenant.most.get(name, where["limit"])) for name in LISTS}
    rows = {name: tenant.rows[name][where[name] :] for name in LISTS}
    return {name: rows[name][: most[name]] for name in LISTS}


def _role(tenant: Tenant, /, id: str, **_: Any) -> Body:  # noqa: A002
    return {"auth_role": [row for row in tenant.rows["auth_role"] if row["id"] == id]}


def _create_role(tenant: Tenant, name: str, permissions: list[str]) -> Body:
    return {"id": tenant.custom_role(name, *permissions)["id"]}


def _update_role(tenant: Tenant, role_id: str, permissions: list[str]) -> Body:
    tenant.one("auth_role", role_id).update(permissions=permissions, updated="2026-11-21T12:00:00Z")
    return {"success": True, "error": None}


def _set_role(tenant: Tenant, membership_id: str, role_id: str) -> Body:
    _, place = tenant.placed(membership_id)
    place.update(role_id=role_id)
    return {"id": membership_id}


def _delete_membership(tenant: Tenant, membership_id: str) -> Body:
    user, _ = tenant.placed(membership_id)
    return {"success": tenant.drop("user_view_same_tenant", user["id"]), "error": None}


def _invite(tenant: Tenant, email: str, role_id: str) -> Body:
    made = tenant.invitation(email)
    made.update(role_id=role_id)
    return {"id": made["id"]}


def _create_service_account(tenant: Tenant, tenant_id: str, name: str, role_id: str) -> Body:
    assert tenant_id == tenant.id
    made = tenant.service_account(name)
    made["memberships"][0]["role_id"] = role_id
    return {"id": made["id"]}


def _delete_service_account(tenant: Tenant, user_id: str) -> Body:
    keys = tenant.rows["auth_api_key"]
    tenant.rows["auth_api_key"] = [key for key in keys if key["user_id"] != user_id]
    return {"success": tenant.drop("user_view_same_tenant", user_id), "error": None}


def _create_key(tenant: Tenant, user_id: str, name: str, expires_at: str | None, **_: Any) -> Body:
    made = tenant.key({"id": user_id}, name, expires_at)
    return {"id": made["id"], "key": f"pcu_{made['id'][-4:]}"}


def _deleting(table: str, key: str) -> Callable[..., Body]:
    def delete(tenant: Tenant, **sent: str) -> Body:
        gone = tenant.drop(table, sent[key])
        return {"success": gone, "error": None if gone else "There is no such thing."}

    return delete


ANSWERS: dict[str, Callable[..., Body]] = {
    "tenants": _tenants,
    "caller": _caller,
    "access": _access,
    "role": _role,
    "audit": lambda tenant, limit: {"audit_log": tenant.trail[:limit]},
    "create_custom_role": _create_role,
    "update_custom_role_permissions": _update_role,
    "delete_custom_role": _deleting("auth_role", "role_id"),
    "set_membership_role": _set_role,
    "delete_membership": _delete_membership,
    "create_membership_invitation": _invite,
    "delete_membership_invitation": _deleting("membership_invitation", "invitation_id"),
    "create_service_account": _create_service_account,
    "delete_service_account": _delete_service_account,
    "create_api_key": _create_key,
    "delete_api_key": _deleting("auth_api_key", "key_id"),
}
