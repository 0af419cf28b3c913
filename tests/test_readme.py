"""The README's first steps, taken as they are printed."""

from __future__ import annotations

import re
import shlex

import pytest

from .cli.running import run
from .test_house import README, ROOT

STEPS = README.partition("## First steps")[2].partition("\n## ")[0]
CONFIGURATION = (ROOT / "docs" / "reference" / "configuration.md").read_text()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (toml,) = re.findall(r"```toml\n(.*?)```", STEPS, re.DOTALL)
    (tmp_path / "rbac.toml").write_text(toml)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RBAC_SYNC_API_KEY", raising=False)
    return tmp_path


AROUND = """
[backend]
type = "store"
account = "acme"
world = "prefect-cloud"
[people]
ana = "ana@acme.example"
gus = "gus@acme.example"
[members]
owner = ["ana"]
member = ["gus", "sa:nightly"]
[service_accounts.nightly]
[teams.platform]
members = ["gus"]
[teams.data-eng]
[roles.on-call]
base = "runner"
"""


def test_the_configurations_shown_can_be_used_as_they_are(tmp_path, monkeypatch):
    blocks = re.findall(r"```toml\n(.*?)```", README + CONFIGURATION, re.DOTALL)
    (prod,) = (block for block in blocks if block.startswith("# workspaces/prod.toml"))
    (tests,) = (block for block in blocks if block.startswith("[[test]]"))
    (tmp_path / "rbac.toml").write_text(AROUND + prod + tests)
    monkeypatch.chdir(tmp_path)
    assert run("validate").err == ""
    ran = run("test")
    assert (ran.code, ran.lines[-1]) == (0, "3 tests: all ok")


def commands():
    (block,) = re.findall(r"```console\n(.*?)```", STEPS, re.DOTALL)
    for line in block.splitlines():
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words[0] == "rbac-sync":
            yield shlex.join(words[1:])


def test_the_first_steps_lead_where_they_say(folder, monkeypatch):
    for command in commands():
        # There is no terminal here to say `yes` on.
        ran = run(f"{command} --auto-approve" if command == "apply" else command)
        assert ran.code == 0, (command, ran.err)
        if command.startswith("store init"):
            monkeypatch.setenv("RBAC_SYNC_API_KEY", ran.out.strip())
    assert run("plan --detailed-exitcode").code == 0


def test_a_configuration_can_begin_with_what_is_live(folder, monkeypatch):
    test_the_first_steps_lead_where_they_say(folder, monkeypatch)
    backend = (folder / "rbac.toml").read_text().partition("\n[members]")[0]
    (folder / "rbac.toml").write_text(backend)

    assert run("pull pulled").code == 0
    assert "No changes." in run("plan --config pulled").out
