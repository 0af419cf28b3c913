"""The check of the tables of one file: its faults are told, and sound objects are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..dataclasses import replace
from .forms import Faulty, ValueFault
from .problems import File, Problems, TomlLocation
from .schema import ConfigDocument
from .spans import KeyPath


def check_tables(file: File, problems: Problems) -> File:
    """Return *file* with its checked tables, without faulty objects; add faults to *problems*."""
    tree = file.tree
    while True:
        try:
            return replace(file, checked=ConfigDocument.read(tree, ()))
        except Faulty as error:
            if tree is file.tree:  # later faults come from the removal of objects
                for fault in error.faults:
                    _note(file, fault, problems)
            tree = _without(tree, {fault.path[:2] for fault in error.faults})


def _without(tree: Mapping[str, Any], units: set[KeyPath]) -> dict[str, Any]:
    """Return *tree* without *units*: ``roles.x``, ``members.owner``, all of ``test``."""
    removed: dict[str, set[str | int]] = {}
    for section, *name in units:
        removed.setdefault(str(section), set()).update(name)
    remaining = dict(tree)
    for section in removed.keys() & tree.keys():
        table, names = remaining.pop(section), removed[section]
        if isinstance(table, dict) and (section,) not in units:
            remaining[section] = {name: inner for name, inner in table.items() if name not in names}
    return remaining


def _note(file: File, fault: ValueFault, problems: Problems) -> None:
    location = TomlLocation(file, fault.path, is_key=fault.is_key)
    hint = problems.suggest(fault.text, fault.known) if fault.text else ""
    problems.add(fault.code, location, fault.message, hint=hint or fault.hint)
