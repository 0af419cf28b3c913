"""The chat message about drift: differences, authors and commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..planning import Plan
from ..planning.planfile import SavedPlan
from .by_resource import ResourceChanges, entries
from .drift import DriftCause, Touched, cause, format_touch, last_touch, sentence, with_deferred
from .escape import visible
from .words import counted, unseen_sentence

MOST = 20
"""How many differences a message lists; a chat is no report."""

CAUSES = {
    DriftCause.OUTSIDE: "",
    DriftCause.NOT_APPLIED: ", not applied yet",
    DriftCause.UNKNOWN: "",
}

ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""Characters that Slack reads as markup. Source: Slack's documentation, formatting text."""


def slack_message(
    plan: Plan, saved: SavedPlan, touched: Touched, *, traced: bool = False
) -> dict[str, Any]:
    """Return the message for a Slack webhook, without mentions of users."""
    return {"text": "\n".join(_lines(plan, saved, touched, traced=traced)), "unfurl_links": False}


def _lines(plan: Plan, saved: SavedPlan, touched: Touched, *, traced: bool) -> Iterator[str]:
    changes = list(entries(with_deferred(plan)))
    things = counted(len(changes) + len(plan.replaced), "thing")
    yield f"*Access has drifted* in `{_escape(saved.target.account)}`: {things}"
    for entry in changes[:MOST]:
        touch, reason = (
            _describe_touch(entry, touched),
            CAUSES[cause(entry, touched, traced=traced)],
        )
        yield f"• `{_escape(str(entry.address))}` {_escape(sentence(entry))}{reason}{touch}"
    for key in plan.replaced[:MOST]:
        yield f"• `{_escape(str(key.address))}` was replaced past rbac-sync"
    if more := max(len(changes) - MOST, 0) + max(len(plan.replaced) - MOST, 0):
        yield f"… and {more} more"
    if plan.unknown:
        yield f"{unseen_sentence(plan)} What differs there is unknown."
    yield "`rbac-sync drift` shows all of it"


def _describe_touch(entry: ResourceChanges, touched: Touched) -> str:
    touch = last_touch(entry, touched)
    return "" if touch is None else f" ({_escape(format_touch(touch))})"


def _escape(text: str) -> str:
    return visible(text).replace("`", "'").translate(ESCAPES)
