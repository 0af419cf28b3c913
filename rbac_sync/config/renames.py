"""The key ``renamed_from``: old names of roles, teams, workspaces and service accounts."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Address, Kind
from ..model.kind import SPECS, Trait, kinds_with
from ..model.resources import role
from .load import Sources
from .problems import TomlLocation
from .resolve import NameResolver

KINDS = {SPECS[kind].section: kind for kind in kinds_with(Trait.NAMED)}
"""The tables whose objects keep all that they hold under a new name."""


def read_renames(sources: Sources, names: NameResolver) -> dict[Address, Address]:
    """Return the old address of each renamed object, by its declared address."""
    return dict(pair for section in KINDS for pair in _of(section, sources, names))


def _of(section: str, sources: Sources, names: NameResolver) -> Iterator[tuple[Address, Address]]:
    declared = {name: location for location, name in sources.written(section)}
    first: dict[str, TomlLocation] = {}
    for file, name, table in sources.named(section):
        old = table.renamed_from
        if old is None:
            continue
        location = TomlLocation(file, (section, name, "renamed_from"))
        earlier = declared.get(old) or first.get(old)
        first.setdefault(old, location)
        if earlier is not None:
            _refuse(old, location, earlier, names)
        elif not _is_builtin(section, name, old, location, names):
            yield _address(section, name, name, names), _address(section, name, old, names)


def _refuse(old: str, location: TomlLocation, earlier: TomlLocation, names: NameResolver) -> None:
    is_declared = earlier.is_key
    names.problems.add(
        "RS314",
        location,
        f"`{old}` is declared itself" if is_declared else f"`{old}` cannot become two things",
        hint="take `renamed_from` out" + (", or what has the old name" if is_declared else ""),
        second=earlier,
        second_label="declared here" if is_declared else "renamed here too",
    )


def _is_builtin(
    section: str, name: str, old: str, location: TomlLocation, names: NameResolver
) -> bool:
    is_builtin = section == "roles" and names.builtin(names.levels[name], old) is not None
    if is_builtin:
        hint = "take `renamed_from` out"
        names.problems.add("RS306", location, f"`{old}` is a built-in role and stays", hint=hint)
    return is_builtin


def _address(section: str, name: str, text: str, names: NameResolver) -> Address:
    """Return the address of *text*, if it is of the same level as the role *name*."""
    kind = KINDS[section]
    return role(names.levels[name], text) if kind is Kind.ROLE else Address(kind, text)
