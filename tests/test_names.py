"""The names of the package: one class name has one meaning, and modules are named by nouns."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rbac_sync"

OLD_WORDS = {
    "assay", "between", "desk", "gate", "genuine", "leading", "look", "looking", "making", "manner",
    "meant", "masks", "possessions", "revisit", "rising", "room", "slips", "soundness", "spots",
    "telling", "undoing", "untouched", "whole",
}  # fmt: skip
"""Names of modules that said nothing to somebody who had not read them."""

HANDLERS = r"rbac_sync/backends/\w+/handlers/{}\.py"
SAME_IDEA = {
    "Api": r"rbac_sync/(backends/prefect_cloud(_1)?/api|forges/forge)\.py",
    "Handler": HANDLERS.format("handler"),
    "AccessLists": HANDLERS.format("objects"),
    "Bindings": HANDLERS.format("bindings"),
    "Keys": HANDLERS.format("keys"),
    "Roles": HANDLERS.format("roles"),
    "ServiceAccounts": HANDLERS.format("service_accounts"),
    "Teams": HANDLERS.format("teams"),
    "Users": HANDLERS.format("users"),
    "Workspaces": HANDLERS.format("workspaces"),
}
"""Class names that several modules have for the same idea, and the modules that may have them."""

RIDDLES = {
    "asked", "begun", "desk", "found", "gate", "given", "heard", "look", "looked", "machine",
    "meant", "room", "said", "shown", "slip", "slips", "spot", "spots", "taken", "told", "wanted",
    "wish",
}  # fmt: skip
"""Names of variables and functions that do not say what the thing is."""

NO_SUBJECTS = {
    "He", "It", "That", "They", "This", "Those", "What", "Whatever", "When", "Where", "Whether",
    "Which", "Who", "Whoever", "Whose",
}  # fmt: skip
"""First words of sentences that do not say what the thing is."""


def trees():
    """Yield each module of the package with its path."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def defined(tree):
    """Yield the names of the functions, parameters, variables and attributes of a module."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.arg(arg=name) | ast.MatchAs(name=str(name)):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def documented(tree):
    """Yield the docstring of a module, and of its classes, functions, variables and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
        for pair in pairwise(node.body if isinstance(node, ast.Module | ast.ClassDef) else ()):
            match pair:
                case ast.Assign() | ast.AnnAssign(), ast.Expr(value=ast.Constant(value=str(text))):
                    yield text


def classes():
    """Return the modules that define a class, by the name of the class; wire shapes stand apart."""
    modules = defaultdict(list)
    for path in PACKAGE.rglob("*.py"):
        if "wire" in path.parts:
            continue  # its classes are named as the APIs name the same things
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                modules[node.name].append(str(path.relative_to(ROOT)))
    return modules


def test_a_class_name_has_one_meaning():
    repeated = {name: where for name, where in classes().items() if len(where) > 1}
    allowed = {name: re.compile(SAME_IDEA.get(name, "none")) for name in repeated}

    assert SAME_IDEA.keys() == repeated.keys()
    assert [
        (name, path)
        for name, where in repeated.items()
        for path in where
        if not allowed[name].fullmatch(path)
    ] == []


def test_no_alias_has_the_name_of_a_class_in_the_same_package():
    known = classes()
    aliases = {
        (target.id, path)
        for path, tree in trees()
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in known
    }

    assert [
        (name, path, where)
        for name, path in sorted(aliases)
        for where in known[name]
        if path.split("/")[1] == where.split("/")[1]
    ] == []


def test_no_module_has_a_name_that_the_glossary_gave_up():
    named = {path.stem for path in PACKAGE.rglob("*.py")}

    assert named & OLD_WORDS == set()


def test_every_module_of_the_glossary_exists():
    text = (ROOT / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8")
    paths = [word for word in text.split("`") if word.endswith((".py", "/")) and "*" not in word]

    assert len(paths) > 10
    assert [path for path in paths if not (PACKAGE / path).exists()] == []


def test_names_say_what_the_thing_is():
    assert [
        (path, name)
        for path, tree in trees()
        for name in defined(tree)
        if name.strip("_").lower() in RIDDLES
    ] == []


def test_docstrings_begin_with_what_the_thing_is():
    first = [(path, text) for path, tree in trees() for text in filter(None, documented(tree))]

    assert len(first) > 100
    assert [(path, text) for path, text in first if text.split()[0] in NO_SUBJECTS] == []
