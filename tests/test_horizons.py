"""Whoever plans or judges in the product says what the read could see: no call forgets it."""

from __future__ import annotations

import ast
from pathlib import Path

import rbac_sync

PRODUCT = Path(rbac_sync.__file__).parent
PLACES = {"Planner": 5, "GuardContext": 9}
"""The number of positional arguments that reaches the horizon."""


def calls():
    for path in sorted(PRODUCT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if is_call and node.func.id in PLACES:
                yield path.relative_to(PRODUCT), node


def test_every_planner_and_every_guard_context_is_given_the_horizon():
    found = list(calls())
    forgotten = [
        f"{path}:{node.lineno}"
        for path, node in found
        if "horizon" not in {keyword.arg for keyword in node.keywords}
        and len(node.args) < PLACES[node.func.id]
    ]

    assert {node.func.id for _, node in found} == PLACES.keys()
    assert forgotten == []
