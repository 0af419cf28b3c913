"""The pages that show files of other systems: they parse, and every command in them is one."""

from __future__ import annotations

import json
import re

import click
import pytest
from ruamel.yaml import YAML

from rbac_sync.catalogues import catalogue, worlds
from rbac_sync.cli.help_text import COMMANDS
from rbac_sync.cli.main import cli
from rbac_sync.model import ObjectLevel

from ..cli.running import bare, run, soon
from ..server.serving import OWNER, served
from ..test_ci import told
from ..views.readers import ATLANTIS, ATLANTIS_NONE, TFCMT_APPLIED, TFCMT_CREATED, TFCMT_PASS
from .test_reference import DOCS

PAGES = [DOCS / "how-to" / f"{name}.md" for name in (
    "gitlab", "azure-devops", "jenkins", "kubernetes", "atlantis", "from-terraform",
    "several-accounts", "on-call", "ci", "audit", "runbook", "containers", "install", "editor",
    "troubleshooting",
)]  # fmt: skip
YAML_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
TOML_BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"rbac-sync (?:-C \S+ )?([a-z][a-z-]+)((?: [^`\n\"|']+)?)")
QUESTION = re.compile(r"rbac-sync (?:who-can|can \S+) ([a-z_:]+)")
AROUND = """
[backend]
type = "store"
account = "acme"
world = "prefect-cloud"
[members]
owner = ["ana@acme.example", "zoe"]
[people]
zoe = "zoe@acme.example"
[workspaces.prod]
name = "Production"
"""

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)


@each_page
def test_every_option_of_a_command_is_one(page):
    for name, words in COMMAND.findall(page.read_text(encoding="utf-8")):
        assert name in COMMANDS, name
        command = cli.get_command(click.Context(cli), name)
        within = words.split()
        if isinstance(command, click.Group):
            command = command.get_command(click.Context(command), within[0])
        known = {opt for parameter in command.params for opt in parameter.opts}
        given = {word.rstrip(",;") for word in within if word.startswith("-")}
        assert given <= known, (name, given - known)


@each_page
def test_every_file_of_yaml_can_be_read(page):
    for block in YAML_BLOCK.findall(page.read_text(encoding="utf-8")):
        assert list(YAML(typ="safe").load_all(block))


def test_every_permission_that_a_page_asks_for_is_one():
    pages = [
        *DOCS.rglob("*.md"),
        *(DOCS.parent / "examples").rglob("*.md"),
        DOCS.parent / "README.md",
    ]
    asked = {name for page in pages for name in QUESTION.findall(page.read_text(encoding="utf-8"))}
    assert len(asked) > 4
    known = {name for world in worlds() for name in catalogue(world).titles}
    assert asked <= known | set(ObjectLevel)


def test_the_pipelines_of_azure_have_the_shape_it_wants(tmp_path):
    page = (DOCS / "how-to" / "azure-devops.md").read_text(encoding="utf-8")
    files = [tmp_path / f"azure-pipelines-{number}.yml" for number in range(3)]
    for file, block in zip(files, YAML_BLOCK.findall(page), strict=True):
        file.write_text(block)
    words = ["--builtin-schema", "vendor.azure-pipelines", "--regex-variant", "nonunicode"]
    transform = ["--data-transform", "azure-pipelines"]
    code, said = told("check-jsonschema", *words, *transform, *map(str, files))
    assert code == 0, said


def test_what_a_pipeline_prints_is_what_atlantis_and_tfcmt_read(tmp_path, monkeypatch):
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rbac.toml").write_text(AROUND)
    init = "store init --owner ana@acme.example --world prefect-cloud --account acme"
    monkeypatch.setenv("RBAC_SYNC_API_KEY", run(init).out.strip())
    planned = run("plan").out
    assert ATLANTIS.search(planned).groups() == (None, "2", "0", "0")
    assert TFCMT_PASS.search(planned)
    assert len(TFCMT_CREATED.findall(planned)) == 2
    applied = run("apply --auto-approve").out
    assert TFCMT_APPLIED.search(applied)
    assert ATLANTIS_NONE.search(run("plan").out)


def test_the_tables_of_access_that_ends_are_a_configuration(tmp_path, monkeypatch):
    bare(monkeypatch)
    blocks = TOML_BLOCK.findall((DOCS / "how-to" / "on-call.md").read_text(encoding="utf-8"))
    for number, block in enumerate(blocks):
        folder = tmp_path / str(number)
        folder.mkdir()
        head, members, tail = AROUND.partition("[members]\n")
        text = head + block + tail if members in block else AROUND + block
        (folder / "rbac.toml").write_text(text)
        ran = run(f"validate --config {folder}")
        assert ran.code == 0, ran.err


SERVED = """
[backend]
type = "prefect-cloud"
account = "acme"
[workspaces.prod]
name = "Production"
[workspaces.staging]
name = "Staging"
"""


def test_the_two_keys_of_the_setup_on_github_read_everything_and_one_changes_it(
    tmp_path, monkeypatch
):
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    page = (DOCS / "how-to" / "ci.md").read_text(encoding="utf-8")
    (block,) = (b for b in TOML_BLOCK.findall(page) if "bots_account_role" in b)
    owned = f'[members]\nowner = ["{OWNER}"]'
    written = SERVED + block.replace("DATE", soon()).replace("[members]", owned)
    with served(f"sqlite:///{tmp_path}/live.db") as server:
        monkeypatch.setenv("RBAC_SYNC_URL", f"{server.root}/api")
        monkeypatch.setenv("RBAC_SYNC_API_KEY", server.key)
        (tmp_path / "rbac.toml").write_text(written)
        assert run("apply --auto-approve --keys-out keys.json").code == 0
        keys = json.loads((tmp_path / "keys.json").read_text())

        monkeypatch.setenv("RBAC_SYNC_API_KEY", keys["service-account.rbac-reader/key/active"])
        asked = ("drift", "plan --as sa:rbac-deployer", "pull --snapshot live.snapshot")
        assert [run(command).code for command in asked] == [0, 0, 0]
        (tmp_path / "rbac.toml").write_text(written.replace("Production", "Prod"))
        assert run("plan --as sa:rbac-deployer --detailed-exitcode --out access.plan").code == 2
        assert run("apply access.plan").code == 3
        monkeypatch.setenv("RBAC_SYNC_API_KEY", keys["service-account.rbac-deployer/key/active"])
        assert run("apply access.plan").code == 0
