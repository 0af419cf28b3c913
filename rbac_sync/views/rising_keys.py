"""API keys that gain access with their owners, and the makers of those keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..guard.rising_keys import RisingKey
from ..model import label
from .effective import MOST_PLAIN
from .run import Makers
from .terminal import Line, Tone
from .words import counted, term

TITLE = "API keys that gain access with their owners"


def entries(keys: Sequence[RisingKey], makers: Makers) -> Iterator[Line]:
    """Yield a line for each key; one with a risky gain is never left out."""
    plain = [each for each in keys if not each.risk.grave]
    grave = [each for each in keys if each.risk.grave]
    for each in grave + plain[:MOST_PLAIN]:
        end = term(None, each.key.until)
        description = f"key `{each.key.name}` of {label(each.owner)}{end}{_maker(each, makers)}"
        yield Line(f"  + {description}", Tone.GAIN)
    if hidden := plain[MOST_PLAIN:]:
        yield Line(f"    and {counted(len(hidden), 'more key')}, none of them by a risky gain")


def made_by(each: RisingKey, makers: Makers) -> str | None:
    """Return the maker of a key, None if unknown."""
    return (makers or {}).get(each.key.address)


def _maker(each: RisingKey, makers: Makers) -> str:
    """Return the maker of a key as text, empty if it is the owner or makers were not looked up."""
    if makers is None:
        return ""
    maker = made_by(each, makers)
    if maker is None:
        return ", maker unknown"
    return "" if maker == label(each.key.owner) else f", made by {maker}"
