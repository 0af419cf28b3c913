"""A plan: the live state, the declaration, and the changes from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache, cached_property

from ..dataclasses import dataclass, field
from ..errors import Place
from ..model import Action, Address, Binding, Instant, Permission, Role, State, Team
from ..model.declaration import nowhere
from .change import Change, followed


class Reason(StrEnum):
    """The reason for which a change is left to the next run."""

    FOLLOWS = "because it has to follow what this run takes from the applier"
    PASSING = "because until this run takes from the applier it would give more than is declared"


@dataclass(frozen=True, slots=True)
class ReplacedKey:
    """A live key with a declared name and end that rbac-sync did not make.

    ``made`` is the time at which the key was made, None where the target does not say.
    """

    address: Address
    made: Instant | None


@dataclass(frozen=True, slots=True)
class Absence:
    """The absence of a declared person, who is not a member of the account.

    ``was_member`` says that the person was a member; ``left``, ``by`` and ``run`` are the time, the
    author and the run of the removal, if known. ``now`` is the address under which the same person
    is a member today. ``lapsed`` counts the later invitations that were not accepted.
    """

    was_member: bool = False
    left: Instant | None = None
    by: str = ""
    run: str = ""
    now: Address | None = None
    lapsed: int = 0

    @property
    def has_left(self) -> bool:
        """True if the person was a member, and is not a member under any address now."""
        return self.was_member and self.now is None


@dataclass(frozen=True, slots=True)
class LineEdit:
    """A line of the configuration to delete, or to replace by its *remaining* text."""

    file: str
    line: int
    text: str
    remaining: str | None = None


@dataclass(frozen=True)
class Plan:
    """The changes in the order of their application.

    ``waiting`` are changes that the target takes only once an invitation is accepted: listed,
    not made, no drift. ``unmanaged`` are undeclared live things that no plan touches,
    ``ignored`` those that ``[[ignore]]`` covers. ``deferred`` are changes left to the next run;
    ``reasons`` says why, by address. ``unknown`` are the managed parts that the read could not
    see, as text: nothing is planned for them; ``unseen_because`` says why. ``replaced`` are
    declared keys that somebody replaced without rbac-sync, with the same end: no change repairs
    that. ``successors`` has the new address of each live person with an old one: the old one is
    removed, or is in ``waiting``, until the new one has everything. ``absent`` are the declared
    people who are not members, with their absence, ``uninvited`` those of them who are not
    invited again; ``take_out`` are the edits of lines that name people who have left, ``write``
    those of lines that name an old address of a member.
    """

    live: State
    changes: tuple[Change, ...]
    waiting: tuple[Change, ...] = ()
    unmanaged: tuple[Address, ...] = ()
    ignored: tuple[Address, ...] = ()
    deferred: tuple[Change, ...] = ()
    reasons: Mapping[Address, Reason] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    unseen_because: tuple[str, ...] = ()
    replaced: tuple[ReplacedKey, ...] = ()
    successors: Mapping[Address, Address] = field(default_factory=dict)
    absent: Mapping[Address, Absence] = field(default_factory=dict)
    uninvited: frozenset[Address] = frozenset()
    take_out: tuple[LineEdit, ...] = ()
    write: Mapping[Address, tuple[LineEdit, ...]] = field(default_factory=dict)
    origin: Callable[[Address], Place | None] = field(default=nowhere, compare=False)
    entry: Callable[[Address, Address | Permission], Place | None] = field(
        default=nowhere, compare=False
    )

    @cached_property
    def outcome(self) -> State:
        return followed(self.live, self.changes)

    @cached_property
    def actions(self) -> Mapping[Address, Action]:
        """The action on each resource, by its first change; an account role updates its holder."""
        actions: dict[Address, Action] = {}
        for change in self.changes:
            counted = change.counted
            action = change.action if change.address == counted else Action.UPDATE
            first = actions.setdefault(counted, action)
            if action is not first is not Action.CREATE and action is Action.DELETE:
                actions[counted] = Action.DELETE
        return actions

    @property
    def counts(self) -> tuple[int, int, int]:
        """The numbers of added, changed and destroyed resources; each resource counts once."""
        actions = list(self.actions.values())
        added = actions.count(Action.CREATE)
        destroyed = actions.count(Action.DELETE)
        return added, len(actions) - added - destroyed, destroyed

    def place(self, change: Change) -> Place | None:
        """Return the place where the configuration declares the result of *change*.

        That is the first entry added to a list of members or permissions, else the resource.
        """
        resource = change.resource
        if isinstance(resource, Binding):
            place = self.entry(resource.scope, resource.principal)
        else:
            places = (self.entry(change.address, element) for element in _added(change))
            place = min(filter(None, places), default=None)
        return place or self._origin(change.address) or self._origin(change.counted)

    @cached_property
    def _origin(self) -> Callable[[Address], Place | None]:
        """The cached place of each address; guard and views need the same ones."""
        return cache(self.origin)


def _added(change: Change) -> frozenset[Address] | frozenset[Permission]:
    """Return the members or permissions that *change* adds to a resource that exists."""
    match change.before, change.after:
        case Team() as before, Team() as after:
            return frozenset(m.principal for m in after.members - before.members)
        case Role() as before, Role() as after:
            return after.permissions - before.permissions
    return frozenset()
