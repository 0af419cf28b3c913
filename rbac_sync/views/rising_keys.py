"""API keys that rise with their owners, and the makers of those keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..guard.rising_keys import RisingKey
from ..model import label
from .effective import MOST_PLAIN
from .run import Makers
from .terminal import Line, Tone
from .words import counted, term

TITLE = "API keys that rise with their owners"


def lines(found: Sequence[RisingKey], makers: Makers) -> Iterator[Line]:
    """Yield the section; a key that rises by a risky gain is never left out."""
    yield Line(TITLE, Tone.HEADING)
    yield Line("")
    yield from entries(found, makers)


def entries(found: Sequence[RisingKey], makers: Makers) -> Iterator[Line]:
    """Yield a line for each key."""
    plain = [each for each in found if not each.risk.grave]
    grave = [each for each in found if each.risk.grave]
    for each in grave + plain[:MOST_PLAIN]:
        end = term(None, each.key.until)
        what = f"key `{each.key.name}` of {label(each.owner)}{end}{_maker(each, makers)}"
        yield Line(f"  + {what}", Tone.GAIN)
    if left := plain[MOST_PLAIN:]:
        yield Line(f"    and {counted(len(left), 'more key')}, none of them by a risky gain")


def made_by(each: RisingKey, makers: Makers) -> str | None:
    """Return who made a key, None where nobody knows."""
    return (makers or {}).get(each.key.address)


def _maker(each: RisingKey, makers: Makers) -> str:
    """Return who made a key, unless that is its owner or nobody was asked."""
    if makers is None:
        return ""
    maker = made_by(each, makers)
    if maker is None:
        return ", maker unknown"
    return "" if maker == label(each.key.owner) else f", made by {maker}"
