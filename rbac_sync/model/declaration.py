"""The declaration: the desired state, its reach, and the place of each entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from ..dataclasses import dataclass, field
from ..errors import Diagnostic, Place
from .address import Address
from .address_pattern import IgnoreRule
from .instant import Instant
from .kind import Subject
from .policy import Policy
from .resources import Permission
from .state import State

if TYPE_CHECKING:
    from .expectation import Expectation


class Manage(StrEnum):
    """The reach of a table: everything of its kind, the things that it names, or nothing at all."""

    ALL = "all"
    DECLARED = "declared"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Alumnus:
    """The record of a person who has left: the day, the author of the record, a reason, a note."""

    left: Instant | None = None
    by: str = ""
    reason: str = ""
    note: str = ""
    origin: Callable[[], Place | None] = field(default=lambda: None, compare=False)


def nowhere(*_: object) -> Place | None:
    """Return None: the origin of each address in a declaration that was not read from files."""
    return None


@dataclass(frozen=True)
class Declaration:
    """The declared part of the desired state of one account.

    ``unstated`` names, by address, the attributes that are not written and so keep their live
    value; ``silent_defaults`` the workspaces whose default role is not written,
    ``silent_access`` those whose access is not written. ``ended`` are the addresses of entries
    with an end that has passed: they are not desired, but named, so that they are removed where
    named things are managed. ``former`` has the old addresses of each renamed thing, by its new
    address. ``advice`` are suggestions for the configuration. ``origin`` returns the place of an
    address, ``entry`` that of a member of a team or a permission of a role, ``attribute`` that of
    a key of a thing; they may read spans lazily. ``ignored``
    are the live things that no plan touches, even if their kind is managed. ``alumni`` are
    people who hold nothing and are only on record; they are in ``ended``, too. The
    users and the account roles of ``desired`` are the live ones except for ``changed_people``, if
    these are known.
    """

    desired: State
    unstated: Mapping[Address, frozenset[str]] = field(default_factory=dict)
    silent_defaults: frozenset[Address] = frozenset()
    silent_access: frozenset[Address] = frozenset()
    ended: frozenset[Address] = frozenset()
    former: Mapping[Address, tuple[Address, ...]] = field(default_factory=dict)
    manage: Mapping[Subject, Manage] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    expectations: tuple[Expectation, ...] = ()
    origin: Callable[[Address], Place | None] = nowhere
    entry: Callable[[Address, Address | Permission], Place | None] = nowhere
    attribute: Callable[[Address, str], Place | None] = nowhere
    advice: tuple[Diagnostic, ...] = ()
    ignored: tuple[IgnoreRule, ...] = ()
    alumni: Mapping[Address, Alumnus] = field(default_factory=dict)
    changed_people: frozenset[Address] | None = None

    def reach(self, subject: Subject) -> Manage:
        return self.manage.get(subject, Manage.DECLARED)
