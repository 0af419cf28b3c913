"""The lines of a configuration that name somebody, and the same lines without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace

from ..errors import Place
from ..model.address import folded
from ..planning.plan import LineEdit
from .holders import Entries, email_of, name_of
from .load import Sources
from .problems import TomlLocation

Lists = Iterator[tuple[TomlLocation, Entries]]
"""Lists that name people, with their locations."""


def lists_of_people(sources: Sources) -> Lists:
    """Yield the lists that name people, with their locations."""
    for file, written, entries in sources.named("members"):
        yield TomlLocation(file, ("members", written)), entries
    for section in ("groups", "teams"):
        for file, name, table in sources.named(section):
            yield TomlLocation(file, (section, name, "members")), table.members or ()
    for file, name, table in sources.named("groups"):
        yield TomlLocation(file, ("groups", name, "except")), table.except_
    yield from _of_workspaces(sources)


def _of_workspaces(sources: Sources) -> Lists:
    for section in ("workspaces", "workspace_defaults"):
        for file, name, table in sources.named(section):
            access = TomlLocation(file, (section, name, "access"))
            yield from ((access.at(role), list_) for role, list_ in (table.access or {}).items())
    for file, name, table in sources.named("workspaces"):
        for written, levels in table.objects.items():
            location = TomlLocation(file, ("workspaces", name, "objects", written))
            yield from ((location.at(level), entries) for level, entries in levels)


def lines_without(sources: Sources, emails: Collection[str]) -> tuple[LineEdit, ...]:
    """Return the lines that name the people of *emails*, folded, and what is left of each.

    They are in the order of files and lines. The entry of `[people]` is a line of its own.
    """
    places: defaultdict[tuple[str, int], list[Place]] = defaultdict(list)
    for place in _places(sources, emails):
        places[place.file, place.line].append(place)
    lines = {name: text.splitlines() for name, text in sources.texts.items()}
    return tuple(
        _edit(file, line, lines[file][line - 1], there)
        for (file, line), there in sorted(places.items())
    )


def _places(sources: Sources, emails: Collection[str]) -> Iterator[Place]:
    people = {name for name, email in sources.people.items() if folded(email) in emails}
    for file, name, person in sources.named("people"):
        if folded(email_of(person)) in emails:
            key = TomlLocation(file, ("people", name), is_key=True)
            yield _whole(key.place())
    for location, entries in lists_of_people(sources):
        for index, entry in enumerate(entries):
            text = name_of(entry)
            if text in people or folded(text) in emails:
                yield location.at(index).place()


def _whole(place: Place) -> Place:
    return replace(place, length=0)


def _edit(file: str, line: int, text: str, places: list[Place]) -> LineEdit:
    """Return the edit that takes what stands at *places* out of one line."""
    remaining = text
    for place in sorted(places, key=lambda place: place.column, reverse=True):
        remaining = _without(remaining, place) if place.length else ""
    return LineEdit(file, line, text, remaining if remaining.strip() else None)


def _without(text: str, place: Place) -> str:
    """Return *text* without the entry at *place* and the comma that belongs to it."""
    before, after = text[: place.column - 1], text[place.column - 1 + place.length :]
    if after.lstrip().startswith(","):
        return before + after.lstrip()[1:].lstrip()
    return before.rstrip().removesuffix(",") + after if before.strip() else after
