"""The company of the contract as a tenant of the older Prefect Cloud, in its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from rbac_sync.backends.interface import Backend
from rbac_sync.backends.prefect_cloud_1 import PrefectCloud1Backend
from rbac_sync.backends.remote.login import Login
from rbac_sync.backends.store import StoreBackend, init
from rbac_sync.backends.store.features import DEFAULT, LICENSE_ADMIN, RUNNER_TOKENS
from rbac_sync.catalogues import catalogue
from rbac_sync.model import (
    ACCOUNT,
    Address,
    Binding,
    Holding,
    Key,
    Kind,
    Level,
    Permission,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model.resources import role as role_address

from .targets import CLOUD, OWNER, brought

TENANT = catalogue("prefect-cloud-1")
FEATURES = {*DEFAULT, LICENSE_ADMIN, RUNNER_TOKENS}
"""The features that bring all built-in roles of the world."""

WORDS = dict(
    zip(sorted(CLOUD.titles.keys() - TENANT.titles), sorted(TENANT.titles) * 2, strict=False)
)
"""A permission of this world for each that is none here; which one does not matter."""

BUILTIN = {"owner": "administrator", "admin": "user", "member": "read-only-user"}

TAKEN_BY_TENANTS = frozenset(
    {
        "a key comes",
        "a key goes",
        "a member leaves",
        "a role comes",
        "a role goes",
        "a role's base changes",
        "a role's permissions change",
        "a service account goes",
        "an account role changes",
        "an account role implies less",
    }
)
"""The edits for which the older API has a mutation; two of them change nothing there."""


def tenants(url: str, root: str, folder: Path) -> Callable[[State], Backend]:
    """Begin tenants in the store at *url*, to be seen through the server at *root*."""

    def begin(state: State) -> Backend:
        slug = f"acme-{uuid4()}"
        key = init(url, slug, TENANT.world, OWNER.email, features=FEATURES)
        founded = (OWNER, Binding(OWNER.address, ACCOUNT, held(TENANT.owner)))
        brought(StoreBackend(url, slug, key), state, founded)
        environment = {"RBAC_SYNC_STATE_DIR": str(folder)}
        return PrefectCloud1Backend(slug, Login(root, key), environment=environment)

    return begin


def in_words_of_a_tenant(resource: Resource) -> Resource:
    """Return *resource* with the roles and permissions of this world."""
    match resource:
        case Role(_, name, permissions, base, implies):
            return replace(
                resource,
                level=Level.ACCOUNT,
                name=BUILTIN.get(name, name),
                permissions=frozenset(Permission(WORDS.get(p, p)) for p in permissions),
                base=frozenset(map(_role, base)),
                implies=frozenset(map(_role, implies)),
            )
        case Binding(_, _, roles):
            spoken = (replace(holding, role=_role(holding.role)) for holding in roles)
            return replace(resource, roles=frozenset(spoken))
    return resource


def kept_by_tenants(resource: Resource) -> Resource | None:
    """Return what a tenant can hold of *resource*."""
    spoken = in_words_of_a_tenant(resource)
    match spoken:
        case Workspace() | Team():
            return None
        case ServiceAccount():
            return replace(spoken, description="")
        case Key(owner):
            return spoken if owner.kind is Kind.SERVICE_ACCOUNT else None
        case User():
            return replace(spoken, expires=None)
        case Binding(_, scope, roles):
            one = frozenset({Holding(max(holding.role for holding in roles))})
            return replace(spoken, roles=one) if scope == ACCOUNT else None
        case Role():
            nothing: frozenset[Address] = frozenset()
            own = replace(spoken, base=nothing, implies=nothing, description="")
            return None if resource.builtin else own
    return spoken


def _role(address: Address) -> Address:
    name = address.key.partition("/")[2]
    return role_address(Level.ACCOUNT, BUILTIN.get(name, name))
