"""Sections of a text with a size limit: each has a full form and shorter ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...named_tuples import NamedTuple


class SectionForm(NamedTuple):
    """One form of a section; ``omits`` names the content that only fuller forms have."""

    text: str
    omits: str = ""


Section = Sequence[SectionForm]
"""The forms of one section, the fullest first; the last one is short for any content."""


def fit_sections(
    head: str, sections: Mapping[str, Section], order: Sequence[str], notice: str, limit: int
) -> str:
    """Return *head* and *sections* in at most *limit* bytes of UTF-8.

    While the text is too long, the next section in *order* takes its next shorter
    form; *notice*, which has a placeholder, then names the omitted content.
    """
    chosen = dict.fromkeys(sections, 0)
    omitted: list[str] = []
    for name in (*order, None):
        parts = [sections[each][level].text for each, level in chosen.items()]
        notices = [notice.format("; ".join(omitted))] if omitted else []
        text = "\n\n".join(filter(None, [head, *parts, *notices])) + "\n"
        if len(text.encode()) <= limit or name is None:
            break
        if name in chosen and chosen[name] + 1 < len(sections[name]):
            chosen[name] += 1
            omitted.append(sections[name][chosen[name]].omits)
    return text
