"""A request over HTTP, with the effect of sending it twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

LOST = "apply again: what was asked for is looked for before anything is repeated"


class Idempotency(Enum):
    """The effect of sending a request twice."""

    NONE = auto()
    ONCE = auto()
    EACH = auto()


def _no_trouble(_: Any) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``path`` is below the root; ``right`` the permission that it takes, if known.

    ``name`` is what it is called in messages, where path and method do not
    tell. ``trouble`` reads from an answer of success that the service had a
    problem all the same, and what it says of it; empty if it had none.
    ``query`` comes after the path, encoded.
    """

    method: str
    path: str
    body: str | None = None
    effect: Idempotency = Idempotency.NONE
    right: str = ""
    name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    trouble: Callable[[Any], str] = _no_trouble
    query: str = ""

    def __str__(self) -> str:
        return self.name or f"{self.method} {self.path}"
