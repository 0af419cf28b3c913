"""An account of Prefect Cloud that answers from memory, at once."""

from __future__ import annotations

import pytest
import respx

from .cloud import ROOT, Cloud
from .verbs import filled


@pytest.fixture
def cloud():
    return Cloud()


@pytest.fixture
def service(cloud, at_once):
    """Answer for the service; the pauses that were asked for."""
    with respx.mock(base_url=ROOT, assert_all_called=False) as router:
        router.route().mock(side_effect=cloud.answer)
        yield at_once


@pytest.fixture
def backend(cloud, service, tmp_path):
    return cloud.backend(tmp_path)


@pytest.fixture
def company(cloud):
    """The cloud with a company in it."""
    filled(cloud)
    return cloud
