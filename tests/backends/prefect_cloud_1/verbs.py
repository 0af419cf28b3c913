"""A company in a tenant, and every change of it with the exact mutations that it takes."""

from __future__ import annotations

from dataclasses import replace

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
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change


def role(name):
    return held(role_address(Level.ACCOUNT, name))


ADMIN, USER, OPERATOR = role("administrator"), role("user"), role("operator")
BO, EVE, CI = User("bo@example.org"), User("eve@example.org"), ServiceAccount("ci")
NEXT_YEAR = parsed("2027-01-01T00:00:00Z")
ROLE = Role(Level.ACCOUNT, "operator", frozenset({Permission("read:run")}))
KEY = Key(CI.address, "build", NEXT_YEAR)


def filled(tenant):
    """Put the company into the tenant."""
    tenant.custom_role("operator", "read:run")
    tenant.custom_role("idle")
    tenant.member("bo@example.org")
    tenant.key(tenant.service_account("ci"), "build", "2027-01-01T00:00:00+00:00")
    tenant.invitation("eve@example.org")
    return tenant


class Names:
    """The ids of the company, by the names that the expected mutations use."""

    def __init__(self, tenant):
        self.tenant = tenant.id
        self.admin, self.operator = tenant.role("TENANT_ADMIN"), tenant.role("operator")
        self.idle = tenant.role("idle")
        _, bo, ci = tenant.rows["user_view_same_tenant"]
        self.bo, self.ci = bo["id"], ci["id"]
        self.bo_place, self.ci_place = (u["memberships"][0]["id"] for u in (bo, ci))
        self.eve = tenant.rows["membership_invitation"][0]["id"]
        self.key = tenant.rows["auth_api_key"][0]["id"]


def bound(principal, before, after):
    return Change(Binding(principal, ACCOUNT, before), Binding(principal, ACCOUNT, after))


def new(principal, roles=ADMIN):
    return Change(None, principal, (Binding(principal.address, ACCOUNT, roles),))


def invited(email):
    return new(User(email, Status.PENDING))


EVERY_VERB = {
    "a person is invited": (
        invited("new@example.org"),
        lambda n: [
            ("create_membership_invitation", {"email": "new@example.org", "role_id": n.admin})
        ],
    ),
    "an invitation is renewed": (
        replace(invited("eve@example.org"), before=User("eve@example.org", Status.PENDING)),
        lambda n: [
            ("delete_membership_invitation", {"invitation_id": n.eve}),
            ("create_membership_invitation", {"email": "eve@example.org", "role_id": n.admin}),
        ],
    ),
    "an invitation gets another role": (
        bound(EVE.address, USER, ADMIN),
        lambda n: [
            ("delete_membership_invitation", {"invitation_id": n.eve}),
            ("create_membership_invitation", {"email": "eve@example.org", "role_id": n.admin}),
        ],
    ),
    "an invitation is withdrawn": (
        Change(User("eve@example.org", Status.PENDING), None),
        lambda n: [("delete_membership_invitation", {"invitation_id": n.eve})],
    ),
    "a member is removed": (
        Change(BO, None),
        lambda n: [("delete_membership", {"membership_id": n.bo_place})],
    ),
    "a member gets another role": (
        bound(BO.address, USER, OPERATOR),
        lambda n: [("set_membership_role", {"membership_id": n.bo_place, "role_id": n.operator})],
    ),
    "a service account comes": (
        new(ServiceAccount("etl"), OPERATOR),
        lambda n: [
            (
                "create_service_account",
                {"tenant_id": n.tenant, "name": "etl", "role_id": n.operator},
            )
        ],
    ),
    "a service account gets another role": (
        bound(CI.address, USER, OPERATOR),
        lambda n: [("set_membership_role", {"membership_id": n.ci_place, "role_id": n.operator})],
    ),
    "a service account goes": (
        Change(CI, None),
        lambda n: [("delete_service_account", {"user_id": n.ci})],
    ),
    "a key with an end is made": (
        Change(None, Key(CI.address, "host", NEXT_YEAR)),
        lambda n: [
            (
                "create_api_key",
                {
                    "user_id": n.ci,
                    "name": "host",
                    "expires_at": "2027-01-01T00:00:00Z",
                    "default_tenant_id": n.tenant,
                },
            )
        ],
    ),
    "a key without an end is made": (
        Change(None, Key(CI.address, "host")),
        lambda n: [
            (
                "create_api_key",
                {
                    "user_id": n.ci,
                    "name": "host",
                    "expires_at": None,
                    "default_tenant_id": n.tenant,
                },
            )
        ],
    ),
    "a key goes": (
        Change(KEY, None),
        lambda n: [("delete_api_key", {"key_id": n.key})],
    ),
    "a role comes": (
        Change(None, replace(ROLE, name="fresh", permissions=frozenset({"update:run", "a:b"}))),
        lambda n: [("create_custom_role", {"name": "fresh", "permissions": ["a:b", "update:run"]})],
    ),
    "a role changes": (
        Change(ROLE, replace(ROLE, permissions=frozenset({"update:run", "create:run"}))),
        lambda n: [
            (
                "update_custom_role_permissions",
                {"role_id": n.operator, "permissions": ["create:run", "update:run"]},
            )
        ],
    ),
    "a role goes": (
        Change(Role(Level.ACCOUNT, "idle"), None),
        lambda n: [("delete_custom_role", {"role_id": n.idle})],
    ),
}
