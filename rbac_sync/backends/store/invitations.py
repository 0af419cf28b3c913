"""The codes by which invited users prove their identity; stored as hashes, like keys.

*Why* a code becomes its user's first key: without it, the user could make no
request before an owner creates a key for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model import Kind
from ..credential import hashed, new_key, same

FIRST_KEY = "invitation"
"""The name of the key that a code becomes."""


def new_code(world: str) -> tuple[str, Mapping[str, Any]]:
    """Return a new code, and the content of its document."""
    code = new_key(world, Kind.USER)
    return code, {"code": hashed(code)}


def proves(code: str, kept: Mapping[str, Any]) -> bool:
    """Say whether *code* is the one in the document."""
    return same(hashed(code), str(kept.get("code", "")))
