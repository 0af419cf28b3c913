"""Where the program was installed from, and the commands that install more of it."""

from __future__ import annotations

import json
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from rbac_sync import installation
from rbac_sync.installation import Commit, commit, install_command

PYTHON = f"{sys.executable} -m pip install"
GIT = {"url": "https://git.example/acme/rbac-sync", "vcs_info": {"vcs": "git", "commit_id": "ab12"}}


class Installed:
    """A distribution with what an installer wrote down."""

    requires = (
        "click>=8.4",
        "pytest>=8; extra == 'testing'",
        "rbac-sync[testing]; extra == 'testing'",
        "pytest>=8; extra == 'absent'",
        "no.such-package[x]>=1; python_version > '3' and extra == 'absent'",
    )

    def __init__(self, origin):
        self.origin = origin

    def read_text(self, name):
        assert name == "direct_url.json"
        return self.origin and json.dumps(self.origin)


@pytest.fixture
def installed(monkeypatch):
    def install(origin):
        def found(name):
            return Installed(origin) if name == installation.NAME else distribution(name)

        monkeypatch.setattr(installation, "distribution", found)

    return install


@pytest.mark.parametrize(
    ("origin", "requirement"),
    [
        (None, "'rbac-sync[server]'"),
        (GIT, "'rbac-sync[server] @ git+https://git.example/acme/rbac-sync@ab12'"),
        ({"url": "file:///src/x", "dir_info": {}}, "'rbac-sync[server] @ file:///src/x'"),
    ],
)
def test_more_is_installed_from_where_the_program_came(installed, origin, requirement):
    installed(origin)
    assert install_command("server") == f"{PYTHON} {requirement}"


def test_a_checkout_that_nobody_installed_is_installed(monkeypatch):
    monkeypatch.setattr(installation, "NAME", "no-such-distribution")
    checkout = Path(installation.__file__).parents[1].as_uri()
    assert install_command("oidc").endswith(f"'no-such-distribution[oidc] @ {checkout}'")
    assert commit() is None


def test_the_commit_is_known_of_what_came_from_git_alone(installed):
    installed(GIT)
    assert commit() == Commit("https://git.example/acme/rbac-sync", "ab12")
    installed({"url": "file:///src/x", "dir_info": {}})
    assert commit() is None


@pytest.mark.parametrize(
    ("left", "command"),
    [("uv-receipt.toml", "uv tool install"), ("pipx_metadata.json", "pipx install --force")],
)
def test_the_tool_that_made_the_environment_adds_to_it_and_keeps_its_extras(
    installed, monkeypatch, tmp_path, left, command
):
    installed(None)
    (tmp_path / left).touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert install_command("postgres") == f"{command} 'rbac-sync[postgres,testing]'"
    assert install_command("testing") == f"{command} 'rbac-sync[testing]'"


def test_an_environment_without_pip_is_added_to_by_uv(installed, monkeypatch):
    installed(None)
    monkeypatch.setattr(installation, "find_spec", lambda _: None)
    assert install_command("fast") == f"uv pip install --python {sys.executable} 'rbac-sync[fast]'"
