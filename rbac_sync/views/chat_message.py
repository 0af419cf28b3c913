"""The message to a chat about drift: differences, who made them, and commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..planning import Plan
from ..planning.planfile import SavedPlan
from .by_resource import ResourceChanges, entries
from .drift import Touched, last, sentence, told, whole
from .escape import visible
from .words import counted, unseen

MOST = 20
"""How many differences a message lists; a chat is no report."""

ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""What Slack reads as markup. Source: Slack's documentation, formatting text."""


def slack(plan: Plan, saved: SavedPlan, touched: Touched) -> dict[str, Any]:
    """Return the message for a Slack webhook. Nothing in it mentions anybody."""
    return {"text": "\n".join(_lines(plan, saved, touched)), "unfurl_links": False}


def _lines(plan: Plan, saved: SavedPlan, touched: Touched) -> Iterator[str]:
    found = list(entries(whole(plan)))
    things = counted(len(found) + len(plan.replaced), "thing")
    yield f"*Access has drifted* in `{_shown(saved.target.account)}`: {things}"
    for entry in found[:MOST]:
        yield f"• `{_shown(str(entry.address))}` {_shown(sentence(entry))}{_by(entry, touched)}"
    for key in plan.replaced[:MOST]:
        yield f"• `{_shown(str(key.address))}` was replaced past rbac-sync"
    if more := max(len(found) - MOST, 0) + max(len(plan.replaced) - MOST, 0):
        yield f"… and {more} more"
    if plan.unknown:
        yield f"{unseen(plan)} What differs there is unknown."
    yield "`rbac-sync drift` shows all of it"


def _by(entry: ResourceChanges, touched: Touched) -> str:
    touch = last(entry, touched)
    return "" if touch is None else f" ({_shown(told(touch))})"


def _shown(text: str) -> str:
    return visible(text).replace("`", "'").translate(ESCAPES)
