"""Who changed what past us: the audit log, as far as it says."""

from __future__ import annotations

import httpx
import pytest

from rbac_sync.audit.record import Touch
from rbac_sync.model import ACCOUNT, ServiceAccount, User
from rbac_sync.model.address import binding, service_account
from rbac_sync.model.instant import parsed

from .tenant import fault

OLIVIA, CI = User("olivia@example.org").address, service_account("ci")


@pytest.fixture
def logged(tenant):
    """A tenant with a service account that somebody has made, and a trail that says so."""
    tenant.ci = tenant.service_account("ci")
    tenant.rights = [*tenant.one("auth_role", tenant.role("TENANT_ADMIN"))["permissions"]]
    tenant.row = {
        "object_id": tenant.ci["id"],
        "tenant_id": tenant.id,
        "timestamp": "2026-11-21T11:00:00+00:00",
        "info": {"applier": "bo@example.org", "result": "done"},
    }
    tenant.trail = [tenant.row]
    return tenant


def touched(backend, *addresses):
    with backend.open() as session:
        return dict(session.touched(addresses))


def test_the_newest_row_that_names_somebody_counts(logged, backend):
    older = logged.row | {
        "timestamp": "2026-11-20T11:00:00Z",
        "info": {"applier": "old@example.org", "result": "done"},
    }
    logged.trail[:0] = [older]  # as if the service ignored the order
    found = Touch(parsed("2026-11-21T11:00:00Z"), "bo@example.org")
    assert touched(backend, CI, OLIVIA, ServiceAccount("ghost").address) == {CI: found}


def test_a_change_of_a_membership_is_one_of_what_is_held(logged, backend):
    logged.row["object_id"] = logged.ci["memberships"][0]["id"]
    held = binding(CI, ACCOUNT)
    assert touched(backend, held)[held].who == "bo@example.org"


@pytest.mark.parametrize(
    "info", [None, {}, {"applier": None, "result": "done"}, {"applier": "x", "result": "event"}]
)
def test_a_row_that_says_of_nobody_that_they_changed_it_is_passed_over(logged, backend, info):
    logged.row["info"] = info
    assert touched(backend, CI) == {}


def test_a_row_of_another_tenant_is_passed_over(logged, backend):
    logged.row["tenant_id"] = logged.other
    assert touched(backend, CI) == {}


def test_who_must_not_see_the_log_asks_for_nothing_and_a_hidden_one_is_none(logged, backend):
    logged.before = lambda name: (
        httpx.Response(200, json=fault("validation-failed")) if name == "audit" else None
    )
    assert touched(backend, CI) == {}
    logged.rights.remove("read:audit-trail")
    logged.requests.clear()
    assert touched(backend, CI) == {}
    assert "audit" not in [name for name, _, _ in logged.requests]
