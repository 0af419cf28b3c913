"""Every error code of a configuration, with its meaning, from ``codes.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from .. import toml_parser
from ..named_tuples import NamedTuple


class Code(NamedTuple):
    """A kind of problem: ``RSnnn``, a title, and an explanation of several sentences."""

    code: str
    title: str
    explanation: str


SECRET = "RS119"  # noqa: S105 - the name of a problem
"""The one code whose source line is never shown: the line holds a secret."""


@cache
def all_codes() -> Mapping[str, Code]:
    """Return every code by its name; the guard's RS4xx live with the guard."""
    text = Path(__file__).with_name("codes.toml").read_text("utf-8")
    return {
        code: Code(code, row["title"], " ".join(row["explanation"].split()))
        for code, row in toml_parser.loads(text).items()
    }


def is_advice(code: str) -> bool:
    """Say whether problems of this code are advice only."""
    return code.startswith("RS5")
