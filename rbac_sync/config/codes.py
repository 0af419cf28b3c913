"""Every error code of a configuration, with its meaning, from ``codes.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import NamedTuple

import tomli


class Code(NamedTuple):
    """A kind of problem: ``RSnnn``, a title, and an explanation of several sentences."""

    code: str
    title: str
    explanation: str


SECRET = "RS119"  # noqa: S105 - the name of a problem
"""The one code whose source line is never shown: the line holds a secret."""

_TEXT = files(__package__).joinpath("codes.toml").read_text("utf-8")

CODES: Mapping[str, Code] = {
    code: Code(code, row["title"], " ".join(row["explanation"].split()))
    for code, row in tomli.loads(_TEXT).items()
}
"""Every code by its name; the guard's RS4xx live with the guard."""


def is_advice(code: str) -> bool:
    """Say whether problems of this code are advice only."""
    return code.startswith("RS5")
