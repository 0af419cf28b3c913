"""A small company on a real store, made once and copied for each test that wants it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from rbac_sync.cli.run import KEY

from .running import bare, run

OWNER = "ana@acme.example"
CONFIGURATION = """\
[backend]
type = "store"
account = "acme"
world = "prefect-cloud"

[manage]
members = "all"
teams = "all"
roles = "all"
workspaces = "all"
access = "all"

[guard]
min_owners = 1
max_key_days = 36500

[people]
ana = "ana@acme.example"
dee = "dee@acme.example"
bo = "bo@acme.example"
cy = "cy@acme.example"
lea = "lea@acme.example"

[members]
owner = ["ana"]
admin = ["dee"]
member = ["bo", "cy", "lea", "sa:ci"]

[service_accounts.ci]

[roles.oncall]
base = "runner"
permissions = ["write_work_pools"]

[teams.data]
members = ["bo"]

[workspaces.prod]
name = "Production"
default_role = "viewer"

[workspaces.prod.access]
runner = ["team:data"]
oncall = [{ who = "cy", until = 2099-01-01, reason = "INC-1" }]
owner = ["lea"]

[workspaces.test]
default_role = "none"
"""


@dataclass(frozen=True, slots=True)
class Account:
    """The current folder, with a configuration and the store in which it is true."""

    folder: Path
    key: str

    @property
    def file(self) -> Path:
        """The configuration."""
        return self.folder / "rbac.toml"

    @property
    def database(self) -> Path:
        """The store."""
        return self.folder / "rbac.db"

    def edit(self, *edits: tuple[str, str]) -> None:
        """Replace each first text, which stands in the configuration once, by the second."""
        text = self.file.read_text(encoding="utf-8")
        for old, new in edits:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        self.file.write_text(text, encoding="utf-8")

    def add(self, text: str) -> None:
        """Add *text* at the end of the configuration."""
        self.file.write_text(f"{self.file.read_text(encoding='utf-8')}\n{text}", encoding="utf-8")


@pytest.fixture(scope="session")
def founded(tmp_path_factory):
    """The folder of the company, and its owner's key. Not to be changed."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "rbac.toml").write_text(CONFIGURATION, encoding="utf-8")
    with pytest.MonkeyPatch.context() as here:
        bare(here)
        here.chdir(folder)
        begun = run(f"store init --owner {OWNER} --world prefect-cloud --account acme")
        here.setenv(KEY, begun.out.strip())
        applied = run("apply --auto-approve")
    assert (begun.code, applied.code) == (0, 0), begun.err + applied.err
    return folder, begun.out.strip()


@pytest.fixture
def account(founded, tmp_path, monkeypatch):
    """A copy of the company in the current folder, with its owner's key in the environment."""
    folder, key = founded
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(KEY, key)
    return Account(tmp_path, key)


@pytest.fixture(autouse=True)
def _bare(monkeypatch):
    """Begin each test without what the environment of whoever runs it says."""
    bare(monkeypatch)
