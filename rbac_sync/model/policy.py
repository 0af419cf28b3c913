"""What the guard is told: the limits of ``[guard]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from .address import Address
from .resources import Permissions


@dataclass(frozen=True, slots=True)
class Policy:
    """The keys of ``[guard]``, with their defaults, and what a run loosens.

    ``bots_account_role`` None: any. ``max_removal_fraction`` is a share, 0 to
    1, asked where at least ``removal_min_existing`` of a kind exist;
    ``max_deletes`` a count per kind, None: no such limit. ``allow_removals``
    names a count that a run accepts all the same. ``protect`` holds addresses
    as text. ``authors`` are the principals by the name that a CI system's signed
    tokens have for them; None: no tokens are asked for.
    """

    min_owners: int = 1
    bots_account_role: Address | None = None
    default_role_forbids: Permissions = frozenset()
    max_key_days: int = 365
    max_invite_days: int = 30
    max_removal_fraction: float = 0.25
    removal_min_existing: int = 10
    max_deletes: int | None = None
    allow_removals: int = 0
    allow_self_reduction: bool = False
    allow_public: bool = False
    protect: frozenset[str] = frozenset()
    require_author: bool = False
    authors: Mapping[str, Address] | None = None
    max_plan_age: timedelta = timedelta(hours=24)
