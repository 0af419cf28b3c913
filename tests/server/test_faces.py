"""The faces of the server write nothing themselves: what is done is a command."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SERVER = Path(__file__).parents[2] / "rbac_sync" / "server"
WRITES = {"make", "make_own", "adopt", "branch", "remark"}
"""The methods of a write transaction that write, documents aside."""


def written(path):
    """Yield the lines on which a module calls a method that writes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            on = node.func.value
            if node.func.attr in WRITES and isinstance(on, ast.Name) and on.id == "transaction":
                yield node.lineno


@pytest.mark.parametrize("part", ["rest", "graphql", "directory"])
def test_no_face_writes_what_a_command_does(part):
    found = [
        (str(p.relative_to(SERVER)), n) for p in (SERVER / part).rglob("*.py") for n in written(p)
    ]
    assert found == []


def test_every_command_writes_through_the_transaction():
    silent = [
        path.name
        for path in (SERVER / "commands").glob("*.py")
        if path.name != "__init__.py" and not list(written(path))
    ]
    assert silent == []
