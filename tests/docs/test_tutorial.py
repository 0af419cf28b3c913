"""The tutorial, followed to the letter."""

from __future__ import annotations

import re
import tomllib

import tomli_w

from ..cli.running import bare, run, soon
from .test_reference import DOCS

TUTORIAL = (DOCS / "tutorial" / "store.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(toml|console)\n(.*?)```", re.DOTALL)
EXIT = re.compile(r"# exit (\d)")


class Reader:
    """Somebody who does what the tutorial says: edits ``rbac.toml``, runs each command.

    The keys are kept in the order in which they were printed. Approving takes a terminal, so
    ``apply`` is run with ``--auto-approve``; DATE is a day soon.
    """

    def __init__(self, folder, monkeypatch):
        self.file, self.monkeypatch = folder / "rbac.toml", monkeypatch
        self.keys, self.outputs = [], []

    def edit(self, text):
        live = tomllib.loads(self.file.read_text()) if self.file.exists() else {}
        self.file.write_text(tomli_w.dumps(live | tomllib.loads(text)))

    def enter(self, line):
        if "export RBAC_SYNC_API_KEY" in line:
            key = self.keys[0] if "Olga's key again" in line else self.keys[-1]
            self.monkeypatch.setenv("RBAC_SYNC_API_KEY", key)
            return
        command = line.removeprefix("$ rbac-sync ").partition(" #")[0].strip()
        command = command.replace("DATE", soon())
        ran = run(f"{command} --auto-approve" if command == "apply" else command)
        expected = int(match[1]) if (match := EXIT.search(line)) else 0
        assert ran.code == expected, (line, ran.out, ran.err)
        self.outputs.append((command, ran.out + ran.err))
        if command.startswith(("store init", "store key")):
            self.keys.append(ran.out.strip())


def test_the_tutorial_does_what_it_says(tmp_path, monkeypatch):
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    reader = Reader(tmp_path, monkeypatch)

    for kind, text in BLOCK.findall(TUTORIAL):
        for part in [text] if kind == "toml" else text.splitlines():
            (reader.edit if kind == "toml" else reader.enter)(part)

    outputs = dict(reader.outputs)
    assert [output for command, output in reader.outputs if "No changes." in output]
    assert "ESCALATION" in outputs["plan"]
    assert "ana" in outputs["drift"]
    assert "olga@acme.example" in outputs["audit log"]
