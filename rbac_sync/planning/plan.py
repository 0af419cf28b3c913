"""A plan: the live state, the declaration, and the changes from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from ..errors import Place
from ..model import Action, Address, Instant, Permission, Role, State, Team
from ..model.declaration import nowhere
from .change import Change, followed
from .order import Reason


@dataclass(frozen=True, slots=True)
class ReplacedKey:
    """A key of the declared name and end that is not the one that rbac-sync made.

    ``made`` is when this one was made, None where the target does not say.
    """

    address: Address
    made: Instant | None


@dataclass(frozen=True, slots=True)
class Absence:
    """The absence of a declared person, who is no member of the account.

    ``was_member`` says that the person was one; ``left``, ``by`` and ``run`` when it went, and
    through whom, as far as that is known. ``now`` is the address under which the same person is a
    member today. ``lapsed`` counts the invitations since then that came to nothing.
    """

    was_member: bool = False
    left: Instant | None = None
    by: str = ""
    run: str = ""
    now: Address | None = None
    lapsed: int = 0

    @property
    def has_left(self) -> bool:
        """True if the person was a member, and is none under any address."""
        return self.was_member and self.now is None


@dataclass(frozen=True, slots=True)
class LineEdit:
    """A line of the configuration to delete, or to replace if something is left of it."""

    file: str
    line: int
    text: str
    remaining: str | None = None


@dataclass(frozen=True)
class Plan:
    """The changes in the order of their application.

    ``waiting`` are changes that the target takes only once an invitation is
    accepted: listed, not made, no drift. ``unmanaged`` are live things that
    nobody declares and nothing will touch, ``ignored`` those that the configuration says to
    leave alone. ``deferred`` are changes left to
    the next run; ``reasons`` says why, by address. ``unknown`` are the managed parts that the
    read could not see, as text: nothing is planned for them; ``unseen_because`` says why.
    ``replaced`` are declared keys that somebody replaced past us, to the same end: no change
    mends that. ``successors`` are the people who take the place of live ones, by those: an old
    address goes, or waits in ``waiting``, until the new one has everything. ``absent`` are the
    declared people of whose absence there is something to tell, ``uninvited`` those of them whom
    nobody invites again; ``take_out`` are the lines that name the ones who have left,
    ``write`` those that name who has another address now, by its address of before.
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
        """The state after every change."""
        return followed(self.live, self.changes)

    @cached_property
    def actions(self) -> Mapping[Address, Action]:
        """The action on each resource, by first change; an account role updates its holder."""
        actions: dict[Address, Action] = {}
        for change in self.changes:
            counted = change.counted
            action = change.action if change.address == counted else Action.UPDATE
            first = actions.setdefault(counted, action)
            if action is Action.DELETE and first is not Action.CREATE:
                actions[counted] = Action.DELETE
        return actions

    @property
    def counts(self) -> tuple[int, int, int]:
        """The numbers of added, changed and destroyed resources; each counts once."""
        actions = list(self.actions.values())
        added = actions.count(Action.CREATE)
        destroyed = actions.count(Action.DELETE)
        return added, len(actions) - added - destroyed, destroyed

    def place(self, change: Change) -> Place | None:
        """Return the place where the configuration declares what *change* makes.

        That is the first entry that it adds to a list of members or permissions, or the resource.
        """
        if added := _added(change):
            places = (self.entry(change.address, element) for element in added)
            if first := min(filter(None, places), default=None):
                return first
        return self._origin(change.address) or self._origin(change.counted)

    @cached_property
    def _origin(self) -> Callable[[Address], Place | None]:
        """The place of each address; guard and views ask for the same ones."""
        return cache(self.origin)


def _added(change: Change) -> frozenset[Address] | frozenset[Permission]:
    """Return the members or permissions that *change* adds to what is there."""
    match change.before, change.after:
        case Team() as before, Team() as after:
            return frozenset(m.principal for m in after.members - before.members)
        case Role() as before, Role() as after:
            return after.permissions - before.permissions
    return frozenset()
