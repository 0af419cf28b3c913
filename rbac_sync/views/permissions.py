"""The permissions of one world as text and JSON: included ones, roles and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ..model import Address, Catalogue, Evidence
from .terminal import BLANK, PLAIN, Layout, Line, Tone, render_lines

Row = dict[str, Any]

NOTHING = "No permission and no statement has all of these words."
TONES = {
    Evidence.DOCUMENTED: Tone.PLAIN,
    Evidence.INFERRED: Tone.CHANGE,
    Evidence.ASSUMED: Tone.LOSS,
}
"""The tone of a statement by its evidence, which follows it in words, too."""

PUNCTUATION = ".,;:()\"'\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"


def to_json(catalogue: Catalogue, words: str = "") -> list[Row]:
    """Return the permissions, then the statements, that contain all of *words*, in any case.

    ``row`` distinguishes the two. A permission matches by its name, title,
    words, group, and by the names and statements of the roles that hold it; a
    statement by its words, its role, and the permissions it names.
    """
    query = [bare for word in _fold(words).split() if (bare := word.strip(PUNCTUATION))]
    rows = (*_permissions(catalogue), *_statements(catalogue))
    return [row for searched, row in rows if all(word in searched for word in query)]


def render_permissions(catalogue: Catalogue, words: str = "", layout: Layout = PLAIN) -> str:
    """Return the rows of ``to_json`` as paragraphs by group and level."""
    lines = [*_paragraphs(to_json(catalogue, words))] or [Line(NOTHING)]
    return render_lines(lines, layout)


def _paragraphs(rows: Iterable[Row]) -> Iterator[Line]:
    for number, (heading, group) in enumerate(groupby(rows, _heading)):
        yield from (BLANK,) if number else ()
        yield Line(heading, Tone.HEADING)
        for row in group:
            is_permission = row["row"] == "permission"
            yield from _permission_lines(row) if is_permission else _statement_lines(row)


def _fold(text: str) -> str:
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold()


def _permissions(catalogue: Catalogue) -> Iterator[tuple[str, Row]]:
    """Yield the row of each permission, after the text in which words are looked for."""
    for permission, title in catalogue.titles.items():
        holders = [a for a, role in catalogue.roles.items() if permission in role.permissions]
        statements = [s.words for s in catalogue.statements if permission in s.permissions]
        names = [name for address in holders for name in _names(catalogue, address)]
        own = (permission, title.level, title.title, title.words, title.group)
        yield (
            _fold(" ".join((*own, *names, *statements))),
            {
                "row": "permission",
                "permission": permission,
                "title": title.title,
                "words": title.words,
                "group": title.group,
                "level": str(title.level),
                "includes": sorted(catalogue.includes.get(permission, ())),
                "roles": [catalogue.roles[address].name for address in holders],
                "reserved": title.reserved,
                "evidence": str(title.evidence),
                "includes_evidence": str(title.includes_evidence),
                "roles_evidence": str(title.roles_evidence),
            },
        )


def _statements(catalogue: Catalogue) -> Iterator[tuple[str, Row]]:
    """Yield the row of each statement, after the text in which words are looked for."""
    for statement in catalogue.statements:
        role = catalogue.roles[statement.role] if statement.role else None
        names = _names(catalogue, statement.role) if statement.role else ()
        fields = (statement.words, *names, *statement.permissions, *statement.lacks)
        yield (
            _fold(" ".join(fields)),
            {
                "row": "statement",
                "words": statement.words,
                "role": role.name if role else None,
                "level": str(role.level) if role else None,
                "permissions": sorted(statement.permissions),
                "lacks": sorted(statement.lacks),
                "evidence": str(statement.evidence),
            },
        )


def _names(catalogue: Catalogue, address: Address) -> tuple[str, str, str]:
    name = catalogue.roles[address].name
    return name, catalogue.display.get(address, name), catalogue.wire.get(address, name)


def _heading(row: Row) -> str:
    if row["row"] == "permission":
        return f"{row['group']} ({row['level']})"
    if row["role"] is None:
        return "Of roles, in the documentation's words"
    return f"Role {row['role']} ({row['level']}), in the documentation's words"


def _permission_lines(row: Row) -> Iterator[Line]:
    heading = f"{row['permission']}: {row['title']}" if row["title"] else row["permission"]
    yield _stated(f"  {heading}", "name ", row["evidence"])
    if row["words"]:
        yield Line(f"    {row['words']}")
    if row["includes"]:
        yield _stated(f"    includes {', '.join(row['includes'])}", "", row["includes_evidence"])
    holders = ", ".join(row["roles"]) or "no built-in role"
    yield _stated(f"    held by {holders}", "", row["roles_evidence"])
    if row["reserved"]:
        yield Line("    not for custom roles")


def _statement_lines(row: Row) -> Iterator[Line]:
    yield Line(f"  {row['words']}")
    if row["permissions"]:
        yield _stated(f"    {', '.join(row['permissions'])}", "", row["evidence"])
    if row["lacks"]:
        yield _stated(f"    without {', '.join(row['lacks'])}", "", row["evidence"])


def _stated(text: str, of: str, evidence: str) -> Line:
    """Return *text*, followed by its evidence, in the tone of the evidence."""
    return Line(f"{text} ({of}{evidence})", TONES[Evidence(evidence)])
