"""The holdings of a principal at the start of a plan beside those at its end."""

from __future__ import annotations

from ..model import ACTORS, Address, Instant
from .access import Access, Path
from .authority import Authority
from .bitsets import union


class Comparison:
    """The comparison of two states under the same names, principal by principal."""

    def __init__(self, before: Access, after: Access, now: Instant) -> None:
        self._before, self._after, self._now = before, after, now

    def stays(self, who: Address) -> bool:
        """Say whether *who* is a user or service account in both states."""
        both = (self._before, self._after)
        return who.kind in ACTORS and all(access.state.knows(who) for access in both)

    def loses(self, who: Address, scope: Address) -> bool:
        """Say whether *who* loses something in *scope*, or holds it for less long."""
        return self._holds_more(who, scope, self._before, self._after)

    def gains(self, who: Address, scope: Address) -> bool:
        """Say whether *who* gains something in *scope*, or holds it for longer."""
        return self._holds_more(who, scope, self._after, self._before)

    def _holds_more(self, who: Address, scope: Address, one: Access, other: Access) -> bool:
        mine, theirs = (self._lasting(who, scope, access) for access in (one, other))
        open_, others_open = (
            union(path.permissions for path in paths if path.holds(self._now))
            for paths in (mine, theirs)
        )
        lasting = Authority((path.scope, path.permissions, path.until) for path in theirs)
        return bool(open_ & ~others_open) or any(
            path.permissions & ~lasting.lasting(scope, path.until) for path in mine
        )

    def _lasting(self, who: Address, scope: Address, access: Access) -> list[Path]:
        """Return the paths that have not ended; none where *who* does not act."""
        paths = access.paths(who, scope) if access.acts(who) else ()
        return [path for path in paths if path.until is None or self._now < path.until]
