"""A tenant of Prefect Cloud 1 that answers from memory, at once."""

from __future__ import annotations

import pytest
import respx

from .tenant import ROOT, Tenant
from .verbs import filled


@pytest.fixture
def tenant():
    return Tenant()


@pytest.fixture
def service(tenant, at_once):
    """Answer for the service; the pauses that were asked for."""
    with respx.mock(base_url=ROOT, assert_all_called=False) as router:
        router.route().mock(side_effect=tenant.answer)
        yield at_once


@pytest.fixture
def backend(tenant, service, tmp_path):
    return tenant.backend(tmp_path)


@pytest.fixture
def company(tenant):
    """The tenant with a company in it."""
    filled(tenant)
    return tenant
