"""The horizon of a read: all of an account, or the parts that were not visible, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from .address import Address
from .kind import Kind


@dataclass(frozen=True, slots=True)
class Horizon:
    """The parts of an account that a read could not see. What is not seen is not gone.

    ``kinds`` are the kinds of which nothing, or not everything, was shown; ``partly`` names the
    things of which some was not shown: a workspace without its access, a team without some
    members or roles, an object without its access list. ``more_workspaces`` says whether there may
    be workspaces that were not shown. ``reasons`` are sentences for people: what is hidden, and
    what would show it. No field has a default: whoever makes a horizon says all of it.
    """

    kinds: frozenset[Kind]
    partly: frozenset[Address]
    more_workspaces: bool
    reasons: tuple[str, ...] = field(compare=False)

    @property
    def is_whole(self) -> bool:
        """True if everything was seen."""
        return not self.kinds and not self.partly and not self.more_workspaces

    @property
    def hides_access(self) -> bool:
        """True if there may be unseen access."""
        partly = any(address.kind is not Kind.OBJECT for address in self.partly)
        return self.more_workspaces or partly or bool(self.kinds - {Kind.KEY})

    @property
    def hides_workspaces(self) -> bool:
        """True if there may be unseen workspaces."""
        return self.more_workspaces or Kind.WORKSPACE in self.kinds

    def hides_access_in(self, scope: Address) -> bool:
        """Say whether there may be unseen access in *scope*, which itself is seen."""
        return scope in self.partly or bool(self.kinds - {Kind.KEY, Kind.WORKSPACE})


WHOLE = Horizon(frozenset(), frozenset(), more_workspaces=False, reasons=())
"""The horizon of a read that saw everything."""
