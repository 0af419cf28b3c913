"""The key ``renamed_from``: old names of people, roles, teams, workspaces and service accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..model import Address, Kind
from ..model import address as named
from ..model.kind import SPECS, kinds_with
from ..model.resources import role
from ..named_tuples import NamedTuple
from .holders import GROUP, name_of
from .mentions import lists_of_people
from .problems import TomlLocation
from .resolve import NameResolver
from .sources import Sources
from .text_rules import is_of_texts

KINDS = {SPECS[kind].section: kind for kind in kinds_with("named")}
"""The tables whose objects can be renamed and then keep all that they hold."""

KEY = "renamed_from"
NO_PERSON = f"write `{KEY}` where it is declared; for a person of a group, in `[groups]`"

Former = Mapping[Address, tuple[Address, ...]]
"""The old addresses of each renamed thing, by its declared address, in the order written."""


class OldName(NamedTuple):
    """One old name of a thing, and its place."""

    new: Address
    old: Address
    location: TomlLocation


def read_renames(sources: Sources, names: NameResolver) -> Former:
    """Return the old addresses of each renamed thing, by its declared address."""
    former: dict[Address, tuple[Address, ...]] = {}
    for section, kind in KINDS.items():
        if renames := list(_of_things(section, sources, names)):
            _add(former, renames, names.things(kind), names)
    if renames := list(_of_people(sources, names)):
        _add(former, renames, _people(sources, names), names)
    return former


def _add(
    former: dict[Address, tuple[Address, ...]],
    renames: Iterable[OldName],
    declared: Mapping[Address, TomlLocation],
    names: NameResolver,
) -> None:
    """Add *renames* to *former*; refuse old names that are *declared*, or given twice."""
    first: dict[Address, OldName] = {}
    for each in renames:
        earlier = first.setdefault(each.old, each)
        if each.old in declared:
            _refuse(each, declared[each.old], names, is_declared=True)
        elif each.new != earlier.new:
            _refuse(each, earlier.location, names, is_declared=False)
        elif earlier is not each:
            names.problems.add_twice(each.old.name, each.location, earlier.location)
        else:
            former[each.new] = (*former.get(each.new, ()), each.old)


def _refuse(
    each: OldName, earlier: TomlLocation, names: NameResolver, *, is_declared: bool
) -> None:
    fault, label = "cannot become two things", "renamed here too"
    hint = f"take `{KEY}` out"
    if is_declared:
        fault, label = "is declared itself", "declared here"
        hint += ", or what has the old name"
    message, second = f"`{each.old.name}` {fault}", (earlier, label)
    names.problems.add("RS314", each.location, message, hint=hint, second=second)


def _of_things(section: str, sources: Sources, names: NameResolver) -> Iterator[OldName]:
    for of_table, name, table in sources.named(section):
        for index, old in enumerate(table.renamed_from):
            location = _location(of_table, index)
            if not _is_builtin(section, name, old, location, names):
                new = names.address(KINDS[section], name)
                is_role = new.kind is Kind.ROLE  # it keeps its level
                former = role(names.levels[name], old) if is_role else Address(new.kind, old)
                yield OldName(new, former, location)


def _location(table: TomlLocation, index: int) -> TomlLocation:
    """Return the location of an old name in *table*, which may be in a list or stand alone."""
    location = table.at(KEY)
    return location.at(index) if isinstance(table.file.value(location.path), list) else location


def _is_builtin(
    section: str, name: str, old: str, location: TomlLocation, names: NameResolver
) -> bool:
    is_builtin = section == "roles" and names.builtin(names.levels[name], old) is not None
    if is_builtin:
        hint = f"take `{KEY}` out"
        names.problems.add("RS306", location, f"`{old}` is a built-in role and stays", hint=hint)
    return is_builtin


def _people(sources: Sources, names: NameResolver) -> Mapping[Address, TomlLocation]:
    """Return the location of each person whom a list of access, a team or a group names."""
    people = {named.user(email): location for email, location in names.alumni.items()}
    for location, entries in lists_of_people(sources):
        for index, entry in enumerate(entries):
            who = names.known.get(name_of(entry))
            if who is not None and who.kind is Kind.USER:
                people.setdefault(who, location.at(index))
    return people


def _of_people(sources: Sources, names: NameResolver) -> Iterator[OldName]:
    for location, _, person in sources.named("people"):
        if not isinstance(person, str):
            yield from _old_addresses(named.user(person.email), person.renamed_from, location)
    for location, entries in lists_of_people(sources, parsed=True):
        for index, entry in enumerate(() if is_of_texts(entries) else entries):
            if old := getattr(entry, KEY, ()):
                text, here = name_of(entry), location.at(index)
                who = names.known.get(text)
                if who is not None and who.kind is Kind.USER:
                    yield from _old_addresses(who, old, here)
                elif who is not None or text.startswith(GROUP):
                    message = f"`{text}` is no person"
                    names.problems.add("RS308", here.at(KEY), message, hint=NO_PERSON)


def _old_addresses(new: Address, emails: list[str], location: TomlLocation) -> Iterator[OldName]:
    for index, email in enumerate(emails):
        yield OldName(new, named.user(email), _location(location, index))
