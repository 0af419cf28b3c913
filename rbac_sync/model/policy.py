"""The policy: the limits of ``[guard]``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ..dataclasses import dataclass, field
from .address import Address
from .resources import Permissions


@dataclass(frozen=True, slots=True)
class Limit:
    """The most things that a plan may touch: a number, a share from 0 to 1, or both.

    None is no limit.
    """

    number: int | None = None
    share: float | None = None

    @property
    def is_set(self) -> bool:
        """Say whether there are numbers or shares that it does not allow."""
        return self.number is not None or (self.share is not None and self.share < 1)

    def is_passed(self, count: int, existing: int, least: int) -> bool:
        """Say whether *count* of *existing* is too many; a share applies from *least* on."""
        if self.number is not None and count > self.number:
            return True
        return self.share is not None and existing >= least and count > self.share * existing

    def enough(self, count: int, least: int) -> int:
        """Return a number of existing things from which on *count* is no more than the share."""
        return max(least, int(count / self.share) + 1 if self.share else 0)


@dataclass(frozen=True, slots=True)
class Policy:
    """The keys of ``[guard]``, with their defaults, and the exceptions that a run allows.

    None is no limit, and for ``bots_account_role`` any role. ``max_removal_fraction`` is a
    share, 0 to 1, which applies where at least ``removal_min_existing`` of a kind exist;
    ``max_deletes`` is a count per kind. ``allow_removals`` is a count that a run accepts all the
    same. ``max_invites`` is the number of times that a lapsed invitation is repeated.
    ``max_losers`` and ``max_gainers`` limit the people and service accounts that lose or gain
    access; ``allow_losers`` and ``allow_gainers`` are counts that a run accepts.
    ``workspace_owners`` has, by handle, the least number of people who own a workspace by name.
    ``protect`` holds addresses as text. ``require_reason_for`` are roles that nobody is given
    without a reason, ``require_end_for`` roles that nobody is given without an end; ``max_term``
    has the longest term of a role. ``is_strict`` says that advice refuses a run. ``authors`` has
    the principals by their names in the signed tokens of a CI system; None: no tokens are
    required.
    """

    min_owners: int = 1
    bots_account_role: Address | None = None
    default_role_forbids: Permissions = frozenset()
    max_key_days: int = 365
    max_invite_days: int = 30
    max_invites: int | None = None
    max_removal_fraction: float = 0.25
    removal_min_existing: int = 10
    max_deletes: int | None = None
    allow_removals: int = 0
    max_losers: Limit | None = Limit(share=0.25)
    allow_losers: int = 0
    max_gainers: Limit | None = None
    allow_gainers: int = 0
    workspace_owners: Mapping[str, int] = field(default_factory=dict)
    allow_self_reduction: bool = False
    allow_public: bool = False
    protect: frozenset[str] = frozenset()
    require_author: bool = False
    require_reason_for: frozenset[Address] = frozenset()
    max_term: Mapping[Address, timedelta] = field(default_factory=dict)
    require_end_for: frozenset[Address] = frozenset()
    authors: Mapping[str, Address] | None = None
    is_strict: bool = False
    max_plan_age: timedelta = timedelta(hours=24)

    @property
    def roles_with_terms(self) -> frozenset[Address]:
        """The roles that nobody is given without an end."""
        return self.require_end_for | self.max_term.keys()
