"""A request over HTTP, with the effect of sending it twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any

from ...dataclasses import dataclass, field

LOST = "apply again: before a request is repeated, the run looks for what the first one made"


class Idempotency(Enum):
    """The effect of sending a request twice."""

    NONE = auto()
    ONCE = auto()
    EACH = auto()


def _no_trouble(_: Any) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``path`` is below the root; ``right`` is the permission that it needs, if known.

    ``name`` is its name in messages, where method and path say too little.
    ``trouble`` reads the value of a successful response, and returns the
    problem that the service reports there; empty if it reports none.
    ``query`` is the encoded query string after the path.
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
