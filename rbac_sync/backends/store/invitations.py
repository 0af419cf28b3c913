"""The codes by which invited people prove who they are; kept hashed, as keys are.

*Why* a code becomes its owner's first key: whoever has come in by it could
otherwise ask for nothing before an owner makes a key for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model import Kind
from ..credential import hashed, new_key, same

FIRST_KEY = "invitation"
"""The name of the key that a code becomes."""


def new_code(world: str) -> tuple[str, Mapping[str, Any]]:
    """Return a fresh code, and what is kept of it."""
    code = new_key(world, Kind.USER)
    return code, {"code": hashed(code)}


def proves(code: str, kept: Mapping[str, Any]) -> bool:
    """Say whether *code* is the one that was kept."""
    return same(hashed(code), str(kept.get("code", "")))
