"""A served store of tenants, and people who ask it to change things."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import httpx

from rbac_sync.audit.record import Record
from rbac_sync.backends.store import init
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Key,
    Level,
    Permission,
    Role,
    ServiceAccount,
    Status,
    User,
    held,
)
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change
from rbac_sync.server.guarded_store import GuardedStore
from tests.backends.store.stores import dump
from tests.new_store import begin

from ...patience import ask
from ..serving import OWNER, serving

WORLD = "prefect-cloud-1"


@dataclass
class Asker:
    """One key, and the tenant it asks for; both as headers say them."""

    root: str
    key: str
    tenant: str = ""

    def send(self, query: str, **variables) -> httpx.Response:
        """Post one operation as the vendor's own client does."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if self.tenant:
            headers["X-PREFECT-TENANT-ID"] = self.tenant
        body = json.dumps({"query": query, "variables": json.dumps(variables)})
        headers["Content-Type"] = "application/json"
        return ask("POST", self.root, headers=headers, content=body)

    def ask(self, query: str, **variables):
        """Return the data of an answer without errors."""
        answer = self.send(query, **variables)
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    def sent(self, mutation: str, told: dict) -> dict:
        """Send a mutation with its whole payload asked for; return the body of the answer."""
        query = f"mutation($input: {mutation}_input!) {{ it: {mutation}(input: $input) {{ %s }} }}"
        return self.send(query % PAYLOADS.get(mutation, "success error"), input=told).json()

    def do(self, mutation: str, **told):
        """Return the payload of a mutation that is done."""
        body = self.sent(mutation, told)
        assert "errors" not in body, body
        return body["data"]["it"]

    def refused(self, mutation: str, **told) -> tuple[str, str]:
        """Return the message and code of a mutation that is refused."""
        body = self.sent(mutation, told)
        (error,) = body["errors"]
        assert list(body) == ["errors", "data"]
        assert body["data"] == {"it": None}
        assert error["path"] == ["it"]
        return error["message"], error["extensions"]["code"]

    def role(self, name: str) -> str:
        """Return the id of a role."""
        where = {"name": {"_eq": name}}
        query = "query($w: auth_role_bool_exp) { auth_role(where: $w) { id } }"
        return self.ask(query, w=where)["auth_role"][0]["id"]

    def held(self, role_id: str) -> set[str]:
        """Return what a role holds."""
        query = "query($id: uuid!) { auth_role_by_pk(id: $id) { permissions } }"
        return set(self.ask(query, id=role_id)["auth_role_by_pk"]["permissions"])

    def members(self) -> dict[str, dict]:
        """Return the rows of the tenant's members by e-mail, or first name for machines."""
        query = (
            "{ user_view_same_tenant { id email first_name memberships { id tenant_id role_id } } }"
        )
        rows = self.ask(query)["user_view_same_tenant"]
        return {row["email"] or row["first_name"]: row for row in rows}

    def me(self) -> dict:
        """Return what the server takes the caller for."""
        return self.ask("{ auth_info { user_id tenant_id role_id role permissions } }")["auth_info"]

    def tenants(self) -> dict[str, str]:
        """Return the ids of the caller's tenants by slug."""
        rows = self.ask("{ tenant(order_by: {slug: asc}) { id slug } }")["tenant"]
        return {row["slug"]: row["id"] for row in rows}

    def to(self, slug: str) -> Asker:
        """Return the same key asking in another of its tenants."""
        return Asker(self.root, self.key, self.tenants()[slug])

    def membership(self, who: str) -> str:
        """Return the id of the membership of somebody in the tenant selected."""
        here = self.me()["tenant_id"]
        rows = self.members()[who]["memberships"]
        return next(row["id"] for row in rows if row["tenant_id"] == here)


ID, TOKENS = "id", "access_token expires_at refresh_token"
PAYLOADS = {
    **dict.fromkeys(
        (
            "create_custom_role",
            "set_membership_role",
            "create_membership_invitation",
            "accept_membership_invitation",
            "create_service_account",
            "update_user_details",
            "update_user_settings",
            "create_tenant",
            "update_tenant_name",
            "update_tenant_slug",
            "update_tenant_settings",
            "create_enterprise_tenant",
            "create_project",
            "set_project_name",
            "set_project_description",
            "create_flow",
            "create_flow_from_compressed_string",
            "create_flow_run",
        ),
        ID,
    ),
    **dict.fromkeys(("log_in", "refresh_token", "switch_tenant"), TOKENS),
    "create_api_key": "id key",
    "create_api_token": "id token",
}


