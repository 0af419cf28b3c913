"""The export of a live state as configuration files: the same state gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import tomli_w

from ..model import Catalogue, Instant, Level, ObjectAccess, State, Subject
from ..model.settings import Settings
from ..planning import Capabilities
from .secrets_and_hidden import KEY_WITHIN
from .settings import STORE, has_password
from .tables import PlainTable, PlainTables, TomlWriter

SAFE_STEM = re.compile(r"(?!(con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9][a-z0-9_-]{0,99}")
"""A name of a file that every system can have: Windows has devices of the names left out."""

MIB = 2**20
LEFT_OUT = "# Left out: "
"""The start of a comment in ``rbac.toml`` on a part that a configuration cannot hold."""

OTHERS = "workspaces.toml"
ONE_EACH = "workspaces/*.toml"
"""The pattern of the files that declare one workspace each."""

LAYOUT = {
    "people.toml": ("members", "service_accounts"),
    "roles.toml": ("roles",),
    "teams.toml": ("teams",),
}


def export(
    state: State,
    catalogue: Catalogue,
    settings: Settings,
    now: Instant,
    capabilities: Capabilities | None = None,
) -> dict[str, str]:
    """Return the text of each file, by its name relative to the folder.

    Every kind has its file, even without resources, so that users see where to add one. The
    files declare *state*; comments at the end of ``rbac.toml`` list the parts that they cannot
    hold. Grants that have ended by *now* are left out, and so are keys that *capabilities*, if
    they are given, could not make. Built-in roles and people's own keys are never written.
    """
    draft = state.draft()
    for listed in [each for each in state.of(ObjectAccess).values() if each.is_open]:
        draft.remove(listed)  # the lack of a list lets everyone in, too
    writer = TomlWriter(draft, catalogue, now, capabilities)
    return configuration_files(writer.tables(), catalogue, settings, writer.left_out)


def configuration_files(
    tables: PlainTables, catalogue: Catalogue, settings: Settings, left_out: list[str]
) -> dict[str, str]:
    """Return the text of each file for *tables*, by its name relative to the folder."""
    has_workspaces = catalogue.custom_level is Level.WORKSPACE
    files = {
        name: tomli_w.dumps({s: _by_name(s, tables[s]) for s in sections if s in tables})
        or _placeholder(*sections)
        for name, sections in LAYOUT.items()
        if has_workspaces or sections != ("teams",)
    }
    files |= _workspaces(tables) if has_workspaces else {}
    return {"rbac.toml": _root(settings, files, left_out), **files}


def _by_name(section: str, table: PlainTable) -> PlainTable:
    """Return *table* in order of its names; the roles of members have an order of their own."""
    return table if section == "members" else dict(sorted(table.items()))


def _placeholder(*sections: str) -> str:
    """Return the text of a file for kinds without resources, since `[files]` names it."""
    tables = " and ".join(f"`[{section}]`" for section in sections)
    return f"# Nothing yet: tables of {tables} go here.\n"


def _workspaces(tables: PlainTables) -> dict[str, str]:
    """Return a file for each workspace, and one file for the handles that are no file names."""
    texts: dict[str, str] = {}
    others: dict[str, Any] = {}
    for handle, table in sorted(tables.get("workspaces", {}).items()):
        if SAFE_STEM.fullmatch(handle):
            texts[f"workspaces/{handle}.toml"] = tomli_w.dumps({"workspaces": {handle: table}})
        else:
            others[handle] = table
    if others or not texts:
        text = tomli_w.dumps({"workspaces": others}) if others else _placeholder("workspaces")
        return texts | {OTHERS: text}
    return texts


def _root(settings: Settings, files: Mapping[str, str], left_out: list[str]) -> str:
    tree: dict[str, Any] = {"backend": _backend(settings)}
    if files:
        tree["files"] = _patterns(files)
    if limits := _limits(files):
        tree["limits"] = limits
    tree["manage"] = {str(subject): "declared" for subject in Subject}
    comments = "".join(f"{LEFT_OUT}{_one_line(line)}\n" for line in sorted(left_out))
    return tomli_w.dumps(tree) + (f"\n{comments}" if comments else "")


def _one_line(text: str) -> str:
    """Return *text* as a comment that the reader takes: printable, and without whole API keys."""
    cut = re.sub(KEY_WITHIN, lambda key: f"{key[0][:4]}...", text)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


def _backend(settings: Settings) -> dict[str, Any]:
    table: dict[str, Any] = {"type": settings.type, "account": settings.account}
    if settings.url and not has_password(settings.url):
        table["url"] = settings.url
    if settings.type == STORE and settings.world:
        table["world"] = settings.world
    return table | ({"options": dict(settings.options)} if settings.options else {})


def _patterns(files: Mapping[str, str]) -> dict[str, list[str]]:
    patterns = {name: list(LAYOUT[name]) for name in LAYOUT if name in files}
    if OTHERS in files:
        patterns[OTHERS] = ["workspaces"]
    if any(name.startswith("workspaces/") for name in files):
        patterns[ONE_EACH] = ["workspaces.{stem}"]
    return patterns


def _limits(files: Mapping[str, str]) -> dict[str, int]:
    """Return the keys of ``[limits]`` that must be raised so that *files* can be read."""
    sizes = [len(text.encode()) for text in files.values()]
    needed = {"max_file": max(sizes, default=0), "max_total": sum(sizes) + MIB}
    defaults = {"max_file": MIB, "max_total": 64 * MIB}
    large = {key: size for key, size in needed.items() if size > defaults[key]}
    raised = {key: (size // MIB + 1) * 2 * MIB for key, size in large.items()}
    return raised | ({"max_files": 2 * len(files)} if len(files) >= 1000 else {})  # noqa: PLR2004
