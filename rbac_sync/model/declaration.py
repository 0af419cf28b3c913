"""The declaration: desired state, how far it reaches, and where each entry is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from ..errors import Diagnostic, Place
from .address import Address
from .address_pattern import IgnoreRule
from .expectation import Expectation
from .instant import Instant
from .kind import Subject
from .policy import Policy
from .resources import Permission
from .state import State


class Manage(StrEnum):
    """The reach of a table: everything of its kind, the things that it names, or nothing at all."""

    ALL = "all"
    DECLARED = "declared"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Alumnus:
    """The record of a person who has left: when, who saw to it, why, and more."""

    left: Instant | None = None
    by: str = ""
    reason: str = ""
    note: str = ""
    origin: Callable[[], Place | None] = field(default=lambda: None, compare=False)


def nowhere(*_: object) -> Place | None:
    """Answer for a declaration that was not read from files."""
    return None


@dataclass(frozen=True)
class Declaration:
    """The desired state of one account as far as it is declared.

    ``unstated`` names, by address, the attributes that are not written and so
    keep their live value; ``silent_defaults`` the workspaces whose default
    role is not written, ``silent_access`` those whose access is not written;
    ``ended`` what is written with an end that has passed: it is not desired,
    but named, so it is removed wherever what is named is managed; ``former``
    the addresses that a renamed thing may have had, by the one it is to have.
    ``surroundings`` is what else of the configuration its digest covers, ``advice`` what the
    configuration could do better. ``origin`` says where an address is
    declared, ``entry`` where a member of a team or a permission of a role is, ``attribute`` where
    a key of a thing is; they may read spans lazily. ``written`` is the declaration of the files
    where this one desires something else, as an undo does: a saved plan is bound to the files.
    ``ignored`` are the live things that no plan touches, whatever their table reaches.
    ``alumni`` are people who hold nothing and are only on record; they are in ``ended``, too.
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
    surroundings: tuple[object, ...] = ()
    advice: tuple[Diagnostic, ...] = ()
    written: Declaration | None = None
    ignored: tuple[IgnoreRule, ...] = ()
    alumni: Mapping[Address, Alumnus] = field(default_factory=dict)

    def reach(self, subject: Subject) -> Manage:
        """Return the extent of management of *subject* by the configuration."""
        return self.manage.get(subject, Manage.DECLARED)

    @cached_property
    def digest(self) -> str:
        """The digest of what all this means; see ``meaning``.

        *Why* only when it is asked for: most plans are read, and only a saved one needs it.
        """
        from .meaning import digest

        if self.written is not None:
            return self.written.digest
        return digest(self, *self.surroundings)
