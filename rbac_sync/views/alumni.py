"""The record of a person who has left, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Address, Alumnus, label
from ..model.instant import rfc3339
from . import plan_json as forms
from .terminal import Layout, Line, Tone, render_lines
from .words import format_place


def render(who: Address, alumnus: Alumnus, layout: Layout) -> str:
    """Return the record of *who* as text: when it left, by whom, why, and what is noted."""
    return render_lines(_lines(who, alumnus), colour=layout.colour, width=layout.width)


def _lines(who: Address, alumnus: Alumnus) -> Iterator[Line]:
    when = f" {rfc3339(alumnus.left)}" if alumnus.left else ""
    by = f", by {alumnus.by}" if alumnus.by else ""
    place = format_place(alumnus.origin()).strip()
    yield Line(f"{label(who)} has left{when}{by} {place}".rstrip(), Tone.HEADING, hang=2)
    if alumnus.reason:
        yield Line(f"  reason: {alumnus.reason}", hang=10)
    for line in alumnus.note.splitlines():
        yield Line(f"  {line}", hang=2)


def to_json(alumnus: Alumnus) -> forms.JsonObject:
    """Return the record as JSON."""
    return {
        "left": rfc3339(alumnus.left) if alumnus.left else None,
        "by": alumnus.by or None,
        "reason": alumnus.reason or None,
        "note": alumnus.note or None,
        "place": forms.place(alumnus.origin()),
    }
