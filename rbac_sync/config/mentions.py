"""The lines of a configuration that name a person, and edits that take the name out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from ..errors import Place
from ..model.address import folded
from ..named_tuples import NamedTuple
from ..planning.plan import LineEdit
from .holders import Entries, email_of, name_of
from .problems import TomlLocation
from .sources import Sources

Lists = Iterator[tuple[TomlLocation, Entries]]
"""Lists that name people, with their locations."""


def lists_of_people(sources: Sources, *, parsed: bool = False) -> Lists:
    """Yield the lists that name people, with their locations; only *parsed* ones if asked."""
    for location, _, entries in sources.parsed("members") if parsed else sources.members():
        yield location, entries
    for section in ("groups", "teams"):
        for location, _, table in sources.named(section):
            yield location.at("members"), table.members or ()
    for location, _, table in sources.named("groups"):
        yield location.at("except"), table.except_
    yield from _of_workspaces(sources)


def _of_workspaces(sources: Sources) -> Lists:
    for section in ("workspaces", "workspace_defaults"):
        for location, _, table in sources.named(section):
            for role, entries in (table.access or {}).items():
                yield location.at("access", role), entries
    for location, _, _, table in sources.access_lists():
        for level, entries in table.items():
            yield location.at(level), entries


class Mention(NamedTuple):
    """The place of a person's name, and the text that replaces it; empty to take it out."""

    place: Place
    text: str = ""


def lines_without(sources: Sources, emails: Collection[str]) -> tuple[LineEdit, ...]:
    """Return the edits that take the people of *emails*, folded, out of the lines that name them.

    The edits are in the order of files and lines. The entry of `[people]` is a line of its own.
    """
    return _edits(sources, _without_people(sources, emails))


def lines_with(sources: Sources, old: str, new: str) -> tuple[LineEdit, ...]:
    """Return the edits that replace the address *old*, folded, by *new* in all lines that name it.

    One of them adds `renamed_from`: to the entry of `[people]`, or else to that of `[members]`.
    """
    return _edits(sources, _with_new_address(sources, old, new))


def _without_people(sources: Sources, emails: Collection[str]) -> Iterator[Mention]:
    people = {name for name, email in sources.people.items() if folded(email) in emails}
    for location, _, person in sources.named("people"):
        if folded(email_of(person)) in emails:
            yield Mention(location.key.place()._replace(length=0))
    for location, entries in lists_of_people(sources):
        for index, entry in enumerate(entries):
            text = name_of(entry)
            if text in people or folded(text) in emails:
                yield Mention(location.at(index).place())


def _with_new_address(sources: Sources, old: str, new: str) -> Iterator[Mention]:
    is_recorded = False
    for location, _, person in sources.named("people"):
        if folded(email_of(person)) == old:
            is_recorded = True
            yield Mention(location.place(), f'{{ email = "{new}", renamed_from = "{old}" }}')
    for location, entries in lists_of_people(sources):
        may_record = location.path[0] in ("members", "groups") and location.path[-1] != "except"
        for index, entry in enumerate(entries):
            if folded(name_of(entry)) != old:
                continue
            is_table, here = not isinstance(entry, str), location.at(index)
            records = may_record and not is_recorded
            name = f'"{new}", renamed_from = "{old}"' if records else f'"{new}"'
            text = f"{{ who = {name} }}" if records and not is_table else name
            is_recorded = is_recorded or records
            yield Mention((here.at("who") if is_table else here).place(), text)


def _edits(sources: Sources, mentions: Iterable[Mention]) -> tuple[LineEdit, ...]:
    by_line: defaultdict[tuple[str, int], list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_line[mention.place.file, mention.place.line].append(mention)
    lines = {name: text.splitlines() for name, text in sources.texts.items()}
    return tuple(
        _edit(file, line, lines[file][line - 1], there)
        for (file, line), there in sorted(by_line.items())
    )


def _edit(file: str, line: int, text: str, mentions: Iterable[Mention]) -> LineEdit:
    """Return the edit that replaces all *mentions* in one line."""
    remaining = text
    for mention in sorted(mentions, key=lambda each: each.place.column, reverse=True):
        remaining = _changed(remaining, mention)
    return LineEdit(file, line, text, remaining if remaining.strip() else None)


def _changed(line: str, mention: Mention) -> str:
    """Return *line* with the new text at the mention, or without the mention and its comma."""
    start = mention.place.column - 1
    before, after = line[:start], line[start + mention.place.length :]
    if not mention.place.length:
        return ""
    if mention.text:
        return before + mention.text + after
    if after.lstrip().startswith(","):
        return before + after.lstrip()[1:].lstrip()
    return before.rstrip().removesuffix(",") + after if before.strip() else after
