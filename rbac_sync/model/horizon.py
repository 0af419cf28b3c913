"""The horizon of a read: the parts of an account that the read did not see, and why."""

from __future__ import annotations

from collections.abc import Mapping

from ..dataclasses import dataclass, field, replace
from .address import Address, object_name, object_workspace, workspace_object
from .kind import Kind


@dataclass(frozen=True, slots=True)
class Horizon:
    """The parts of an account that a read did not see. An unseen thing may exist.

    ``kinds`` are the kinds of which nothing, or not everything, was shown; ``partly`` has the
    addresses of things shown in part: a workspace without its access, a team without some
    members or roles, an object without its access list. ``unread`` are workspaces whose access
    the read could see and did not request. ``passed_over`` are workspaces whose access is known to
    be as declared and was not read; a plan has no effect there. ``more_workspaces`` says whether
    there may be workspaces that were not shown. ``reasons`` are sentences on the unseen parts, for
    people. No field has a default, so that the code that makes a horizon states each part.
    """

    kinds: frozenset[Kind]
    partly: frozenset[Address]
    unread: frozenset[Address]
    passed_over: frozenset[Address]
    more_workspaces: bool
    reasons: tuple[str, ...] = field(compare=False)

    @property
    def is_whole(self) -> bool:
        return not (self.kinds or self.partly or self.unread or self.more_workspaces)

    @property
    def hides_access(self) -> bool:
        """True if there may be unseen access."""
        is_in_part = any(address.kind is not Kind.OBJECT for address in self.partly)
        return self.more_workspaces or is_in_part or bool(self.unread or self.kinds - {Kind.KEY})

    @property
    def hides_workspaces(self) -> bool:
        return self.more_workspaces or Kind.WORKSPACE in self.kinds

    def hides_access_in(self, scope: Address) -> bool:
        """Say whether there may be unseen access in *scope*, which was seen itself."""
        return self.is_partial(scope) or bool(self.kinds - {Kind.KEY, Kind.WORKSPACE})

    def is_partial(self, address: Address) -> bool:
        return address in self.partly or address in self.unread

    def under(self, names: Mapping[Address, Address]) -> Horizon:
        """Return the horizon of the same read, with the addresses in it replaced by *names*."""

        def new(address: Address) -> Address:
            if address.kind is Kind.OBJECT:
                return workspace_object(new(object_workspace(address)), object_name(address))
            return names.get(address, address)

        partly, unread, passed_over = (
            frozenset(map(new, each)) for each in (self.partly, self.unread, self.passed_over)
        )
        return replace(self, partly=partly, unread=unread, passed_over=passed_over)


WHOLE = Horizon(
    frozenset(), frozenset(), frozenset(), frozenset(), more_workspaces=False, reasons=()
)
"""The horizon of a read that saw everything."""
