"""Prefect Cloud 1 over GraphQL under the contract suite, against a server over a store.

A tenant has one kind of role, and its own words for roles and permissions.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from rbac_sync.audit.replay import with_recorded_reasons
from rbac_sync.backends.prefect_cloud_1.session import PrefectCloud1Backend
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
    Manage,
    Permission,
    Role,
    ServiceAccount,
    Team,
    User,
    Workspace,
)
from rbac_sync.model.resources import role as role_address
from rbac_sync.testing import OWNER, BackendContract
from rbac_sync.testing.account import bring, live, plan, run
from rbac_sync.testing.company import BO, EDITS
from rbac_sync.testing.states import CLOUD, account_role

TENANT = catalogue("prefect-cloud-1")
FEATURES = {*DEFAULT, LICENSE_ADMIN, RUNNER_TOKENS}
"""The features that bring all built-in roles of the world."""

WORDS = dict(
    zip(sorted(CLOUD.titles.keys() - TENANT.titles), sorted(TENANT.titles) * 2, strict=False)
)
"""A permission of this world for each that is none here; which one does not matter."""

BUILTIN = {"owner": "administrator", "admin": "user", "member": "read-only-user"}
ADMINISTRATORS = [account_role(name) for name in ("administrator", "admin")]


class TestPrefectCloud1(BackendContract):
    catalogue = TENANT
    # the older API has a mutation for these alone; two of them change nothing there
    unsupported = frozenset(EDITS) - {
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

    @pytest.fixture
    def begin(self, sqlite_store, served, journals):
        def begin(state):
            slug = f"acme-{uuid4()}"
            key = init(sqlite_store, slug, TENANT.world, OWNER.email, features=FEATURES)
            bring(StoreBackend(sqlite_store, slug, key), state)
            return PrefectCloud1Backend(slug, Login(served, key), environment=journals)

        return begin

    def translated(self, resource):
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
                translated = (replace(holding, role=_role(holding.role)) for holding in roles)
                return replace(resource, roles=frozenset(translated))
        return resource

    def kept(self, resource):
        translated = self.translated(resource)
        match translated:
            case Workspace() | Team():
                return None
            case ServiceAccount():
                return replace(translated, description="")
            case Key(owner):
                return translated if owner.kind is Kind.SERVICE_ACCOUNT else None
            case User():
                return replace(translated, expires=None)
            case Binding(_, scope, roles):
                one = frozenset({Holding(max(holding.role for holding in roles))})
                return replace(translated, roles=one) if scope == ACCOUNT else None
            case Role():
                nothing: frozenset[Address] = frozenset()
                own = replace(translated, base=nothing, implies=nothing, description="")
                return None if resource.builtin else own
        return translated

    def test_a_tenant_without_reasons_has_no_endless_difference_and_its_trail_tells(self, backend):
        before = live(backend).binding(BO.address, ACCOUNT)
        (role,) = {role for role in ADMINISTRATORS if role in live(backend).of(Role)}
        after = replace(before, roles=frozenset({Holding(role, reason="on call")}))
        desired = live(backend).draft()
        desired.put(after)

        planned = plan(backend, desired, Manage.DECLARED)
        assert [change.after for change in planned.changes] == [after]
        run(backend, planned.changes)

        assert plan(backend, desired, Manage.DECLARED).changes == ()
        with backend.open() as session:
            records = [row.record for row in session.trail.links()]
            assert (
                with_recorded_reasons(session.read(), records, session.catalogue).find(after)
                == after
            )


def _role(address):
    name = address.key.partition("/")[2]
    return role_address(Level.ACCOUNT, BUILTIN.get(name, name))
