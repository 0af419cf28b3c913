"""The statements of the input documents and what shows them, read from the files beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli

HERE = Path(__file__).parent
FILES = ("prefect_cloud.toml", "prefect_cloud_1.toml")
ACTS = ("account", "write", "edit", "forge", "run", "who", "in", "can", "cannot")
DEEDS = ("by", "does", "may_not", "finds_not")
REQUESTS = ("ids", "log_in", "before", "asked_by", "ask", "answers", "same", "lists", "fails")
SHOWS = ("exit", "says", "mentions", "hides", "first", "last", "complains", "refused")
CHECK = frozenset((*ACTS, *DEEDS, *REQUESTS, *SHOWS))
"""All that a check may say; `prefect_cloud.toml` begins with what it means."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a document says, under which row or heading, and what shows it.

    ``out_of_scope`` says why nothing shows it.
    """

    world: str
    document: str
    row: str
    words: str
    checks: tuple[Mapping[str, Any], ...] = ()
    out_of_scope: str = ""

    def __str__(self) -> str:
        return f"{self.world}: {self.row}: {self.words[:60]}"


def statements(file: str) -> Iterator[Statement]:
    """Yield the statements of a file, in order."""
    tree = tomli.loads((HERE / file).read_text(encoding="utf-8"))
    for table in tree["statement"]:
        checks = tuple(table.pop("check", ()))
        words = {"row": "", **table}
        yield Statement(tree["world"], tree["document"], checks=checks, **words)
