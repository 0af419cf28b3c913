from __future__ import annotations

from contextlib import ExitStack, closing
from functools import partial

import pytest

from rbac_sync.backends.remote import client as http
from rbac_sync.forges import GitHub, GitLab

from . import standin


@pytest.fixture
def once(monkeypatch):
    """Give up at once where the client would wait and try again."""
    monkeypatch.setattr(http, "Timeouts", partial(http.Timeouts, tries=1))


@pytest.fixture
def hub():
    with standin.serving(standin.Forge()) as forge:
        yield forge


@pytest.fixture
def lab():
    with standin.serving(standin.GitLab()) as forge:
        yield forge


@pytest.fixture
def reach():
    """Return the client for a stand-in; it is closed at the end."""
    with ExitStack() as stack:

        def client(forge, token=standin.TOKEN):
            if isinstance(forge, standin.GitLab):
                made = GitLab({"GITLAB_TOKEN": token}, f"{forge.url}/api/v4", "acme/access", 12)
            else:
                made = GitHub({"GITHUB_TOKEN": token}, forge.url, "acme/access", 12)
            return stack.enter_context(closing(made))

        yield client


@pytest.fixture(params=["hub", "lab"])
def forge(request):
    """Each of the two forges."""
    return request.getfixturevalue(request.param)
