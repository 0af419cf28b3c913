"""What changes things: each mutation by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..asking import Asking

Mutation = Callable[[Asking, Mapping[str, Any]], Mapping[str, Any]]
"""Given who asks and the coerced ``input``, does it and returns the payload."""

MUTATIONS: Mapping[str, Mutation] = {}
