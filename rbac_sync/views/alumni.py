"""The record of a person who has left, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterator

from ..audit.record import Touch
from ..model import Address, Alumnus, label
from ..model.instant import rfc3339
from . import plan_json as forms
from .drift import format_touch, touch_json
from .terminal import Layout, Line, Tone, render_lines
from .words import format_place


def render(who: Address, alumnus: Alumnus, touch: Touch | None, layout: Layout) -> str:
    """Return the record of *who* as text: the time, the remover, the reason and the note.

    *touch* is the last change of their membership.
    """
    return render_lines(_lines(who, alumnus, touch), layout)


def _lines(who: Address, alumnus: Alumnus, touch: Touch | None) -> Iterator[Line]:
    when = f" {rfc3339(alumnus.left)}" if alumnus.left else ""
    by = f", by {alumnus.by}" if alumnus.by else ""
    place = format_place(alumnus.origin()).strip()
    yield Line(f"{label(who)} has left{when}{by} {place}".rstrip(), Tone.HEADING, hang=2)
    if alumnus.reason:
        yield Line(f"  reason: {alumnus.reason}", hang=10)
    for line in alumnus.note.splitlines():
        yield Line(f"  {line}", hang=2)
    if touch is not None:
        yield Line(f"  {format_touch(touch)}", hang=4)


def to_json(alumnus: Alumnus, touch: Touch | None) -> forms.JsonObject:
    """Return the record, and the last change in the account, as JSON."""
    return {
        "last_changed": touch_json(touch) if touch else None,
        "left": rfc3339(alumnus.left) if alumnus.left else None,
        "by": alumnus.by or None,
        "reason": alumnus.reason or None,
        "note": alumnus.note or None,
        "place": forms.place(alumnus.origin()),
    }
