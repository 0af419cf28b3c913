"""The chat messages about drift: risks, differences, authors and commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..named_tuples import NamedTuple
from .difference import entries
from .drift import (
    DriftCause,
    cause,
    command,
    format_touch,
    last_touch,
    sentence,
    with_deferred,
)
from .effective import OF_DRIFT, reminder
from .escape import visible
from .run import Run
from .words import counted, unseen_sentence

MOST = 20
"""The number of differences that a message lists."""

ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""Characters that Slack reads as markup. Source: Slack's documentation, formatting text."""


class Markup(NamedTuple):
    """The functions that format text for one chat: a heading, a name in code, plain text."""

    heading: Callable[[str], str]
    code: Callable[[str], str]
    plain: Callable[[str], str]


def slack_message(run: Run) -> dict[str, Any]:
    """Return the message for a Slack webhook, without mentions of users."""
    return {"text": "\n".join(_lines(run, SLACK)), "unfurl_links": False}


def teams_message(run: Run) -> dict[str, Any]:
    """Return the message for a webhook of Microsoft Teams: an adaptive card of plain text.

    Source: Microsoft's documentation of adaptive cards; a `TextRun` reads no markup.
    """
    heading, *lines = _lines(run, TEAMS)
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [_text_block(heading, weight="bolder"), *map(_text_block, lines)],
        "msteams": {"width": "Full"},
    }
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [content]}


def _text_block(text: str, **style: str) -> dict[str, Any]:
    run = {"type": "TextRun", "text": text, **style}
    return {"type": "RichTextBlock", "inlines": [run], "spacing": "small"}


def _lines(run: Run, markup: Markup) -> Iterator[str]:
    """Yield the lines of a message: all risks, and the first differences."""
    plan, saved, (heading, code, plain) = run.plan, run.saved, markup
    assert plan is not None, "there is drift"
    assert saved is not None, "there is drift"
    changes = list(entries(with_deferred(plan)))
    things = counted(len(changes) + len(plan.replaced), "thing")
    yield f"{heading('Access has drifted')} in {code(saved.target.account)}: {things}"
    risks = list(reminder(run.effects, run.names))
    yield from [f"{plain(OF_DRIFT.risky)}:"] if risks else []
    yield from (plain(" ".join(line.text.split())) for line in risks if line.text)
    for entry in changes[:MOST]:
        waits = cause(entry, run.touched, traced=run.traced) is DriftCause.NOT_APPLIED
        reason = ", not applied yet" if waits else ""
        touch = last_touch(entry, run.touched)
        changed = plain(f" ({format_touch(touch)})") if touch else ""
        yield f"• {code(str(entry.address))} {plain(sentence(entry))}{reason}{changed}"
    for key in plan.replaced[:MOST]:
        yield f"• {code(str(key.address))} was replaced outside rbac-sync"
    if more := max(len(changes) - MOST, 0) + max(len(plan.replaced) - MOST, 0):
        yield f"… and {more} more"
    if plan.unknown:
        yield f"{unseen_sentence(plan)} What differs there is unknown."
    yield f"{code(command('drift', account=run.account))} shows all of it"


def _escape(text: str) -> str:
    return visible(text).replace("`", "'").translate(ESCAPES)


SLACK = Markup("*{}*".format, lambda text: f"`{_escape(text)}`", _escape)
TEAMS = Markup(visible, visible, visible)
