"""Parts of a text that has to fit somewhere: each can be said in full, or in fewer words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class SectionForm(NamedTuple):
    """One way to say a section; ``omits`` is what the fuller ways say beyond it."""

    text: str
    omits: str = ""


Section = Sequence[SectionForm]
"""The ways to say it, the fullest first; the last one is short however much there is."""


def fitted(
    head: str, sections: Mapping[str, Section], order: Sequence[str], notice: str, room: int
) -> str:
    """Return *head* and *sections* in at most *room* bytes of UTF-8.

    As long as it is too much, the next section of *order* is said in fewer
    words; *notice*, which has a place for it, then says what is left out.
    """
    chosen = dict.fromkeys(sections, 0)
    omitted: list[str] = []
    for name in (*order, None):
        parts = [sections[each][level].text for each, level in chosen.items()]
        told = [notice.format("; ".join(omitted))] if omitted else []
        text = "\n\n".join(filter(None, [head, *parts, *told])) + "\n"
        if len(text.encode()) <= room or name is None:
            break
        if name in chosen and chosen[name] + 1 < len(sections[name]):
            chosen[name] += 1
            omitted.append(sections[name][chosen[name]].omits)
    return text
