"""Prefect Cloud 1, as the tests of both services see it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import httpx

from rbac_sync.model import ACCOUNT, Binding, Key, ServiceAccount, Status, User, held
from rbac_sync.planning import Change

from ..prefect_cloud_1.tenant import CLOUD, KEY, ROOT, Tenant, fault
from ..prefect_cloud_1.verbs import (
    ADMIN,
    BO,
    CI,
    EVE,
    EVERY_VERB,
    NEXT_YEAR,
    ROLE,
    USER,
    Names,
    bound,
    filled,
    invited,
    new,
)
from ..prefect_cloud_1.verbs import KEY as BUILD
from .service import Service

ETL, FRESH = ServiceAccount("etl"), replace(ROLE, name="fresh")
WIDER = replace(FRESH, permissions=frozenset({"read:run", "update:run"}))
HOST = Key(ETL.address, "host", NEXT_YEAR)
NEW = User("new@example.org", Status.PENDING)
MUTATIONS = {
    "a service account": "create_service_account",
    "an invitation": "create_membership_invitation",
    "a role": "create_custom_role",
}


def answering(body):
    return lambda: httpx.Response(200, json=body)


class GraphQl(Service):
    """Prefect Cloud 1 with the company of ``prefect_cloud_1.verbs``."""

    catalogue, root, verbs, key, secret = CLOUD, ROOT, EVERY_VERB, KEY, "pcu_"
    given = Change(None, replace(ROLE, name="first"))
    new_key = Key(CI.address, "host", NEXT_YEAR)
    creations: ClassVar = {
        "a service account": new(ETL),
        "an invitation": invited(NEW.email),
        "a role": Change(None, FRESH),
    }
    twins: ClassVar = {
        "another role": (
            "a service account",
            lambda tenant: tenant.service_account(ETL.name, "USER"),
        ),
        "a key": (
            "a service account",
            lambda tenant: tenant.key(tenant.service_account(ETL.name, "TENANT_ADMIN"), "host"),
        ),
        "a twin": (
            "a service account",
            lambda tenant: [tenant.service_account(ETL.name, "TENANT_ADMIN") for _ in range(2)],
        ),
        "a role to come": ("an invitation", lambda tenant: tenant.invitation(NEW.email, "USER")),
        "a membership": ("an invitation", lambda tenant: tenant.member(NEW.email, "TENANT_ADMIN")),
        "another permission": (
            "a role",
            lambda tenant: tenant.custom_role("fresh", "read:run", "delete:run"),
        ),
    }
    story: ClassVar = [
        Change(None, FRESH),
        new(ETL, held(FRESH.address)),
        Change(None, HOST),
        invited(NEW.email),
        bound(NEW.address, ADMIN, held(FRESH.address)),
        Change(FRESH, WIDER),
        bound(ETL.address, held(FRESH.address), USER),
        bound(EVE.address, USER, ADMIN),
        bound(EVE.address, ADMIN, USER),
        Change(NEW, None),
        Change(HOST, None),
        Change(ETL, None),
        Change(WIDER, None),
    ]
    missing: ClassVar = {
        "rename a role": Change(ROLE, replace(ROLE, name="pager")),
        "rename a service-account": Change(CI, replace(CI, name="builds")),
        "update a service-account": Change(CI, replace(CI, description="Builds.")),
        "update a member": Change(BO, replace(BO, status=Status.SUSPENDED)),
        "update a key": Change(BUILD, replace(BUILD, until=None)),
        "delete a binding": Change(Binding(BO.address, ACCOUNT, USER), None),
        "create a binding": Change(None, Binding(BO.address, ACCOUNT, USER)),
    }
    remade: ClassVar = ["create_api_key", "delete_api_key", "create_api_key"]
    trouble: ClassVar = {
        "trouble": answering(fault("API_ERROR", "Operation timed out")),
        "an unknown code": answering(fault("UNAVAILABLE")),
        "an unknown outcome": answering(fault("OUTCOME_UNKNOWN")),
        "an error without a code": answering({"errors": [{"message": "no"}]}),
    }
    forbidden = staticmethod(answering(fault("FORBIDDEN")))
    unauthenticated = staticmethod(answering(fault("UNAUTHENTICATED")))
    conflict = staticmethod(answering(fault("INTERNAL_SERVER_ERROR", "name taken")))
    listing = "access"
    strangers: ClassVar = {
        "nobody's": lambda tenant: tenant.new(),
        "a role's": lambda tenant: tenant.rows["auth_role"][0]["id"],
        "a key's": lambda tenant: tenant.rows["auth_api_key"][0]["id"],
        "an invitation's": lambda tenant: tenant.rows["membership_invitation"][0]["id"],
    }
    right = "(create|update|delete):[a-z-]+"

    def __init__(self, pauses, folder):
        tenant = Tenant()
        filled(tenant)
        super().__init__(tenant, Names(tenant), pauses, folder)
        tenant.before, tenant.after = self._before, self._after

    def _before(self, name):
        return self.before(name)

    def _after(self, name, answer):
        return self.after(name, answer)

    def requests(self, verb):
        return [name for name, _ in self.verbs[verb][1](self.names)]

    def writes(self):
        return [name for name, _ in self.memory.writes()]

    def making(self, kind):
        return MUTATIONS[kind]

    def making_key(self):
        return "create_api_key"

    def appear(self, kind):
        match kind:
            case "a service account":
                self.memory.service_account(ETL.name, "TENANT_ADMIN")
            case "an invitation":
                self.memory.invitation(NEW.email, "TENANT_ADMIN")
            case "a role":
                self.memory.custom_role("fresh", "read:run")

    def account_appears(self, name):
        self.memory.service_account(name)

    def key_appears(self, key):
        until = key.until and key.until.isoformat()
        self.memory.key(self.memory.one("user_view_same_tenant", self.names.ci), key.name, until)

    def accept(self):
        if self.memory.drop("membership_invitation", self.names.eve):
            self.memory.member("eve@example.org")

    def call_as(self, id_):
        self.memory.me = self.memory.me | {"id": id_}

    def key_calls(self):
        return self.writes()

    def current_secret(self):
        (left,) = (row for row in self.memory.rows["auth_api_key"] if row["name"] == "host")
        return f"pcu_{left['id'][-4:]}"

    def hide_people(self):
        rights = CLOUD.roles[CLOUD.owner].permissions - {"read:membership-invitation"}
        self.memory.rights = sorted(rights)

    def stop(self):
        super().stop()
        self.memory.rights = None

    def is_sent_once(self, request):
        return True
