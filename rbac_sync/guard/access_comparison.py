"""The comparison of the access in two states: who loses or gains what, and for how long."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import reduce
from operator import and_

from ..model import ACCOUNT, ACTORS, ANYWHERE, Address, Instant, State
from .access import Access, Path
from .bitsets import Mask, union


class Comparison:
    """The comparison of two states under the same names, principal by principal.

    A principal that is not active holds nothing. With *sees_dormant*, a principal that is not
    active before is compared as if it were, so that a role lowered in this time is seen.
    """

    def __init__(
        self, before: Access, after: Access, now: Instant, *, sees_dormant: bool = False
    ) -> None:
        self._before, self._after, self._now = before, after, now
        self._sees_dormant = sees_dormant

    @property
    def states(self) -> tuple[State, State]:
        return self._before.state, self._after.state

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

    def lowers(self, who: Address, scope: Address) -> bool:
        """Say whether the binding of *who* in *scope* gives less, or for less long.

        *Why* no other path counts in its place: the next plan could take that one away.
        """
        scopes = (ACCOUNT, ANYWHERE) if scope == ACCOUNT else (scope,)
        before, after = self._before, self._after
        return any(self._holds_more(who, each, before, after, scope) for each in scopes)

    def _holds_more(
        self,
        who: Address,
        scope: Address,
        one: Access,
        other: Access,
        bound: Address | None = None,
    ) -> bool:
        mine, theirs = (self._lasting(who, scope, access, bound) for access in (one, other))
        return gives_more(mine, theirs, self._now)

    def _lasting(
        self, who: Address, scope: Address, access: Access, bound: Address | None
    ) -> list[Path]:
        """Return the paths that have not ended; none where *who* holds nothing.

        With *bound*, those of the binding of *who* there, even if *who* is not active.
        """
        is_dormant = self._sees_dormant and not self._before.acts(who)
        paths = access.paths(who, scope) if bound or is_dormant or access.acts(who) else ()
        return [
            path
            for path in paths
            if (path.until is None or self._now < path.until)
            and (bound is None or (path.holder, path.bound) == (who, bound))
        ]


def gives_more(one: Iterable[Path], other: Collection[Path], now: Instant) -> bool:
    """Say whether *one* gives a permission that *other* does not give, or not for as long."""
    return any(_uncovered(path, other, now) for path in one)


def extended(was: Collection[Path], will: Iterable[Path], now: Instant) -> Mask:
    """Return the permissions of both *was* and *will* that *will* gives longer or earlier."""
    more = union(_uncovered(path, was, now) for path in will)
    return more & union(path.permissions for path in was)


def _uncovered(path: Path, others: Collection[Path], now: Instant) -> Mask:
    """Return the permissions that *path* gives at a time from *now* on at which *others* do not.

    What *others* give at its beginning is lost only where one of them ends.
    """
    begin = max(path.since or now, now)
    ends = (other.until for other in others if other.until)
    moments = [at for at in (begin, *ends) if at >= begin and (not path.until or at < path.until)]
    return path.permissions & ~reduce(and_, (_open_at(at, others) for at in moments), ~0)


def _open_at(moment: Instant, paths: Iterable[Path]) -> Mask:
    return union(path.permissions for path in paths if path.holds(moment))
