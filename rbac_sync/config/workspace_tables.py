"""The tables of workspaces, with the keys that ``[workspace_defaults]`` adds to each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ..model.address_pattern import TextIndex
from ..named_tuples import NamedTuple
from .holders import Entries
from .problems import Problems, TomlLocation
from .schema import WorkspaceDefaults, WorkspaceTable
from .sources import Sources

SECTION = "workspace_defaults"
KEYS = ("description", "public", "default_role")


class RoleHolders(NamedTuple):
    """The entries of the list of one role, with the location of the list."""

    role: str
    entries: Entries
    location: TomlLocation


class WorkspaceSettings(NamedTuple):
    """The keys of one workspace, its own and those of the defaults that match it.

    A key is None if neither the workspace nor a default writes it; the default
    role is a name with its location. ``locations`` are those of other keys.
    """

    handle: str
    location: TomlLocation
    name: str | None
    description: str | None
    public: bool | None
    default_role: tuple[str, TomlLocation] | None
    access: tuple[RoleHolders, ...] | None
    locations: Mapping[str, TomlLocation]


class _Written(NamedTuple):
    """The keys that one table writes, with their locations."""

    values: Mapping[str, tuple[Any, TomlLocation]]
    access: Mapping[str, RoleHolders]
    has_access: bool


def read_workspaces(sources: Sources, problems: Problems) -> tuple[WorkspaceSettings, ...]:
    """Return the workspaces, file by file; add problems of defaults that match none, or clash."""
    index = TextIndex({handle for _, handle in sources.written("workspaces")})
    for location, pattern in sources.written(SECTION):
        if next(index.like(pattern), None) is None:
            message = f"no declared workspace matches `{pattern}`"
            hint = "`*` stands for any letters; take the table out if it is not needed"
            problems.add("RS321", location, message, hint=hint)
    defaults: defaultdict[str, list[_Written]] = defaultdict(list)
    for location, pattern, table in sources.named(SECTION):
        written = _written(table, location)
        for handle in index.like(pattern):
            defaults[handle].append(written)
    workspaces = []
    for location, handle, table in sources.named("workspaces"):
        matching = () if location.file.name in sources.known.met else defaults.get(handle, ())
        workspaces.append(_settings(handle, table, location, matching, problems))
    return tuple(workspaces)


def _settings(
    handle: str,
    table: WorkspaceTable,
    location: TomlLocation,
    defaults: Iterable[_Written],
    problems: Problems,
) -> WorkspaceSettings:
    own = _written(table, location)
    values, access, has_access = dict(own.values), dict(own.access), own.has_access
    for written in defaults:
        has_access = has_access or written.has_access
        for key, value in written.values.items():
            if values.setdefault(key, value) is not value and key not in own.values:
                _refuse_clash(key, handle, value[1], values[key][1], problems)
        for role, holders in written.access.items():
            first = access.setdefault(role, holders)
            if first is not holders and role not in own.access:
                _refuse_clash(f"access.{role}", handle, holders.location, first.location, problems)
    return WorkspaceSettings(
        handle,
        location,
        table.name,
        values["description"][0] if "description" in values else None,
        values["public"][0] if "public" in values else None,
        values.get("default_role"),
        tuple(access.values()) if has_access else None,
        {key: at for key, (_, at) in values.items()},
    )


def _refuse_clash(
    key: str, handle: str, location: TomlLocation, first: TomlLocation, problems: Problems
) -> None:
    message = f"two defaults give `{key}` to the workspace `{handle}`"
    hint = f"write `{key}` in `[workspaces.{handle}]`, or in one of the two alone"
    second = (first.key, "given here too")
    problems.add("RS322", location.key, message, hint=hint, second=second)


def _written(table: WorkspaceTable | WorkspaceDefaults, location: TomlLocation) -> _Written:
    values = {key: (getattr(table, key), location.at(key)) for key in KEYS}
    access = {
        role: RoleHolders(role, entries, location.at("access", role))
        for role, entries in (table.access or {}).items()
    }
    stated = {key: value for key, value in values.items() if value[0] is not None}
    return _Written(stated, access, table.access is not None)
