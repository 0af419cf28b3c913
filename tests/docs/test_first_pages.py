"""The pages for a beginner: installation, the editor, and what to do about a message."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest
from ruamel.yaml import YAML

from ..cli.running import bare, run
from ..server.serving import served
from ..test_house import ROOT
from .test_reference import DOCS

CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
NOT_OURS = "rbac-sync: command not found"
"""The one message of the page that is the shell's."""


def page(name):
    return (DOCS / "how-to" / f"{name}.md").read_text(encoding="utf-8")


def block(name, language):
    return re.findall(rf"```{language}\n(.*?)```", page(name), re.DOTALL)[0]


def rows(text, header):
    """Return the first cells of the tables of *text* with this *header*."""
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        lines = table.splitlines()
        if lines[0].startswith(f"| {header} |"):
            yield from (line.split(" | ")[0].removeprefix("| ") for line in lines[2:])


def test_every_extra_of_a_user_is_on_the_page_of_installation():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = {cell.strip("`") for cell in rows(page("install"), "extra")}
    assert listed == declared["optional-dependencies"].keys() - {"test", "dev"}


@pytest.mark.parametrize("name", ["install", "editor"])
def test_the_commands_for_a_beginner_run(name, tmp_path, monkeypatch):
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rbac.toml").write_text(block("editor", "toml"))
    (tmp_path / "rbac.schema.json").write_text(run("schema").out)
    for line in "".join(CONSOLE.findall(page(name))).splitlines():
        ran = run(line.removeprefix("$ rbac-sync ").partition(" >")[0])
        assert ran.code == 0, (line, ran.err)


def test_the_hooks_of_the_page_are_those_of_the_example():
    example = ROOT / "examples" / "ci" / "pre-commit-config.yaml"
    assert YAML(typ="safe").load(block("editor", "yaml")) == YAML(typ="safe").load(example)
    hooks = {hook["id"] for hook in YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")}
    assert {cell.strip("`") for cell in rows(page("editor"), "hook")} == hooks


def texts():
    """Yield every text of the program's source; ``*`` is what an f-string fills in."""
    for path in (ROOT / "rbac_sync").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    part.value if isinstance(part, ast.Constant) else "*" for part in node.values
                )


def test_every_message_of_the_page_is_one_of_the_program():
    known = "\n".join(texts())
    listed = {cell.strip("`") for cell in rows(page("troubleshooting"), "it says")} - {NOT_OURS}
    run_for = {"there is no `rbac.toml` in", "404 (Not Found)"}
    assert len(listed) > 8
    assert {message for message in listed if message not in known} == run_for & listed


def test_the_first_messages_are_said_where_the_page_says(tmp_path, monkeypatch):
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    assert "there is no `rbac.toml` in" in run("plan").err
    (tmp_path / "rbac.toml").write_text('[backend]\ntype = "prefect-cloud"\naccount = "other"\n')
    assert "there is no API key" in run("plan").err
    with served(f"sqlite:///{tmp_path}/live.db") as server:
        monkeypatch.setenv("RBAC_SYNC_API_KEY", server.key)
        monkeypatch.setenv("RBAC_SYNC_URL", server.root)
        assert "404 (Not Found)" in run("plan").err
        monkeypatch.setenv("RBAC_SYNC_URL", f"{server.root}/api")
        assert "does not belong to the account" in run("plan").err
        monkeypatch.setenv("RBAC_SYNC_API_KEY", "pnu_nobody")
        assert "the service does not accept this API key" in run("plan").err
