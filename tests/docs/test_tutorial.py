"""The tutorials, followed to the letter."""

from __future__ import annotations

import re
import tomllib

import tomli_w

from rbac_sync.model import Workspace
from rbac_sync.planning import Change

from ..cli.running import bare, run, soon
from ..server.serving import OWNER, served
from .test_reference import DOCS

BLOCK = re.compile(r"```(toml|console)\n(.*?)```", re.DOTALL)
FILE = re.compile(r"# ([\w/-]+\.toml)\n")
EXIT = re.compile(r"# exit (\d)")


class Reader:
    """Somebody who does what a tutorial says: edits the file that a block names, runs each command.

    The keys are kept in the order in which they were printed. Approving takes a terminal, so
    ``apply`` is run with ``--auto-approve``; DATE is a day soon.
    """

    def __init__(self, folder, monkeypatch, keys=()):
        self.folder, self.monkeypatch = folder, monkeypatch
        self.keys, self.outputs = list(keys), []

    def follow(self, tutorial, **names):
        text = (DOCS / "tutorial" / tutorial).read_text(encoding="utf-8")
        for name, meant in names.items():
            text = text.replace(name, meant)
        for kind, block in BLOCK.findall(text):
            for part in [block] if kind == "toml" else block.splitlines():
                (self.edit if kind == "toml" else self.enter)(part)

    def edit(self, text):
        named = FILE.match(text)
        file = self.folder / (named[1] if named else "rbac.toml")
        live = tomllib.loads(file.read_text()) if file.exists() else {}
        file.parent.mkdir(exist_ok=True)
        file.write_text(tomli_w.dumps(merged(live, tomllib.loads(text))))

    def enter(self, line):
        if "export RBAC_SYNC_API_KEY" in line:
            key = self.keys[0] if "Olga's key again" in line else self.keys[-1]
            self.monkeypatch.setenv("RBAC_SYNC_API_KEY", key)
            return
        command = line.removeprefix("$ rbac-sync ").partition(" #")[0].strip()
        command = command.replace("DATE", soon())
        ran = run(f"{command} --auto-approve" if command == "apply" else command)
        expected = int(match[1]) if (match := EXIT.search(line)) else 0
        assert ran.code == expected, (line, ran.out, ran.err, self.outputs)
        self.outputs.append((command, ran.out + ran.err))
        if command.startswith(("store init", "store key")):
            self.keys.append(ran.out.strip())


def merged(live, edit):
    """Return *live* with what *edit* says anew; a list is replaced."""
    if not (isinstance(live, dict) and isinstance(edit, dict)):
        return edit
    return live | {name: merged(live.get(name), value) for name, value in edit.items()}


def test_the_tutorial_of_a_store_does_what_it_says(tmp_path, monkeypatch):
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    reader = Reader(tmp_path, monkeypatch)
    reader.follow("store.md")

    outputs = dict(reader.outputs)
    assert [output for command, output in reader.outputs if "No changes." in output]
    assert "ESCALATION" in outputs["plan"]
    assert "ana" in outputs["drift"]
    assert "olga@acme.example" in outputs["audit log"]


def test_the_tutorial_of_prefect_cloud_does_what_it_says(tmp_path, monkeypatch):
    bare(monkeypatch)
    work = tmp_path / "access"
    work.mkdir()
    monkeypatch.chdir(work)
    with served(f"sqlite:///{tmp_path / 'live.db'}") as server:
        server.add(Change(None, Workspace("prod", "prod")))
        monkeypatch.setenv("RBAC_SYNC_URL", f"{server.root}/api")
        reader = Reader(work, monkeypatch, [server.key])
        reader.follow("prefect-cloud.md", **{"you@example.org": OWNER})
        (work / "workspaces" / "sandbox.toml").unlink()
        (work / "teams.toml").write_text("# no teams any more\n")
        assert "0 to add, 0 to change, 2 to destroy." in run("plan").out
        assert run("apply --auto-approve").code == 0
        assert "No changes." in run("plan").out

    outputs = dict(reader.outputs)
    unchanged = [command for command, output in reader.outputs if "No changes." in output]
    assert [command.split()[0] for command in unchanged] == ["init", "plan"]
    assert OWNER in outputs["whoami"]
    assert "CAPABILITY" in outputs["plan --as team:trial"]
    assert "workspace.sandbox" in outputs["drift"]
    assert "team.trial" in outputs["audit log"]