@dataclass
class Stage:
    """A server over a store with the tenant ``acme``, whose administrator holds ``key``."""

    url: str
    root: str
    guarded: GuardedStore
    key: str

    @property
    def admin(self) -> Asker:
        """The administrator who founded ``acme``."""
        return Asker(self.root, self.key)

    def found(self, tenant: str, owner: str = OWNER, **options) -> Asker:
        """Found another tenant; return its administrator."""
        return Asker(self.root, init(self.url, tenant, WORLD, owner, **options))

    def backend(self, tenant: str = "acme"):
        """Return the store's own view of a tenant."""
        return self.guarded.service.backend(tenant, None)

    def add(self, *changes: Change, tenant: str = "acme") -> dict[str, str]:
        """Make changes past the guard; return new secrets by address."""

        def work(writer):
            return {k: v for change in changes for k, v in writer.make(change).items()}

        return self.backend(tenant).transact(str(uuid4()), work)

    def person(self, email: str, role: str = "user", tenant: str = "acme", **also) -> Asker:
        """Let a person come in with a role; return it with a key that stays in the tenant."""
        return self._principal(User(email, **also), role, tenant)

    def machine(self, name: str, role: str = "user", tenant: str = "acme") -> Asker:
        """Let a service account come in with a role and a key."""
        return self._principal(ServiceAccount(name), role, tenant)

    def _principal(self, who, role: str, tenant: str) -> Asker:
        binding = Binding(who.address, ACCOUNT, held(role_address(Level.ACCOUNT, role)))
        key = Key(who.address, "test")
        made = self.add(Change(None, who, brings=(binding,)), Change(None, key), tenant=tenant)
        return Asker(self.root, made[str(key.address)])

    def promote(self, email: str, role: str, tenant: str = "acme") -> None:
        """Give a member another role, past the guard."""
        who = User(email).address
        with self.backend(tenant).open() as session:
            before = session.read().binding(who, ACCOUNT)
        after = Binding(who, ACCOUNT, held(role_address(Level.ACCOUNT, role)))
        self.add(Change(before, after), tenant=tenant)

    def invited(self, email: str, tenant: str, role: str = "user", until=None) -> None:
        """Let somebody wait for an answer who was invited by other means."""
        binding_of = User(email, Status.PENDING, until)
        holds = Binding(binding_of.address, ACCOUNT, held(role_address(Level.ACCOUNT, role)))
        self.add(Change(None, binding_of, brings=(holds,)), tenant=tenant)

    def role(self, name: str, *permissions: str, tenant: str = "acme") -> None:
        """Let there be a custom role."""
        made = Role(Level.ACCOUNT, name, frozenset(map(Permission, permissions)))
        self.add(Change(None, made), tenant=tenant)

    def trail(self, tenant: str = "acme") -> list[Record]:
        """Return the audit trail, oldest row first."""
        with self.backend(tenant).open() as session:
            return [link.record for link in session.trail.links()]

    @contextmanager
    def unchanged(self):
        """Check that the whole store is the same after the block as before it."""
        before = dump(self.url)
        yield
        assert dump(self.url) == before

    @contextmanager
    def on_record(self, *messages: str, tenant: str = "acme"):
        """Check that the block adds rows to the trail that say just these things."""
        before = len(self.trail(tenant))
        yield
        assert [record.message for record in self.trail(tenant)[before:]] == list(messages)


UNAUTHORIZED = ("Unauthorized", "FORBIDDEN")
STRANGER = ("AuthenticationError", "UNAUTHENTICATED")


def compressed(value: bytes) -> str:
    """Return *value* compressed, the same at any time: texts of tests are their names."""
    return b64encode(gzip.compress(value, mtime=0)).decode()


def failed(message: str) -> tuple[str, str]:
    """Return how the API says that a rule is broken."""
    return message, "INTERNAL_SERVER_ERROR"


@contextmanager
def staged(url: str, policy=None, issuer=None, **options):
    """Serve a new store with the tenant ``acme``."""
    key = begin(url, "acme", WORLD, OWNER, **options)
    guarded = GuardedStore(Accounts(url), {WORLD: policy} if policy else {}, issuer=issuer)
    with serving(guarded) as root:
        yield Stage(url, root, guarded, key)
