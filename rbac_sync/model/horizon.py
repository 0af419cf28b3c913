"""What a read of an account could see: all of it, or which parts it could not see and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from .address import Address, Kind


@dataclass(frozen=True, slots=True)
class Horizon:
    """What a read could not see. What is not seen is not gone.

    ``kinds`` are the kinds of which nothing, or not everything, was shown; ``partly`` names the
    things of which some was not shown: a workspace without its access, a team without some
    members or roles. ``more_workspaces`` says whether there may be workspaces that were not
    shown. ``reasons`` are sentences for people: what is hidden, and what would show it.
    """

    kinds: frozenset[Kind] = frozenset()
    partly: frozenset[Address] = frozenset()
    more_workspaces: bool = False
    reasons: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_whole(self) -> bool:
        """Whether everything was seen."""
        return not self.kinds and not self.partly and not self.more_workspaces

    @property
    def hides_access(self) -> bool:
        """Whether somebody may hold something that was not seen."""
        return not self.is_whole


WHOLE = Horizon()
"""The horizon of a read that saw everything."""
