"""Effect rows in Markdown: a box of risks, and a table that wraps on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...guard.effect import Effect, principals
from ...guard.risk import Risk
from ...model import Address
from ..effect_rows import EffectRow
from ..words import counted_principals
from .fence import code, folded

GAIN, LOSS, KEPT = MARKS = ("🔺", "🔻", "🔹")
HEADER = "| who and where | what changes |\n|---|---|"
MOST_NAMED = 3

RISKS: Mapping[Risk, str] = {
    Risk.ACCESS: "may now manage access",
    Risk.SECRETS: "may now read secrets",
    Risk.UNKNOWN: "with something that the catalogue does not list",
    Risk.REACH: "with gains in the account, in every workspace or for everyone",
    Risk.OUTSIDER: "with gains, at a mail domain that no owner has",
}
"""The meaning of each risk, after the number of principals."""


def box(kind: str, lines: Iterable[str]) -> str:
    """Return *lines* as one alert of *kind*, a paragraph a line."""
    return f"> [!{kind}]\n> " + "\n>\n> ".join(lines)


def risk_sentences(rows: Sequence[EffectRow]) -> Iterator[str]:
    """Yield a sentence for each risk of *rows*, with the first of them."""
    for risk, words in RISKS.items():
        here = [row for row in rows if row.risk is risk]
        if here:
            count = counted_principals(people(here))
            yield f"**{count} {words}**: {first(f'{row.who} {row.within}' for row in here)}"


def effects_of(row: EffectRow) -> tuple[Effect, ...]:
    """Return all effects in *row*."""
    return (row.effect, *row.others)


def people(rows: Iterable[EffectRow]) -> set[Address]:
    """Return all principals of *rows*."""
    return principals(effect for row in rows for effect in effects_of(row))


def first(texts: Iterable[str]) -> str:
    """Return the first of *texts* as code, and the number of the others."""
    names = list(texts)
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(map(code, names[:MOST_NAMED])) + more


def table(rows: Iterable[EffectRow]) -> str:
    """Return *rows* as a table."""
    return "\n".join([HEADER, *map(_row, rows)])


def name_lists(rows: Iterable[EffectRow]) -> str:
    """Return the names that the table only counts, folded; empty if there are none."""
    items = [
        f"- {code(f'{row.who} {row.within}')}: {code(names)}"
        for row in rows
        for names in row.all_names
    ]
    return folded("Names", "\n".join(items)) if items else ""


def _row(row: EffectRow) -> str:
    who = f"{mark(row)} {code(row.who)}<br>{code(row.within)}"
    return f"| {who} | {'<br>'.join(map(code, change_texts(row)))} |"


def mark(row: EffectRow) -> str:
    """Return the mark of a row, which distinguishes gains from losses without colour."""
    return GAIN if row.gains else KEPT if row.effect.kept else LOSS


def change_texts(row: EffectRow) -> list[str]:
    """Return the change of *row* as texts: its step, its path, its reason and its place."""
    places = list(dict.fromkeys(f"{place.file}:{place.line}" for place in row.places))
    if len(places) > MOST_NAMED:
        more = len(places) - MOST_NAMED + 1
        places[MOST_NAMED - 1 :] = [f"and {more:,} more lines"]
    reason = f'"{row.reason}"' if row.reason else ""
    texts = [row.step, row.permissions, row.ways, reason, *places]
    return [text for text in texts if text]
