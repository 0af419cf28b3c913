"""Whatever stands in an answer: it is read, or refused in words for the user."""

from __future__ import annotations

import copy
import tempfile
from contextlib import suppress

import httpx
import respx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbac_sync.errors import RbacSyncError
from rbac_sync.model import State

from .tenant import ROOT, Tenant

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=4,
)
WORDS = st.sampled_from(["", "USER", "SERVICE", "TENANT_ADMIN", "2026-01-01", "null", "\u202e"])


def company():
    tenant = Tenant()
    tenant.custom_role("operator", "read:run")
    tenant.member("bo@example.org", "operator")
    tenant.key(tenant.service_account("ci"), "build", "2027-01-01T00:00:00+00:00")
    tenant.invitation("eve@example.org")
    return tenant


def places(value, path=()):
    """Yield the path of everything in a JSON value."""
    yield path
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for key, each in inner:
        yield from places(each, (*path, key))


def replaced(value, path, other):
    if not path:
        return other
    found = copy.copy(value)
    found[path[0]] = replaced(value[path[0]], path[1:], other)
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    query=st.sampled_from(["tenants", "caller", "access"]),
    where=st.randoms(use_true_random=False),
    other=JSON | WORDS,
)
def test_an_answer_with_anything_in_it_is_read_or_refused(query, where, other):
    tenant = company()

    def after(name, answer):
        if name != query:
            return answer
        body = answer.json()
        return httpx.Response(200, json=replaced(body, where.choice([*places(body)]), other))

    tenant.after = after
    with tempfile.TemporaryDirectory() as folder, respx.mock(base_url=ROOT) as router:
        router.route().mock(side_effect=tenant.answer)
        with suppress(RbacSyncError), tenant.backend(folder).open() as session:
            assert isinstance(session.read(), State)
            assert session.capabilities.actions
            assert session.applier()
