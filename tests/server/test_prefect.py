"""The vendor's own client of today's system, prefect 3, against this server.

It stands in a virtualenv of its own, whose python ``RBAC_SYNC_TEST_PREFECT`` names::

    python -m venv prefect && prefect/bin/pip install prefect
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from rbac_sync.model import Workspace
from rbac_sync.planning import Change

from .serving import Server, served

PYTHON = os.environ.get("RBAC_SYNC_TEST_PREFECT", "")
pytestmark = pytest.mark.skipif(
    not PYTHON, reason="`RBAC_SYNC_TEST_PREFECT` names no python that has prefect 3"
)


@dataclass
class Client:
    """The client on a machine of its own, whose home is a new folder."""

    server: Server
    home: Path

    def cloud(self, *words: str, fails: bool = False) -> str:
        """Run ``prefect cloud``; return what it prints, its line breaks taken out."""
        kept = {"PATH": os.environ["PATH"], "HOME": str(self.home), "COLUMNS": "200"}
        told = {"PREFECT_HOME": str(self.home), "PREFECT_CLOUD_API_URL": f"{self.server.root}/api"}
        done = subprocess.run(
            [PYTHON, "-m", "prefect", "cloud", *words],
            env=kept | told,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return " ".join((done.stdout + done.stderr).split())


@pytest.fixture
def client(tmp_path):
    with served(f"sqlite:///{tmp_path}/rbac.db") as server:
        server.add(Change(None, Workspace("prod", "Prod")), Change(None, Workspace("dev", "Dev")))
        yield Client(server, tmp_path)


def test_somebody_logs_in_looks_around_goes_elsewhere_and_logs_out(client):
    said = client.cloud("login", "--key", client.server.key, "--workspace", "acme/prod")
    assert "Authenticated with Prefect Cloud! Using workspace 'acme/prod'" in said
    listed = client.cloud("workspace", "ls")
    assert "acme/dev" in listed
    assert "* acme/prod" in listed
    said = client.cloud("workspace", "set", "--workspace", "acme/dev")
    assert "Successfully set workspace to 'acme/dev'" in said
    assert "* acme/dev" in client.cloud("workspace", "ls")
    assert "Logged out from Prefect Cloud" in client.cloud("logout")


def test_a_member_sees_the_workspaces_it_has_access_to_and_no_others(client):
    key = client.server.person("bo@example.org")
    said = client.cloud("login", "--key", key, "--workspace", "acme/prod", fails=True)
    assert "acme/dev" not in said


def test_a_wrong_key_is_told_in_the_clients_own_words(client):
    said = client.cloud("login", "--key", "pnu_nobody", "--workspace", "acme/prod", fails=True)
    assert "Unable to authenticate with Prefect Cloud" in said
