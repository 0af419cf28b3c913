"""What the guard is told: the limits of ``[guard]`` and the tests of ``[[test]]``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ..errors import Place
from .address import Address
from .resources import Permissions


@dataclass(frozen=True, slots=True)
class Policy:
    """The keys of ``[guard]``, with their defaults, and what a run loosens.

    ``bots_account_role`` None: any. ``max_removal_fraction`` is a share, 0 to
    1, asked where at least ``removal_min_existing`` of a kind exist;
    ``max_deletes`` a count per kind, None: no such limit. ``allow_removals``
    names a count that a run accepts all the same. ``protect`` holds addresses
    as text.
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
    max_plan_age: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Expectation:
    """One ``[[test]]``: what *who* can and cannot do in *scope* once a plan is applied."""

    name: str
    who: Address
    scope: Address
    can: Permissions = frozenset()
    cannot: Permissions = frozenset()
    place: Place | None = None
