"""What the guard reports."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Place
from ..model import Address, Permission


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason not to apply a plan.

    ``address`` is what the finding is about; ``place`` where the
    configuration declares it; ``scope`` and ``permissions`` name what is too
    much, sorted, where the rule is about permissions.
    """

    rule: str
    address: Address | None
    message: str
    hint: str
    scope: Address | None = None
    permissions: tuple[Permission, ...] = ()
    place: Place | None = None
