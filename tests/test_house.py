"""The house: no floor imports what is above it, and the recipe for a kind is true."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

from rbac_sync.model.resources import CLASSES

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rbac_sync"
README = (ROOT / "README.md").read_text()
RESOURCES = {cls.__name__ for cls in CLASSES.values()}
MOST = 4
"""From how many kinds on a `match` is over all of them."""


def test_no_floor_imports_what_is_above_it():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]

    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout


def test_every_name_of_a_package_that_is_imported_when_used_is_there():
    packages = [p for p in PACKAGE.rglob("__init__.py") if "= deferred(" in p.read_text("utf-8")]
    names = [".".join(path.relative_to(ROOT).parent.parts) for path in packages]
    assert "rbac_sync.pipeline" in names
    for module in map(import_module, names):
        assert [name for name in module.__all__ if not hasattr(module, name)] == []


@cache
def functions_over_all_kinds():
    """Return the functions with a `match` over the kinds of resource, each with its path."""
    return list(_functions_over_all_kinds())


def _functions_over_all_kinds():
    for path in sorted(PACKAGE.rglob("*.py")):
        functions = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for function in (node for node in functions if isinstance(node, ast.FunctionDef)):
            for match in (node for node in ast.walk(function) if isinstance(node, ast.Match)):
                patterns = (n for n in ast.walk(match) if isinstance(n, ast.MatchClass))
                named = {p.cls.id for p in patterns if isinstance(p.cls, ast.Name)}
                if len(named & RESOURCES) >= MOST and not isinstance(match.subject, ast.Tuple):
                    yield path.relative_to(PACKAGE), function


def test_every_match_over_the_kinds_is_closed_by_assert_never():
    opened = [
        f"{path}: {function.name}"
        for path, function in functions_over_all_kinds()
        if "assert_never(" not in ast.unparse(function)
    ]

    assert opened == []


def test_the_recipe_for_a_kind_names_every_file_that_mypy_asks_for():
    recipes = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| add a resource kind \| (.+) \|$", recipes, re.MULTILINE)
    paths = {path for path, _ in functions_over_all_kinds()}

    missing = [p for p in paths if str(p) not in row and f"`{p.name}`" not in row]

    assert missing == []
