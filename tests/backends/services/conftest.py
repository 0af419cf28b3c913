"""Both services in memory, each with a company: a test that asks for one runs with each."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
import respx

from .verbs import BOTH


@pytest.fixture
def start(at_once, tmp_path):
    """Return a function that starts a service of a class."""
    with ExitStack() as stack:

        def started(kind):
            service = kind(at_once, tmp_path)
            router = stack.enter_context(respx.mock(base_url=kind.root, assert_all_called=False))
            service.route(router)
            return service

        yield started


@pytest.fixture(params=BOTH)
def service(request, start):
    return start(request.param)


@pytest.fixture
def asked(request, start):
    """A service, a change, and one of the writes that the change takes."""
    kind, verb, number = request.param
    service = start(kind)
    return service, service.verbs[verb][0], service.requests(verb)[number]
