"""Guard cases of tenants as raw mutations: the server says what the guard says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from rbac_sync.planning import make
from rbac_sync.server.graphql import request_context
from tests.backends.store.stores import dump

from ..test_guard_cases import Scene, cases
from ..test_guard_cases import running as running  # noqa: PLC0414 - the fixture
from ..test_guard_cases import worlds as worlds  # noqa: PLC0414 - the fixture
from .case_mutations import Mutations
from .tenants import Asker

MODEL = "tenant"


BEYOND_THE_API: set[str] = set()
"""What cases ask and this API has no words for; such a case ends there."""


class Tenancy(Scene):
    """A tenant that is as a case says, and its applier at the door of the server."""

    @contextmanager
    def requests(self) -> Iterator[Mutations]:
        with self.backend.open() as session:
            view = SimpleNamespace(state=session.read(), register=session.register())
            yield Mutations(self.cast, view, self.now)

    def sent(self, request) -> dict:
        """Return the answer to *request*."""
        return Asker(self.running.root, self.key).sent(*request)


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
    scene = Tenancy(case, content, running, worlds)
    state = scene.cast.state().draft()
    changes = scene.cast.changes(case["change"], scene.cast.state())
    done = []
    for operation, change in zip(case["change"], changes, strict=True):
        wanted = "reject" if scene.judged(change, state, done) else "accept"
        if len(changes) == 1:
            assert wanted == case["verdict"]
        request, beyond = scene.asked(operation)
        if beyond:
            assert beyond in BEYOND_THE_API
            return
        before = dump(scene.url)
        answer = scene.sent(request)
        said = "reject" if "errors" in answer else "accept"
        assert "API_ERROR" not in repr(answer)
        assert said == wanted, (case["reason"], operation, answer)
        if wanted == "accept":
            make(state, change)
            done.append(change)
        else:
            assert dump(scene.url) == before
