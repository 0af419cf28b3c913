"""Guard cases of tenants as raw mutations: the server says what the guard says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from rbac_sync.server.graphql import request_context
from tests.backends.store.stores import dump

from ..test_guard_cases import Scene, cases
from ..test_guard_cases import running as running  # noqa: PLC0414 - the fixture
from ..test_guard_cases import worlds as worlds  # noqa: PLC0414 - the fixture
from .case_mutations import Mutations
from .tenants import Asker

MODEL = "tenant"


class Tenancy(Scene):
    """A tenant that is as a case says, and its applier at the door of the server."""

    @contextmanager
    def requests(self) -> Iterator[Mutations]:
        with self.backend.open() as session:
            view = SimpleNamespace(state=session.read(), register=session.register())
            yield Mutations(self.cast, view, self.now)

    def said(self, request) -> tuple[str, object]:
        """Send *request*, of which nothing is kept if it is refused."""
        before = dump(self.url)
        answer = Asker(self.running.root, self.key).sent(*request)
        assert "API_ERROR" not in repr(answer)
        if "errors" not in answer:
            return "accept", answer
        assert dump(self.url) == before
        return "reject", answer


def of_tenants():
    for case in cases():
        if not case.values[0] or case.values[0]["model"] == MODEL:
            yield case


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    """Lets this face show the world of the case file."""
    monkeypatch.setattr(request_context, "WORLD", MODEL)


@pytest.mark.parametrize(("case", "content"), list(of_tenants()))
def test_the_server_says_what_the_case_says(case, content, running, worlds):
    Tenancy(case, content, running, worlds).play()
