"""What a name looks like: two names of one skeleton cannot be told apart by eye.

Source: Unicode Technical Standard #39, section 4; the data are ``confusables.tsv``.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files


def skeleton(name: str) -> str:
    """Return the caseless skeleton of *name*: fold case, put prototypes in place, fold again."""
    table = _prototypes()
    shown = unicodedata.normalize("NFD", name).casefold()
    mapped = "".join(table.get(character, character) for character in shown)
    return unicodedata.normalize("NFD", mapped).casefold()


@cache
def _prototypes() -> dict[str, str]:
    text = files(__package__).joinpath("confusables.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {chr(int(c, 16)): "".join(chr(int(p, 16)) for p in row.split()) for c, row in rows}
