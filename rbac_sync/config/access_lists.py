"""The access lists of objects, under ``[workspaces.X.objects]``."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..model import EVERYONE, Address, ObjectAccess, ObjectLevel, ObjectType
from ..model import address as named
from ..model.resources import LEVELS, is_object_name
from . import schema
from .problems import TomlLocation
from .resolve import NameResolver
from .sources import Sources

EVERYBODY = named.listed_name(EVERYONE)
FORMS = "write `block:TYPE/NAME`, `deployment:FLOW/NAME`, `work_pool:NAME`"


def access_lists(
    sources: Sources, names: NameResolver, ended: Collection[Address]
) -> Iterator[ObjectAccess]:
    """Yield the declared access lists without *ended* people; add the problems of faulty lists."""
    for location, workspace, name, table in sources.access_lists():
        if not is_object_name(name):
            names.problems.add("RS340", location.key, f"`{name}` is no object", hint=FORMS)
        elif _has_levels(name, table, location, names):
            view, run, manage = (
                _listed(getattr(table, level), location.at(level), names) - {*ended}
                for level in ObjectLevel
            )
            yield ObjectAccess(workspace, name, view, run, manage)


def _has_levels(
    name: str, table: schema.AccessListTable, location: TomlLocation, names: NameResolver
) -> bool:
    """Say whether the object has every level that *table* writes; add a problem if not."""
    levels = LEVELS[ObjectType(name.partition(":")[0])]
    absent = table.written - set(map(str, levels))
    for level in absent:
        message, hint = f"nobody can {level} `{name}`", f"it has {' and '.join(levels)}"
        names.problems.add("RS340", location.at(level).key, message, hint=hint)
    return not absent


def _listed(entries: list[str], location: TomlLocation, names: NameResolver) -> frozenset[Address]:
    holders = names.groups.listed(entries, location, but=EVERYBODY)
    present = {holder.principal for holder in holders if holder.term.is_open(names.now)}
    return frozenset(present | ({EVERYONE} if EVERYBODY in entries else set()))
