"""The table ``[files]``: the files to read, and the tables that each may define."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import Diagnostic, system_reason
from ..model.kind import SPECS
from .files import FolderIndex
from .problems import File, Problems, TomlLocation
from .text_rules import in_backticks

ROOT = "rbac.toml"
ACCOUNTS = "accounts"
OBJECTS = (
    ACCOUNTS,
    "people",
    "alumni",
    "groups",
    "workspace_defaults",
    *(spec.section for spec in SPECS.values() if spec.section),
)
"""Tables of objects by name: one object in exactly one file."""

SHARED = (*OBJECTS, "test")
"""Tables that files other than the root may define."""

ROOT_ONLY = (
    "backend",
    "journal",
    "files",
    "limits",
    "manage",
    "guard",
    "notify",
    "ignore",
    "owners",
)

INSIDE = "write a path below the folder of `rbac.toml`, with `/`"


def match_files(folder: Path, root: File, most: int, problems: Problems) -> dict[str, list[str]]:
    """Return, by name of file, the patterns of ``[files]`` that match it; *most* files at most."""
    names: dict[str, list[str]] = {}
    index = FolderIndex(folder)
    for number, (pattern, definable) in enumerate(root.document.files.items(), start=1):
        location = TomlLocation(root, ("files", pattern))
        _refuse_unknown(definable, location, problems)
        if pattern == root.name:
            message = f"`{pattern}` may define every table, so this line restricts nothing"
            problems.add("RS115", location.key, message, hint="delete the line")
        for name in _names(index, pattern, location.key, problems):
            names.setdefault(name, []).append(pattern)
            if len(names) > most:
                break
        if max(len(names), number) > most:
            message = f"with `{pattern}` there are more files than the limit of {most}"
            hint = "raise `[limits] max_files`"
            problems.add("RS103", location.key, message, hint=hint)
            return {}
    names.pop(root.name, None)
    return names


def _names(
    index: FolderIndex, pattern: str, location: TomlLocation, problems: Problems
) -> Iterator[str]:
    if fault := path_fault(pattern):
        problems.add("RS105", location, f"`{pattern}` {fault}", hint=INSIDE)
        return
    try:
        yield from index.matching(pattern)
    except OSError as error:
        reason = system_reason(error, "it cannot be read")
        message = f"the folder of `{pattern}` cannot be read: {reason}"
        problems.add("RS109", location, message, hint="check its permissions")


def path_fault(pattern: str) -> str:
    """Return a phrase that says how *pattern* leaves the folder; empty if it does not."""
    if pattern.startswith("/") or pattern[1:2] == ":":
        return "is an absolute path"
    if "\\" in pattern or "\0" in pattern:
        return "has a character that is not allowed in a path"
    parts = pattern.split("/")
    if ".." in parts:
        return "leaves the configuration folder"
    return "has an empty part" if not all(parts) or "." in parts else ""


def _refuse_unknown(definable: list[str], location: TomlLocation, problems: Problems) -> None:
    for index, table in enumerate(definable):
        section, dot, name = table.partition(".")
        if section not in SHARED:
            hint = problems.suggest(section, SHARED) or f"use {in_backticks(SHARED)}"
            message = f"`{section}` is no table that a file may define"
            problems.add("RS115", location.at(index), message, hint=hint)
        elif dot and (not name or section == "test"):
            hint = f"write `{section}`" if section == "test" else f"write `{section}.NAME`"
            problems.add("RS115", location.at(index), f"`{table}` names no table", hint=hint)


def definable(root: File, name: str, patterns: list[str]) -> frozenset[str]:
    """Return the tables that the file *name* may define: ``roles``, ``teams.oncall``."""
    stem = name.rpartition("/")[2].removesuffix(".toml")
    tables = (table for pattern in patterns for table in root.document.files[pattern])
    return frozenset(table.replace("{stem}", stem) for table in tables)


def are_of_workspaces(tables: frozenset[str]) -> bool:
    """Say whether *tables*, which a file may define, are those of workspaces alone."""
    return all(table.partition(".")[0] == "workspaces" for table in tables)


def named_workspaces(tables: frozenset[str]) -> frozenset[str]:
    """Return the handles of the workspaces that *tables* name; empty if they have anything else."""
    handles = frozenset(table.partition(".")[2] for table in tables)
    return handles if are_of_workspaces(tables) and "" not in handles else frozenset()


def refuse_others(file: File, allowed: frozenset[str], problems: Problems) -> None:
    """Add a problem for each table of *file* that is not among those *allowed*."""
    for section, table in file.tree.items():
        location = TomlLocation(file, (section,))
        if section in ROOT_ONLY:
            message, hint = f"`[{section}]` belongs in `{ROOT}`", f"move it to `{ROOT}`"
            problems.add("RS111", location.key, message, hint=hint)
        elif section not in SHARED or section in allowed:
            continue
        elif section == "test" or not isinstance(table, dict):
            _refuse(section, location, allowed, problems)
        else:
            for name in table:
                if f"{section}.{name}" not in allowed:
                    _refuse(f"{section}.{name}", location.at(name), allowed, problems)


def _refuse(
    table: str, location: TomlLocation, allowed: frozenset[str], problems: Problems
) -> None:
    message = f"`{location.file.name}` may not define `{table}`"
    hint = f"`[files]` lets it define {in_backticks(sorted(allowed)) or 'nothing'}"
    problems.add("RS111", location.key, message, hint=hint)


def limit_from_environment(problems: Problems) -> int | None:
    """Return the limit for one file that the environment sets, in bytes."""
    text = os.environ.get("RBAC_SYNC_MAX_FILE", "")
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 12:  # noqa: PLR2004
        return int(text)
    message = f"RBAC_SYNC_MAX_FILE is `{text}`, which is no number of bytes"
    problems.put(Diagnostic("RS123", message, hint="write a whole number of bytes"))
    return None
